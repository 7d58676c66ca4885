package flow

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/failpoint"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/journey"
	"github.com/rapport-crm/rapport/internal/search"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/thread"
	"github.com/rapport-crm/rapport/internal/understand"
)

// settle commits a batch and answers its items. A batch that is refused is cut
// in halves until the one bad item stands alone and goes to quarantine.
func (e *Engine) settle(batch []*prepared) {
	e.divide(batch)
	for _, p := range batch {
		close(p.done)
	}
	e.db.Ring(context.Background())
}

func (e *Engine) divide(batch []*prepared) {
	err := e.commit(batch)
	if err == nil {
		return
	}
	if e.down(err) {
		e.o.Log.Error("contacts could not be stored", "error", err, "contacts", len(batch))
		for _, p := range batch {
			p.err = &crm.Error{Code: crm.Unavailable, Message: "The store can't be written now. Send it again later: what was kept already is not taken twice.", Err: err}
		}
		return
	}
	if len(batch) > 1 {
		e.divide(batch[:len(batch)/2])
		e.divide(batch[len(batch)/2:])
		return
	}
	p := batch[0]
	if p.result.Status == StatusQuarantined {
		p.err = &crm.Error{Code: crm.Unavailable, Message: "This contact can't be stored, not even in quarantine.", Err: err}
		e.o.Log.Error("a contact can't be quarantined", "error", err)
		return
	}
	e.o.Log.Error("a contact was quarantined", "source", p.env.Source, "error", err)
	p.quarantine(reasonOf(err))
	e.divide(batch)
}

// down reports whether the store itself is the trouble, not an item.
func (e *Engine) down(err error) bool {
	switch e.db.Classify(err) {
	case store.Full, store.BusyClass, store.Serialisation:
		return true
	}
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &network) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func reasonOf(err error) string {
	var known *crm.Error
	if errors.As(err, &known) {
		return known.Message
	}
	return "The store refused this contact. The log has the details."
}

// commit takes a batch through the stages in one transaction.
func (e *Engine) commit(batch []*prepared) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a stage: %v", r)
			e.o.Log.Error("a batch broke a stage", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
	}()
	now := e.o.Clock()
	ctx := context.Background()
	return e.db.InTx(ctx, func(tx *store.Tx) error {
		c := &committing{e: e, ctx: ctx, tx: tx, now: now, first: map[crm.ID]*prepared{}}
		if err := c.run(batch); err != nil {
			return err
		}
		failpoint.Here("flow written")
		return nil
	})
}

// committing is one transaction on its way through the stages.
type committing struct {
	e     *Engine
	ctx   context.Context
	tx    *store.Tx
	now   time.Time
	first map[crm.ID]*prepared // by raw id: a repeat inside the batch copies its answer

	fresh        []*prepared // to be taken through the stages
	held         []*prepared // to be quarantined
	repeated     []*prepared
	seen         map[crm.ID]capture.Seen
	subjects     []*identify.Subject
	threads      []*thread.Item
	contacts     []*journey.Contact
	interactions []*capture.Interaction
}

func (c *committing) run(batch []*prepared) error {
	if err := c.sort(batch); err != nil {
		return err
	}
	if err := c.stages(); err != nil {
		return err
	}
	if err := c.write(); err != nil {
		return err
	}
	if err := c.recall(); err != nil {
		return err
	}
	for _, p := range batch {
		if f := c.first[p.rawID]; f != nil && f != p && p.result.Status != StatusRefused {
			p.result = f.result
			p.result.Status = StatusRepeated
		}
	}
	return nil
}

// sort tells new contacts from repeats.
func (c *committing) sort(batch []*prepared) error {
	var ids []crm.ID
	for _, p := range batch {
		if p.result.Status != StatusRefused && c.first[p.rawID] == nil {
			c.first[p.rawID] = p
			ids = append(ids, p.rawID)
		}
	}
	var err error
	if c.seen, err = capture.Known(c.ctx, c.tx, ids); err != nil {
		return err
	}
	for _, p := range batch {
		if p.result.Status == StatusRefused || c.first[p.rawID] != p {
			continue
		}
		s, known := c.seen[p.rawID]
		switch {
		case known && (s.State != capture.Quarantined || !p.retry):
			c.repeated = append(c.repeated, p)
		case p.problem != nil:
			c.held = append(c.held, p)
		default:
			c.fresh = append(c.fresh, p)
		}
	}
	return nil
}

