package desk_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// kinds are the kinds of the events of a case, the newest first.
func (b *bench) kinds(r flow.Result) []string {
	b.Helper()
	last := crm.ID{}
	for i := range last {
		last[i] = 0xff
	}
	events, err := b.db.Read().CaseEvents(context.Background(), sqlgen.CaseEventsParams{Bucket: r.ConversationID.RowBucket(), ConversationID: r.ConversationID,
		Before: last, MaxRows: 50})
	b.must(err)
	out := []string{}
	for _, e := range events {
		out = append(out, e.Kind)
	}
	return out
}

func TestPeopleAreWarnedOnceBeforeATarget(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		ctx := context.Background()
		q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		if r := b.get(q); r.WarnAt != crm.Micros(monday.Add(3*time.Hour)) {
			t.Errorf("due %v, warned at %v", due(r), crm.FromMicros(r.WarnAt))
		}
		b.later(3*time.Hour - time.Second)
		b.must(b.desk.Sweep(ctx, b.now, 100))
		if got := b.kinds(q); len(got) != 0 {
			t.Errorf("too early: %v", got)
		}
		b.later(time.Second)
		for range 3 {
			b.must(b.desk.Sweep(ctx, b.now, 100))
		}
		if got := b.kinds(q); len(got) != 1 || got[0] != "due_soon" || !b.get(q).Warned || b.get(q).Breached {
			t.Errorf("warned once: %v", got)
		}
		// A clock that jumps over it all: late is told, soon is not.
		c := b.asks("piet@postvak.example", "My phone is broken.", flow.Result{})
		b.later(72 * time.Hour)
		b.must(b.desk.Sweep(ctx, b.now, 100))
		if got := b.kinds(c); len(got) != 1 || got[0] != "breached" {
			t.Errorf("after the jump: %v", got)
		}
	})
}

func TestLateCasesHideNoWarning(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		for i := range 3 {
			b.asks(fmt.Sprintf("late-%d@postvak.example", i), "My phone is broken.", flow.Result{})
		}
		b.later(72 * time.Hour)
		near := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		b.later(3 * time.Hour)
		for range 2 {
			b.must(b.desk.Sweep(context.Background(), b.now, 2))
		}
		if got := b.kinds(near); len(got) != 1 || got[0] != "due_soon" {
			t.Errorf("warned of the one that is not late yet: %v", got)
		}
	})
}

// A mail that was on its way for days, or the past that a firm brings along, is
// late when it comes: it is told with its arrival, and nothing is left to sweep.
func TestLateAtArrival(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		ctx := context.Background()
		policies, err := b.desk.Policies(ctx)
		b.must(err)
		policies[0].Targets.Escalate = true
		_, err = b.desk.PutPolicy(ctx, policies[0])
		b.must(err)
		past := func(text string, in flow.Result) flow.Result {
			item := crm.Item{Envelope: crm.Envelope{Direction: crm.In, Text: text, OccurredAt: monday.AddDate(0, 0, -3),
				Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "jan@postvak.example"}}}}
			if !in.ConversationID.IsZero() {
				item.Place = &crm.Place{Profile: in.ProfileID, Conversation: in.ConversationID}
			}
			return b.submit(item)
		}
		q := past("Why is my bill higher?", flow.Result{})
		r := *b.get(q)
		if got := b.kinds(q); len(got) != 1 || got[0] != "breached" || !r.Breached || r.Priority != desk.Urgent {
			t.Errorf("late at arrival: %v, %+v", got, r)
		}
		b.must(b.desk.Sweep(ctx, b.now, 100))
		if after := *b.get(q); after != r {
			t.Errorf("a sweep changed it again: %+v", after)
		}
		past("And the one before?", q)
		if got := b.kinds(q); len(got) != 1 {
			t.Errorf("told once: %v", got)
		}

		// Of history nobody is told.
		b.desk.Rest(true)
		old := past("A question of long ago.", flow.Result{})
		if got := b.kinds(old); old.ConversationID == q.ConversationID || len(got) != 0 || b.get(old).Breached {
			t.Errorf("told of history: %v", got)
		}
	})
}

