package api

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// CaseQuery are the filters of a list of cases: the query of its address.
type CaseQuery struct {
	Queue    string `query:"queue" enum:"mine,unassigned,mentions,team,all" default:"all" doc:"mine: assigned to the caller; team: with team="`
	Status   string `query:"status" enum:"todo,waiting,snoozed,done,ignored,open,any" default:"todo" doc:"open: todo, waiting and snoozed"`
	Sort     string `query:"sort" enum:"wait,due,effort,value,newest,oldest" default:"newest" doc:"wait: the longest wait first; due: the nearest target first"`
	Assignee string `query:"assignee" maxLength:"36" doc:"Id of a colleague, or none"`
	Team     crm.ID `query:"team"`
	Inbox    crm.ID `query:"inbox"`
	Customer crm.ID `query:"customer"`
	Tag      crm.ID `query:"tag"`
	Channel  string `query:"channel" maxLength:"20"`
	Intent   string `query:"intent" maxLength:"100"`
	Language string `query:"language" maxLength:"10"`
	Priority string `query:"priority" enum:"0,1,2,3"`
	Unread   bool   `query:"unread"`
	Breached bool   `query:"breached" doc:"A target was missed or is late"`
	Rest     bool   `query:"rest" doc:"What is in none of the caller's splits, whatever its status"`
}

// listCases marks cursors of lists of cases.
const listCases = 'k'

var caseSorts = map[string]store.CaseSort{"wait": {Column: "waiting_since"}, "due": {Column: "due_at"}, "effort": {Column: "effort", Down: true},
	"value": {Column: "value", Down: true}, "newest": {Column: "last_at", Down: true}, "oldest": {Column: "last_at"}}

// filter is the query as the store takes it.
func (s *server) filter(ctx context.Context, q *CaseQuery) (f *store.CaseFilter, err error) {
	p := access.From(ctx)
	f = &store.CaseFilter{Tag: q.Tag, Channel: q.Channel, Intent: q.Intent, Language: q.Language}
	for inbox := range p.HiddenInboxes {
		f.HiddenInboxes = append(f.HiddenInboxes, inbox)
	}
	slices.SortFunc(f.HiddenInboxes, crm.ID.Compare)
	switch q.Status {
	case "any":
	case "open":
		f.Statuses = []string{desk.Todo, desk.Waiting, desk.Snoozed}
	default:
		f.Statuses = []string{q.Status}
	}
	nobody := crm.ID{}
	switch q.Queue {
	case "mine":
		f.Assignee = &p.UserID
	case "unassigned":
		f.Assignee = &nobody
	case "mentions":
		f.Mentioned = p.UserID
		if p.UserID.IsZero() {
			return nil, crm.Errorf(crm.Invalid, "Only people are mentioned: a key has no such queue.")
		}
	}
	switch q.Assignee {
	case "":
	case "none":
		f.Assignee = &nobody
	default:
		id, err := crm.ParseID(q.Assignee)
		if err != nil {
			return nil, &crm.Error{Code: crm.Invalid, Pointer: "/assignee", Message: "This is neither the id of a colleague nor none."}
		}
		f.Assignee = &id
	}
	if !q.Team.IsZero() {
		f.Team = &q.Team
	}
	if !q.Inbox.IsZero() {
		f.Inbox = &q.Inbox
	}
	if q.Priority != "" {
		n, err := strconv.ParseInt(q.Priority, 10, 64)
		if err != nil {
			return nil, &crm.Error{Code: crm.Invalid, Pointer: "/priority", Message: "A priority is a number from 0 to 3."}
		}
		f.Priority = &n
	}
	if q.Breached {
		f.Breached = &q.Breached
	}
	if q.Unread {
		f.UnreadBy = p.UserID
	}
	if q.Rest {
		if f.Not, err = s.inSplits(ctx); err != nil {
			return nil, err
		}
	}
	if !q.Customer.IsZero() {
		_, profiles, err := s.read.profilesOf(ctx, q.Customer)
		if err != nil {
			return nil, err
		}
		f.Profiles = profiles
	}
	return f, nil
}

// cases reads a page of a list.
func (s *server) cases(ctx context.Context, q *CaseQuery, limit int, at string) (Page[Case], error) {
	out := Page[Case]{Items: []Case{}}
	f, err := s.filter(ctx, q)
	if err != nil {
		return out, err
	}
	sort := caseSorts[q.Sort]
	start := newest(listCases)
	if !sort.Down {
		start = cursor{list: listCases, n: math.MinInt64}
		if q.Sort == "wait" {
			start.n = 1 // who does not wait is not in the queue of those who do
		}
	}
	from, err := after(at, start)
	if err != nil {
		return out, err
	}
	keys, err := s.DB.Cases(ctx, f, sort, from.n, from.id, limit+1)
	if err != nil {
		return out, err
	}
	keys, out.Next = page(keys, limit, func(k store.CaseKey) cursor { return cursor{listCases, k.N, k.ID} })
	out.Items, err = s.describeCases(ctx, convert(keys, func(k store.CaseKey) crm.ID { return k.ID }))
	return out, err
}

