package desk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// monday is a Monday in March, ten in the morning.
var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

type bench struct {
	*testing.T
	db    *store.DB
	desk  *desk.Service
	e     *flow.Engine
	inbox *inboxes.Inbox
	now   time.Time
	n     int
}

func setup(t *testing.T, db *store.DB) *bench {
	t.Helper()
	b := &bench{T: t, db: db, now: monday}
	clock := func() time.Time { return b.now }
	keys, err := inboxes.LoadKeys("", t.TempDir())
	b.must(err)
	boxes := inboxes.New(db, clock, keys)
	b.inbox, err = boxes.Create(context.Background(), inboxes.Inbox{Name: "Support", Kind: inboxes.Mail, Address: "support@halden.example"}, inboxes.Secrets{}, nil)
	b.must(err)
	b.desk = desk.New(db, clock, boxes)
	b.must(b.desk.Begin(context.Background(), "UTC"))
	reader, err := understand.Default()
	b.must(err)
	b.e, err = flow.New(db, flow.Options{Clock: clock, Reader: reader, Region: "NL", Desk: b.desk})
	b.must(err)
	t.Cleanup(b.e.Close)
	return b
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// later moves the clock.
func (b *bench) later(d time.Duration) { b.now = b.now.Add(d) }

func (b *bench) submit(item crm.Item) flow.Result {
	b.Helper()
	b.n++
	item.Envelope.ExternalID = fmt.Sprintf("m-%d", b.n)
	item.Envelope.Source, item.Envelope.Channel = b.inbox.Source, crm.Mail
	if item.Envelope.OccurredAt.IsZero() {
		item.Envelope.OccurredAt = b.now
	}
	item.Raw, item.RawType = []byte("{}"), "application/json"
	r, err := b.e.Submit(context.Background(), []crm.Item{item})
	b.must(err)
	if r[0].Status != flow.StatusNew {
		b.Fatalf("%+v", r[0].Problem)
	}
	return r[0]
}

// asks lets a customer write, in answer to the conversation's last mail.
func (b *bench) asks(from, text string, in flow.Result) flow.Result {
	b.Helper()
	e := crm.Envelope{Direction: crm.In, Subject: "My bill", Text: text, Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: from, Name: "Jan Meijer"}}}
	item := crm.Item{Envelope: e}
	if !in.ConversationID.IsZero() {
		item.Place = &crm.Place{Profile: in.ProfileID, Conversation: in.ConversationID}
	}
	return b.submit(item)
}

// says lets a colleague answer.
func (b *bench) says(text string, in flow.Result, kind crm.Kind, direction crm.Direction, automatic bool) flow.Result {
	b.Helper()
	return b.submit(crm.Item{Place: &crm.Place{Profile: in.ProfileID, Conversation: in.ConversationID}, Envelope: crm.Envelope{Kind: kind, Direction: direction,
		Automatic: automatic, Text: text, Participants: []crm.Participant{{Role: crm.Agent, Kind: crm.Email, Value: "anna@halden.example", Name: "Anna"}}}})
}

func (b *bench) get(r flow.Result) *desk.Row {
	b.Helper()
	row, err := b.desk.Get(context.Background(), r.ConversationID)
	b.must(err)
	return row
}

func (b *bench) change(r flow.Result, set desk.Set) desk.Outcome {
	b.Helper()
	out, err := b.desk.Change(context.Background(), desk.Change{IDs: []crm.ID{r.ConversationID}, Set: set, By: "Anna"})
	b.must(err)
	return out
}

func ptr[T any](v T) *T { return &v }

func due(r *desk.Row) time.Time { return crm.FromMicros(r.DueAt) }

