package journey

import (
	"context"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// say links one mail of the customer's profile.
func (w *world) say(members []Profile, profile int, at time.Time, intent, text string) *Contact {
	p := members[profile]
	c := &Contact{Profile: p, CustomerID: members[0].ID, Members: members, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, At: at, Text: text,
		ID: crm.DerivedID(at, "say", text).InBucket(p.Bucket), ConversationID: crm.DerivedID(at, "v", text).InBucket(p.Bucket),
		Reading: &crm.Reading{Intents: []crm.Label{{Name: intent, Confidence: .9}}}}
	w.now = at
	w.link([]*Contact{c})
	return c
}

func TestChangesByHandAreRefusedForAReason(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := t.Context()
		jan, piet := w.customer("jan", 1), w.customer("piet", 1)
		a := w.say(jan, 0, monday, "invoice_question", "My invoice is wrong")
		b := w.say(piet, 0, monday, "invoice_question", "My invoice is wrong too")
		none := crm.NewID(monday).InBucket(3)
		for name, got := range map[string]struct {
			err  error
			want crm.Code
		}{
			"move an unknown interaction":     {second(w.s.Move(ctx, none, a.JourneyID, "m")), crm.NotFound},
			"move to an unknown journey":      {second(w.s.Move(ctx, a.ID, none, "m")), crm.NotFound},
			"move to another customer":        {second(w.s.Move(ctx, a.ID, b.JourneyID, "m")), crm.Invalid},
			"split an unknown journey":        {second(w.s.Split(ctx, none, []crm.ID{a.ID}, "m")), crm.NotFound},
			"split off everything":            {second(w.s.Split(ctx, a.JourneyID, []crm.ID{a.ID}, "m")), crm.Invalid},
			"split off nothing":               {second(w.s.Split(ctx, a.JourneyID, nil, "m")), crm.Invalid},
			"split off what is not in it":     {second(w.s.Split(ctx, a.JourneyID, []crm.ID{b.ID}, "m")), crm.Invalid},
			"merge another customer's":        {w.s.Merge(ctx, a.JourneyID, b.JourneyID, "m"), crm.Invalid},
			"merge with itself":               {w.s.Merge(ctx, a.JourneyID, a.JourneyID, "m"), crm.Invalid},
			"merge from an unknown one":       {w.s.Merge(ctx, a.JourneyID, none, "m"), crm.NotFound},
			"merge into an unknown one":       {w.s.Merge(ctx, none, a.JourneyID, "m"), crm.NotFound},
			"set a state that does not exist": {w.s.SetState(ctx, a.JourneyID, "done", "m"), crm.Invalid},
			"set the state of an unknown one": {w.s.SetState(ctx, none, crm.Resolved, "m"), crm.NotFound},
		} {
			if got.err == nil || crm.CodeOf(got.err) != got.want {
				t.Errorf("%s: got %v, want %s", name, got.err, got.want)
			}
		}
		if n := len(w.journeys(jan)) + len(w.journeys(piet)); n != 2 {
			t.Errorf("a refused change left %d journeys", n)
		}
	})
}

func second(_ crm.ID, err error) error { return err }

// TestMovesAreLoggedAndFed: a move replaces the link with a sure one of its
// author, keeps what it was in the log, and gives both journeys new feed numbers.
func TestMovesAreLoggedAndFed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		jan := w.customer("jan", 1)
		a := w.say(jan, 0, monday, "invoice_question", "My invoice is wrong")
		b := w.say(jan, 0, monday.Add(time.Hour), "technical_fault", "The television stays black")
		if a.JourneyID == b.JourneyID {
			t.Fatal("two issues are one journey")
		}
		before := w.seqs(a.JourneyID)
		to, err := w.s.Move(t.Context(), b.ID, a.JourneyID, "marcus")
		if err != nil || to != a.JourneyID {
			t.Fatalf("%v, %v", to, err)
		}
		if after := w.seqs(a.JourneyID); after <= before {
			t.Errorf("feed number %d after %d", after, before)
		}
		if w.seqs(b.JourneyID) != 0 {
			t.Error("the emptied journey still has a row")
		}
		var confidence, logged int64
		var author, reason string
		row := db.Reader().QueryRow("SELECT confidence, author, reason FROM journey_links WHERE interaction_id = $1", b.ID)
		if err := row.Scan(&confidence, &author, &reason); err != nil || confidence != 1000 || author != "marcus" || reason != "Moved by hand" {
			t.Errorf("link: %v %s %s, %v", confidence, author, reason, err)
		}
		var from, into crm.ID
		row = db.Reader().QueryRow("SELECT from_journey, to_journey, author FROM journey_link_log WHERE interaction_id = $1", b.ID)
		if err := row.Scan(&from, &into, &author); err != nil || from != b.JourneyID || into != a.JourneyID || author != "marcus" {
			t.Errorf("log: %v to %v by %s, %v", from, into, author, err)
		}
		// Moving it where it is changes and logs nothing.
		if _, err := w.s.Move(t.Context(), b.ID, a.JourneyID, "marcus"); err != nil {
			t.Error(err)
		}
		if err := db.Reader().QueryRow("SELECT count(*) FROM journey_link_log").Scan(&logged); err != nil || logged != 1 {
			t.Errorf("%d log entries, %v", logged, err)
		}
	})
}

