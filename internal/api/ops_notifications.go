package api

import (
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
)

// Notification is what concerns the caller about one conversation.
type Notification struct {
	ID     crm.ID    `json:"id" doc:"Of the conversation"`
	Kind   string    `json:"kind" enum:"assigned,mention,reply,due,score" doc:"Of the newest"`
	Kinds  []string  `json:"kinds" doc:"Of all since the caller last looked"`
	Author string    `json:"author" doc:"Who did it; empty: the customer or a rule"`
	Count  int64     `json:"count" doc:"How many times since the caller last looked"`
	At     time.Time `json:"at"`
	Unread bool      `json:"unread"`
	Case   Case      `json:"case"`
}

// NotificationList is a page of them.
type NotificationList struct {
	Page[Notification]
	Unread int64 `json:"unread" doc:"Conversations, of all pages"`
}

// listNotifications marks cursors of notifications.
const listNotifications = 'n'

func (s *server) registerNotifications() {
	op(s, http.MethodGet, "/v1/notifications", "list-notifications", "List what concerns the caller, one entry a conversation, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			Paged
			Unread bool `query:"unread" doc:"Only what the caller has not looked at"`
		}) (*body[NotificationList], error) {
			return respond(s.notifications(ctx, in.Unread, in.Limit, in.Cursor))
		})
	op(s, http.MethodPost, "/v1/notifications/read", "read-notifications", "Note that the caller has seen everything up to a time", access.Read,
		func(ctx context.Context, in *struct {
			Body struct {
				Until time.Time `json:"until,omitzero" doc:"Default: now"`
			}
		}) (*none, error) {
			p, err := person(ctx)
			if err != nil {
				return nil, err
			}
			until := s.Clock()
			if !in.Body.Until.IsZero() && in.Body.Until.Before(until) {
				until = in.Body.Until
			}
			return nil, s.Desk.ReadNotifications(ctx, p.UserID, until)
		}, noContent)
	op(s, http.MethodPost, "/v1/notifications/{id}", "read-notification", "Note that the caller has seen what concerns them about a conversation, or wants to see it again", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Read bool `json:"read"`
			}
		}) (*none, error) {
			p, err := person(ctx)
			if err != nil {
				return nil, err
			}
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			return nil, s.Desk.ReadNotification(ctx, in.ID, p.UserID, in.Body.Read)
		}, noContent)
}

// notifications reads a page. What the caller may not see does not exist, whatever
// was written down before it was hidden.
func (s *server) notifications(ctx context.Context, unread bool, limit int, at string) (NotificationList, error) {
	out := NotificationList{Page: Page[Notification]{Items: []Notification{}}}
	p, err := person(ctx)
	if err != nil {
		return out, err
	}
	from, err := after(at, newest(listNotifications))
	if err != nil {
		return out, err
	}
	settings, err := s.Access.Personal(ctx, p.UserID)
	if err != nil {
		return out, err
	}
	var mask desk.Notice
	for _, kind := range desk.Notices {
		if settings.Notifications.Of(desk.NoticeNames[kind]).Console {
			mask |= kind
		}
	}
	if out.Unread, err = s.Desk.Unread(ctx, p.UserID, mask, func(inbox crm.ID) bool { return access.CanInbox(ctx, inbox) }); err != nil {
		return out, err
	}
	var rows []desk.NotificationRow
	for len(rows) <= limit {
		more, err := s.Desk.Notifications(ctx, p.UserID, mask, unread, from.n, from.id, limit+1)
		if err != nil {
			return out, err
		}
		for _, r := range more {
			from.n, from.id = r.At, r.ConversationID
			if access.CanInbox(ctx, r.InboxID) {
				rows = append(rows, r)
			}
		}
		if len(more) <= limit {
			break
		}
	}
	rows, out.Next = page(rows, limit, func(r desk.NotificationRow) cursor { return cursor{listNotifications, r.At, r.ConversationID} })
	list, err := s.describeCases(ctx, convert(rows, func(r desk.NotificationRow) crm.ID { return r.ConversationID }))
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		i := slices.IndexFunc(list, func(c Case) bool { return c.ID == r.ConversationID })
		if i < 0 {
			continue
		}
		kind, kinds := desk.Notice(r.Kind)&mask, desk.Notice(r.Kinds)&mask
		if kind == 0 {
			kind = kinds & -kinds // the newest is of a kind that is not shown here
		}
		out.Items = append(out.Items, Notification{ID: r.ConversationID, Kind: desk.NoticeNames[kind], Kinds: kinds.Names(), Author: r.Author,
			Count: min(r.N, math.MaxInt32), At: crm.FromMicros(r.At), Unread: r.Unread, Case: list[i]})
	}
	return out, nil
}
