package segment

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The lengths of what a person reads of an event.
const (
	maxSubject = 200
	maxText    = 500
)

// item makes a contact of the event. What can't be one is kept for quarantine,
// with the reason.
func (e *event) item(source string, received time.Time) crm.Item {
	item := crm.Item{Raw: e.raw, RawType: RawType, Keep: true, Envelope: crm.Envelope{
		Source: source, ExternalID: e.externalID(), Channel: crm.Web, Kind: crm.KindEvent, Direction: crm.In,
		OccurredAt: e.occurredAt(received),
	}}
	out := &item.Envelope
	switch {
	case e.fields == nil:
		item.Problem = "The event is not a JSON object."
		return item
	case e.call == "":
		item.Problem = "The event's type is none of identify, track, page, screen, group and alias."
		return item
	}
	out.Participants = e.participants()
	if len(out.Participants) == 0 {
		item.Problem = "The event names nobody: userId or anonymousId is needed."
		return item
	}
	out.Subject, out.Text = cut(e.subject(), maxSubject), cut(e.summary(), maxText)
	out.Locale = text(object(e.fields["context"])["locale"])
	out.Traits = map[string]json.RawMessage{"segment.type": quote(e.call)}
	for name, value := range e.fields {
		if name != "writeKey" && name != "type" && string(value) != "null" {
			out.Traits[name] = value
		}
	}
	return item
}

// occurredAt corrects the clock of the sender: what lies between its two times
// is right even when both are wrong. Times in the future of the sending are
// taken as sent now. Without a time of sending the event's own is believed.
func (e *event) occurredAt(received time.Time) time.Time {
	original := moment(text(e.fields["originalTimestamp"]))
	if original.IsZero() {
		original = moment(text(e.fields["timestamp"]))
	}
	sent := moment(e.sentAt)
	switch {
	case original.IsZero():
		return received
	case sent.IsZero() || received.IsZero():
		return original
	}
	return received.Add(-max(0, sent.Sub(original)))
}

// participants are who the event is about. A mail address or phone number in
// traits is what somebody typed into a form: nothing joins on it.
func (e *event) participants() []crm.Participant {
	user, device := text(e.fields["userId"]), text(e.fields["anonymousId"])
	previous := text(e.fields["previousId"])
	if e.call == "alias" && device == "" && previous != user {
		// The id before the sign-in is the device's, as far as the library knows.
		device = previous
	}
	traits := e.traits()
	name := fullName(traits)
	var out []crm.Participant
	add := func(kind crm.IdentifierKind, value string) {
		if value != "" {
			out = append(out, crm.Participant{Role: crm.From, Kind: kind, Value: value, Name: name})
		}
	}
	add(crm.UserID, user)
	add(crm.AnonymousID, device)
	if len(out) > 0 {
		add(crm.Email, text(traits["email"]))
		add(crm.PhoneNumber, text(traits["phone"]))
	}
	return out
}

// traits are what the event says about the person: its own traits when it is an
// identify, else those in its context.
func (e *event) traits() map[string]json.RawMessage {
	if e.call == "identify" {
		if t := object(e.fields["traits"]); t != nil {
			return t
		}
	}
	return object(object(e.fields["context"])["traits"])
}

func fullName(traits map[string]json.RawMessage) string {
	if n := text(traits["name"]); n != "" {
		return n
	}
	return strings.TrimSpace(text(traits["firstName"]) + " " + text(traits["lastName"]))
}

// subject names the event for people.
func (e *event) subject() string {
	properties := object(e.fields["properties"])
	first := func(values ...string) string {
		for _, v := range values {
			if v != "" {
				return v
			}
		}
		return ""
	}
	switch e.call {
	case "track":
		return first(text(e.fields["event"]), "Event")
	case "page":
		return first(text(e.fields["name"]), text(properties["title"]), text(properties["path"]), text(properties["url"]), "Page")
	case "screen":
		return first(text(e.fields["name"]), text(properties["name"]), "Screen")
	case "group":
		return strings.TrimSpace("Group " + first(text(object(e.fields["traits"])["name"]), text(e.fields["groupId"])))
	case "alias":
		return "Signed in"
	}
	return "Identified"
}

// summary gives the address of a page, or a few plain values of the event.
func (e *event) summary() string {
	properties := object(e.fields["properties"])
	if e.call == "page" {
		return text(properties["url"])
	}
	if e.call == "identify" || e.call == "group" {
		properties = object(e.fields["traits"])
	}
	names := make([]string, 0, len(properties))
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		value := text(properties[name])
		if value == "" || b.Len() > maxText {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name + ": " + value)
	}
	return b.String()
}

func quote(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return b
}
