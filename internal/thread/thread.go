package thread

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// Profile names a profile and its bucket.
type Profile struct {
	Bucket int64
	ID     crm.ID
}

// Item is one interaction to be threaded. Assign fills the fields below the
// line.
type Item struct {
	ID        crm.ID
	Source    string
	Channel   crm.Channel
	Kind      crm.Kind
	Direction crm.Direction
	At        time.Time
	Subject   string
	Hints     crm.Thread
	Anchor    string // the identifier that the contact was resolved by: the customer's end of a channel pair
	Profile   Profile
	Members   []Profile // all profiles of the customer
	Known     crm.ID    // the conversation that it belongs to, whatever it refers to; none: as Assign finds

	ConversationID crm.ID
	Owner          crm.ID // the profile that began it
	Continues      crm.ID // a conversation of somebody else that it refers to
	Continued      bool   // the conversation existed before
}

type key struct{ kind, value string }

func (k key) bucket() int64 { return crm.KeyBucket(k.kind, k.value) }

// conversation is a row to be written, counted up by what the batch adds.
type conversation struct {
	bucket       int64
	id, profile  crm.ID
	continues    crm.ID
	channel      crm.Channel
	subject      string
	opened, last time.Time
	messages     int64
}

// target is what a key points to.
type target struct {
	bucket      int64
	id, profile crm.ID
	fresh       bool
}

var lookupConversations = store.Lookup{Table: "conversations",
	Key: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "id", Type: store.UUID}}, Cols: "t.profile_id"}

var keyCols = []store.Col{{Name: "key_bucket", Type: store.Int}, {Name: "kind", Type: store.Text}, {Name: "value", Type: store.Text}}

var lookupKeys = store.Lookup{Table: "thread_keys", Key: keyCols, Cols: "t.bucket, t.conversation_id, t.profile_id"}

var writeKeys = store.Bulk{Table: "thread_keys", Key: 3, Conflict: "nothing",
	Cols: append(keyCols[:3:3], store.Col{Name: "bucket", Type: store.Int}, store.Col{Name: "conversation_id", Type: store.UUID},
		store.Col{Name: "profile_id", Type: store.UUID})}

var writeConversations = store.Bulk{Table: "conversations", Key: 2,
	Conflict: "messages = conversations.messages + excluded.messages, " +
		"last_at = CASE WHEN excluded.last_at > conversations.last_at THEN excluded.last_at ELSE conversations.last_at END",
	Cols: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "id", Type: store.UUID}, {Name: "profile_id", Type: store.UUID},
		{Name: "channel", Type: store.Text}, {Name: "subject", Type: store.Text}, {Name: "opened_at", Type: store.Int},
		{Name: "last_at", Type: store.Int}, {Name: "messages", Type: store.Int}, {Name: "continues", Type: store.UUID}}}

// Assign gives each item its conversation, in order; items of one batch see
// each other.
func Assign(ctx context.Context, tx *store.Tx, items []*Item) error {
	keys := map[key]*target{}
	if err := load(ctx, tx, items, keys); err != nil {
		return err
	}
	rows := map[crm.ID]*conversation{}
	for _, it := range items {
		assign(it, keys, rows)
	}
	return write(ctx, tx, keys, rows)
}

func load(ctx context.Context, tx *store.Tx, items []*Item, keys map[key]*target) error {
	var wanted []key
	seen := map[key]bool{}
	for _, it := range items {
		for _, k := range append(refersTo(it), standsFor(it)...) {
			if !seen[k] {
				seen[k] = true
				wanted = append(wanted, k)
			}
		}
	}
	if err := loadKnown(ctx, tx, items, keys); err != nil {
		return err
	}
	rows := make([][]any, len(wanted))
	for i, k := range wanted {
		rows[i] = []any{k.bucket(), k.kind, k.value}
	}
	return tx.Lookup(ctx, &lookupKeys, rows, func(scan store.Found) error {
		var t target
		i, err := scan(&t.bucket, &t.id, &t.profile)
		if err == nil {
			keys[wanted[i]] = &t
		}
		return err
	})
}

// loadKnown finds the conversations that items are known to belong to, under a
// key of their own that no row holds.
func loadKnown(ctx context.Context, tx *store.Tx, items []*Item, keys map[key]*target) error {
	var known [][]any
	var ids []crm.ID
	for _, it := range items {
		if !it.Known.IsZero() {
			known, ids = append(known, []any{it.Known.RowBucket(), it.Known}), append(ids, it.Known)
		}
	}
	return tx.Lookup(ctx, &lookupConversations, known, func(scan store.Found) error {
		t := target{}
		i, err := scan(&t.profile)
		if err == nil {
			t.bucket, t.id = ids[i].RowBucket(), ids[i]
			keys[knownKey(t.id)] = &t
		}
		return err
	})
}

func knownKey(id crm.ID) key { return key{"known", id.String()} }

