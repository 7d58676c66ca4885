package act

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/act/bounce"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Contact is one contact of a batch as this package sees it.
type Contact struct {
	ID             crm.ID
	ConversationID crm.ID
	ProfileID      crm.ID
	Continued      bool // the conversation existed before
	Silent         bool
	Envelope       *crm.Envelope
	Raw            []byte
}

// Receiver looks at what came in for what it calls for.
type Receiver struct {
	Outbox  *Outbox
	Inboxes *inboxes.Service
	// Own reports whether an address is the firm's or an inbox's: those are never
	// answered automatically.
	Own func(address string) bool
}

// The kinds of jobs.
const (
	reportJob = "act.report"
	autoJob   = "act.auto"
	loopJob   = "act.loop"
)

// The back-stops against loops.
const (
	autoEvery = 24 * time.Hour // one automatic answer an address and inbox
	loopSpan  = time.Hour
	loopMost  = 5 // automatic mails of a conversation within loopSpan
)

// report says what became of a message.
type report struct {
	ID        crm.ID   `json:"id"`
	Arrived   bool     `json:"arrived,omitempty"`
	Permanent bool     `json:"permanent,omitempty"`
	To        []string `json:"to,omitempty"`
	Words     string   `json:"words,omitempty"`
}

type autoArgs struct {
	Conversation crm.ID   `json:"conversation"`
	Profile      crm.ID   `json:"profile"`
	Source       string   `json:"source"`
	To           string   `json:"to"`
	Subject      string   `json:"subject"`
	MessageID    string   `json:"message_id"`
	References   []string `json:"references,omitempty"`
}

// Attribute finds the message that a report of a mail server is about, and
// places the report there. It reports whether it did. Anybody can write a
// report: only one that brings back a Message-ID that we made counts.
func (s *Receiver) Attribute(ctx context.Context, item *crm.Item) bool {
	if !item.Envelope.Automatic && len(item.Envelope.Traits["mail.bounce"]) == 0 {
		return false
	}
	_, row := s.about(ctx, item.Raw)
	if row == nil {
		return false
	}
	e := &item.Envelope
	e.Direction, e.Automatic = crm.In, true
	for i := range e.Participants {
		if e.Participants[i].Role == crm.Agent {
			e.Participants[i].Role = crm.From
		}
	}
	item.Place = &crm.Place{Profile: row.ProfileID, Conversation: row.ConversationID}
	return true
}

// about reads a report and finds its message.
func (s *Receiver) about(ctx context.Context, raw []byte) (bounce.Report, *Row) {
	r := bounce.Parse(raw)
	for _, id := range r.MessageIDs {
		if out, ok := s.Inboxes.Keys.ParseMessageID(id); ok {
			row, err := s.Outbox.db.Read().OutboxRow(ctx, sqlgen.OutboxRowParams{Bucket: out.RowBucket(), ID: out})
			if err == nil && strings.EqualFold(row.MessageID, id) {
				return r, &row
			}
		}
	}
	return r, nil
}

// Received looks at the contacts of a batch, in its transaction, and leaves jobs
// for what they call for: reports about messages of ours, automatic answers, and
// the count of automatic mail.
func (s *Receiver) Received(ctx context.Context, tx *store.Tx, now time.Time, contacts []*Contact) error {
	for _, c := range contacts {
		e := c.Envelope
		if e.Direction != crm.In || e.Channel != crm.Mail || c.ConversationID.IsZero() {
			continue
		}
		if err := s.reports(ctx, tx, now, c); err != nil {
			return err
		}
		bucket := c.ConversationID.RowBucket()
		if e.Automatic {
			if c.Continued && !c.Silent {
				if err := jobs.Add(ctx, tx, now, jobs.Job{Kind: loopJob, Bucket: bucket, Args: c.ConversationID}); err != nil {
					return err
				}
			}
			continue
		}
		if c.Silent || c.Continued || !s.MayAnswer(e, c.Raw) {
			continue
		}
		inbox, err := s.Inboxes.BySource(ctx, e.Source)
		if err != nil || !inbox.Settings.AutoAnswer.On {
			continue // no inbox, or it does not answer by itself
		}
		err = jobs.Add(ctx, tx, now, jobs.Job{Kind: autoJob, Bucket: bucket, Key: c.ID.String(), Args: autoArgs{c.ConversationID, c.ProfileID, e.Source,
			sender(e), e.Subject, e.Thread.MessageID, e.Thread.References}})
		if err != nil {
			return err
		}
	}
	return nil
}

