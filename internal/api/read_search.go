package api

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/search"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// search finds messages.
func (s *server) search(ctx context.Context, text, zone string, limit int, at string) (SearchPage, error) {
	out := SearchPage{Items: []SearchHit{}, Notes: []string{}}
	before, err := readSearchCursor(at)
	if err != nil {
		return out, err
	}
	place, err := time.LoadLocation(zone)
	if err != nil {
		place = time.UTC
	}
	q := search.Parse(text, s.Clock().In(place))
	if q.Empty() {
		out.Notes = append(out.Notes, q.Notes...)
		return out, nil
	}
	fits, none, err := s.conditions(ctx, &q)
	if err != nil {
		return out, err
	}
	out.Notes = append(out.Notes, q.Notes...)
	if none {
		return out, nil
	}
	found, err := search.Messages(ctx, s.DB, &q, before, limit, func(hits []search.Hit) ([]bool, error) { return s.keepHits(ctx, hits, fits) })
	if err != nil {
		return out, err
	}
	if found.Cut {
		out.Notes = append(out.Notes, "There is too much to look through at once. Narrow the search: add a word, a sender or a time.")
	}
	out.Next = searchCursor(found.Next)
	out.Items, err = s.describeHits(ctx, found.Hits, q.Highlights)
	return out, err
}

// condition says whether a case fits; read is until where the caller read it.
type condition func(c *sqlgen.Case, read int64) bool

