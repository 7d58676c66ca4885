package satisfaction

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/mail"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// question is one that is about to be asked.
type question struct {
	row  Row
	text *texts
	// Of mail.
	by      *inboxes.Inbox
	to      string
	subject string // of the conversation
	answers string // Message-ID of the mail that is answered
}

// solved is the handler of desk.SolvedJob: it asks, unless something speaks
// against it.
func (s *Service) solved(ctx context.Context, run *jobs.Run) error {
	var at desk.Solved
	if err := run.Args(&at); err != nil {
		return jobs.Dead(err)
	}
	c, err := s.DB.Read().CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: at.Conversation.RowBucket(), ConversationID: at.Conversation})
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	inbox, err := s.Inboxes.Get(ctx, c.InboxID)
	if crm.CodeOf(err) == crm.NotFound || err == nil && (!inbox.Settings.Satisfaction.On() || inbox.State == inboxes.Archived) {
		return nil
	}
	if err != nil {
		return err
	}
	// Nobody answered, or nobody can be believed: there is nothing to rate.
	if !stillSolved(&c, at) || c.FirstAnswerAt == 0 || c.Unverified || c.Automatic {
		return nil
	}
	if due := crm.FromMicros(at.DoneAt).Add(inbox.Settings.Satisfaction.Delay()); due.After(s.Clock()) {
		return jobs.Snooze(due) // the delay was made longer meanwhile
	}
	q, err := s.prepare(ctx, inbox, &c)
	if err != nil || q == nil {
		return err
	}
	return s.ask(ctx, inbox, at, q)
}

// stillSolved reports whether the case is done as it was when the job was left.
func stillSolved(c *sqlgen.Case, at desk.Solved) bool {
	return c.Status == desk.Done && c.DoneAt == at.DoneAt && c.MergedInto.IsZero()
}

// prepare finds how and in which language the customer is asked; nil: in no way.
func (s *Service) prepare(ctx context.Context, inbox *inboxes.Inbox, c *sqlgen.Case) (*question, error) {
	set := &inbox.Settings.Satisfaction
	now := s.Clock()
	q := &question{row: Row{Bucket: c.Bucket, ConversationID: c.ConversationID, ProfileID: c.ProfileID, InboxID: inbox.ID, AssigneeID: c.AssigneeID, TeamID: c.TeamID,
		Kind: set.Kind, AskedAt: crm.Micros(now), ExpiresAt: crm.Micros(now.Add(open))}, subject: c.Subject}
	language := c.Language
	var err error
	switch {
	case c.Channel == string(crm.Chat):
		visitors, err := s.DB.Read().VisitorsOfConversation(ctx, sqlgen.VisitorsOfConversationParams{Bucket: c.Bucket, ConversationID: c.ConversationID})
		if err != nil || len(visitors) == 0 {
			return nil, err
		}
		if l := strings.ToLower(visitors[0].Locale); len(l) >= 2 && known(l[:2]) {
			language = l[:2]
		}
		if set.By(inboxes.ByWidget) {
			q.row.Channel = inboxes.ByWidget
			break
		}
		// An address that a visitor typed is a claim: only one that the site signed
		// for is written to.
		i := slices.IndexFunc(visitors, func(v sqlgen.Visitor) bool { return v.UserID != "" && v.Email != "" })
		if i < 0 || !set.By(inboxes.ByMail) {
			return nil, nil
		}
		q.to = visitors[i].Email
		if q.by, err = s.Mailer(ctx, inbox); err != nil || q.by == nil {
			return nil, err
		}
		q.row.Channel = inboxes.ByMail
	case c.Channel == string(crm.Mail) && set.By(inboxes.ByMail) && inbox.CanSend():
		q.row.Channel, q.by = inboxes.ByMail, inbox
		if ok, err := s.writer(ctx, c, q); err != nil || !ok {
			return nil, err
		}
	default:
		return nil, nil
	}
	q.row.Language = pick(language, set.Questions)
	if q.text, err = textsOf(q.row.Language); err != nil {
		return nil, err
	}
	q.row.Question = q.text.question(set, q.row.Language, s.brand(inbox))
	return q, nil
}