// stages runs identify, thread and journey over the new contacts.
func (c *committing) stages() error {
	for _, p := range c.fresh {
		env := p.env
		subject := &identify.Subject{At: env.OccurredAt, Source: env.Source, ExternalID: env.ExternalID,
			Channel: env.Channel, Direction: env.Direction, Preview: identify.Preview(env.Subject, env.Text), Idents: p.idents}
		if p.item.Place != nil {
			subject.Known = p.item.Place.Profile
		}
		c.subjects = append(c.subjects, subject)
	}
	ids := c.e.Identify.NewBatch(c.now, c.subjects)
	if err := ids.Load(c.ctx, c.tx); err != nil {
		return err
	}
	ids.Resolve()
	want := ids.Buckets()
	for b, n := range want {
		want[b] = 5*n + 4 // a contact, its customer, its journey, its case, and one to spare
	}
	next, err := c.tx.Lock(c.ctx, want)
	if err != nil {
		return err
	}
	if err := ids.Verify(c.ctx, c.tx); err != nil {
		return err
	}
	for i, p := range c.fresh {
		c.place(p, c.subjects[i], next)
	}
	if err := thread.Assign(c.ctx, c.tx, c.threads); err != nil {
		return err
	}
	for i, t := range c.threads {
		c.contacts[i].ConversationID, c.contacts[i].Continued = t.ConversationID, t.Continued
		c.interactions[i].ConversationID, c.interactions[i].Continues = t.ConversationID, t.Continues
	}
	if err := c.e.Journey.Link(c.ctx, c.tx, c.now, c.contacts, next); err != nil {
		return err
	}
	if c.e.o.Desk != nil {
		if err := c.e.o.Desk.Apply(c.ctx, c.tx, c.now, c.atTheDesk(), want, next); err != nil {
			return err
		}
	}
	if c.e.o.Act != nil {
		if err := c.e.o.Act.Received(c.ctx, c.tx, c.now, c.received()); err != nil {
			return err
		}
	}
	if err := ids.Write(c.ctx, c.tx, next); err != nil {
		return err
	}
	var terms []search.Row
	for _, x := range ids.Indexed() {
		terms = append(terms, search.Rows(x.ID, x.Name, x.Values)...)
	}
	return search.Write(c.ctx, c.tx, terms)
}

// place makes the rows of a contact that was resolved.
func (c *committing) place(p *prepared, s *identify.Subject, next func(int64) int64) {
	env := p.env
	id := crm.DerivedID(env.OccurredAt, "interaction", env.Source, env.ExternalID).InBucket(s.Profile.Bucket)
	members := make([]thread.Profile, len(s.Members))
	for i, m := range s.Members {
		members[i] = thread.Profile(m)
	}
	t := &thread.Item{ID: id, Source: env.Source, Channel: env.Channel, Kind: env.Kind, Direction: env.Direction,
		At: env.OccurredAt, Subject: env.Subject, Hints: env.Thread, Anchor: s.Anchor, Profile: thread.Profile(s.Profile), Members: members}
	if p.item.Place != nil {
		t.Known = p.item.Place.Conversation
	}
	c.threads = append(c.threads, t)
	c.contacts = append(c.contacts, &journey.Contact{ID: id, Profile: journey.Profile(s.Profile), CustomerID: s.CustomerID,
		Members: journeyProfiles(s.Members), Channel: env.Channel, Kind: env.Kind, Direction: env.Direction, At: env.OccurredAt,
		Automatic: env.Automatic, Subject: env.Subject, Text: env.Text, Turns: env.Turns, Reading: p.reading,
		Agent: withAgent(env), Fresh: s.Fresh})
	c.interactions = append(c.interactions, &capture.Interaction{Bucket: s.Profile.Bucket, ProfileID: s.Profile.ID, ID: id,
		Seq: next(s.Profile.Bucket), Verified: s.Verified, ReceivedAt: c.now, Envelope: env})
}

// atTheDesk are the contacts as the desk sees them.
func (c *committing) atTheDesk() []*desk.Contact {
	out := make([]*desk.Contact, len(c.fresh))
	for i, p := range c.fresh {
		env, x, t := p.env, c.interactions[i], c.contacts[i]
		out[i] = &desk.Contact{ID: x.ID, ConversationID: x.ConversationID, ProfileID: x.ProfileID, Owner: c.threads[i].Owner, Source: env.Source,
			Channel: env.Channel, Kind: env.Kind, Direction: env.Direction, At: env.OccurredAt, Seq: x.Seq, Automatic: env.Automatic, Person: t.Agent,
			Unverified: traitText(env, "mail.auth") == "fail", Silent: p.item.Silent, Test: traitText(env, "mail.test") != "", Files: len(env.Attachments) > 0,
			Subject: env.Subject, Text: env.Text, Value: desk.Worth(env.Traits), Intent: t.Intent, Language: p.reading.Language.Name, Effort: t.Effort, JourneyID: t.JourneyID}
	}
	return out
}

// received are the contacts as act sees them.
func (c *committing) received() []*act.Contact {
	out := make([]*act.Contact, len(c.fresh))
	for i, p := range c.fresh {
		x := c.interactions[i]
		out[i] = &act.Contact{ID: x.ID, ConversationID: x.ConversationID, ProfileID: x.ProfileID, Continued: c.contacts[i].Continued,
			Silent: p.item.Silent, Envelope: p.env, Raw: p.item.Raw}
	}
	return out
}

