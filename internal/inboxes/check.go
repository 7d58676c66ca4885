package inboxes

import (
	"crypto/rand"
	"encoding/hex"
	"net/mail"
	"net/url"
	"strings"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
)

// check trims an inbox and refuses what could not work.
func (i *Inbox) check() error {
	i.Name, i.Brand, i.Address = strings.TrimSpace(i.Name), strings.TrimSpace(i.Brand), strings.ToLower(strings.TrimSpace(i.Address))
	set := &i.Settings
	switch {
	case i.Name == "" || len(i.Name) > 100 || strings.ContainsFunc(i.Name+i.Brand+set.FromName, unicode.IsControl):
		return refuse("/name", "Give the inbox a name of at most 100 characters.")
	case i.Kind != Mail && i.Kind != Chat:
		return refuse("/kind", "An inbox is for mail or chat.")
	case i.State != "" && i.State != Active && i.State != Paused && i.State != Reconnect && i.State != Archived:
		return refuse("/state", "A state is active, paused or archived.")
	case i.Kind == Mail || i.Address != "":
		a, err := mail.ParseAddress(i.Address)
		if err != nil || a.Address != i.Address || strings.Contains(i.Address, "+") {
			return refuse("/address", "This is not a mail address that an inbox can have, such as support@example.com.")
		}
	}
	if set.UndoSeconds != nil && (*set.UndoSeconds < 0 || *set.UndoSeconds > 30) {
		return refuse("/settings/undo_s", "A message can be taken back for at most 30 seconds.")
	}
	for name, server := range map[string]*Server{"imap": &set.IMAP, "smtp": &set.SMTP} {
		server.Host = strings.TrimSpace(server.Host)
		if strings.ContainsFunc(server.Host+server.User+server.Folder, unicode.IsControl) || strings.ContainsAny(server.Host, " /@") {
			return refuse("/settings/"+name+"/host", "This is not the name of a server.")
		}
	}
	if err := set.Satisfaction.check(); err != nil {
		return err
	}
	for n, origin := range set.Chat.Origins {
		u, err := url.Parse(strings.TrimRight(strings.TrimSpace(origin), "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
			strings.ContainsAny(u.Host, ";, '\"") { // it goes into a header of its own grammar
			return refuse("/settings/chat/origins", "%q is not a site such as https://shop.example.", origin)
		}
		set.Chat.Origins[n] = u.Scheme + "://" + strings.ToLower(u.Host)
	}
	for _, q := range set.Chat.Prechat {
		if strings.TrimSpace(q.Name) == "" || strings.TrimSpace(q.Label) == "" {
			return refuse("/settings/chat/prechat", "Every question needs a name and words to show.")
		}
	}
	return nil
}

func refuse(pointer, format string, args ...any) error {
	e := crm.Errorf(crm.Invalid, format, args...)
	e.Pointer = pointer
	return e
}

// newSecret is 256 random bits as text.
func newSecret() string {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("inboxes: the system's random source failed: " + err.Error())
	}
	return hex.EncodeToString(b[:])
}

// Set takes secrets by their names, as people send them. Tokens come from their
// provider only.
func (s *Secrets) Set(values map[string]string) error {
	for name, value := range values {
		known := false
		for _, f := range s.fields() {
			if f.name == name && name != "oauth_token" {
				*f.value, known = value, true
			}
		}
		if !known || len(value) > 16<<10 {
			return refuse("/secrets/"+name, "There is no secret of this name, or it is too long.")
		}
	}
	return nil
}
