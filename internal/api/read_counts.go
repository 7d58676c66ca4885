package api

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/store"
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
	views, splits, err := s.views(ctx)
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
	if splits > 0 {
		out.Rest, err = s.countStatuses(ctx, &CaseQuery{Queue: "all", Rest: true})
	}
	return out, err
}

// views are those that the caller sees; their splits, so many, come first.
func (s *server) views(ctx context.Context) (views []desk.View, splits int, err error) {
	p := access.From(ctx)
	if views, err = s.Desk.Views(ctx, p.UserID); err != nil || p.UserID.IsZero() {
		return views, 0, err
	}
	own, err := s.Access.Personal(ctx, p.UserID)
	if err != nil {
		return nil, 0, err
	}
	place := func(v desk.View) int {
		if i := slices.Index(own.Splits, v.ID); i >= 0 {
			return i
		}
		return len(own.Splits)
	}
	slices.SortStableFunc(views, func(a, b desk.View) int { return cmp.Compare(place(a), place(b)) })
	for splits < len(views) && place(views[splits]) < len(own.Splits) {
		splits++
	}
	return views, splits, nil
}

// inSplits choose what is in the caller's splits. One that asks for the rest itself
// takes nothing from it.
func (s *server) inSplits(ctx context.Context) ([]*store.CaseFilter, error) {
	views, splits, err := s.views(ctx)
	if err != nil {
		return nil, err
	}
	var out []*store.CaseFilter
	for _, v := range views[:splits] {
		q := viewQuery(v.Query)
		if q == nil || q.Rest {
			continue
		}
		f, err := s.filter(ctx, q)
		if code := crm.CodeOf(err); code == crm.Invalid || code == crm.NotFound {
			continue // it shows nothing, so it holds nothing
		}
		if err != nil {
			return nil, err
		}
		f.HiddenInboxes, f.WithMerged = nil, true // the list that leaves them out says both
		out = append(out, f)
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

// viewQuery reads the query of a saved view, in any status; nil: an older console's,
// which nobody reads any more. The address of a list leaves out what is usual.
func viewQuery(query string) *CaseQuery {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil
	}
	id := func(name string) crm.ID {
		v, _ := crm.ParseID(values.Get(name)) // a wrong one counts as none
		return v
	}
	return &CaseQuery{Status: "any", Queue: cmp.Or(values.Get("queue"), "mine"), Assignee: values.Get("assignee"), Team: id("team"), Inbox: id("inbox"), Customer: id("customer"),
		Tag: id("tag"), Channel: values.Get("channel"), Intent: values.Get("intent"), Language: values.Get("language"), Priority: values.Get("priority"),
		Unread: values.Get("unread") == "true", Breached: values.Get("breached") == "true",
		Rest: values.Get("rest") == "true"}
}

// countView counts the list of a saved view in each status.
func (s *server) countView(ctx context.Context, query string) (StatusCounts, error) {
	q := viewQuery(query)
	if q == nil {
		return StatusCounts{}, nil
	}
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