// reports settles messages that a contact proves to have left, or to have failed.
func (s *Receiver) reports(ctx context.Context, tx *store.Tx, now time.Time, c *Contact) error {
	e := c.Envelope
	add := func(r report) error {
		return jobs.Add(ctx, tx, now, jobs.Job{Kind: reportJob, Bucket: r.ID.RowBucket(), Key: r.ID.String() + ":" + c.ID.String(), Args: r})
	}
	if e.Automatic && len(c.Raw) > 0 {
		if r, row := s.about(ctx, c.Raw); row != nil && (r.Failure || r.Complaint) {
			return add(report{ID: row.ID, Permanent: r.Permanent, To: r.Recipients, Words: r.Words()})
		}
	}
	for _, ref := range append([]string{e.Thread.InReplyTo}, e.Thread.References...) {
		id, ok := s.Inboxes.Keys.ParseMessageID(ref)
		if !ok {
			continue
		}
		row, err := tx.OutboxRow(ctx, sqlgen.OutboxRowParams{Bucket: id.RowBucket(), ID: id})
		if errors.Is(err, sql.ErrNoRows) || err == nil && row.State != Unknown {
			continue
		}
		if err != nil {
			return err
		}
		if err := add(report{ID: id, Arrived: true}); err != nil {
			return err
		}
	}
	return nil
}

func sender(e *crm.Envelope) string {
	for _, p := range e.Participants {
		if p.Role == crm.From && p.Kind == crm.Email {
			return fold(p.Value)
		}
	}
	return ""
}

// MayAnswer reports whether a machine may write to the sender of a mail (RFC 3834
// 2): not to us, to another machine, to who may be forged, and not for spam. raw is
// the mail as it came.
func (s *Receiver) MayAnswer(e *crm.Envelope, raw []byte) bool {
	from := sender(e)
	local, _, ok := strings.Cut(from, "@")
	if !ok || s.Own(from) {
		return false
	}
	switch strings.NewReplacer("-", "", "_", "", ".", "").Replace(local) {
	case "noreply", "donotreply", "mailerdaemon", "postmaster", "daemon", "root", "nobody", "bounce", "bounces", "abuse", "listserv", "majordomo":
		return false
	}
	if strings.HasSuffix(local, "-request") || strings.HasPrefix(local, "owner-") || strings.HasPrefix(local, "bounce") {
		return false
	}
	if word(e, "mail.auth") == "fail" || len(e.Traits["mail.from_ambiguous"]) > 0 || word(e, "mail.test") != "" {
		return false
	}
	head, _, _ := bytes.Cut(raw, []byte("\n\n"))
	if i := bytes.Index(raw, []byte("\r\n\r\n")); i >= 0 && i < len(head) {
		head = raw[:i]
	}
	return !bytes.Contains(bytes.ToLower(head), []byte("x-spam-flag: yes"))
}

func word(e *crm.Envelope, trait string) string {
	var out string
	if raw := e.Traits[trait]; len(raw) > 0 && json.Unmarshal(raw, &out) != nil {
		return ""
	}
	return out
}

// Register adds the handlers of this package's jobs. alert tells the people of a
// conversation something; nil: nobody is told.
func (s *Receiver) Register(r *jobs.Runner, alert func(ctx context.Context, conversation crm.ID, words string) error) {
	r.Register(reportJob, jobs.Options{}, func(ctx context.Context, run *jobs.Run) error {
		var a report
		if err := run.Args(&a); err != nil {
			return jobs.Dead(err)
		}
		return s.report(ctx, a)
	})
	r.Register(autoJob, jobs.Options{}, func(ctx context.Context, run *jobs.Run) error {
		var a autoArgs
		if err := run.Args(&a); err != nil {
			return jobs.Dead(err)
		}
		return s.auto(ctx, a)
	})
	r.Register(loopJob, jobs.Options{}, func(ctx context.Context, run *jobs.Run) error {
		var id crm.ID
		if err := run.Args(&id); err != nil {
			return jobs.Dead(err)
		}
		muted, err := s.count(ctx, id)
		if err == nil && muted && alert != nil {
			err = alert(ctx, id, "Another machine keeps answering: automatic answers are off in this conversation.")
		}
		return err
	})
}

