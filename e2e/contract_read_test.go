package e2e

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// wrote is a mail or chat of one person.
func wrote(id, kind, value, name, text string, at time.Time) crm.Envelope {
	channel := crm.Mail
	if kind == string(crm.UserID) {
		channel = crm.Chat
	}
	return crm.Envelope{Source: "test", ExternalID: id, Channel: channel, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: at, Text: text,
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.IdentifierKind(kind), Value: value, Name: name, Verified: true}}}
}

// TestReadContract reads lists page by page, on both engines: their order is
// made by the database.
func TestReadContract(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, fresh func() place) {
		p := fresh()
		key := p.key(t, "test", "read,write,verified")
		s := boot(t, p, "serve", "--region", "NL")
		c := s.client(key)
		crowd := newCrowd("reads", 30, 5)
		c.post(crowd.take(400)...)

		rows := all[customerRow](c, "/v1/customers?limit=7")
		ids := map[crm.ID]bool{}
		contacts := int64(0)
		for _, r := range rows {
			if ids[r.ID] || r.Name == "" {
				t.Errorf("customer %s comes twice or has no name", r.ID)
			}
			ids[r.ID], contacts = true, contacts+r.Contacts
		}
		if contacts != 400 {
			t.Errorf("customers of the list count %d contacts", contacts)
		}
		for _, r := range rows {
			timeline := c.timeline(r.ID)
			if int64(len(timeline)) != r.Contacts {
				t.Errorf("%s counts %d contacts, its timeline has %d", r.Name, r.Contacts, len(timeline))
			}
			in := map[crm.ID]crm.ID{}
			for _, j := range c.journeys(r.ID) {
				if j.CustomerID != r.ID || j.State == "" || len(j.Links) == 0 || j.Repeat == nil {
					t.Errorf("journey %+v", j)
				}
				for _, l := range j.Links {
					in[l.InteractionID] = j.ID
					if l.Confidence <= 0 || l.Reason == "" {
						t.Errorf("link %+v", l)
					}
				}
			}
			for _, x := range timeline {
				if x.CustomerID != r.ID || x.Reading == nil || x.JourneyID != in[x.ID] {
					t.Errorf("contact %+v, journey %s", x, in[x.ID])
				}
			}
		}
		for _, q := range []string{"Person Number7", "number7", "p7@reads.example", "p7@", crowd.phone(7)} {
			found := ask[page[customerRow]](c, "GET", "/v1/customers?q="+url.QueryEscape(q), nil).Items
			if !slices.ContainsFunc(found, func(r customerRow) bool { return r.Name == "Person Number7" }) {
				t.Errorf("%q does not find her: %+v", q, found)
			}
		}
		none := c.do("GET", "/v1/customers?q=zzzzzz", nil)
		if !bytes.Contains(none.body, []byte(`"items":[]`)) || !bytes.Contains(none.body, []byte(`"next":""`)) {
			t.Errorf("an empty list: %s", none.body)
		}
		for _, path := range []string{"/v1/journeys", "/v1/quarantine", "/v1/customers"} {
			ask[page[map[string]any]](c, "GET", path, nil)
		}
		s.stop()
	})
}

// runningWait grows by itself while a customer waits for us.
var runningWait = regexp.MustCompile(`"longest_wait_s":[0-9.]+,`)

// TestMergeAndUndo joins two customers, lets more happen, joins a third, and
// takes the first merge back: what was before is again, byte for byte.
func TestMergeAndUndo(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, fresh func() place) {
		p := fresh()
		key := p.key(t, "test", "read,write,verified")
		s := boot(t, p, "serve", "--region", "NL")
		c := s.client(key)
		at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
		r := c.post(
			wrote("a1", "email", "ann@one.example", "Ann Lee", "When does my new plan start?", at(1)),
			wrote("b1", "user_id", "u-ann", "Ann Lee", "My invoice is EUR 12.50 too high.", at(2)),
			wrote("a2", "email", "ann@one.example", "Ann Lee", "I asked before: when does my new plan start?", at(3)),
			wrote("b2", "user_id", "u-ann", "Ann Lee", "Please correct my invoice.", at(4)),
			wrote("c1", "email", "ann@three.example", "Ann Lee", "I want to return my phone.", at(5)))
		a, b, third := r[0].CustomerID, r[1].CustomerID, r[4].CustomerID
		if a == b || r[2].CustomerID != a || r[3].CustomerID != b || third == a {
			t.Fatalf("%+v", r)
		}
		sight := func(id crm.ID) string {
			var text strings.Builder
			for _, path := range []string{"/timeline", "/journeys"} {
				x := c.do("GET", "/v1/customers/"+id.String()+path, nil)
				text.Write(runningWait.ReplaceAll(x.body, nil))
			}
			return text.String()
		}
		beforeA, beforeB, beforeC := sight(a), sight(b), sight(third)

		type merge struct {
			ID   crm.ID `json:"id"`
			Into crm.ID `json:"into"`
			From crm.ID `json:"from"`
			By   string `json:"by"`
		}
		join := func(into, from crm.ID) merge {
			t.Helper()
			return ask[merge](c, "POST", "/v1/customers/"+into.String()+"/merge", map[string]any{"customer_id": from, "reason": "She said so on the phone"})
		}
		first := join(a, b)
		if first.ID.IsZero() || first.By == "" || first.Into != a && first.Into != b {
			t.Errorf("%+v", first)
		}
		for _, id := range []crm.ID{a, b} { // either id finds the one customer
			if got := ask[customer](c, "GET", "/v1/customers/"+id.String(), nil); got.ID != first.Into || got.Contacts != 4 || got.Profiles != 2 {
				t.Errorf("merged: %+v", got)
			}
			if n := len(c.timeline(id)); n != 4 {
				t.Errorf("the timeline of both has %d contacts", n)
			}
		}
		c.wantProblem(c.do("POST", "/v1/customers/"+a.String()+"/merge", map[string]any{"customer_id": b}), 409, crm.Conflict)
		second := join(first.Into, third)
		if n := len(c.timeline(third)); n != 5 {
			t.Errorf("the timeline of three has %d contacts", n)
		}
		undo := func(m merge) { ask[merge](c, "POST", "/v1/merges/"+m.ID.String()+"/undo", nil) }
		undo(second)
		if got := sight(third); got != beforeC {
			t.Errorf("after the second undo:\n%s\nbefore:\n%s", got, beforeC)
		}
		undo(first)
		if got := sight(a); got != beforeA {
			t.Errorf("after undo:\n%s\nbefore:\n%s", got, beforeA)
		}
		if got := sight(b); got != beforeB {
			t.Errorf("after undo, the other:\n%s\nbefore:\n%s", got, beforeB)
		}
		if x := c.do("POST", "/v1/merges/"+first.ID.String()+"/undo", nil); x.status/100 == 2 {
			t.Errorf("a merge is undone twice: %d", x.status)
		}

		// The first merge goes, while a later one of its customer stays.
		one, two := join(a, b), join(third, a)
		undo(one)
		if got := sight(b); got != beforeB {
			t.Errorf("after undoing the first of two:\n%s\nbefore:\n%s", got, beforeB)
		}
		if n := len(c.timeline(a)); n != 3 {
			t.Errorf("the later merge holds %d contacts", n)
		}
		undo(two)
		if sight(a) != beforeA || sight(b) != beforeB || sight(third) != beforeC {
			t.Error("after undoing both, it is not what it was")
		}
		s.stop()
		look(t, p).whole(t, "after all merges")
	})
}