// describeCases makes cases of ids, in their order; what is gone or hidden from
// the caller is left out. A fixed number of statements a page.
func (s *server) describeCases(ctx context.Context, ids []crm.ID) ([]Case, error) {
	rows, err := store.ByKeys(ctx, s.DB.Read().CasesByID, convert(ids, store.RowKey))
	if err != nil || len(rows) == 0 {
		return []Case{}, err
	}
	byID := make(map[crm.ID]*sqlgen.Case, len(rows))
	profiles := make([]crm.ID, 0, len(rows))
	for i := range rows {
		if access.CanInbox(ctx, rows[i].InboxID) {
			byID[rows[i].ConversationID] = &rows[i]
			profiles = append(profiles, rows[i].ProfileID)
		}
	}
	customers, err := s.read.refs(ctx, profiles)
	if err != nil {
		return nil, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	read, mentioned, err := s.DB.Marks(ctx, access.From(ctx).UserID, ids)
	if err != nil {
		return nil, err
	}
	drafts, err := store.ByKeys(ctx, s.DB.Read().DraftsOfCases, convert(ids, store.RowKey))
	if err != nil {
		return nil, err
	}
	drafted := map[crm.ID]bool{}
	for _, d := range drafts {
		drafted[d.ConversationID] = drafted[d.ConversationID] || d.Kind == desk.ReplyDraft
	}
	out := make([]Case, 0, len(ids))
	for _, id := range ids {
		r := byID[id]
		if r == nil {
			continue
		}
		c := caseOf(r)
		c.CustomerID, c.CustomerName = customers[r.ProfileID].ID, customers[r.ProfileID].Name
		c.InboxName, c.AssigneeName, c.TeamName = names.inboxes[r.InboxID], names.people[r.AssigneeID], names.teams[r.TeamID]
		for _, t := range desk.TagsOf(r) {
			if tag, ok := names.tags[t]; ok {
				c.Tags = append(c.Tags, tag)
			}
		}
		c.IntentLabel = s.read.taxonomy().Label(r.Intent)
		c.Unread = !access.From(ctx).UserID.IsZero() && read[id] < r.LastSeq
		c.Mentioned, c.Draft = mentioned[id], drafted[id]
		out = append(out, c)
	}
	return out, nil
}

func caseOf(r *sqlgen.Case) Case {
	c := Case{ID: r.ConversationID, InboxID: r.InboxID, Channel: crm.Channel(r.Channel), Subject: r.Subject, Preview: r.Preview,
		LastDirection: crm.Direction(r.LastDirection), Status: r.Status, Reason: r.Reason, AssigneeID: r.AssigneeID, TeamID: r.TeamID, Priority: r.Priority,
		Tags: []TagRef{}, SnoozedUntil: crm.FromMicros(r.SnoozedUntil), OpenedAt: crm.FromMicros(r.OpenedAt), LastAt: crm.FromMicros(r.LastAt),
		WaitingSince: crm.FromMicros(r.WaitingSince), FirstAnswerAt: crm.FromMicros(r.FirstAnswerAt), DoneAt: crm.FromMicros(r.DoneAt), Messages: r.Messages,
		Seq: r.LastSeq, Version: r.Seq, Breached: r.Breached, Effort: r.Effort, Value: r.Value, Intent: r.Intent, Language: r.Language,
		JourneyID: r.JourneyID, Unverified: r.Unverified, Automatic: r.Automatic, MergedInto: r.MergedInto}
	if r.DueAt != desk.Never && r.Status == desk.Todo {
		c.DueAt, c.DueKind = crm.FromMicros(r.DueAt), desk.DueKind(r)
	}
	return c
}

// nameBook are the names of what cases refer to by id: small tables.
type nameBook struct {
	inboxes, people, teams map[crm.ID]string
	tags                   map[crm.ID]TagRef
}

func (s *server) names(ctx context.Context) (*nameBook, error) {
	n := &nameBook{map[crm.ID]string{}, map[crm.ID]string{}, map[crm.ID]string{}, map[crm.ID]TagRef{}}
	boxes, err := s.Inboxes.All(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range boxes {
		n.inboxes[i.ID] = i.Name
	}
	people, err := s.DB.Read().Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		n.people[p.ID] = p.Name
	}
	teams, err := s.DB.Read().Teams(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range teams {
		n.teams[t.ID] = t.Name
	}
	tags, err := s.Desk.Tags(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tags {
		n.tags[t.ID] = TagRef{t.ID, t.Name, t.Colour}
	}
	return n, nil
}

// canCase reads the row of a case that the caller may see.
func (s *server) canCase(ctx context.Context, id crm.ID) (*sqlgen.Case, error) {
	r, err := s.Desk.Get(ctx, id)
	if err == nil && !access.CanInbox(ctx, r.InboxID) {
		err = crm.Errorf(crm.NotFound, "There is no such conversation.")
	}
	return r, err
}

// oneCase reads a case as a list shows it.
func (s *server) oneCase(ctx context.Context, id crm.ID) (Case, error) {
	list, err := s.describeCases(ctx, []crm.ID{id})
	if err == nil && len(list) == 0 {
		err = crm.Errorf(crm.NotFound, "There is no such conversation.")
	}
	if err != nil {
		return Case{}, err
	}
	return list[0], nil
}

// caseDetail reads a case with what its page needs.
func (s *server) caseDetail(ctx context.Context, id crm.ID) (CaseDetail, error) {
	c, err := s.oneCase(ctx, id)
	if err != nil {
		return CaseDetail{}, err
	}
	r, err := s.canCase(ctx, id)
	if err != nil {
		return CaseDetail{}, err
	}
	out := CaseDetail{Case: c, Viewers: s.Desk.Presence.Of(id), Channels: []Way{}, SLA: SLA{FirstDue: crm.FromMicros(r.FirstDue),
		NextDue: crm.FromMicros(r.NextDue), ResolveDue: crm.FromMicros(r.ResolveDue), Paused: r.ResolveLeft != 0}}
	read, _, err := s.DB.Marks(ctx, access.From(ctx).UserID, []crm.ID{id})
	if err != nil {
		return out, err
	}
	out.ReadSeq = read[id]
	if out.Conversations, err = s.Desk.Conversations(ctx, id); err != nil {
		return out, err
	}
	policies, err := s.Desk.Policies(ctx)
	if err != nil {
		return out, err
	}
	for _, p := range policies {
		if p.ID == r.PolicyID {
			out.SLA.Policy = p.Name
		}
	}
	if i, err := s.Inboxes.Get(ctx, r.InboxID); err == nil {
		out.Inbox = &InboxRef{i.ID, i.Name, string(i.Kind), i.Address}
	}
	if survey, ok, err := s.Satisfaction.Newest(ctx, id); err != nil {
		return out, err
	} else if ok {
		v := surveyView(&survey)
		out.Survey = &v
	}
	out.Channels, err = s.ways(ctx, r)
	return out, err
}

// ways are how the customer of a case can be answered, the channel of the case
// first.
func (s *server) ways(ctx context.Context, r *sqlgen.Case) ([]Way, error) {
	out := []Way{}
	boxes, err := s.Inboxes.All(ctx)
	if err != nil {
		return nil, err
	}
	_, profiles, err := s.read.profilesOf(ctx, r.ProfileID)
	if err != nil {
		return nil, err
	}
	known, err := s.read.identifiers(ctx, profiles)
	if err != nil {
		return nil, err
	}
	for _, i := range boxes {
		if !access.CanInbox(ctx, i.ID) {
			continue
		}
		if i.ID == r.InboxID && r.Channel == string(crm.Chat) {
			out = append(out, Way{crm.Chat, i.ID, ""})
		}
		if !i.CanSend() {
			continue
		}
		for _, k := range known {
			if k.Kind == crm.Email && !s.Own(k.Value) && !slices.ContainsFunc(out, func(w Way) bool { return w.InboxID == i.ID && w.Address == k.Value }) {
				out = append(out, Way{crm.Mail, i.ID, k.Value})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Way) int {
		own := func(w Way) int {
			if w.InboxID == r.InboxID {
				return 0
			}
			return 1
		}
		return cmp.Compare(own(a), own(b))
	})
	return out[:min(len(out), 50)], nil
}

// thread reads a page of what is on a conversation's page, the newest first.
func (s *server) thread(ctx context.Context, id crm.ID, limit int, at string) (Page[ThreadItem], error) {
	out := Page[ThreadItem]{Items: []ThreadItem{}}
	r, err := s.canCase(ctx, id)
	if err != nil {
		return out, err
	}
	from, err := after(at, newest(listConversation))
	if err != nil {
		return out, err
	}
	conversations, err := s.Desk.Conversations(ctx, id)
	if err != nil {
		return out, err
	}
	head, profiles, err := s.read.profilesOf(ctx, r.ProfileID)
	if err != nil {
		return out, err
	}
	buckets := []int64{}
	for _, p := range profiles {
		buckets = append(buckets, p.Bucket())
	}
	for _, c := range conversations {
		buckets = append(buckets, c.RowBucket())
	}
	slices.Sort(buckets)
	buckets = slices.Compact(buckets)
	var rows []sqlgen.ThreadMessagesRow
	var items []ThreadItem
	for _, c := range conversations {
		for _, b := range buckets {
			found, err := s.DB.Read().ThreadMessages(ctx, sqlgen.ThreadMessagesParams{Bucket: b, ConversationID: c, Before: from.id, MaxRows: int64(limit + 1)})
			if err != nil {
				return out, err
			}
			rows = append(rows, found...)
		}
		events, err := s.DB.Read().CaseEvents(ctx, sqlgen.CaseEventsParams{Bucket: c.RowBucket(), ConversationID: c, Before: from.id, MaxRows: int64(limit + 1)})
		if err != nil {
			return out, err
		}
		for _, e := range events {
			items = append(items, ThreadItem{Event: &CaseEvent{Type: "event", ID: e.ID, At: crm.FromMicros(e.At), Author: e.Author,
				Kind: e.Kind, Data: json.RawMessage(e.Data), ChangeID: e.ChangeID, Undone: e.Undone}})
		}
	}
	written := map[string]crm.ID{}
	for _, row := range rows {
		if row.Direction == string(crm.Out) {
			written[row.ExternalID] = row.ID
		}
	}
	delivered, waiting, err := s.outgoing(ctx, conversations, written)
	if err != nil {
		return out, err
	}
	rows = slices.DeleteFunc(rows, func(row sqlgen.ThreadMessagesRow) bool { return !access.CanSource(ctx, row.Source) })
	messages, err := s.read.describeInteractions(ctx, convert(rows, messageRow), func(crm.ID) crm.ID { return head })
	if err != nil {
		return out, err
	}
	for i := range messages {
		kind := "message"
		if messages[i].Kind == crm.KindNote {
			kind = "note"
		}
		items = append(items, ThreadItem{Message: &Message{Type: kind, Interaction: messages[i], Seq: rows[i].Seq, Delivery: delivered[messages[i].ID]}})
	}
	if at == "" {
		items = append(items, waiting...)
	}
	slices.SortStableFunc(items, func(a, b ThreadItem) int { return b.id().Compare(a.id()) })
	out.Items, out.Next = page(items, limit, func(i ThreadItem) cursor { return cursor{list: listConversation, id: i.id()} })
	return out, nil
}

func messageRow(r sqlgen.ThreadMessagesRow) sqlgen.TimelineRow {
	return sqlgen.TimelineRow{Bucket: r.Bucket, ProfileID: r.ProfileID, ID: r.ID, ConversationID: r.ConversationID, Continues: r.Continues, Source: r.Source,
		ExternalID: r.ExternalID, Channel: r.Channel, Kind: r.Kind, Direction: r.Direction, OccurredAt: r.OccurredAt, ReceivedAt: r.ReceivedAt,
		Verified: r.Verified, Automatic: r.Automatic, Subject: r.Subject, Text: r.Text, Quoted: r.Quoted, Attrs: r.Attrs, HtmlSize: r.HtmlSize}
}

// outgoing reads the outbox of conversations: what became of sent messages, and
// what has not left yet. written are contacts by external id: a message is a contact
// before its row of the outbox says which, and stands here once all the same.
func (s *server) outgoing(ctx context.Context, conversations []crm.ID, written map[string]crm.ID) (map[crm.ID]*Delivery, []ThreadItem, error) {
	delivered := map[crm.ID]*Delivery{}
	var waiting []ThreadItem
	for _, c := range conversations {
		rows, err := s.DB.Read().OutboxOfConversation(ctx, sqlgen.OutboxOfConversationParams{Bucket: c.RowBucket(), ConversationID: c})
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			if r.InteractionID.IsZero() {
				r.InteractionID = written[act.ExternalID(crm.Channel(r.Channel), r.ID, r.MessageID)]
			}
			if !r.InteractionID.IsZero() {
				state := r.State
				if state == act.Delivered && r.Channel == string(crm.Chat) {
					state = "seen" // by the visitor's open widget, at that time
				}
				delivered[r.InteractionID] = &Delivery{State: state, Error: r.Error, At: crm.FromMicros(r.UpdatedAt), Answer: r.Answer, OutboxID: r.ID}
				continue
			}
			if r.State == "cancelled" {
				continue
			}
			waiting = append(waiting, ThreadItem{Outgoing: &Outgoing{Type: "outgoing", ID: r.ID, State: r.State, Kind: r.Kind,
				Channel: crm.Channel(r.Channel), SendAt: crm.FromMicros(r.SendAt), Author: r.Author, AuthorID: r.AuthorID, Error: r.Error, Content: json.RawMessage(r.Content)}})
		}
	}
	return delivered, waiting, nil
}