func TestPriorityChoosesTheServiceLevelAnew(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	ctx := context.Background()
	urgent, err := b.desk.PutPolicy(ctx, service.Policy{Name: "Urgent", Place: 1, Conditions: service.Conditions{Priorities: []int64{desk.Urgent}},
		Targets: service.Targets{First: 30, Next: 30}})
	b.must(err)
	q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
	before := *b.get(q)
	b.later(10 * time.Minute)
	out := b.change(q, desk.Set{Priority: ptr(desk.Urgent)})
	if r := b.get(q); r.PolicyID != urgent.ID || !due(r).Equal(monday.Add(30*time.Minute)) {
		t.Errorf("due since she asked: %v", due(r))
	}
	_, err = b.desk.Undo(ctx, out.ChangeID, "Ben", crm.ID{}, nil)
	b.must(err)
	after := *b.get(q)
	if after.Seq = before.Seq; after != before {
		t.Errorf("%+v\n%+v", before, after)
	}
}

func TestOldConversationsGetTheirCases(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		ctx := context.Background()
		// A program without a desk took these in.
		reader, err := understand.Default()
		b.must(err)
		b.e.Close()
		old, err := flow.New(db, flow.Options{Clock: func() time.Time { return b.now }, Reader: reader, Region: "NL"})
		b.must(err)
		t.Cleanup(old.Close)
		b.e = old
		b.now = monday.AddDate(0, 0, -40)
		long := b.asks("old@postvak.example", "Where is my router?", flow.Result{})
		b.now = monday.Add(-time.Hour)
		waits := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		answered := b.asks("piet@postvak.example", "My phone is broken.", flow.Result{})
		b.later(time.Minute)
		b.says("We send another one.", answered, crm.KindMessage, crm.Out, false)
		b.says("He is a friend of Ben's.", answered, crm.KindNote, crm.Inside, false)
		b.now = monday
		n, err := b.desk.Backfill(ctx)
		if err != nil || n != 3 {
			t.Fatalf("%d cases: %v", n, err)
		}
		if r := b.get(long); r.Status != desk.Done || r.DueAt != desk.Never || r.WaitingSince != 0 {
			t.Errorf("what was left alone for weeks is history: %+v", r)
		}
		if r := b.get(waits); r.Status != desk.Todo || r.Reason != desk.First || r.WaitingSince != crm.Micros(monday.Add(-time.Hour)) || r.InboxID != b.inbox.ID ||
			r.DueAt == desk.Never || r.JourneyID != waits.JourneyID || r.Language != "en" {
			t.Errorf("she waits: %+v", r)
		}
		if r := b.get(answered); r.Status != desk.Waiting || r.Messages != 2 || r.FirstAnswerAt == 0 {
			t.Errorf("he was answered: %+v", r)
		}
		if n, err = b.desk.Backfill(ctx); err != nil || n != 0 {
			t.Errorf("again: %d %v", n, err)
		}
	})
}

// Fault 6: a clock that is put back and forth wakes a snoozed case once, tells a
// missed target once, and doesn't turn the order of what was said around.
func TestAWrongClock(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		sweep := func() { b.must(b.desk.Sweep(context.Background(), b.now, 100)) }
		q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		b.change(q, desk.Set{SnoozedUntil: ptr(b.now.Add(48 * time.Hour))})
		b.later(48*time.Hour + time.Minute)
		sweep()
		woke := b.get(q)
		if woke.Status != desk.Todo || woke.SnoozedUntil != 0 {
			t.Fatalf("it did not wake: %+v", woke)
		}
		told := b.kinds(q)
		for range 2 {
			b.later(-time.Hour)
			sweep()
			b.later(time.Hour)
			sweep()
		}
		if got := b.kinds(q); len(got) != len(told) || b.get(q).Status != desk.Todo {
			t.Errorf("it woke again: %v, first %v", got, told)
		}
		b.later(200 * time.Hour)
		sweep()
		told = b.kinds(q)
		b.later(-time.Hour)
		sweep()
		b.later(2 * time.Hour)
		sweep()
		if got := b.kinds(q); len(got) != len(told) || !slices.Contains(told, "breached") {
			t.Errorf("a missed target was told again: %v, first %v", got, told)
		}
		before := b.get(q)
		b.later(-3 * time.Hour)
		b.asks("jan@postvak.example", "Are you there?", q)
		if r := b.get(q); r.LastSeq <= before.LastSeq || r.Status != desk.Todo {
			t.Errorf("what came with the clock put back stands before the rest: %d, then %d", before.LastSeq, r.LastSeq)
		}
	})
}
