package access

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Personal is what a person chose for themself.
type Personal struct {
	Language      string            `json:"language" doc:"Of the console, as a BCP 47 tag; empty: the browser's"`
	Theme         string            `json:"theme" enum:"system,light,dark"`
	Density       string            `json:"density" enum:"compact,normal,comfortable"`
	Keymap        map[string]string `json:"keymap" doc:"Keys of actions that differ from the usual ones, by the action's name"`
	Notifications Notifications     `json:"notifications"`
	LetterKeys    bool              `json:"letter_keys" doc:"Single letters are commands while no text field has the focus (WCAG 2.1.4)"`
	AfterSend     string            `json:"after_send" enum:"stay,next,list" doc:"Where to go when an answer was sent"`
	AfterClose    string            `json:"after_close" enum:"next,previous,list" doc:"Where to go when a conversation was closed"`
	UndoSeconds   int               `json:"undo_s" minimum:"0" maximum:"30" doc:"How long an answer can be taken back"`
	SignatureHTML string            `json:"signature_html" doc:"Below one's answers by mail, in place of the inbox's own. It is cleaned when it is kept"`
	TimeZone      string            `json:"time_zone" doc:"IANA name; empty: the browser's"`
	BrowserZone   string            `json:"browser_zone" doc:"IANA name of the browser's time zone, as the console last said it; empty: none did"`
	WorkingHours  []WorkingDay      `json:"working_hours" doc:"When one works; empty: not said"`
	Splits        []crm.ID          `json:"splits" doc:"Saved views that stand as tabs above the inbox, in this order"`
}

// Notifications are the ways to tell a person what concerns them. Only the list in
// the console begins on: everything else asks for the person's attention elsewhere.
type Notifications struct {
	Browser bool            `json:"browser" doc:"Show what is new while the console's tab is hidden"`
	Sound   bool            `json:"sound"`
	Mail    string          `json:"mail" enum:"away,hourly,daily,off" doc:"One mail of all that waits: soon, while one is away; each hour; in the morning; never"`
	Kinds   map[string]Ways `json:"kinds" doc:"By kind (assigned, mention, reply, due, score); one that is missing is told every way"`
	Quiet   QuietHours      `json:"quiet"`
}

// Ways say how a person is told of a kind.
type Ways struct {
	Console bool `json:"console"`
	Browser bool `json:"browser"`
	Mail    bool `json:"mail"`
	Sound   bool `json:"sound"`
}

// QuietHours are when neither mail nor sound nor the browser tells, in the
// person's time zone; over midnight when From is after To. Empty: none.
type QuietHours struct {
	From string `json:"from" doc:"As 19:00; empty: none"`
	To   string `json:"to" doc:"As 07:30"`
}

// NotificationKinds is the closed list of what a person can be told.
var NotificationKinds = []string{"assigned", "mention", "reply", "due", "score"}

// MailModes is the closed list of when mail tells.
var MailModes = []string{"away", "hourly", "daily", "off"}

// Of is how the person is told of a kind.
func (n *Notifications) Of(kind string) Ways {
	if w, ok := n.Kinds[kind]; ok {
		return w
	}
	return Ways{true, true, true, true}
}

// Holds reports whether a time of day is quiet, as 15:04.
func (q *QuietHours) Holds(clock string) bool {
	switch {
	case q.From == "" || q.From == q.To:
		return false
	case q.From < q.To:
		return clock >= q.From && clock < q.To
	}
	return clock >= q.From || clock < q.To
}

// WorkingDay is a span of a weekday, in the person's time zone.
type WorkingDay struct {
	Day  string `json:"day" enum:"mon,tue,wed,thu,fri,sat,sun"`
	From string `json:"from" doc:"As 09:00"`
	To   string `json:"to" doc:"As 17:30"`
}

// languages are those that the console is prepared for.
var languages = []string{"", "en", "de", "es", "pt", "fr", "it", "nl", "pl", "tr", "ar", "ja", "zh"}

// The limits of personal settings: they travel with every page.
const (
	maxKeymap    = 200
	maxKey       = 60
	maxSignature = 20_000
	maxSplits    = 8 // and "everything else": as many as there are keys from 1 to 9
)

func personalDefaults() Personal {
	return Personal{Theme: "system", Density: "normal", Keymap: map[string]string{}, LetterKeys: true, AfterSend: "stay", AfterClose: "next", UndoSeconds: 10,
		Notifications: Notifications{Mail: "off", Kinds: map[string]Ways{}}, WorkingHours: []WorkingDay{}, Splits: []crm.ID{}}
}

// Personal reads what a person chose, with defaults for the rest.
func (s *Service) Personal(ctx context.Context, user crm.ID) (Personal, error) {
	row, err := s.db.Read().UserByID(ctx, user)
	if err != nil {
		return Personal{}, missingPerson(err)
	}
	return parsePersonal(row.Settings)
}

func parsePersonal(text string) (Personal, error) {
	p := personalDefaults()
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fmt.Errorf("personal settings: %w", err)
	}
	if p.Keymap == nil {
		p.Keymap = map[string]string{}
	}
	if p.Notifications.Kinds == nil {
		p.Notifications.Kinds = map[string]Ways{}
	}
	if p.WorkingHours == nil {
		p.WorkingHours = []WorkingDay{}
	}
	if p.Splits == nil {
		p.Splits = []crm.ID{}
	}
	return p, nil
}

