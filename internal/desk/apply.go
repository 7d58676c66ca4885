package desk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Contact is one contact of a batch as the desk sees it.
type Contact struct {
	ID             crm.ID
	ConversationID crm.ID
	ProfileID      crm.ID // whose contact it is
	Owner          crm.ID // the profile that began the conversation
	Source         string
	Channel        crm.Channel
	Kind           crm.Kind
	Direction      crm.Direction
	At             time.Time
	Seq            int64 // feed number of the contact
	Automatic      bool
	Person         bool // a person of the firm took part
	Unverified     bool // the sender failed authentication
	Silent         bool // out of an archive
	Test           bool // a test of ours: no customer speaks
	Files          bool // something is attached
	Subject, Text  string
	Intent         string
	Language       string
	Effort         float64
	Value          int64
	JourneyID      crm.ID
}

var lookupCases = store.Lookup{Table: "cases", Key: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "conversation_id", Type: store.UUID}},
	Cols: columns("t.")}

var writeCases = store.Bulk{Table: "cases", Key: 2, Cols: caseCols, Conflict: upsert()}

func columns(prefix string) string {
	names := make([]string, len(caseCols))
	for i, c := range caseCols {
		names[i] = prefix + c.Name
	}
	return strings.Join(names, ", ")
}

func upsert() string {
	var set []string
	for _, c := range caseCols[2:] {
		set = append(set, c.Name+" = excluded."+c.Name)
	}
	return strings.Join(set, ", ")
}