// conditions makes the operators about cases into functions, and those that the
// index knows into clauses. none: nothing can fit.
func (s *server) conditions(ctx context.Context, q *search.Query) (all []condition, none bool, err error) {
	if len(q.Cases) == 0 {
		return nil, false, nil
	}
	names, err := s.names(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, c := range q.Cases {
		var f condition
		value := search.Fold(c.Value)
		switch c.Name {
		case "is":
			f = s.isCondition(ctx, value)
		case "tag":
			tags := named(value, names.tags, func(t TagRef) string { return t.Name })
			f = func(r *sqlgen.Case, _ int64) bool {
				return slices.ContainsFunc(desk.TagsOf(r), func(t crm.ID) bool { return slices.Contains(tags, t) })
			}
			none = s.nothing(q, c, "tag", len(tags)) || none
		case "assignee":
			ids := []crm.ID{{}}
			switch value {
			case "none", "nobody":
			case "me":
				ids = []crm.ID{access.From(ctx).UserID}
			default:
				ids = named(value, names.people, func(n string) string { return n })
				none = s.nothing(q, c, "colleague", len(ids)) || none
			}
			f = func(r *sqlgen.Case, _ int64) bool { return slices.Contains(ids, r.AssigneeID) }
		case "inbox":
			boxes, err := s.Inboxes.All(ctx)
			if err != nil {
				return nil, false, err
			}
			var marks []string
			for _, i := range boxes {
				if (nameFits(value, i.Name) || nameFits(value, i.Address)) && access.CanInbox(ctx, i.ID) {
					marks = append(marks, search.SourceMark(i.Source))
				}
			}
			if none = s.nothing(q, c, "inbox", len(marks)) || none; len(marks) > 0 {
				q.Facts(marks, c.Not)
			}
			continue
		case "customer":
			marks, err := s.customerMarks(ctx, c.Value)
			if err != nil {
				return nil, false, err
			}
			if none = s.nothing(q, c, "customer", len(marks)) || none; len(marks) > 0 {
				q.Facts(marks, c.Not)
			}
			continue
		case "intent":
			f = func(r *sqlgen.Case, _ int64) bool {
				return r.Intent != "" && (strings.HasPrefix(search.Fold(r.Intent), value) || nameFits(value, s.read.taxonomy().Label(r.Intent)))
			}
		case "language":
			f = func(r *sqlgen.Case, _ int64) bool { return strings.EqualFold(r.Language, value) }
		}
		if c.Not {
			yes := f
			f = func(r *sqlgen.Case, read int64) bool { return !yes(r, read) }
		}
		all = append(all, f)
	}
	return all, none, nil
}

// nothing notes that a name is nobody's; then nothing fits, unless it was what
// should not be.
func (s *server) nothing(q *search.Query, c search.Condition, what string, found int) bool {
	if found > 0 {
		return false
	}
	q.Notes = append(q.Notes, fmt.Sprintf("There is no %s “%s”.", what, c.Value))
	return !c.Not
}

func (s *server) isCondition(ctx context.Context, value string) condition {
	me := access.From(ctx).UserID
	return func(r *sqlgen.Case, read int64) bool {
		switch value {
		case "open":
			return r.Status == desk.Todo || r.Status == desk.Waiting || r.Status == desk.Snoozed
		case "closed":
			return r.Status == desk.Done
		case "unread":
			return !me.IsZero() && read < r.LastSeq
		case "mine":
			return !me.IsZero() && r.AssigneeID == me
		case "unassigned":
			return r.AssigneeID.IsZero()
		case "urgent":
			return r.Priority == 3
		}
		return r.Status == value
	}
}

// nameFits reports whether what was typed is the name, or begins it or one of its
// words.
func nameFits(typed, name string) bool {
	name = search.Fold(name)
	return typed != "" && (strings.HasPrefix(name, typed) || strings.Contains(name, " "+typed))
}

func named[T any](typed string, all map[crm.ID]T, name func(T) string) []crm.ID {
	var out []crm.ID
	for id, v := range all {
		if nameFits(typed, name(v)) {
			out = append(out, id)
		}
	}
	return out
}

// customerMarks are the marks of the profiles of the customers that are meant:
// by id or by what they are called.
func (s *server) customerMarks(ctx context.Context, value string) ([]string, error) {
	var ids []crm.ID
	if id, err := crm.ParseID(value); err == nil {
		ids = []crm.ID{id}
	} else {
		found, err := search.Find(ctx, s.DB, value, 20)
		if err != nil {
			return nil, err
		}
		ids = convert(found, func(c search.Customer) crm.ID { return c.CustomerID })
	}
	var out []string
	for _, id := range ids {
		_, profiles, err := s.read.profilesOf(ctx, id)
		if crm.CodeOf(err) == crm.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, p := range profiles {
			out = append(out, search.ProfileMark(p))
		}
	}
	return out[:min(len(out), 200)], nil
}

// keepHits says which hits the caller may see and fit the conditions. Conditions
// are about the case that a merged one is read in.
func (s *server) keepHits(ctx context.Context, hits []search.Hit, fits []condition) ([]bool, error) {
	out := make([]bool, len(hits))
	cases, err := s.casesOf(ctx, convert(hits, func(h search.Hit) crm.ID { return h.ConversationID }))
	if err != nil {
		return nil, err
	}
	var read map[crm.ID]int64
	if len(fits) > 0 {
		ids := make([]crm.ID, 0, len(cases))
		for _, c := range cases {
			ids = append(ids, c.ConversationID)
		}
		if read, _, err = s.DB.Marks(ctx, access.From(ctx).UserID, ids); err != nil {
			return nil, err
		}
	}
	for i, h := range hits {
		c := cases[h.ConversationID]
		out[i] = c != nil && access.CanSource(ctx, h.Source) && access.CanInbox(ctx, c.InboxID) &&
			!slices.ContainsFunc(fits, func(f condition) bool { return !f(c, read[c.ConversationID]) })
	}
	return out, nil
}

// casesOf reads the cases in which conversations are read.
func (s *server) casesOf(ctx context.Context, conversations []crm.ID) (map[crm.ID]*sqlgen.Case, error) {
	out := map[crm.ID]*sqlgen.Case{}
	into := map[crm.ID][]crm.ID{} // case to the conversations that are read in it
	for _, id := range conversations {
		into[id] = append(into[id], id)
	}
	for range 4 { // a merged case may have been merged again
		keys := make([]store.Key, 0, len(into))
		for id := range into {
			keys = append(keys, store.RowKey(id))
		}
		rows, err := store.ByKeys(ctx, s.DB.Read().CasesByID, keys)
		if err != nil {
			return nil, err
		}
		next := map[crm.ID][]crm.ID{}
		for i := range rows {
			r := &rows[i]
			for _, c := range into[r.ConversationID] {
				if out[c] = r; !r.MergedInto.IsZero() {
					next[r.MergedInto] = append(next[r.MergedInto], c)
				}
			}
		}
		if len(next) == 0 {
			break
		}
		into = next
	}
	return out, nil
}

func (s *server) describeHits(ctx context.Context, hits []search.Hit, phrases []store.Phrase) ([]SearchHit, error) {
	out := make([]SearchHit, 0, len(hits))
	heads, err := s.casesOf(ctx, convert(hits, func(h search.Hit) crm.ID { return h.ConversationID }))
	if err != nil {
		return nil, err
	}
	ids := make([]crm.ID, 0, len(heads))
	for _, c := range heads {
		ids = append(ids, c.ConversationID)
	}
	slices.SortFunc(ids, crm.ID.Compare)
	list, err := s.describeCases(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	byID := map[crm.ID]Case{}
	for _, c := range list {
		byID[c.ID] = c
	}
	for _, h := range hits {
		head := heads[h.ConversationID]
		if head == nil {
			continue // gone since it was found
		}
		c, ok := byID[head.ConversationID]
		if !ok {
			continue
		}
		subject, text, err := search.Text(ctx, s.DB, h.ID, h.Bucket)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, err
		}
		hit := SearchHit{Case: c, InteractionID: h.ID, At: h.ID.Time()}
		hit.Snippet, hit.Ranges = search.Snippet(text, phrases)
		if len(hit.Ranges) == 0 && len(phrases) > 0 {
			if t, r := search.Snippet(subject, phrases); len(r) > 0 {
				hit.Snippet, hit.Ranges = t, r
			}
		}
		out = append(out, hit)
	}
	return out, nil
}

// maxSuggestions is how many suggestions a person can look at while typing.
const maxSuggestions = 8

// suggest offers what the last word may become: operators, and names after them.
func (s *server) suggest(ctx context.Context, text string) ([]SearchSuggestion, error) {
	out := []SearchSuggestion{}
	word := text[strings.LastIndexByte(text, ' ')+1:]
	minus := ""
	if strings.HasPrefix(word, "-") {
		minus, word = "-", word[1:]
	}
	name, value, inside := strings.Cut(word, ":")
	name = strings.ToLower(name)
	add := func(v, label string) {
		if strings.ContainsAny(v, " \t") {
			v = `"` + v + `"`
		}
		if len(out) < maxSuggestions {
			out = append(out, SearchSuggestion{minus + name + ":" + v, label})
		}
	}
	if !inside {
		for _, o := range search.Operators {
			if strings.HasPrefix(o.Name, name) && len(out) < maxSuggestions {
				out = append(out, SearchSuggestion{minus + o.Name + ":", o.Help})
			}
		}
		return out, nil
	}
	value = search.Fold(strings.Trim(value, `"`))
	begins := func(n string) bool { return value == "" || nameFits(value, n) }
	switch name {
	case "is":
		for _, v := range []string{"open", "unread", "mine", "unassigned", "waiting", "snoozed", "done", "urgent"} {
			if begins(v) {
				add(v, "")
			}
		}
	case "has":
		add("attachment", "")
	case "channel":
		for _, v := range []crm.Channel{crm.Mail, crm.Chat, crm.Phone, crm.Text, crm.Messenger, crm.Social, crm.Review} {
			if begins(string(v)) {
				add(string(v), "")
			}
		}
	case "after", "before", "on":
		add("today", "")
		add("yesterday", "")
		add(s.Clock().Format("2006-01"), "")
	case "intent":
		var found []string
		taxonomy := s.read.taxonomy()
		for _, i := range taxonomy.All() {
			if i.Active() && (begins(i.Name) || begins(i.Label)) {
				found = append(found, i.Name)
			}
		}
		slices.Sort(found)
		for _, n := range found {
			add(n, taxonomy.Label(n))
		}
	case "customer", "from":
		if value == "" {
			break
		}
		found, err := search.Find(ctx, s.DB, value, maxSuggestions)
		if err != nil {
			return nil, err
		}
		for _, c := range found {
			if c.Name != "" {
				add(c.Name, "")
			}
		}
	case "tag", "assignee", "inbox":
		names, err := s.names(ctx)
		if err != nil {
			return nil, err
		}
		var found []string
		switch name {
		case "tag":
			for _, t := range names.tags {
				found = append(found, t.Name)
			}
		case "assignee":
			found = append(mapValues(names.people), "me", "none")
		case "inbox":
			boxes, err := s.Inboxes.All(ctx)
			if err != nil {
				return nil, err
			}
			for _, i := range boxes {
				if i.State != inboxes.Archived && access.CanInbox(ctx, i.ID) {
					found = append(found, i.Name)
				}
			}
		}
		slices.Sort(found)
		for _, n := range found {
			if begins(n) {
				add(n, "")
			}
		}
	}
	return out, nil
}
