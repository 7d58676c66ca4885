package thread_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/thread"
)

var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// world threads items one after the other, an hour apart.
type world struct {
	*testing.T
	db *store.DB
	n  int
}

func person(name string) thread.Profile {
	id := crm.DerivedID(start, "person", name)
	return thread.Profile{Bucket: id.Bucket(), ID: id}
}

// item is a contact of a person; more changes it.
func (w *world) item(who string, channel crm.Channel, kind crm.Kind, more func(*thread.Item)) *thread.Item {
	w.n++
	p := person(who)
	at := start.Add(time.Duration(w.n) * time.Hour)
	it := &thread.Item{ID: crm.DerivedID(at, fmt.Sprint(w.n)), Source: "test", Channel: channel, Kind: kind, Direction: crm.In, At: at,
		Anchor: "x=" + who, Profile: p, Members: []thread.Profile{p}}
	if more != nil {
		more(it)
	}
	return it
}

func (w *world) assign(items ...*thread.Item) {
	w.Helper()
	err := w.db.InTx(context.Background(), func(tx *store.Tx) error { return thread.Assign(context.Background(), tx, items) })
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) mail(who, id, replyTo string, references ...string) *thread.Item {
	w.Helper()
	it := w.item(who, crm.Mail, crm.KindMessage, func(it *thread.Item) {
		it.Hints = crm.Thread{MessageID: id, InReplyTo: replyTo, References: references}
	})
	w.assign(it)
	return it
}

func TestMailByTheIdsThatWeStored(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{T: t, db: db}
		first := w.mail("jan", "1@x", "")
		if first.ConversationID.IsZero() || first.Continued {
			t.Errorf("the first mail: %+v", first)
		}
		reply := w.mail("jan", "2@x", "<1@x>")
		far := w.mail("jan", "3@x", "never-seen@x", "1@x", "lost@x")
		if reply.ConversationID != first.ConversationID || far.ConversationID != first.ConversationID || !reply.Continued {
			t.Error("a reply, and a mail with a known reference, belong to the conversation")
		}
		if other := w.mail("jan", "4@x", "", "unknown@x"); other.ConversationID == first.ConversationID {
			t.Error("unknown references open a new conversation")
		}
		long := "<" + strings.Repeat("y", 2000) + "@x>"
		a := w.mail("jan", long, "")
		if b := w.mail("jan", "5@x", long); b.ConversationID != a.ConversationID {
			t.Error("an id of any length must be found again")
		}
	})
}

func TestAMatchIsNoPermission(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{T: t, db: db}
		first := w.mail("jan", "1@x", "")
		stranger := w.mail("mallory", "2@x", "1@x")
		if stranger.ConversationID == first.ConversationID || stranger.Continues != first.ConversationID {
			t.Errorf("a stranger: %+v", stranger)
		}
		if own := w.mail("mallory", "3@x", "2@x", "1@x"); own.ConversationID != stranger.ConversationID {
			t.Error("the stranger's own thread goes on")
		}
		// A message id that somebody else used first takes nothing from its owner.
		if mine := w.mail("jan", "2@x", "1@x"); mine.ConversationID != first.ConversationID {
			t.Error("the owner's reply belongs to the owner's conversation")
		}
		merged := w.item("mallory", crm.Mail, crm.KindMessage, func(it *thread.Item) {
			it.Hints.InReplyTo = "1@x"
			it.Members = append(it.Members, person("jan"))
		})
		w.assign(merged)
		if merged.ConversationID != first.ConversationID {
			t.Error("once they are one customer, the reply belongs")
		}
	})
}

func TestPairsGoOnForYears(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{T: t, db: db}
		first := w.item("jan", crm.Text, crm.KindMessage, nil)
		w.assign(first)
		later := w.item("jan", crm.Text, crm.KindMessage, func(it *thread.Item) { it.At = it.At.AddDate(3, 0, 0) })
		chat := w.item("jan", crm.Chat, crm.KindMessage, nil)
		other := w.item("piet", crm.Text, crm.KindMessage, nil)
		w.assign(later, chat, other)
		if later.ConversationID != first.ConversationID || !later.Continued {
			t.Error("three years later it is the same conversation")
		}
		if chat.ConversationID == first.ConversationID || other.ConversationID == first.ConversationID {
			t.Error("another channel, or another person, is another conversation")
		}
	})
}

func TestKeysOfTheSource(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{T: t, db: db}
		keyed := func(who, source, key string) *thread.Item {
			it := w.item(who, crm.Chat, crm.KindMessage, func(it *thread.Item) { it.Source, it.Hints.Key = source, key })
			w.assign(it)
			return it
		}
		a, b := keyed("jan", "chat", "s1"), keyed("jan", "chat", "s1")
		if a.ConversationID != b.ConversationID {
			t.Error("one key, one conversation")
		}
		for what, it := range map[string]*thread.Item{"another key": keyed("jan", "chat", "s2"), "another source": keyed("jan", "app", "s1"),
			"another person": keyed("piet", "chat", "s1")} {
			if it.ConversationID == a.ConversationID {
				t.Errorf("%s joined", what)
			}
		}
	})
}

func TestStandingAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{T: t, db: db}
		call, again, event := w.item("jan", crm.Phone, crm.KindCall, nil), w.item("jan", crm.Phone, crm.KindCall, nil), w.item("jan", crm.Web, crm.KindEvent, nil)
		w.assign(call, again, event)
		if call.ConversationID.IsZero() || call.ConversationID == again.ConversationID {
			t.Error("each call stands alone")
		}
		if !event.ConversationID.IsZero() {
			t.Error("a web event is no conversation")
		}
	})
}

func TestABatchSeesItself(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{T: t, db: db}
		var items []*thread.Item
		for i := range 20 {
			items = append(items, w.item("jan", crm.Mail, crm.KindMessage, func(it *thread.Item) {
				it.Hints.MessageID = fmt.Sprintf("%d@x", i)
				if i > 0 {
					it.Hints.InReplyTo = fmt.Sprintf("%d@x", i-1)
				}
			}))
		}
		w.assign(items...)
		for _, it := range items {
			if it.ConversationID != items[0].ConversationID {
				t.Fatal("a thread that comes in one batch is one conversation")
			}
		}
		row, err := db.Read().Conversation(context.Background(), convParams(items[0]))
		if err != nil || row.Messages != 20 || row.LastAt != crm.Micros(items[19].At) {
			t.Errorf("%+v %v", row, err)
		}
	})
}

func convParams(it *thread.Item) sqlgen.ConversationParams {
	return sqlgen.ConversationParams{Bucket: it.ConversationID.RowBucket(), ID: it.ConversationID}
}
