package demo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// web tells all lines of a step as one visit of the site, one event each:
// name | text | path. The event "Signed in" carries the account's verified
// identifiers; before it the visit is anonymous, after it both are known. With
// the flag "signed" the visit starts signed in; "anon" never signs in.
func (tl *telling) web(s *step) bool {
	signed := s.flags["signed"] && !tl.who.noAccount
	for i, line := range s.texts {
		if i > 0 {
			tl.t = tl.t.Add(between(tl.r, 12*time.Second, 150*time.Second)).Truncate(time.Second)
			tl.n++
		}
		name, text, path := cut3(say(tl.r, line, tl.slot))
		signedIn := name == "Signed in"
		if signedIn && tl.who.noAccount {
			continue
		}
		signed = signed || signedIn
		if !tl.w.add(tl.w.event(tl.who, fmt.Sprintf("%s-%d", tl.id, tl.n), tl.t, name, text, path, signed && !s.flags["anon"], signedIn)) {
			return false
		}
	}
	return true
}

// event is one page view or product event of the site.
func (w *world) event(p *person, id string, t time.Time, name, text, path string, signed, signingIn bool) crm.Item {
	e := crm.Envelope{
		Source: "web", ExternalID: id, Channel: crm.Web, Kind: crm.KindEvent, Direction: crm.In, OccurredAt: t.UTC(),
		Subject: name, Text: text,
		Traits: map[string]json.RawMessage{"path": trait(path)},
		Locale: map[string]string{"en": "en-GB", "de": "de-DE", "nl": "nl-NL"}[p.lang],
		Participants: []crm.Participant{
			{Role: crm.From, Kind: crm.AnonymousID, Value: p.anonID},
		},
	}
	if signed {
		e.Participants[0].Verified, e.Participants[0].Method = true, "account"
		e.Participants = append(e.Participants, crm.Participant{Role: crm.From, Kind: crm.UserID, Value: p.userID, Verified: true, Method: "account"})
	}
	if signingIn { // the account holds a checked address and telephone
		e.Participants[1].Name = p.name()
		e.Participants = append(e.Participants,
			crm.Participant{Role: crm.From, Kind: crm.Email, Value: p.email, Verified: true, Method: "account"},
			crm.Participant{Role: crm.From, Kind: crm.PhoneNumber, Value: p.phone, Verified: true, Method: "code"})
	}
	return jsonItem(e, signed)
}

// cut3 splits "name | text | path".
func cut3(s string) (a, b, c string) {
	var part [3]string
	n, start := 0, 0
	for i := 0; i+2 < len(s) && n < 2; i++ {
		if s[i:i+3] == " | " {
			part[n] = s[start:i]
			n++
			start = i + 3
		}
	}
	part[n] = s[start:]
	return part[0], part[1], part[2]
}
