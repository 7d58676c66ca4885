package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Notice is a kind of thing that concerns a person, as a bit.
type Notice int64

// The kinds.
const (
	Assigned  Notice = 1 << iota // somebody gave the person a conversation
	Mentioned                    // a note asks the person to look
	Answered                     // the customer wrote in a conversation that the person has
	Due                          // a target of it comes near, or was missed
	Score                        // its customer gave a low score
)

// Notices is the closed list, and NoticeNames how they are called outside.
var (
	Notices     = []Notice{Assigned, Mentioned, Answered, Due, Score}
	NoticeNames = map[Notice]string{Assigned: "assigned", Mentioned: "mention", Answered: "reply", Due: "due", Score: "score"}
)

// Names are the kinds of a row.
func (n Notice) Names() []string {
	out := []string{}
	for _, one := range Notices {
		if n&one != 0 {
			out = append(out, NoticeNames[one])
		}
	}
	return out
}

// notice is something that concerns somebody.
type notice struct {
	conversation, user crm.ID
	kind               Notice
	author             string
	at                 int64
}

var writeNotices = store.Bulk{Table: "notifications", Key: 3,
	Cols: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "conversation_id", Type: store.UUID}, {Name: "user_id", Type: store.UUID},
		{Name: "kinds", Type: store.Int}, {Name: "n", Type: store.Int}, {Name: "kind", Type: store.Int}, {Name: "author", Type: store.Text},
		{Name: "at", Type: store.Int}, {Name: "mail_since", Type: store.Int}, {Name: "unread", Type: store.Bool}},
	Conflict: `kinds = CASE WHEN notifications.unread THEN notifications.kinds | excluded.kinds ELSE excluded.kinds END,
		n = CASE WHEN notifications.unread THEN notifications.n + excluded.n ELSE excluded.n END,
		kind = excluded.kind, author = excluded.author, at = excluded.at, unread = TRUE,
		mail_since = CASE WHEN notifications.mail_since > 0 THEN notifications.mail_since ELSE excluded.mail_since END`}

// notify notes what concerns people, in the transaction of its cause, which holds
// the lock of the conversations' buckets.
func notify(ctx context.Context, tx *store.Tx, list []notice) error {
	type key struct{ conversation, user crm.ID }
	rows := map[key][]any{}
	var order []key
	for _, n := range list {
		if n.user.IsZero() {
			continue
		}
		k := key{n.conversation, n.user}
		r := rows[k]
		if r == nil {
			order = append(order, k)
			r = []any{n.conversation.RowBucket(), n.conversation, n.user, int64(0), int64(0), int64(0), "", int64(0), n.at, true}
			rows[k] = r
		}
		r[3], r[4], r[5], r[6], r[7] = r[3].(int64)|int64(n.kind), r[4].(int64)+1, int64(n.kind), n.author, n.at
	}
	slices.SortFunc(order, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.conversation.RowBucket(), b.conversation.RowBucket()), a.conversation.Compare(b.conversation), a.user.Compare(b.user))
	})
	out := make([][]any, len(order))
	for i, k := range order {
		out[i] = rows[k]
	}
	return tx.Write(ctx, &writeNotices, out, nil)
}

// concerns are the notices of a change: who got the conversation, and whose target
// comes near. had is who had it before.
func concerns(ctx context.Context, tx *store.Tx, r *Row, had crm.ID, e *sqlgen.AddCaseEventParams) ([]notice, error) {
	if e == nil {
		return nil, nil
	}
	var out []notice
	if r.AssigneeID != had && r.AssigneeID != e.AuthorID {
		out = append(out, notice{r.ConversationID, r.AssigneeID, Assigned, e.Author, e.At})
	}
	if e.Kind != "due_soon" && e.Kind != "breached" {
		return out, nil
	}
	people := []crm.ID{r.AssigneeID}
	if r.AssigneeID.IsZero() && !r.TeamID.IsZero() {
		var err error
		if people, err = tx.LeadsOfTeam(ctx, r.TeamID); err != nil {
			return nil, err
		}
	}
	for _, p := range people {
		out = append(out, notice{r.ConversationID, p, Due, "", e.At})
	}
	return out, nil
}

// NotificationRow is what a person is told about a conversation.
type NotificationRow = sqlgen.NotificationsRow

// Notifications lists what concerns a person of the kinds in mask, the newest
// first, from (at, before) downward. It hides nothing: the caller knows which
// inboxes the person may see.
func (s *Service) Notifications(ctx context.Context, user crm.ID, mask Notice, unread bool, at int64, before crm.ID, limit int) ([]NotificationRow, error) {
	return s.db.Read().Notifications(ctx, sqlgen.NotificationsParams{UserID: user, Mask: int64(mask), AllOfThem: !unread, At: at, Before: before, MaxRows: int64(limit)})
}

// Unread counts the conversations that a person was told of and has not looked at,
// in the inboxes that see lets pass.
func (s *Service) Unread(ctx context.Context, user crm.ID, mask Notice, see func(inbox crm.ID) bool) (int64, error) {
	rows, err := s.db.Read().UnreadNotifications(ctx, sqlgen.UnreadNotificationsParams{UserID: user, Mask: int64(mask)})
	var sum int64
	for _, r := range rows {
		if see(r.InboxID) {
			sum += r.N
		}
	}
	return sum, err
}

// ReadNotification notes that a person has seen what concerns them about a
// conversation, or wants to see it again. Their other open pages hear of it.
func (s *Service) ReadNotification(ctx context.Context, id, user crm.ID, read bool) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if _, err := s.touch(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.SetNotificationRead(ctx, sqlgen.SetNotificationReadParams{Unread: !read, Bucket: id.RowBucket(), ConversationID: id, UserID: user})
		return err
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return err
}

// ReadNotifications notes that a person has seen everything up to a time.
func (s *Service) ReadNotifications(ctx context.Context, user crm.ID, until time.Time) error {
	newest, err := s.Notifications(ctx, user, -1, true, crm.Micros(until)+1, crm.ID{}, 1)
	if err != nil || len(newest) == 0 {
		return err
	}
	if err := s.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ReadAllNotifications(ctx, sqlgen.ReadAllNotificationsParams{UserID: user, Until: crm.Micros(until)})
		return err
	}); err != nil {
		return err
	}
	// One of them is news to open pages, which then ask for all.
	return s.ReadNotification(ctx, newest[0].ConversationID, user, true)
}

// seen clears what concerned a person about a conversation that they have read to
// its end. It reports whether there was something.
func seen(ctx context.Context, tx *store.Tx, id, user crm.ID, seq int64) (bool, error) {
	r, err := tx.CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: id.RowBucket(), ConversationID: id})
	if err != nil || r.LastSeq > seq {
		return false, missingIsFine(err)
	}
	n, err := tx.SetNotificationRead(ctx, sqlgen.SetNotificationReadParams{Unread: false, Bucket: id.RowBucket(), ConversationID: id, UserID: user})
	return n > 0, err
}