// Apply takes the contacts of a batch to their cases, in order. The caller holds
// the locks of the buckets in locked, of which next gives feed numbers.
func (s *Service) Apply(ctx context.Context, tx *store.Tx, now time.Time, contacts []*Contact, locked map[int64]int64, next func(bucket int64) int64) error {
	var wanted []crm.ID
	seen := map[crm.ID]bool{}
	for _, c := range contacts {
		if answered(c.Kind) && !c.ConversationID.IsZero() && !seen[c.ConversationID] {
			seen[c.ConversationID] = true
			wanted = append(wanted, c.ConversationID)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	known, err := load(ctx, tx, wanted)
	if err != nil {
		return err
	}
	rules, err := s.rules(ctx)
	if err != nil {
		return err
	}
	var changed []*Row
	var told []notice
	for _, c := range contacts {
		if !seen[c.ConversationID] || !answered(c.Kind) {
			continue
		}
		r := known[c.ConversationID]
		if r == nil {
			if r = s.open(c, rules); r == nil {
				continue
			}
			known[c.ConversationID] = r
		}
		if !r.MergedInto.IsZero() {
			// Customers who were parted after the merge may lie elsewhere.
			_, here := locked[r.MergedInto.RowBucket()]
			if into := known[r.MergedInto]; into != nil && here {
				note(r, c)
				changed = append(changed, r)
				rules.take(into, c, now)
				into.Messages -= counts(c)
				changed = append(changed, into)
				told = append(told, answers(into, c, now)...)
				continue
			}
		}
		doneAt := r.DoneAt
		rules.take(r, c, now)
		if err := rules.solved(ctx, tx, now, r, doneAt); err != nil {
			return err
		}
		changed = append(changed, r)
		told = append(told, answers(r, c, now)...)
	}
	events, late, err := s.lateAtOnce(ctx, tx, now, rules, changed)
	if err != nil {
		return err
	}
	if err := write(ctx, tx, changed, next); err != nil {
		return err
	}
	if err := record(ctx, tx, events); err != nil {
		return err
	}
	return notify(ctx, tx, append(told, late...))
}

// lateAtOnce notes the targets that had passed when their contacts came: of mails
// that were on their way for long, and of the past that a firm brings along. Left
// to Sweep, each of these cases would change once more, one by one.
func (s *Service) lateAtOnce(ctx context.Context, tx *store.Tx, now time.Time, x *rules, changed []*Row) ([]*sqlgen.AddCaseEventParams, []notice, error) {
	if s.resting.Load() {
		return nil, nil, nil
	}
	var events []*sqlgen.AddCaseEventParams
	var told []notice
	change, leads := crm.NewID(now), map[crm.ID]crm.ID{}
	for _, r := range changed {
		if !missed(r, now) {
			continue
		}
		before, had := stateOf(r), r.AssigneeID
		s.miss(ctx, r, x, leads)
		event, err := newEvent(r, now, change, "", crm.ID{}, "breached", before, stateOf(r))
		if err != nil {
			return nil, nil, err
		}
		of, err := concerns(ctx, tx, r, had, event)
		if err != nil {
			return nil, nil, err
		}
		events, told = append(events, event), append(told, of...)
	}
	return events, told, nil
}

// answers are the notices of a contact: whoever has the conversation hears that its
// customer wrote. Machines, archives and forged senders are no news.
func answers(r *Row, c *Contact, now time.Time) []notice {
	if r.AssigneeID.IsZero() || c.Direction != crm.In || c.Automatic || c.Silent || c.Test || c.Unverified || r.Status == Ignored {
		return nil
	}
	return []notice{{r.ConversationID, r.AssigneeID, Answered, "", crm.Micros(now)}}
}

// answered reports whether contacts of the kind are something that people
// answer, or an answer.
func answered(k crm.Kind) bool {
	switch k {
	case crm.KindMessage, crm.KindCall, crm.KindForm, crm.KindReview, crm.KindPost, crm.KindNote:
		return true
	}
	return false
}

// load reads cases, and those that they were merged into.
func load(ctx context.Context, tx *store.Tx, ids []crm.ID) (map[crm.ID]*Row, error) {
	out := map[crm.ID]*Row{}
	for range maxMerges {
		keys := make([][]any, len(ids))
		for i, id := range ids {
			keys[i] = []any{id.RowBucket(), id}
		}
		var further []crm.ID
		err := tx.Lookup(ctx, &lookupCases, keys, func(scan store.Found) error {
			r := new(Row)
			_, err := scan(places(r)...)
			if err != nil {
				return err
			}
			out[r.ConversationID] = r
			if !r.MergedInto.IsZero() {
				further = append(further, r.MergedInto)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		ids = slices.DeleteFunc(further, func(id crm.ID) bool { return out[id] != nil })
		if len(ids) == 0 {
			break
		}
	}
	// What was merged twice counts for the last one.
	for _, r := range out {
		for range maxMerges {
			into := out[r.MergedInto]
			if into == nil || into.MergedInto.IsZero() {
				break
			}
			r.MergedInto = into.MergedInto
		}
	}
	return out, nil
}

// maxMerges bounds a chain of merged cases.
const maxMerges = 8

// write stores cases with a new feed number each.
func write(ctx context.Context, tx *store.Tx, list []*Row, next func(bucket int64) int64) error {
	slices.SortFunc(list, func(a, b *Row) int {
		if a.Bucket != b.Bucket {
			return int(a.Bucket - b.Bucket)
		}
		return a.ConversationID.Compare(b.ConversationID)
	})
	list = slices.Compact(list)
	rows := make([][]any, len(list))
	for i, r := range list {
		r.Seq = next(r.Bucket)
		rows[i] = values(r)
	}
	return tx.Write(ctx, &writeCases, rows, nil)
}

// open makes the case of a conversation that has none: from the first contact on
// in which a customer or a person of the firm speaks. An automatic mail of ours
// alone is no case.
func (s *Service) open(c *Contact, rules *rules) *Row {
	if c.Direction != crm.In && (c.Automatic || c.Direction == crm.Inside) {
		return nil
	}
	r := &Row{Bucket: c.ConversationID.RowBucket(), ConversationID: c.ConversationID, ProfileID: c.Owner, Channel: string(c.Channel),
		Subject: c.Subject, Status: Done, Priority: Normal, Tags: "[]", OpenedAt: crm.Micros(c.At), DueAt: Never, WarnAt: Never, Automatic: c.Automatic, Value: c.Value}
	if i := rules.inboxes[c.Source]; i != nil {
		r.InboxID, r.TeamID = i.ID, i.TeamID
	}
	if c.Automatic || c.Test {
		r.Status = Ignored
	}
	return r
}

// counts is how many messages a contact is: a note is none.
func counts(c *Contact) int64 {
	if c.Direction == crm.Inside {
		return 0
	}
	return 1
}

// note counts a message and shows it as the newest.
func note(r *Row, c *Contact) {
	if counts(c) == 0 {
		return
	}
	r.Messages++
	// Contacts of a merged customer are numbered in other buckets: what a sender
	// must have seen rises with every message all the same.
	r.LastSeq = max(r.LastSeq+1, c.Seq)
	if at := crm.Micros(c.At); at >= r.LastAt {
		r.LastAt, r.LastDirection, r.Preview = at, string(c.Direction), preview(c)
	}
}

// take changes a case by one contact.
func (x *rules) take(r *Row, c *Contact, now time.Time) {
	if c.Direction == crm.Inside {
		return // a note is news for colleagues: it changes no turn
	}
	thanks := closes(r, c)
	note(r, c)
	if c.Effort > 0 || !c.JourneyID.IsZero() {
		r.Effort, r.JourneyID = int64(c.Effort+0.5), c.JourneyID
	}
	if c.Value > 0 {
		r.Value = c.Value
	}
	if c.Direction == crm.In && !c.Automatic {
		r.Automatic = false
		if c.Intent != "" {
			r.Intent = c.Intent
		}
		if c.Language != "" {
			r.Language = c.Language
		}
		if r.Subject == "" {
			r.Subject = c.Subject
		}
	}
	switch {
	case c.Automatic || c.Test:
	case c.Direction == crm.Out, c.Kind == crm.KindCall && c.Person:
		x.answer(r, c, now)
	case c.Unverified:
		// Whoever forges a sender must not reopen what was closed; but a case that
		// begins so is for somebody to look at.
		r.Unverified = true
		if r.Messages == 1 && !c.Silent {
			x.ask(r, c, now)
		}
	case c.Silent:
	case r.Status != Ignored && !thanks:
		x.ask(r, c, now)
	}
}

// ask makes it our turn.
func (x *rules) ask(r *Row, c *Contact, now time.Time) {
	if r.Status == Done {
		r.Breached = false
	}
	r.Status, r.Reason, r.SnoozedUntil, r.DoneAt = Todo, Next, 0, 0
	if r.FirstAnswerAt == 0 {
		r.Reason = First
	}
	at := c.At
	if at.After(now) {
		at = now // nobody waits since tomorrow
	}
	if r.WaitingSince == 0 {
		r.WaitingSince = crm.Micros(at)
	}
	p, schedule := x.serviceOf(r)
	if p == nil {
		return
	}
	r.PolicyID = p.ID
	clock := clockOf(r)
	clock.Asked(&p.Targets, schedule, at, r.FirstAnswerAt > 0)
	setClock(r, clock, p, schedule)
}

// answer makes it the customer's turn.
func (x *rules) answer(r *Row, c *Contact, now time.Time) {
	at := c.At
	if r.DueAt < crm.Micros(at) {
		r.Breached = true
	}
	if r.FirstAnswerAt == 0 {
		r.FirstAnswerAt = crm.Micros(at)
	}
	r.WaitingSince = 0
	if p, schedule := x.serviceOf(r); p != nil {
		clock := clockOf(r)
		clock.Answered(&p.Targets, schedule, at)
		setClock(r, clock, p, schedule)
	}
	switch {
	case c.Silent:
	case c.Kind == crm.KindCall && r.Messages == 1:
		// A call that somebody took was dealt with while it lasted.
		r.Status, r.Reason, r.DoneAt = Done, "", crm.Micros(at)
	case r.Status == Todo || r.Status == Snoozed, r.Status == Done && r.Messages == 1:
		r.Status, r.Reason, r.SnoozedUntil = Waiting, "", 0
	}
}

// preview is what a list shows of a contact.
func preview(c *Contact) string {
	const most = 160
	text := strings.Join(strings.Fields(c.Text[:min(len(c.Text), 4*most)]), " ")
	if text == "" {
		text = c.Subject
	}
	for len(text) > most {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
		if len(text) <= most {
			text += "…"
			break
		}
	}
	return strings.ToValidUTF8(text, "")
}
