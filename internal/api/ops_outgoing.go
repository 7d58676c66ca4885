package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/k3a/html2text"
	"github.com/microcosm-cc/bluemonday"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// inlinePicture is an uploaded picture inside the text.
var inlinePicture = regexp.MustCompile(`src="cid:([0-9a-f-]{36})"`)

// replyHTML is ownHTML with pictures that were uploaded here.
var replyHTML = func() *bluemonday.Policy {
	p := newOwnHTML()
	p.AllowURLSchemes("cid")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^cid:[0-9a-f-]{36}$`)).OnElements("img")
	p.AllowAttrs("alt", "width", "height").OnElements("img")
	return p
}()

// ReplyInput is an answer to a customer.
type ReplyInput struct {
	IfSeq          int64       `json:"if_seq" minimum:"0" doc:"seq of the case as its author saw it: when the customer or a colleague wrote since, nothing is sent"`
	SeenOutgoing   []crm.ID    `json:"seen_outgoing,omitempty" maxItems:"500" doc:"Answers of colleagues that are on their way and that the author knows of: any other one refuses this answer"`
	Channel        crm.Channel `json:"channel,omitempty" enum:"mail,chat" doc:"Default: the conversation's"`
	InboxID        crm.ID      `json:"inbox_id,omitzero" doc:"Default: the conversation's"`
	To             []string    `json:"to,omitempty" maxItems:"50" doc:"Default: who wrote last"`
	Cc             []string    `json:"cc,omitempty" maxItems:"50"`
	Bcc            []string    `json:"bcc,omitempty" maxItems:"50"`
	Subject        string      `json:"subject,omitempty" maxLength:"900" doc:"Default: Re: and the conversation's"`
	HTML           string      `json:"html,omitempty" maxLength:"500000"`
	Text           string      `json:"text,omitempty" maxLength:"200000"`
	Attachments    []crm.ID    `json:"attachments,omitempty" maxItems:"20"`
	SendAt         time.Time   `json:"send_at,omitzero" doc:"Send later"`
	UndoSeconds    *int        `json:"undo_s,omitempty" minimum:"0" maximum:"30" doc:"How long it can be taken back. Default: the inbox's"`
	Done           bool        `json:"done,omitempty" doc:"Close the case as well"`
	MacroID        crm.ID      `json:"macro_id,omitzero"`
	IdempotencyKey string      `json:"idempotency_key,omitempty" maxLength:"100" doc:"The same key again sends no second message"`
}

// Queued is a message that was taken, and the case as it is now.
type Queued struct {
	Outbox Outgoing `json:"outbox"`
	Case   Case     `json:"case"`
}

func (s *server) registerOutgoing() {
	op(s, http.MethodPost, "/v1/cases/{id}/reply", "reply", "Answer a customer. 409 with what is newer when somebody wrote since", access.Reply,
		func(ctx context.Context, in *struct {
			ByID
			Body ReplyInput
		}) (*body[Queued], error) {
			return respond(s.reply(ctx, in.ID, &in.Body))
		})
	op(s, http.MethodGet, "/v1/outgoing/{id}", "get-outgoing", "Read a message of the outbox", access.Read,
		func(ctx context.Context, in *ByID) (*body[Outgoing], error) {
			row, err := s.canOutgoing(ctx, in.ID)
			return respond(outgoingOf(row), err)
		})
	op(s, http.MethodPost, "/v1/outgoing/{id}/cancel", "cancel-outgoing", "Take a message back that has not left; its text is the shared draft again", access.Reply,
		func(ctx context.Context, in *ByID) (*body[Cancelled], error) {
			if _, err := s.canOutgoing(ctx, in.ID); err != nil {
				return nil, err
			}
			var out Cancelled
			p := access.From(ctx)
			row, err := s.Outbox.Cancel(ctx, in.ID, func(tx *store.Tx, r *act.Row) error {
				c, err := act.ContentOf(r)
				if err != nil || len(c.Draft) == 0 {
					return err
				}
				out.Draft, err = desk.RestoreDraft(ctx, tx, s.Clock(), r.ConversationID, c.Draft, p.Author(), p.UserID)
				return err
			})
			out.Outbox = outgoingOf(row)
			return respond(out, err)
		})
	op(s, http.MethodPost, "/v1/outgoing/{id}/send-now", "send-outgoing-now", "Send a held message at once, or try a failed one again", access.Reply,
		func(ctx context.Context, in *ByID) (*body[Outgoing], error) {
			if _, err := s.canOutgoing(ctx, in.ID); err != nil {
				return nil, err
			}
			row, err := s.Outbox.SendNow(ctx, in.ID)
			return respond(outgoingOf(row), err)
		})
	op(s, http.MethodPost, "/v1/outgoing/{id}/settle", "settle-outgoing", "Say what became of a message whose delivery is unknown: it arrived, or send it again", access.Reply,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Arrived bool `json:"arrived"`
			}
		}) (*body[Outgoing], error) {
			if _, err := s.canOutgoing(ctx, in.ID); err != nil {
				return nil, err
			}
			row, err := s.Outbox.Settle(ctx, in.ID, in.Body.Arrived)
			return respond(outgoingOf(row), err)
		})
}

// Cancelled is a message that was taken back.
type Cancelled struct {
	Outbox Outgoing    `json:"outbox"`
	Draft  *desk.Draft `json:"draft,omitempty" doc:"The shared draft: the message's text, unless a colleague began another meanwhile"`
}

func outgoingOf(r act.Row) Outgoing {
	return Outgoing{Type: "outgoing", ID: r.ID, State: r.State, Kind: r.Kind, Channel: crm.Channel(r.Channel), SendAt: crm.FromMicros(r.SendAt), Author: r.Author,
		AuthorID: r.AuthorID, Error: r.Error, InteractionID: r.InteractionID, Content: notEmpty(r.Content)}
}

func notEmpty(content string) json.RawMessage {
	if content == "" {
		return json.RawMessage("{}")
	}
	return json.RawMessage(content)
}

// canOutgoing reads a message whose conversation the caller may see.
func (s *server) canOutgoing(ctx context.Context, id crm.ID) (act.Row, error) {
	row, err := s.Outbox.Get(ctx, id)
	if err != nil {
		return act.Row{}, err
	}
	if row.ConversationID.IsZero() {
		return row, access.Check(ctx, access.Settings)
	}
	if _, err := s.canCase(ctx, row.ConversationID); err != nil {
		return act.Row{}, crm.Errorf(crm.NotFound, "There is no such message.")
	}
	return row, nil
}

// reply queues an answer.
func (s *server) reply(ctx context.Context, id crm.ID, in *ReplyInput) (Queued, error) {
	p := access.From(ctx)
	r, err := s.canCase(ctx, id)
	if err != nil {
		return Queued{}, err
	}
	if !r.MergedInto.IsZero() {
		return Queued{}, crm.Errorf(crm.Conflict, "This conversation was merged into another one. Answer there.")
	}
	inbox, channel, err := s.leaves(ctx, r, in)
	if err != nil {
		return Queued{}, err
	}
	content, err := s.content(ctx, r, in, channel)
	if err != nil {
		return Queued{}, err
	}
	if channel == crm.Mail {
		if content.Signature, err = s.ownSignature(ctx); err != nil {
			return Queued{}, err
		}
	}
	now := s.Clock()
	m := act.Message{ConversationID: id, ProfileID: r.ProfileID, InboxID: inbox.ID, Channel: channel, Kind: act.Reply, SendAt: now.Add(undo(inbox, channel, in)),
		Author: p.Author(), AuthorID: p.UserID, Content: content, Key: in.IdempotencyKey}
	if in.SendAt.After(m.SendAt) {
		if m.SendAt = in.SendAt; in.SendAt.After(now.AddDate(1, 0, 0)) {
			return Queued{}, &crm.Error{Code: crm.Invalid, Pointer: "/send_at", Message: "Send within a year."}
		}
	}
	if channel == crm.Mail {
		_, domain, _ := strings.Cut(inbox.Address, "@")
		m.MessageID = func(id crm.ID) string { return s.Inboxes.Keys.MessageID(id, domain) }
	}
	var row act.Row
	stale := false
	err = s.DB.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{id.RowBucket(): 2})
		if err != nil {
			return err
		}
		now, err := tx.CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: id.RowBucket(), ConversationID: id})
		if err != nil {
			return err
		}
		made := false
		if row, made, err = act.Queue(ctx, tx, s.Clock(), m, next(id.RowBucket())); err != nil || !made {
			return err
		}
		if stale = now.LastSeq != in.IfSeq; stale {
			return crm.Errorf(crm.Conflict, "Somebody wrote since you last looked. Read it, then send again; your text is kept.")
		}
		// An answer that can still be taken back is no message yet, so that the case
		// has not moved; it is an answer all the same.
		by, err := crossing(ctx, tx, id, p.UserID, in.SeenOutgoing)
		if err != nil {
			return err
		}
		if stale = by != ""; stale {
			return crm.Errorf(crm.Conflict, "%s is answering already. Read it, then send again; your text is kept.", by)
		}
		return desk.ClearDraft(ctx, tx, id, desk.ReplyDraft)
	})
	if stale {
		return Queued{}, s.stale(ctx, id, in.IfSeq, err)
	}
	if err != nil {
		return Queued{}, err
	}
	s.DB.Ring(ctx)
	if in.Done {
		done := desk.Done
		if _, err := s.Desk.Change(ctx, desk.Change{IDs: []crm.ID{id}, Set: desk.Set{Status: &done}, By: p.Author(), ByID: p.UserID}); err != nil {
			return Queued{}, err
		}
	}
	c, err := s.oneCase(ctx, id)
	return Queued{outgoingOf(row), c}, err
}

// crossing names the colleague whose answer is on its way and unknown to an
// author; empty: there is none.
func crossing(ctx context.Context, tx *store.Tx, id, author crm.ID, seen []crm.ID) (string, error) {
	rows, err := tx.OutboxOfConversation(ctx, sqlgen.OutboxOfConversationParams{Bucket: id.RowBucket(), ConversationID: id})
	if err != nil {
		return "", err
	}
	for _, r := range rows {
		leaving := r.State == act.Held || r.State == act.Queued || r.State == act.Sending
		if r.Kind == act.Reply && leaving && r.AuthorID != author && !slices.Contains(seen, r.ID) {
			return r.Author, nil
		}
	}
	return "", nil
}

// stale adds to a refusal what its author did not see.
func (s *server) stale(ctx context.Context, id crm.ID, seen int64, cause error) error {
	items, err := s.thread(ctx, id, 20, "")
	if err != nil {
		return cause
	}
	p := problemOf(cause)
	for _, i := range items.Items {
		if i.Message != nil && i.Message.Seq > seen && i.Message.Type == "message" {
			p.Newer = append(p.Newer, i.Message.Interaction)
		}
	}
	return p
}

// leaves finds the inbox and channel of an answer.
func (s *server) leaves(ctx context.Context, r *sqlgen.Case, in *ReplyInput) (*inboxes.Inbox, crm.Channel, error) {
	channel := in.Channel
	if channel == "" {
		if channel = crm.Channel(r.Channel); channel != crm.Chat {
			channel = crm.Mail
		}
	}
	if !in.InboxID.IsZero() {
		i, err := s.canInbox(ctx, in.InboxID)
		if err != nil {
			return nil, "", &crm.Error{Code: crm.Invalid, Pointer: "/inbox_id", Message: "There is no such inbox."}
		}
		return i, channel, nil
	}
	if i, err := s.Inboxes.Get(ctx, r.InboxID); err == nil && (channel == crm.Chat || i.Kind == inboxes.Mail) {
		return i, channel, nil
	}
	all, err := s.Inboxes.All(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, i := range all {
		if channel == crm.Mail && i.CanSend() && access.CanInbox(ctx, i.ID) {
			return i, channel, nil
		}
	}
	return nil, "", &crm.Error{Code: crm.Invalid, Pointer: "/inbox_id", Message: "There is no inbox that can send this. Set one up under Inboxes."}
}

// undo is how long a message can be taken back.
func undo(i *inboxes.Inbox, channel crm.Channel, in *ReplyInput) time.Duration {
	switch {
	case in.UndoSeconds != nil:
		return time.Duration(*in.UndoSeconds) * time.Second
	case channel == crm.Chat:
		return 0
	case i.Settings.UndoSeconds != nil:
		return time.Duration(*i.Settings.UndoSeconds) * time.Second
	}
	return 10 * time.Second
}

// content fills in what the author left to us.
func (s *server) content(ctx context.Context, r *sqlgen.Case, in *ReplyInput, channel crm.Channel) (act.Content, error) {
	c := act.Content{To: in.To, Cc: in.Cc, Bcc: in.Bcc, Subject: in.Subject, HTML: replyHTML.Sanitize(in.HTML), Text: strings.TrimSpace(in.Text),
		Attachments: in.Attachments, AgentEmail: access.From(ctx).Email}
	if c.Text == "" {
		c.Text = strings.TrimSpace(html2text.HTML2TextWithOptions(c.HTML, html2text.WithUnixLineBreaks()))
	}
	if c.Text == "" && len(c.Attachments) == 0 {
		return c, &crm.Error{Code: crm.Invalid, Pointer: "/html", Message: "The message is empty."}
	}
	for _, found := range inlinePicture.FindAllStringSubmatch(c.HTML, -1) {
		if id, err := crm.ParseID(found[1]); err == nil && !slices.Contains(c.Attachments, id) {
			c.Attachments = append(c.Attachments, id)
		}
	}
	if _, err := s.attached(ctx, c.Attachments); err != nil {
		return c, err
	}
	draft, err := json.Marshal(map[string]any{"attachments": in.Attachments, "html": in.HTML, "to": in.To, "cc": in.Cc, "bcc": in.Bcc, "subject": in.Subject, "channel": channel, "inbox_id": in.InboxID})
	if err != nil {
		return c, err
	}
	c.Draft = draft
	for pointer, list := range map[string][]string{"/to": in.To, "/cc": in.Cc, "/bcc": in.Bcc} {
		for _, a := range list {
			if _, err := mail.ParseAddress(a); err != nil {
				return c, &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: a + " is not a mail address."}
			}
		}
	}
	if channel != crm.Mail {
		return c, nil
	}
	return c, s.references(ctx, r, &c)
}

// references names what a mail answers and the chain before it, and whom it is
// for when its author named nobody.
func (s *server) references(ctx context.Context, r *sqlgen.Case, c *act.Content) error {
	items, err := s.thread(ctx, r.ConversationID, 200, "")
	if err != nil {
		return err
	}
	// In the order in which they came here: a mail's own clock may be off, and knows
	// seconds only.
	slices.SortStableFunc(items.Items, func(a, b ThreadItem) int { return received(b).Compare(received(a)) })
	for _, i := range slices.Backward(items.Items) {
		m := i.Message
		if m == nil || m.Type != "message" || m.Channel != crm.Mail {
			continue
		}
		id := m.ExternalID
		if cut := strings.LastIndexByte(id, ':'); cut > 0 {
			id = id[:cut] // a mail that came in is known by its Message-ID and a sum
		}
		if strings.Contains(id, "@") && !strings.ContainsAny(id, " <>\r\n\t") {
			c.References = append(c.References, id)
		}
	}
	if n := len(c.References); n > 0 {
		c.InReplyTo = c.References[n-1]
		if n > 30 { // the first one and the newest, as RFC 5322 readers keep them
			c.References = append(c.References[:1:1], c.References[n-29:]...)
		}
	}
	for _, i := range items.Items {
		if m := i.Message; len(c.To) == 0 && m != nil && m.Direction == crm.In && !m.Automatic {
			for _, p := range m.Participants {
				if p.Role == crm.From && p.Kind == crm.Email {
					c.To = []string{p.Value}
				}
			}
		}
	}
	if len(c.To) == 0 {
		ways, err := s.ways(ctx, r)
		if err != nil {
			return err
		}
		for _, w := range ways {
			if w.Channel == crm.Mail && len(c.To) == 0 {
				c.To = []string{w.Address}
			}
		}
	}
	if len(c.To) == 0 {
		return &crm.Error{Code: crm.Invalid, Pointer: "/to", Message: "No mail address of this customer is known. Name one."}
	}
	if c.Subject == "" {
		c.Subject = r.Subject
		if !strings.HasPrefix(strings.ToLower(c.Subject), "re:") {
			c.Subject = strings.TrimSpace("Re: " + c.Subject)
		}
	}
	return nil
}

// received is when a message came here; what is no message came before all.
func received(i ThreadItem) time.Time {
	if i.Message == nil {
		return time.Time{}
	}
	return i.Message.ReceivedAt
}
