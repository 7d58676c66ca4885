package journey

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-crm/rapport/internal/crm"
)

// anyContact draws a contact of one customer some time after the last.
func anyContact(t *rapid.T, n int, at time.Time) *Contact {
	pick := func(name string, list []string) string { return rapid.SampledFrom(list).Draw(t, name) }
	c := &Contact{
		ID: crm.DerivedID(at, "p", fmt.Sprint(n)), At: at, Kind: crm.KindMessage,
		Channel:   rapid.SampledFrom(crm.Channels).Draw(t, "channel"),
		Direction: rapid.SampledFrom([]crm.Direction{crm.In, crm.In, crm.Out, crm.Inside}).Draw(t, "direction"),
		Automatic: rapid.IntRange(0, 5).Draw(t, "automatic") == 0,
		Agent:     rapid.Bool().Draw(t, "agent"),
		Text:      pick("text", []string{"", "thanks!", "When does the text plan start?", "My invoice INV-1 is wrong", "Explained the invoice", "still no network in the harbour district"}),
		Reading:   &crm.Reading{},
	}
	c.Kind = rapid.SampledFrom(crm.Kinds).Draw(t, "kind")
	c.ConversationID = crm.DerivedID(monday, "v", pick("conversation", []string{"1", "2", "3"}))
	switch intent := pick("intent", []string{"", "technical_fault", "invoice_question", "thanks"}); intent {
	case "":
		c.Reading.Unknown = true
		c.Reading.Intents = []crm.Label{{Name: "roaming", Confidence: .3}}
	default:
		c.Reading.Intents = []crm.Label{{Name: intent, Confidence: float64(rapid.IntRange(40, 100).Draw(t, "sure")) / 100}}
	}
	if q := pick("asks", []string{"", "", "When does it start?", "When does the plan start?", "Why so much?"}); q != "" {
		c.Reading.Asks = []crm.Ask{{Text: q, Question: true}}
	}
	if e := pick("effort", []string{"", "", "", "no_answer"}); e != "" {
		c.Reading.Effort = []crm.Label{{Name: e}}
	}
	if o := pick("order", []string{"", "", "HM-1", "HM-2"}); o != "" {
		c.Reading.Entities = []crm.Entity{{Kind: "order", Value: o}}
	}
	return c
}

func anyContacts(t *rapid.T) []*Contact {
	at := monday
	var list []*Contact
	for n := range rapid.IntRange(1, 14).Draw(t, "n") {
		at = at.Add(time.Duration(rapid.IntRange(1, 9*24*60).Draw(t, "minutes")) * time.Minute)
		list = append(list, anyContact(t, n, at))
	}
	return list
}

// TestReplayEqualsApply: a journey that is measured again from its contacts, in
// any order, is the one that grew contact by contact, also through its row.
func TestReplayEqualsApply(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := anyContacts(t)
		grown := &record{ID: crm.DerivedID(monday, "j")}
		for _, c := range list {
			grown.apply(c)
			grown.settle(c.At)
			row, err := grown.row(1)
			if err != nil {
				t.Fatal(err)
			}
			back := &rawRecord{record: *grown, data: row[15].(string)}
			back.Data = Data{}
			if grown, err = back.decode(); err != nil {
				t.Fatal(err)
			}
		}
		again := &record{ID: grown.ID}
		shuffled := rapid.Permutation(list).Draw(t, "order")
		again.replay(shuffled)
		last := list[len(list)-1].At
		grown.settle(last)
		again.settle(last)
		if a, b := flat(t, grown), flat(t, again); a != b {
			t.Fatalf("grown:\n%s\nreplayed:\n%s", a, b)
		}
	})
}

func flat(t *rapid.T, r *record) string {
	row, err := r.row(0)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(row)
}

// TestMeasuresHold: invariants of any journey at any time.
func TestMeasuresHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := &record{}
		for _, c := range anyContacts(t) {
			r.apply(c)
			r.settle(c.At)
			d := &r.Data
			if d.Contacts > d.Count || d.Switches >= max(d.Contacts, 1) || len(d.Unanswered) != len(d.Pending) {
				t.Fatalf("%d contacts of %d, %d switches, %d and %d questions", d.Contacts, d.Count, d.Switches, len(d.Unanswered), len(d.Pending))
			}
			if r.Effort < 0 || r.Effort > 100 || d.Reason == "" || d.Waited < 0 {
				t.Fatalf("effort %v, reason %q, waited %d", r.Effort, d.Reason, d.Waited)
			}
			var sum float64
			for _, p := range d.Parts {
				sum += p.Points
			}
			if math.Abs(sum-r.Effort) > 1e-9 {
				t.Fatalf("parts add up to %v, not %v", sum, r.Effort)
			}
			// Time alone moves a journey at its due time, not before, and ends.
			if due := r.DueAt; due.After(c.At) {
				if v := r.stateAt(due.Add(-time.Microsecond)); v.state != r.State {
					t.Fatalf("%s before its due time is %s", r.State, v.state)
				}
				if v := r.stateAt(due); v.state == r.State {
					t.Fatalf("%s stays at its due time", r.State)
				}
			}
		}
	})
}

// TestEffortIsMonotone: no count can lower the score, and it stays within 100.
func TestEffortIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := func(name string) int64 { return int64(rapid.IntRange(0, 6).Draw(t, name)) }
		d := &Data{Contacts: n("contacts"), Switches: n("switches"), Statements: n("statements"), SameAsk: n("same"),
			Unanswered: make([]crm.Question, n("unanswered")), Waited: n("days") * 86400 * 2}
		_, before := effort(d)
		switch rapid.IntRange(0, 5).Draw(t, "which") {
		case 0:
			d.Contacts++
		case 1:
			d.Switches++
		case 2:
			d.Statements++
		case 3:
			d.SameAsk++
		case 4:
			d.Unanswered = append(d.Unanswered, crm.Question{})
		case 5:
			d.Waited += 8640
		}
		if _, after := effort(d); after < before || after > 100 {
			t.Fatalf("%v became %v", before, after)
		}
	})
}

// TestEffortCapsAddUpTo100 keeps the promise of docs/effort.md.
func TestEffortCapsAddUpTo100(t *testing.T) {
	t.Parallel()
	sum := 0.0
	for _, p := range effortParts {
		sum += p.cap
	}
	if sum != 100 {
		t.Errorf("the caps add up to %v", sum)
	}
}

// TestCustomersNeverMix: whatever two customers say, each journey has contacts
// of one only, and linking them together or apart gives the same.
func TestCustomersNeverMix(t *testing.T) {
	t.Parallel()
	l := linker{adjacent: testAdjacent}
	rapid.Check(t, func(t *rapid.T) {
		list := anyContacts(t)
		people := [2]*person{{}, {}}
		owner := map[crm.ID]int{}
		for _, c := range list {
			who := rapid.IntRange(0, 1).Draw(t, "who")
			c.Profile = Profile{Bucket: int64(who), ID: crm.DerivedID(monday, fmt.Sprint(who))}
			l.take(people[who], c, c.At)
			if c.JourneyID.IsZero() {
				continue
			}
			if had, ok := owner[c.JourneyID]; ok && had != who {
				t.Fatalf("journey %s belongs to two customers", c.JourneyID)
			}
			owner[c.JourneyID] = who
			if c.Link.Reason == "" || c.Link.Confidence <= 0 || c.Link.Confidence > 1 || c.Link.By != Author {
				data, _ := json.Marshal(c.Link)
				t.Fatalf("a link without a reason: %s", data)
			}
		}
	})
}