func TestThanksLeaveTheTurn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		b.asks("jan@postvak.example", "Thank you!", q)
		if r := b.get(q); r.Status != desk.Todo {
			t.Errorf("nobody has answered yet: %s", r.Status)
		}
		b.says("The price went up in March.", q, crm.KindMessage, crm.Out, false)
		b.asks("jan@postvak.example", "Thank you very much!\nJan Meijer", q)
		if r := b.get(q); r.Status != desk.Waiting || r.WaitingSince != 0 || r.DueAt != desk.Never || r.Messages != 4 || r.LastDirection != "in" {
			t.Errorf("after thanks: %+v", r)
		}
		b.change(q, desk.Set{Status: ptr(desk.Done)})
		b.asks("jan@postvak.example", "Thanks!", q)
		if r := b.get(q); r.Status != desk.Done || r.DoneAt == 0 {
			t.Errorf("thanks reopened it: %+v", r)
		}
		b.says("Shall we book the smaller plan?", q, crm.KindMessage, crm.Out, false)
		b.asks("jan@postvak.example", "Thank you!", q)
		if r := b.get(q); r.Status != desk.Todo {
			t.Errorf("our question was answered: %s", r.Status)
		}
	})
}

func TestWhoseTurnItIs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		r := b.get(q)
		if r.Status != desk.Todo || r.Reason != desk.First || r.WaitingSince != crm.Micros(monday) || r.InboxID != b.inbox.ID || r.LastSeq == 0 ||
			!due(r).Equal(monday.Add(4*time.Hour)) || desk.DueKind(r) != "first" {
			t.Errorf("she asked: %+v", r)
		}
		seen := r.LastSeq
		b.later(time.Hour)
		if note := b.says("She means the roaming.", q, crm.KindNote, crm.Inside, false); note.ConversationID != q.ConversationID {
			t.Error("a note belongs to its conversation")
		}
		if r = b.get(q); r.LastSeq != seen || r.Messages != 1 || r.Status != desk.Todo {
			t.Errorf("a note changes no turn: %+v", r)
		}
		b.says("We got your mail.", q, crm.KindMessage, crm.Out, true)
		if r = b.get(q); r.Status != desk.Todo || r.FirstAnswerAt != 0 {
			t.Errorf("an automatic answer is none: %+v", r)
		}
		if a := b.says("It is the roaming.", q, crm.KindMessage, crm.Out, false); a.ConversationID != q.ConversationID || a.CustomerID != q.CustomerID {
			t.Error("an answer belongs to its conversation and its customer")
		}
		if r = b.get(q); r.Status != desk.Waiting || r.WaitingSince != 0 || r.FirstAnswerAt != crm.Micros(b.now) || r.DueAt != desk.Never || r.Breached || r.LastSeq == seen {
			t.Errorf("we answered: %+v", r)
		}
		b.change(q, desk.Set{Status: ptr(desk.Done)})
		if r = b.get(q); r.Status != desk.Done || r.DoneAt == 0 {
			t.Errorf("done: %+v", r)
		}
		b.later(24 * time.Hour)
		b.asks("jan@postvak.example", "And the month before?", q)
		if r = b.get(q); r.Status != desk.Todo || r.Reason != desk.Next || r.DoneAt != 0 || desk.DueKind(r) != "next" {
			t.Errorf("she came back: %+v", r)
		}
		b.change(q, desk.Set{SnoozedUntil: ptr(b.now.Add(48 * time.Hour))})
		if r = b.get(q); r.Status != desk.Snoozed || r.DueAt != desk.Never {
			t.Errorf("snoozed: %+v", r)
		}
		b.must(b.desk.Sweep(context.Background(), b.now.Add(47*time.Hour), 100))
		if r = b.get(q); r.Status != desk.Snoozed {
			t.Error("it woke too early")
		}
		b.later(48 * time.Hour)
		b.must(b.desk.Sweep(context.Background(), b.now, 100))
		if r = b.get(q); r.Status != desk.Todo || r.Reason != desk.Next || r.SnoozedUntil != 0 {
			t.Errorf("it woke: %+v", r)
		}
		b.change(q, desk.Set{Status: ptr(desk.Ignored)})
		b.asks("jan@postvak.example", "Hello?", q)
		if r = b.get(q); r.Status != desk.Ignored {
			t.Errorf("what is ignored stays away: %+v", r)
		}
	})
}

func TestForgedAndSilentMailReopensNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
	b.change(q, desk.Set{Status: ptr(desk.Done)})
	forged := crm.Item{Place: &crm.Place{Profile: q.ProfileID, Conversation: q.ConversationID}, Envelope: crm.Envelope{Direction: crm.In, Text: "Send me the code.",
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "jan@postvak.example"}}, Traits: map[string]json.RawMessage{"mail.auth": json.RawMessage(`"fail"`)}}}
	b.submit(forged)
	if r := b.get(q); r.Status != desk.Done || !r.Unverified || r.Messages != 2 {
		t.Errorf("a forged sender reopened it: %+v", r)
	}
	forged.Place = nil
	forged.Envelope.Participants[0].Value = "eve@elsewhere.example"
	if r := b.get(b.submit(forged)); r.Status != desk.Todo || !r.Unverified {
		t.Errorf("a conversation that begins with one is for somebody to look at: %+v", r)
	}
	old := crm.Item{Silent: true, Envelope: crm.Envelope{Direction: crm.In, Text: "Years ago", Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "old@postvak.example"}}}}
	if r := b.get(b.submit(old)); r.Status != desk.Done || r.DueAt != desk.Never {
		t.Errorf("an archive waits for nobody: %+v", r)
	}
}

func TestMissedTargetsAreSeenAndEscalated(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		_, err := b.desk.PutPolicy(context.Background(), service.Policy{Name: "VIP", Place: 1, Targets: service.Targets{First: 60, Escalate: true}})
		b.must(err)
		q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		b.later(time.Hour)
		b.must(b.desk.Sweep(context.Background(), b.now, 100))
		if r := b.get(q); !r.Breached || r.Priority != desk.Urgent {
			t.Errorf("late: %+v", r)
		}
		events, err := db.Read().EventsOfChange(context.Background(), crm.ID{})
		if err != nil || len(events) > 0 {
			t.Error("every event has a change of its own", err)
		}
	})
}

func TestOneOfTwoGetsIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		var wg sync.WaitGroup
		var mu sync.Mutex
		got := 0
		for range 8 {
			wg.Go(func() {
				_, err := b.desk.Claim(context.Background(), q.ConversationID, crm.ID{}, crm.NewID(monday), "x", nil)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					got++
				case crm.CodeOf(err) != crm.Conflict:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got != 1 {
			t.Errorf("%d of 8 got it", got)
		}
	})
}

func TestMergedCasesAreReadTogetherAndPartAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		ctx := context.Background()
		a := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		c := b.asks("jan@postvak.example", "My phone is broken.", flow.Result{})
		before := *b.get(c)
		out, err := b.desk.Merge(ctx, a.ConversationID, c.ConversationID, "Anna", crm.ID{})
		b.must(err)
		both, err := b.desk.Conversations(ctx, a.ConversationID)
		if err != nil || len(both) != 2 {
			t.Errorf("%v %v", both, err)
		}
		b.says("Both at once.", a, crm.KindMessage, crm.Out, false)
		b.later(time.Hour)
		b.asks("jan@postvak.example", "Still broken.", c)
		if into, from := b.get(a), b.get(c); into.Status != desk.Todo || from.Status != desk.Done || from.MergedInto != a.ConversationID {
			t.Errorf("what comes in for the merged one counts for the other: %+v %+v", into, from)
		}
		undone, err := b.desk.Undo(ctx, out.ChangeID, "Ben", crm.ID{}, nil)
		b.must(err)
		if len(undone.Changed) != 1 {
			t.Fatalf("%+v", undone)
		}
		if r := b.get(c); !r.MergedInto.IsZero() || r.Status != before.Status || r.WaitingSince != before.WaitingSince || r.DueAt != before.DueAt || r.Messages != 2 {
			t.Errorf("after the undo %+v, before the merge %+v", r, before)
		}
		if len(undone.Skipped) != 1 || undone.Skipped[0].ID != a.ConversationID {
			t.Errorf("the other one moved on, which is said: %+v", undone.Skipped)
		}
		if both, _ = b.desk.Conversations(ctx, a.ConversationID); len(both) != 1 {
			t.Error("they are still read together")
		}
		if again, err := b.desk.Undo(ctx, out.ChangeID, "Ben", crm.ID{}, nil); err != nil || len(again.Changed) > 0 {
			t.Errorf("undone twice: %+v %v", again, err)
		}
	})
}

