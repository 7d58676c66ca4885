package capture

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The limits of an envelope. What is over a limit of length is cut and marked,
// because the raw bytes keep it; what is over a limit of number is refused.
const (
	maxSource       = 200
	maxExternalID   = 1000
	maxSubject      = 2_000
	maxText         = 1 << 20
	maxHTML         = 2 << 20
	maxParticipants = 500
	maxTraits       = 500
	maxAttachments  = 500
	maxTraitBytes   = 256 << 10
)

// Normalise checks an envelope against the contract and makes it fit the store:
// valid UTF-8 without NUL, lengths capped, defaults filled in. received is the
// time that stands in for a missing or impossible one. The error is a crm.Error
// with a JSON pointer.
func Normalise(e *crm.Envelope, received time.Time) *crm.Error {
	e.Source, e.ExternalID = clean(e.Source), clean(e.ExternalID)
	switch {
	case e.Source == "":
		return invalid("/source", "Name the source of this contact, such as \"shop\".")
	case len(e.Source) > maxSource:
		return invalid("/source", fmt.Sprintf("A source has at most %d bytes.", maxSource))
	case e.ExternalID == "":
		return invalid("/external_id", "Give the source's own id of this contact, so that sending it twice does no harm.")
	case len(e.ExternalID) > maxExternalID:
		return invalid("/external_id", fmt.Sprintf("An external id has at most %d bytes.", maxExternalID))
	case !slices.Contains(crm.Channels, e.Channel):
		return invalid("/channel", fmt.Sprintf("Not a channel: %q. Use one of %s.", short(string(e.Channel)), join(crm.Channels)))
	}
	if e.Kind == "" {
		e.Kind = crm.KindMessage
	}
	if !slices.Contains(crm.Kinds, e.Kind) {
		return invalid("/kind", fmt.Sprintf("Not a kind: %q. Use one of %s.", short(string(e.Kind)), join(crm.Kinds)))
	}
	if e.Direction == "" {
		e.Direction = crm.In
		if e.Kind == crm.KindNote {
			e.Direction = crm.Inside
		}
	}
	if e.Direction != crm.In && e.Direction != crm.Out && e.Direction != crm.Inside {
		return invalid("/direction", fmt.Sprintf("Not a direction: %q. Use in, out or internal.", short(string(e.Direction))))
	}
	if len(e.Participants) > maxParticipants {
		return invalid("/participants", fmt.Sprintf("A contact has at most %d participants.", maxParticipants))
	}
	for i := range e.Participants {
		if err := participant(&e.Participants[i], i); err != nil {
			return err
		}
	}
	if len(e.Traits) > maxTraits {
		return invalid("/traits", fmt.Sprintf("A contact has at most %d traits.", maxTraits))
	}
	if len(e.Attachments) > maxAttachments {
		return invalid("/attachments", fmt.Sprintf("A contact has at most %d attachments.", maxAttachments))
	}
	if err := takeTranscript(e); err != nil {
		return err
	}
	e.OccurredAt = plausible(e.OccurredAt, received)
	e.Subject = strings.Join(strings.Fields(capped(e, "/subject", clean(e.Subject), maxSubject)), " ")
	e.Text = capped(e, "/text", clean(e.Text), maxText)
	e.Quoted = capped(e, "/quoted", clean(e.Quoted), maxText)
	e.HTML = capped(e, "/html", clean(e.HTML), maxHTML)
	e.Locale = clean(e.Locale)
	thread(&e.Thread)
	return traits(e)
}

func participant(p *crm.Participant, i int) *crm.Error {
	at := fmt.Sprintf("/participants/%d", i)
	switch p.Role {
	case crm.From, crm.To, crm.Cc, crm.Agent:
	case "":
		return invalid(at+"/role", "Say which part this participant has: from, to, cc or agent.")
	default:
		return invalid(at+"/role", fmt.Sprintf("Not a role: %q. Use from, to, cc or agent.", short(string(p.Role))))
	}
	kind := clean(string(p.Kind))
	if kind == "" || len(kind) > 60 || strings.ContainsAny(kind, " ~\t\n") {
		return invalid(at+"/kind", "Name the kind of identifier, such as email, phone, user_id or anonymous_id.")
	}
	p.Kind = crm.IdentifierKind(kind)
	p.Value, p.Name, p.Method = cut(clean(p.Value), 2_000), cut(clean(p.Name), 400), cut(clean(p.Method), 200)
	return nil
}

// plausible keeps a time that an event can have: not before 1990, not more than
// a day ahead of our clock.
func plausible(t, received time.Time) time.Time {
	if t.IsZero() || t.Year() < 1990 || t.After(received.Add(24*time.Hour)) {
		return received.UTC()
	}
	return t.UTC()
}

func thread(t *crm.Thread) {
	t.MessageID, t.InReplyTo, t.Key = cut(clean(t.MessageID), 1000), cut(clean(t.InReplyTo), 1000), cut(clean(t.Key), 1000)
	if len(t.References) > 100 { // the newest stand last
		t.References = t.References[len(t.References)-100:]
	}
	for i, r := range t.References {
		t.References[i] = cut(clean(r), 1000)
	}
}

func traits(e *crm.Envelope) *crm.Error {
	size := 0
	for name, v := range e.Traits {
		size += len(name) + len(v)
		if !utf8.ValidString(name) || strings.Contains(name, "\x00") || !utf8.Valid(v) {
			return invalid("/traits", "A trait holds bytes that are not UTF-8 text.")
		}
		// PostgreSQL keeps no NUL, and JSON can hide one.
		if strings.Contains(string(v), `\u0000`) {
			e.Traits[name] = withoutNUL(v)
		}
	}
	if size > maxTraitBytes {
		return invalid("/traits", fmt.Sprintf("The traits of a contact have at most %d bytes.", maxTraitBytes))
	}
	for i := range e.Attachments {
		a := &e.Attachments[i]
		a.Name, a.ContentType, a.ContentID = cut(clean(a.Name), 400), cut(clean(a.ContentType), 200), cut(clean(a.ContentID), 400)
		if a.Size == 0 {
			a.Size = int64(len(a.Data))
		}
		a.Data = nil // the raw bytes keep it
	}
	return nil
}

// withoutNUL drops escaped NULs from JSON. An escaped backslash before "u0000"
// is text and stays.
func withoutNUL(v json.RawMessage) json.RawMessage {
	out := make(json.RawMessage, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] != '\\' || i+1 == len(v) {
			out = append(out, v[i])
			continue
		}
		if strings.HasPrefix(string(v[i:min(i+6, len(v))]), `\u0000`) {
			i += 5
			continue
		}
		out = append(out, v[i], v[i+1])
		i++
	}
	return out
}

// clean gives valid UTF-8 without NUL, which every engine keeps alike.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.TrimSpace(s)
}

// capped cuts what is too long and says so on the contact.
func capped(e *crm.Envelope, what, s string, n int) string {
	if len(s) <= n {
		return s
	}
	note := fmt.Sprintf("%s is longer than %d bytes and was cut; the raw view has all of it.", strings.TrimPrefix(what, "/"), n)
	e.Truncated = strings.TrimSpace(e.Truncated + " " + note)
	return cut(s, n)
}

// cut shortens to at most n bytes at a rune boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func invalid(pointer, message string) *crm.Error {
	return &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: message}
}

func short(s string) string { return cut(clean(s), 40) }

func join[T ~string](list []T) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return strings.Join(out, ", ")
}