// traitText is a trait of the mail parser that is a word.
func traitText(e *crm.Envelope, name string) string {
	var s string
	if raw := e.Traits[name]; len(raw) > 0 && json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// withAgent reports whether a person of the firm took part.
func withAgent(e *crm.Envelope) bool {
	return slices.ContainsFunc(e.Turns, func(t crm.Turn) bool { return t.Side == crm.AgentSide }) ||
		slices.ContainsFunc(e.Participants, func(p crm.Participant) bool { return p.Role == crm.Agent })
}

// write stores the bytes, the contacts and their Readings, and fills in the
// results, which count once the transaction has committed.
func (c *committing) write() error {
	var raws, retried []*capture.Raw
	readings := make([]understand.Row, len(c.fresh))
	add := func(p *prepared, r *capture.Raw) {
		if p.retry {
			retried = append(retried, r)
		} else {
			raws = append(raws, r)
		}
	}
	for i, p := range c.fresh {
		x, s, t := c.interactions[i], c.subjects[i], c.contacts[i]
		r := p.raw(c.now)
		r.State, r.Reason = capture.Done, ""
		r.ProfileID, r.InteractionID = x.ProfileID, x.ID
		add(p, r)
		readings[i] = understand.Row{Bucket: x.Bucket, ProfileID: x.ProfileID, InteractionID: x.ID, Version: 1, Data: p.json}
		p.result = Result{ID: x.ID, Status: StatusNew, ProfileID: x.ProfileID, CustomerID: s.CustomerID, ConversationID: x.ConversationID,
			JourneyID: t.JourneyID, Reading: p.reading}
	}
	for _, p := range c.held {
		add(p, p.raw(c.now))
	}
	if err := capture.WriteRaws(c.ctx, c.tx, raws, false); err != nil {
		return err
	}
	if err := capture.WriteRaws(c.ctx, c.tx, retried, true); err != nil {
		return err
	}
	if err := capture.WriteInteractions(c.ctx, c.tx, c.interactions); err != nil {
		return err
	}
	if err := understand.WriteRows(c.ctx, c.tx, readings); err != nil {
		return err
	}
	return c.open()
}

// open tells which new contacts a second look may help. Archives are left out: what
// lies in them is over.
func (c *committing) open() error {
	if c.e.o.Open == nil {
		return nil
	}
	var out []Open
	for i, p := range c.fresh {
		o := Open{ID: c.interactions[i].ID, Recording: recording(p.env), Note: p.env.Text}
		o.Undecided = p.env.Text != "" && o.Recording < 0 && Undecided(p.env.Direction, p.env.Kind, p.env.Automatic, p.reading)
		if !p.item.Silent && (o.Undecided || o.Recording >= 0) {
			out = append(out, o)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return c.e.o.Open(c.ctx, c.tx, c.now, out)
}

// recall answers repeats with what their first sending made, as it stands now.
func (c *committing) recall() error {
	var seen []capture.Seen
	var rows []understand.Row
	var profiles, interactions []crm.ID
	for _, p := range c.repeated {
		s := c.seen[p.rawID]
		if s.State != capture.Done {
			reason := s.Reason
			if s.State == capture.Discarded {
				reason = "A colleague discarded it."
			}
			p.result = Result{Status: StatusRepeated, Problem: crm.Errorf(crm.Invalid, "It stands in quarantine: %s", reason)}
			continue
		}
		seen = append(seen, s)
		rows = append(rows, understand.Row{Bucket: s.ProfileID.Bucket(), ProfileID: s.ProfileID, InteractionID: s.InteractionID})
		profiles, interactions = append(profiles, s.ProfileID), append(interactions, s.InteractionID)
	}
	if len(seen) == 0 {
		return nil
	}
	conversations, err := capture.Conversations(c.ctx, c.tx, seen)
	if err != nil {
		return err
	}
	heads, err := identify.Heads(c.ctx, c.tx, profiles)
	if err != nil {
		return err
	}
	journeys, err := journey.Of(c.ctx, c.tx, profiles, interactions)
	if err != nil {
		return err
	}
	readings, err := understand.Newest(c.ctx, c.tx, rows)
	if err != nil {
		return err
	}
	for _, p := range c.repeated {
		s := c.seen[p.rawID]
		if s.State != capture.Done {
			continue
		}
		p.result = Result{ID: s.InteractionID, Status: StatusRepeated, ProfileID: s.ProfileID, CustomerID: heads[s.ProfileID],
			ConversationID: conversations[s.InteractionID], JourneyID: journeys[s.InteractionID]}
		if row, ok := readings[s.InteractionID]; ok {
			var reading crm.Reading
			if err := json.Unmarshal([]byte(row.Data), &reading); err != nil {
				return fmt.Errorf("reading of %s: %w", s.InteractionID, err)
			}
			p.result.Reading = &reading
		}
	}
	return nil
}