func TestSplitMessagesGetACaseOfTheirOwn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		ctx := context.Background()
		a := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		b.says("It is the roaming.", a, crm.KindMessage, crm.Out, false)
		second := b.asks("jan@postvak.example", "And my phone is broken.", a)
		before := *b.get(a)
		into, change, err := b.e.Split(ctx, a.ConversationID, []crm.ID{second.ID}, "Anna", crm.ID{})
		b.must(err)
		old, fresh := b.get(a), b.get(flow.Result{ConversationID: into})
		if old.Messages != 2 || fresh.Messages != 1 || fresh.Status != desk.Todo || fresh.InboxID != b.inbox.ID {
			t.Errorf("%+v\n%+v", old, fresh)
		}
		if _, _, err := b.e.Split(ctx, a.ConversationID, []crm.ID{second.ID}, "Anna", crm.ID{}); crm.CodeOf(err) != crm.Invalid {
			t.Errorf("it is not there any more: %v", err)
		}
		if _, _, err := b.e.Split(ctx, into, []crm.ID{second.ID}, "Anna", crm.ID{}); crm.CodeOf(err) != crm.Invalid {
			t.Errorf("one message must stay: %v", err)
		}
		if old.Status != desk.Waiting || old.WaitingSince != 0 || old.DueAt != desk.Never || old.LastDirection != "out" {
			t.Errorf("the question has left, so nobody waits in the old one: %+v", old)
		}
		from, ok, err := b.e.Rejoin(ctx, change)
		b.must(err)
		after := *b.get(a)
		after.Seq, after.LastSeq = before.Seq, before.LastSeq
		if !ok || from != a.ConversationID || after != before {
			t.Errorf("taken back:\n%+v\nbefore:\n%+v", after, before)
		}
		if _, err := b.desk.Get(ctx, into); crm.CodeOf(err) != crm.NotFound {
			t.Errorf("the new one is gone: %v", err)
		}
		into, change, err = b.e.Split(ctx, a.ConversationID, []crm.ID{second.ID}, "Anna", crm.ID{})
		b.must(err)
		b.asks("jan@postvak.example", "It still is.", flow.Result{ProfileID: a.ProfileID, ConversationID: into})
		if _, _, err := b.e.Rejoin(ctx, change); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("somebody wrote since: %v", err)
		}
	})
}

