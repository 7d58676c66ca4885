package api

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// counts counts every list that the caller has in its sight.
func (s *server) counts(ctx context.Context) (Counts, error) {
	out := Counts{Queues: map[string]StatusCounts{}, Teams: map[string]StatusCounts{}, Views: map[string]StatusCounts{}}
	p := access.From(ctx)
	for _, queue := range []string{"mine", "unassigned", "mentions", "all"} {
		if p.UserID.IsZero() && (queue == "mine" || queue == "mentions") {
			continue
		}
		n, err := s.countStatuses(ctx, &CaseQuery{Queue: queue})
		if err != nil {
			return out, err
		}
		out.Queues[queue] = n
	}
	for _, team := range p.Teams {
		n, err := s.countStatuses(ctx, &CaseQuery{Queue: "team", Team: team})
		if err != nil {
			return out, err
		}
		out.Teams[team.String()] = n
	}
	views, err := s.Desk.Views(ctx, p.UserID)
	if err != nil {
		return out, err
	}
	for _, v := range views[:min(len(views), maxCountedViews)] {
		n, err := s.countView(ctx, v.Query)
		if err != nil {
			return out, err
		}
		out.Views[v.ID.String()] = n
	}
	return out, nil
}

// maxCounted is where counting ends: the console shows "999+".
const (
	maxCounted      = 1000
	maxCountedViews = 30
)

func (s *server) countStatuses(ctx context.Context, q *CaseQuery) (StatusCounts, error) {
	q.Status = "any"
	f, err := s.filter(ctx, q)
	if err != nil {
		return StatusCounts{}, err
	}
	n, err := s.DB.CountCases(ctx, f, []string{desk.Todo, desk.Waiting, desk.Snoozed}, maxCounted)
	return StatusCounts{Todo: n[desk.Todo], Waiting: n[desk.Waiting], Snoozed: n[desk.Snoozed]}, err
}

// countView counts the list of a saved view: its own status only.
func (s *server) countView(ctx context.Context, query string) (StatusCounts, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return StatusCounts{}, nil // a view of an older console: it opens, and counts nothing
	}
	id := func(name string) crm.ID {
		v, _ := crm.ParseID(values.Get(name)) // a wrong one counts as none
		return v
	}
	q := &CaseQuery{Queue: values.Get("queue"), Assignee: values.Get("assignee"), Team: id("team"), Inbox: id("inbox"), Customer: id("customer"),
		Tag: id("tag"), Channel: values.Get("channel"), Intent: values.Get("intent"), Language: values.Get("language"), Priority: values.Get("priority"),
		Unread: values.Get("unread") == "true", Breached: values.Get("breached") == "true"}
	n, err := s.countStatuses(ctx, q)
	if crm.CodeOf(err) == crm.Invalid || crm.CodeOf(err) == crm.NotFound {
		return StatusCounts{}, nil
	}
	return n, err
}

// Mention is a note that asks the caller to look.
type Mention struct {
	CaseID        crm.ID    `json:"case_id"`
	InteractionID crm.ID    `json:"interaction_id"`
	Author        string    `json:"author"`
	At            time.Time `json:"at"`
	Case          *Case     `json:"case,omitempty"`
}

func (s *server) mentions(ctx context.Context, archived bool, limit int, at string) (Page[Mention], error) {
	out := Page[Mention]{Items: []Mention{}}
	from, err := after(at, newest(listCases))
	if err != nil {
		return out, err
	}
	rows, err := s.DB.Read().Mentions(ctx, sqlgen.MentionsParams{UserID: access.From(ctx).UserID, Archived: archived, At: from.n, Before: from.id, MaxRows: int64(limit + 1)})
	if err != nil {
		return out, err
	}
	rows, out.Next = page(rows, limit, func(r sqlgen.Mention) cursor { return cursor{listCases, r.At, r.InteractionID} })
	list, err := s.describeCases(ctx, convert(rows, func(r sqlgen.Mention) crm.ID { return r.ConversationID }))
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		if i := slices.IndexFunc(list, func(c Case) bool { return c.ID == r.ConversationID }); i >= 0 {
			out.Items = append(out.Items, Mention{r.ConversationID, r.InteractionID, r.Author, crm.FromMicros(r.At), &list[i]})
		}
	}
	return out, nil
}