// report writes down what became of a message.
func (s *Receiver) report(ctx context.Context, a report) error {
	if a.Arrived {
		return s.Outbox.Arrived(ctx, a.ID)
	}
	_, err := s.Outbox.change(ctx, a.ID, []string{Sent, Delivered, Unknown, Sending, Bounced}, func(r *Row) {
		if a.Permanent {
			r.State = Bounced
		} else if r.State != Bounced && r.State != Delivered {
			r.State = Sent // whoever reports about it had it
		}
		if a.Permanent || r.State != Bounced {
			r.Error = store.Clean(a.Words, 1000)
		}
	}, func(tx *store.Tx, r *Row) error {
		c, err := ContentOf(r)
		if err != nil || !a.Permanent {
			return err
		}
		mine := map[string]bool{}
		for _, x := range c.all() {
			mine[x] = true
		}
		if len(a.To) == 0 && len(mine) == 1 {
			a.To = c.all()
		}
		for _, x := range a.To {
			if mine[fold(x)] { // a report never stops mail to somebody else
				if err := suppress(ctx, tx, s.Outbox.clock(), x, AllMail, a.Words, ""); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if code := crm.CodeOf(err); err != nil && (code == crm.NotFound || code == crm.Conflict) {
		return nil // taken back, or not there any more
	}
	return err
}

// count notes an automatic mail of a conversation, and reports whether that
// muted it.
func (s *Receiver) count(ctx context.Context, conversation crm.ID) (muted bool, err error) {
	err = s.Outbox.db.InTx(ctx, func(tx *store.Tx) error {
		now, bucket := s.Outbox.clock(), conversation.RowBucket()
		g, err := tx.LoopGuard(ctx, sqlgen.LoopGuardParams{Bucket: bucket, ConversationID: conversation})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if now.Sub(crm.FromMicros(g.Since)) > loopSpan {
			g.Since, g.Automatic = crm.Micros(now), 0
		}
		g.Automatic++
		muted = !g.Muted && g.Automatic > loopMost
		return tx.PutLoopGuard(ctx, sqlgen.PutLoopGuardParams{Bucket: bucket, ConversationID: conversation, Since: g.Since, Automatic: g.Automatic, Muted: g.Muted || muted})
	})
	return muted, err
}

// auto queues the automatic answer to a mail, within the back-stops.
func (s *Receiver) auto(ctx context.Context, a autoArgs) error {
	inbox, err := s.Inboxes.BySource(ctx, a.Source)
	if err != nil || !inbox.Settings.AutoAnswer.On || !inbox.CanSend() {
		return nil // it was switched off meanwhile
	}
	g, err := s.Outbox.db.Read().LoopGuard(ctx, sqlgen.LoopGuardParams{Bucket: a.Conversation.RowBucket(), ConversationID: a.Conversation})
	if err == nil && g.Muted {
		return nil
	}
	subject := inbox.Settings.AutoAnswer.Subject
	if subject == "" {
		subject = "Auto: " + a.Subject // RFC 3834 3.1.5
	}
	m := Message{ConversationID: a.Conversation, ProfileID: a.Profile, InboxID: inbox.ID, Channel: crm.Mail, Kind: Auto, Key: "auto:" + a.MessageID + a.To,
		MessageID: s.Inboxes.MessageIDs(inbox),
		Content: Content{To: []string{a.To}, Subject: subject, Text: autoText(inbox), InReplyTo: a.MessageID, References: References(a.References, a.MessageID),
			Headers: AutoHeaders("auto-replied", inbox.ID)}}
	err = s.Outbox.db.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{a.Conversation.RowBucket(): 1})
		if err != nil {
			return err
		}
		now, box := s.Outbox.clock(), mailbox(a.To)
		key := crm.KeyBucket(box)
		last, err := tx.LastAutoAnswer(ctx, sqlgen.LastAutoAnswerParams{KeyBucket: key, Address: box, InboxID: inbox.ID})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err == nil && now.Sub(crm.FromMicros(last)) < autoEvery {
			return nil
		}
		if err := tx.NoteAutoAnswer(ctx, sqlgen.NoteAutoAnswerParams{KeyBucket: key, Address: box, InboxID: inbox.ID, At: crm.Micros(now)}); err != nil {
			return err
		}
		_, _, err = Queue(ctx, tx, now, m, next(a.Conversation.RowBucket()))
		return err
	})
	if crm.CodeOf(err) == crm.Invalid {
		return nil // the address gets no mail
	}
	return err
}

// mailbox is the address without what stands after a plus: mail in the name of
// jan+1@ and jan+2@ fills one mailbox.
func mailbox(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	if plain, _, tagged := strings.Cut(local, "+"); tagged && plain != "" {
		local = plain
	}
	return local + "@" + domain
}

// AutoHeaders say that no person wrote a mail, and ask machines not to answer it
// (RFC 3834 5, and what mail programs look at beside it). how is auto-replied or
// auto-generated.
func AutoHeaders(how string, inbox crm.ID) map[string]string {
	return map[string]string{"Auto-Submitted": how, "X-Auto-Response-Suppress": "All", "Precedence": "auto_reply", "X-Rapport-Loop": inbox.String()}
}

// UnsubscribeHeaders let a recipient end mail of its kind with one click of their
// program (RFC 8058).
func UnsubscribeHeaders(url string) map[string]string {
	return map[string]string{"List-Unsubscribe": "<" + url + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
}

func autoText(i *inboxes.Inbox) string {
	text := strings.TrimSpace(i.Settings.AutoAnswer.Text)
	if text == "" {
		text = "Thank you for your message. A colleague will answer you."
	}
	return text + "\n\nThis is an automatic answer."
}

// References is the chain of an answer: what the answered message referred to,
// and the message itself (RFC 5322 3.6.4).
func References(before []string, answered string) []string {
	var out []string
	for _, id := range append(append([]string(nil), before...), answered) {
		if id = strings.Trim(id, "<> "); id != "" && (len(out) == 0 || out[len(out)-1] != id) {
			out = append(out, id)
		}
	}
	return out
}