// refersTo are the keys that may point to an earlier conversation, best first.
func refersTo(it *Item) []key {
	var out []key
	if it.Hints.Key != "" {
		out = append(out, key{"key", capped(it.Source + "\x1f" + it.Hints.Key)})
	}
	if it.Hints.InReplyTo != "" {
		out = append(out, messageKey(it.Hints.InReplyTo))
	}
	refs := it.Hints.References
	for i := len(refs) - 1; i >= 0 && len(out) < 40; i-- {
		if refs[i] != it.Hints.InReplyTo {
			out = append(out, messageKey(refs[i]))
		}
	}
	if paired(it.Channel, it.Kind) && it.Hints.Key == "" {
		out = append(out, key{"pair", capped(it.Source + "\x1f" + string(it.Channel) + "\x1f" + it.Anchor)})
	}
	return out
}

// standsFor are the keys by which a later message will find this one.
func standsFor(it *Item) []key {
	var out []key
	if it.Hints.MessageID != "" {
		out = append(out, messageKey(it.Hints.MessageID))
	}
	if it.Hints.Key != "" {
		out = append(out, key{"key", capped(it.Source + "\x1f" + it.Hints.Key)})
	} else if paired(it.Channel, it.Kind) {
		out = append(out, key{"pair", capped(it.Source + "\x1f" + string(it.Channel) + "\x1f" + it.Anchor)})
	}
	return out
}

// paired reports whether a channel has one endless conversation between the
// firm's end and the customer's.
func paired(c crm.Channel, k crm.Kind) bool {
	return k == crm.KindMessage && (c == crm.Chat || c == crm.Text || c == crm.Messenger)
}

// alone reports whether a contact without any match gets a conversation: a web
// event doesn't.
func alone(k crm.Kind) bool { return k != crm.KindEvent }

func messageKey(id string) key { return key{"mid", capped(strings.Trim(id, "<> "))} }

// capped keeps a key inside what an index row can hold.
func capped(v string) string {
	if len(v) <= 512 {
		return v
	}
	sum := sha256.Sum256([]byte(v))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func assign(it *Item, keys map[key]*target, rows map[crm.ID]*conversation) {
	if t := keys[knownKey(it.Known)]; t != nil && member(it.Members, t.profile) {
		it.ConversationID, it.Continued = t.id, true
		add(it, t, rows)
	}
	for _, k := range refersTo(it) {
		t := keys[k]
		if t == nil || !it.ConversationID.IsZero() {
			continue
		}
		if !member(it.Members, t.profile) {
			if it.Continues.IsZero() {
				it.Continues = t.id
			}
			continue
		}
		it.ConversationID, it.Continues, it.Continued = t.id, crm.ID{}, true
		add(it, t, rows)
		break
	}
	if it.ConversationID.IsZero() {
		if !alone(it.Kind) {
			it.Continues = crm.ID{}
			return
		}
		t := &target{it.Profile.Bucket, crm.DerivedID(it.At, "conversation", it.ID.String()).InBucket(it.Profile.Bucket), it.Profile.ID, true}
		it.ConversationID = t.id
		add(it, t, rows)
	}
	c := rows[it.ConversationID]
	it.Owner = c.profile
	for _, k := range standsFor(it) {
		// A key of somebody else's conversation is not taken over, so the
		// stranger's own later messages thread by their Message-IDs only.
		if keys[k] == nil {
			keys[k] = &target{c.bucket, c.id, c.profile, true}
		}
	}
}

func add(it *Item, t *target, rows map[crm.ID]*conversation) {
	c := rows[t.id]
	if c == nil {
		c = &conversation{bucket: t.bucket, id: t.id, profile: t.profile, continues: it.Continues, channel: it.Channel,
			subject: it.Subject, opened: it.At, last: it.At}
		rows[t.id] = c
	}
	c.messages++
	if it.At.After(c.last) {
		c.last = it.At
	}
}

func member(members []Profile, id crm.ID) bool {
	for _, m := range members {
		if m.ID == id {
			return true
		}
	}
	return false
}

func write(ctx context.Context, tx *store.Tx, keys map[key]*target, rows map[crm.ID]*conversation) error {
	var conv, out [][]any
	for _, c := range rows {
		conv = append(conv, []any{c.bucket, c.id, c.profile, string(c.channel), c.subject, crm.Micros(c.opened), crm.Micros(c.last), c.messages, c.continues})
	}
	sort.Slice(conv, func(i, j int) bool { return conv[i][1].(crm.ID).Compare(conv[j][1].(crm.ID)) < 0 })
	if err := tx.Write(ctx, &writeConversations, conv, nil); err != nil {
		return err
	}
	for k, t := range keys {
		if t.fresh {
			out = append(out, []any{k.bucket(), k.kind, k.value, t.bucket, t.id, t.profile})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if a, b := out[i][0].(int64), out[j][0].(int64); a != b {
			return a < b
		}
		if a, b := out[i][1].(string), out[j][1].(string); a != b {
			return a < b
		}
		return out[i][2].(string) < out[j][2].(string)
	})
	return tx.Write(ctx, &writeKeys, out, nil)
}