// SetPersonal changes what a person chose: change gets the settings of now.
func (s *Service) SetPersonal(ctx context.Context, user crm.ID, change func(*Personal)) (Personal, error) {
	var p Personal
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := s.lockPeople(ctx, tx); err != nil {
			return err
		}
		row, err := tx.UserByID(ctx, user)
		if err != nil {
			return missingPerson(err)
		}
		if p, err = parsePersonal(row.Settings); err != nil {
			return err
		}
		change(&p)
		if err := p.check(); err != nil {
			return err
		}
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		return tx.SetUserSettings(ctx, sqlgen.SetUserSettingsParams{ID: user, Settings: string(text)})
	})
	return p, err
}

var clockTime = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// check refuses values that no console could show.
func (p *Personal) check() error {
	switch {
	case !slices.Contains(languages, p.Language):
		return invalid("/language", "The console does not speak this language.")
	case !slices.Contains([]string{"system", "light", "dark"}, p.Theme):
		return invalid("/theme", "A theme is system, light or dark.")
	case !slices.Contains([]string{"compact", "normal", "comfortable"}, p.Density):
		return invalid("/density", "A density is compact, normal or comfortable.")
	case !slices.Contains([]string{"stay", "next", "list"}, p.AfterSend):
		return invalid("/after_send", "After sending comes stay, next or list.")
	case !slices.Contains([]string{"next", "previous", "list"}, p.AfterClose):
		return invalid("/after_close", "After closing comes next, previous or list.")
	case p.UndoSeconds < 0 || p.UndoSeconds > 30:
		return invalid("/undo_s", "Sending can be undone for 0 to 30 seconds.")
	case len(p.SignatureHTML) > maxSignature || !utf8.ValidString(p.SignatureHTML) || strings.ContainsRune(p.SignatureHTML, 0):
		return invalid("/signature_html", "A signature is text of at most 20,000 characters.")
	case len(p.Keymap) > maxKeymap:
		return invalid("/keymap", "There are not that many actions.")
	case !slices.Contains(MailModes, p.Notifications.Mail):
		return invalid("/notifications/mail", "Mail tells away, hourly, daily or off.")
	case (p.Notifications.Quiet.From == "") != (p.Notifications.Quiet.To == ""):
		return invalid("/notifications/quiet", "Quiet hours have a beginning and an end.")
	case p.Notifications.Quiet.From != "" && (!clockTime.MatchString(p.Notifications.Quiet.From) || !clockTime.MatchString(p.Notifications.Quiet.To)):
		return invalid("/notifications/quiet", "Quiet hours are two times, such as 19:00 to 07:30.")
	case len(p.Splits) > maxSplits || len(unique(p.Splits)) < len(p.Splits):
		return invalid("/splits", "At most 8 views stand above the inbox, each once.")
	case len(p.WorkingHours) > 21:
		return invalid("/working_hours", "A week has at most three spans a day.")
	}
	for kind := range p.Notifications.Kinds {
		if !slices.Contains(NotificationKinds, kind) {
			return invalid("/notifications/kinds", "There is no such kind of notification.")
		}
	}
	for action, keys := range p.Keymap {
		if action == "" || len(action) > maxKey || len(keys) > maxKey || !printable(action) || !printable(keys) {
			return invalid("/keymap", "An action or its keys can't be read.")
		}
	}
	for _, d := range p.WorkingHours {
		if !slices.Contains([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, d.Day) || !clockTime.MatchString(d.From) || !clockTime.MatchString(d.To) || d.From >= d.To {
			return invalid("/working_hours", "Working hours are a weekday and two times, such as mon 09:00 to 17:30.")
		}
	}
	for pointer, name := range map[string]string{"/time_zone": p.TimeZone, "/browser_zone": p.BrowserZone} {
		if _, err := time.LoadLocation(name); err != nil || name == "Local" {
			return invalid(pointer, "This is not the name of a time zone.")
		}
	}
	return nil
}

func unique(ids []crm.ID) []crm.ID {
	return slices.Compact(slices.SortedFunc(slices.Values(ids), crm.ID.Compare))
}

// Location is the time zone that the person's hours are in: the chosen one, else
// the one of the browser that they used last, else UTC.
func (p *Personal) Location() *time.Location {
	for _, name := range []string{p.TimeZone, p.BrowserZone} {
		if zone, err := time.LoadLocation(name); err == nil && name != "" {
			return zone
		}
	}
	return time.UTC
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// Recipient is a person as those who write to them need them.
type Recipient struct {
	Person
	Personal Personal
	// CanInbox reports whether the person may see an inbox.
	CanInbox func(inbox crm.ID) bool
}

// Recipient reads a person with their choices and what they may see.
func (s *Service) Recipient(ctx context.Context, user crm.ID) (Recipient, error) {
	person, err := s.Person(ctx, user)
	if err != nil {
		return Recipient{}, err
	}
	p, err := s.complete(ctx, &Principal{UserID: user, Role: person.Role})
	if err != nil {
		return Recipient{}, err
	}
	settings, err := s.Personal(ctx, user)
	return Recipient{person, settings, func(inbox crm.ID) bool { return !p.HiddenInboxes[inbox] }}, err
}
