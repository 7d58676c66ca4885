package desk_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func everywhere(crm.ID) bool { return true }

// told are a person's notifications, the newest first, and how many are unread.
func (b *bench) told(user crm.ID) ([]desk.NotificationRow, int64) {
	b.Helper()
	rows, err := b.desk.Notifications(context.Background(), user, -1, false, math.MaxInt64, crm.ID{}, 100)
	b.must(err)
	n, err := b.desk.Unread(context.Background(), user, -1, everywhere)
	b.must(err)
	return rows, n
}

// Everything that concerns a person is told once, grouped by conversation, and
// nobody hears of what they did themselves.
func TestNotifications(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, ctx := setup(t, db), context.Background()
		anna, olga := crm.NewID(monday), crm.NewID(monday.Add(time.Second))
		first := b.asks("jan@postvak.example", "Why is my bill higher?", flow.Result{})
		if rows, n := b.told(anna); len(rows) != 0 || n != 0 {
			t.Fatalf("nobody has it, and Anna is told: %+v", rows)
		}
		give := func(r flow.Result, to, by crm.ID, name string) {
			_, err := b.desk.Change(ctx, desk.Change{IDs: []crm.ID{r.ConversationID}, Set: desk.Set{AssigneeID: &to}, By: name, ByID: by})
			b.must(err)
		}
		give(first, anna, anna, "Anna")
		if rows, _ := b.told(anna); len(rows) != 0 {
			t.Errorf("who takes a conversation is told so: %+v", rows)
		}
		give(first, olga, anna, "Anna")
		rows, n := b.told(olga)
		if n != 1 || len(rows) != 1 || desk.Notice(rows[0].Kind) != desk.Assigned || rows[0].Author != "Anna" || rows[0].N != 1 || !rows[0].Unread {
			t.Fatalf("Olga: %+v, %d unread", rows, n)
		}
		// She is mentioned, and the customer writes: one entry of three.
		b.later(time.Minute)
		note := b.says("Look, @Olga", first, crm.KindNote, crm.Inside, false)
		for range 2 { // the same note again is no news
			b.must(b.desk.Mention(ctx, first.ConversationID, note.ID, []crm.ID{olga, anna}, "Anna"))
		}
		b.asks("jan@postvak.example", "Hello?", first)
		rows, n = b.told(olga)
		if n != 1 || len(rows) != 1 || rows[0].N != 3 || desk.Notice(rows[0].Kinds) != desk.Assigned|desk.Mentioned|desk.Answered || desk.Notice(rows[0].Kind) != desk.Answered {
			t.Errorf("one conversation: %+v, %d unread", rows, n)
		}
		if rows, n = b.told(anna); n != 1 || desk.Notice(rows[0].Kinds) != desk.Mentioned {
			t.Errorf("Anna: %+v", rows)
		}
		// Machines are no news.
		b.submit(crm.Item{Place: &crm.Place{Profile: first.ProfileID, Conversation: first.ConversationID}, Envelope: crm.Envelope{Direction: crm.In, Automatic: true, Text: "I am away.",
			Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "jan@postvak.example"}}}})
		if rows, _ = b.told(olga); rows[0].N != 3 {
			t.Errorf("an automatic answer: %+v", rows)
		}
		// An inbox that she may not see does not count.
		if n, err := b.desk.Unread(ctx, olga, -1, func(inbox crm.ID) bool { return inbox != b.inbox.ID }); err != nil || n != 0 {
			t.Errorf("hidden, and counted: %d %v", n, err)
		}
		// A kind that she does not want does not count, and the rest does.
		if n, err := b.desk.Unread(ctx, olga, desk.Due|desk.Score, everywhere); err != nil || n != 0 {
			t.Errorf("of kinds that did not happen: %d %v", n, err)
		}
		// Reading half of it leaves it, reading it to its end clears it for her alone.
		b.must(b.desk.MarkRead(ctx, first.ConversationID, olga, b.get(first).LastSeq-1))
		if _, n = b.told(olga); n != 1 {
			t.Error("half read counts as read")
		}
		b.must(b.desk.MarkRead(ctx, first.ConversationID, olga, b.get(first).LastSeq))
		if rows, n = b.told(olga); n != 0 || len(rows) != 1 || rows[0].Unread || rows[0].MailSince != 0 {
			t.Errorf("read: %+v", rows)
		}
		if _, n = b.told(anna); n != 1 {
			t.Error("what Olga read is read for Anna")
		}
		// What comes after begins anew.
		b.later(time.Minute)
		b.asks("jan@postvak.example", "Anybody?", first)
		if rows, n = b.told(olga); n != 1 || rows[0].N != 1 || desk.Notice(rows[0].Kinds) != desk.Answered {
			t.Errorf("after reading: %+v", rows)
		}
		b.must(b.desk.ReadNotification(ctx, first.ConversationID, olga, true))
		b.must(b.desk.ReadNotification(ctx, first.ConversationID, olga, false))
		if rows, n = b.told(olga); n != 1 || rows[0].MailSince != 0 {
			t.Errorf("unread again, to be mailed again: %+v", rows)
		}
		// All up to a time: what came after stays.
		until := b.now
		b.later(time.Minute)
		second := b.asks("kim@postvak.example", "Where is my parcel?", flow.Result{})
		give(second, olga, anna, "Anna")
		b.must(b.desk.ReadNotifications(ctx, olga, until))
		if rows, n = b.told(olga); n != 1 || len(rows) != 2 || rows[0].ConversationID != second.ConversationID || !rows[0].Unread || rows[1].Unread {
			t.Errorf("all until then: %+v", rows)
		}
	})
}

// Whoever has a conversation hears before its target is missed; when nobody has it,
// those who lead its team do.
func TestNotificationsOfTargets(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, ctx := setup(t, db), context.Background()
		_, err := b.desk.PutPolicy(ctx, service.Policy{Name: "All", Targets: service.Targets{First: 60, Warn: 10, Calendar: true}, Place: -1})
		b.must(err)
		anna := crm.NewID(monday)
		k := b.asks("jan@postvak.example", "Why?", flow.Result{})
		_, err = b.desk.Change(ctx, desk.Change{IDs: []crm.ID{k.ConversationID}, Set: desk.Set{AssigneeID: &anna}, ByID: anna})
		b.must(err)
		b.later(55 * time.Minute)
		for range 3 {
			b.must(b.desk.Sweep(ctx, b.now, 100))
		}
		rows, n := b.told(anna)
		if n != 1 || len(rows) != 1 || rows[0].N != 1 || desk.Notice(rows[0].Kind) != desk.Due {
			t.Errorf("a warning: %+v", rows)
		}
	})
}