// writer finds the customer's newest mail in the conversation, and reports whether
// its sender may be written to by a machine.
func (s *Service) writer(ctx context.Context, c *sqlgen.Case, q *question) (bool, error) {
	read := s.DB.Read()
	head, err := read.CustomerOfCase(ctx, sqlgen.CustomerOfCaseParams{Bucket: c.ProfileID.Bucket(), ProfileID: c.ProfileID})
	if err != nil {
		return false, err
	}
	buckets, err := read.ProfilesOfCase(ctx, sqlgen.ProfilesOfCaseParams{Bucket: head.HeadBucket, CustomerID: head.CustomerID})
	if err != nil {
		return false, err
	}
	buckets = append(buckets, c.Bucket)
	slices.Sort(buckets)
	var newest *sqlgen.NewestFromCustomerRow
	for _, b := range slices.Compact(buckets) {
		rows, err := read.NewestFromCustomer(ctx, sqlgen.NewestFromCustomerParams{Bucket: b, ConversationID: c.ConversationID})
		if err != nil {
			return false, err
		}
		if len(rows) > 0 && (newest == nil || rows[0].OccurredAt > newest.OccurredAt) {
			newest = &rows[0]
		}
	}
	if newest == nil || newest.Channel != string(crm.Mail) {
		return false, nil
	}
	var a capture.Attrs
	if err := json.Unmarshal([]byte(newest.Attrs), &a); err != nil && newest.Attrs != "" {
		return false, err
	}
	id := capture.RawID(newest.Source, newest.ExternalID)
	raw, err := read.Raw(ctx, sqlgen.RawParams{Bucket: id.RowBucket(), ID: id})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	e := &crm.Envelope{Source: newest.Source, Channel: crm.Mail, Participants: a.Participants, Traits: a.Traits}
	if !s.Answerable(e, raw.Body) {
		return false, nil
	}
	guard, err := read.LoopGuard(ctx, sqlgen.LoopGuardParams{Bucket: c.Bucket, ConversationID: c.ConversationID})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	for _, p := range a.Participants {
		if p.Role == crm.From && p.Kind == crm.Email {
			q.to = (&mail.Address{Name: p.Name, Address: p.Value}).String()
		}
	}
	if q.to == "" || guard.Muted {
		return false, nil
	}
	q.answers = messageID(newest.ExternalID)
	return true, nil
}

// messageID is the Message-ID in the name of a mail that came in, which is it and a
// sum; "": it had none, and its name is one that we gave it.
func messageID(externalID string) string {
	id := externalID
	if cut := strings.LastIndexByte(id, ':'); cut > 0 {
		id = id[:cut]
	}
	if !strings.Contains(id, "@") || strings.ContainsAny(id, " <>\r\n\t") {
		return ""
	}
	return id
}

// ask writes the question and what carries it, in one transaction.
func (s *Service) ask(ctx context.Context, inbox *inboxes.Inbox, at desk.Solved, q *question) error {
	base := ""
	if q.row.Channel == inboxes.ByMail {
		var err error
		if base, err = s.Base(ctx); err != nil || base == "" {
			return err
		}
	}
	// One solution asks once, whatever becomes of the job.
	q.row.ID = crm.DerivedID(crm.FromMicros(at.DoneAt), "survey", at.Conversation.String()).InBucket(q.row.Bucket)
	asked := false
	err := s.DB.InTx(ctx, func(tx *store.Tx) error {
		asked = false
		head, err := tx.CustomerOfCase(ctx, sqlgen.CustomerOfCaseParams{Bucket: q.row.ProfileID.Bucket(), ProfileID: q.row.ProfileID})
		if err != nil {
			return err
		}
		// The customer's own bucket is locked as well: of two cases that are done at
		// once, one asks.
		next, err := tx.Lock(ctx, map[int64]int64{q.row.Bucket: 1, head.HeadBucket: 1})
		if err != nil {
			return err
		}
		c, err := tx.CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: q.row.Bucket, ConversationID: at.Conversation})
		if err != nil || !stillSolved(&c, at) {
			return err
		}
		if quiet, err := s.quiet(ctx, tx, inbox, head); err != nil || quiet {
			return err
		}
		r := &q.row
		n, err := tx.AddSurvey(ctx, sqlgen.AddSurveyParams{Bucket: r.Bucket, ID: r.ID, ConversationID: r.ConversationID, ProfileID: r.ProfileID, InboxID: r.InboxID,
			AssigneeID: r.AssigneeID, TeamID: r.TeamID, Kind: r.Kind, Channel: r.Channel, Language: r.Language, Question: r.Question, AskedAt: r.AskedAt, ExpiresAt: r.ExpiresAt})
		if err != nil || n == 0 {
			return err
		}
		asked = true
		if r.Channel == inboxes.ByWidget {
			return desk.Tell(ctx, tx, s.Clock(), r.ConversationID, desk.Told{Kind: "asked", Data: map[string]string{"kind": r.Kind}}, next)
		}
		_, _, err = act.Queue(ctx, tx, s.Clock(), s.letter(q, base), next(r.Bucket))
		return err
	})
	if crm.CodeOf(err) == crm.Invalid {
		return nil // the address gets no mail, or none of these
	}
	if err == nil && asked {
		s.DB.Ring(ctx)
	}
	return err
}

// quiet reports whether the customer was asked not long ago, by whichever inbox.
func (s *Service) quiet(ctx context.Context, tx *store.Tx, inbox *inboxes.Inbox, head sqlgen.CustomerOfCaseRow) (bool, error) {
	since := crm.Micros(s.Clock().Add(-inbox.Settings.Satisfaction.Quiet()))
	profiles, err := store.ByKeys(ctx, tx.ProfilesOfCustomers, []store.Key{store.ProfileKey(head.CustomerID)})
	if err != nil {
		return false, err
	}
	for _, p := range profiles {
		rows, err := tx.SurveysOfProfile(ctx, sqlgen.SurveysOfProfileParams{Bucket: p.ProfileID.Bucket(), ProfileID: p.ProfileID, Since: since, MaxRows: 1})
		if err != nil || len(rows) > 0 {
			return len(rows) > 0, err
		}
	}
	return false, nil
}