// Whatever people do, in any order, taking it all back in reverse leaves the
// case as it was.
func TestEveryChangeCanBeTakenBack(t *testing.T) {
	b := setup(t, storetest.SQLite(t))
	ctx := context.Background()
	tag, err := b.desk.PutTag(ctx, desk.Tag{Name: "billing"})
	b.must(err)
	person, team := crm.NewID(monday), crm.NewID(monday)
	rapid.Check(t, func(r *rapid.T) {
		q := b.asks(fmt.Sprintf("c%d@postvak.example", b.n), "Why is my bill higher?", flow.Result{})
		before := *b.get(q)
		var changes []crm.ID
		for range rapid.IntRange(1, 6).Draw(r, "changes") {
			set := desk.Set{}
			switch rapid.IntRange(0, 6).Draw(r, "what") {
			case 0:
				set.Status = ptr(rapid.SampledFrom([]string{desk.Todo, desk.Waiting, desk.Done, desk.Ignored}).Draw(r, "status"))
			case 1:
				set.SnoozedUntil = ptr(b.now.Add(time.Hour))
			case 2:
				set.AssigneeID = ptr(rapid.SampledFrom([]crm.ID{{}, person}).Draw(r, "assignee"))
			case 3:
				set.TeamID = &team
			case 4:
				set.Priority = ptr(rapid.Int64Range(0, 3).Draw(r, "priority"))
			case 5:
				set.AddTags = []crm.ID{tag.ID}
			case 6:
				set.RemoveTags = []crm.ID{tag.ID}
			}
			b.later(time.Minute)
			if out := b.change(q, set); len(out.Changed) > 0 {
				changes = append(changes, out.ChangeID)
			}
		}
		for i := len(changes) - 1; i >= 0; i-- {
			if out, err := b.desk.Undo(ctx, changes[i], "Ben", crm.ID{}, nil); err != nil || len(out.Skipped) > 0 {
				r.Fatalf("undo %d of %d: %+v %v", i, len(changes), out, err)
			}
		}
		after := *b.get(q)
		after.Seq = before.Seq
		if after != before {
			r.Fatalf("before %+v\nafter %+v", before, after)
		}
	})
}

func TestUndoSaysWhatMovedOn(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
	first := b.change(q, desk.Set{Priority: ptr(desk.High)})
	b.change(q, desk.Set{Priority: ptr(desk.Low)})
	out, err := b.desk.Undo(context.Background(), first.ChangeID, "Anna", crm.ID{}, nil)
	if err != nil || len(out.Changed) != 0 || len(out.Skipped) != 1 || b.get(q).Priority != desk.Low {
		t.Errorf("%+v %v", out, err)
	}
}

func TestDraftsAreSharedAndNeverOverwritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		ctx := context.Background()
		q := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		write := func(text string, version int64, by string) (*desk.Draft, error) {
			return b.desk.WriteDraft(ctx, q.ConversationID, desk.ReplyDraft, json.RawMessage(text), version, by, crm.ID{})
		}
		d, err := write(`{"html":"Dear"}`, 0, "Anna")
		b.must(err)
		if _, err := write(`{"html":"Hi"}`, 0, "Ben"); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("Ben did not see that Anna began: %v", err)
		}
		if d, err = write(`{"html":"Dear Jan"}`, d.Version, "Ben"); err != nil || d.Version != 2 {
			t.Error(d, err)
		}
		got, err := b.desk.ReadDraft(ctx, q.ConversationID, desk.ReplyDraft)
		if err != nil || string(got.Content) != `{"html":"Dear Jan"}` || got.Author != "Ben" {
			t.Errorf("%+v %v", got, err)
		}
		b.must(b.desk.DropDraft(ctx, q.ConversationID, desk.ReplyDraft))
		if got, err = b.desk.ReadDraft(ctx, q.ConversationID, desk.ReplyDraft); got != nil || err != nil {
			t.Errorf("%+v %v", got, err)
		}
	})
}

func TestMacrosFillOnlyWhatIsKnown(t *testing.T) {
	t.Parallel()
	got, missing := desk.Fill(`<p>Dear {{ customer.first_name }}, {{case.subject}} {{agent.name}} {{evil(1)}}</p>`,
		map[string]string{"customer.first_name": `<script>alert(1)</script>`, "agent.name": "Anna"})
	want := `<p>Dear &lt;script&gt;alert(1)&lt;/script&gt;, {{case.subject}} Anna {{evil(1)}}</p>`
	if got != want || fmt.Sprint(missing) != "[case.subject]" {
		t.Errorf("%s %v", got, missing)
	}
}