// seqs is the feed number of a journey, 0 when it has no row.
func (w *world) seqs(id crm.ID) (seq int64) {
	_ = w.db.Reader().QueryRow("SELECT seq FROM journeys WHERE bucket = $1 AND id = $2", id.RowBucket(), id).Scan(&seq)
	return seq
}

// TestSeparate: after an un-merge, what was linked across stands in a journey of
// its own side, and what was not is untouched.
func TestSeparate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		both := w.customer("jan", 2)
		left, right := both[:1], both[1:]
		a := w.say(both, 0, monday, "technical_fault", "The internet is down in the whole house")
		b := w.say(both, 1, monday.Add(time.Hour), "technical_fault", "Internet down, the whole house")
		c := w.say(both, 1, monday.Add(2*time.Hour), "technical_fault", "The internet in the house is down, any news?")
		d := w.say(both, 1, monday.Add(3*time.Hour), "wrong_charge", "A wrong line on my bill of February")
		if a.JourneyID != b.JourneyID || b.JourneyID != c.JourneyID || d.JourneyID == a.JourneyID {
			t.Fatal("the merged customer's journeys are not as the test needs them")
		}
		separate := func() {
			w.tx(func(tx *store.Tx) error {
				ctx := context.Background()
				next, err := lock(ctx, tx, map[int64]int64{both[0].Bucket: 10, both[1].Bucket: 10})
				if err != nil {
					return err
				}
				return w.s.Separate(ctx, tx, w.now, left, right, next, "priya")
			})
		}
		untouched := w.seqs(d.JourneyID)
		separate()
		w.head(left)
		w.head(right)
		l, r := w.journeys(left), w.journeys(right)
		if len(l) != 1 || l[0].ID != a.JourneyID || l[0].Data.Contacts != 1 {
			t.Errorf("left: %d journeys", len(l))
		}
		if len(r) != 2 || r[0].Data.Contacts != 2 || r[0].Intent != "technical_fault" {
			t.Errorf("right: %d journeys", len(r))
		}
		if w.seqs(d.JourneyID) != untouched {
			t.Error("a journey that nobody else was in was written")
		}
		before := w.seqs(a.JourneyID)
		separate()
		if w.seqs(a.JourneyID) != before {
			t.Error("separating again changed something")
		}
	})
}

// TestSweepOnlyDoesWhatIsDue, once.
func TestSweepOnlyDoesWhatIsDue(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var contacts []*Contact
		for i := range 230 {
			c := benchContact(i, 0)
			c.At = monday.Add(time.Duration(i) * time.Minute)
			contacts = append(contacts, c)
		}
		w.now = monday
		w.link(contacts)
		w.now = monday.Add(abandonedAfter)
		sweep := func(at time.Time, limit, want int) {
			t.Helper()
			n, err := w.s.Sweep(t.Context(), at, limit)
			if err != nil || n != want {
				t.Errorf("swept %d, want %d: %v", n, want, err)
			}
		}
		sweep(monday.Add(abandonedAfter-time.Minute), 1000, 0)
		sweep(monday.Add(abandonedAfter+9*time.Minute), 1000, 10)
		sweep(monday.Add(abandonedAfter+time.Hour*24), 120, 120)
		sweep(monday.Add(abandonedAfter+time.Hour*24), 1000, 100)
		sweep(monday.Add(abandonedAfter+time.Hour*24), 1000, 0)
		var n int64
		if err := db.Reader().QueryRow("SELECT count(*) FROM journeys WHERE state = 'abandoned' AND NOT active AND due_at = 0").Scan(&n); err != nil || n != 230 {
			t.Errorf("%d are abandoned: %v", n, err)
		}
	})
}
