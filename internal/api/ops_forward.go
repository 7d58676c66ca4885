package api

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/mail"
	"strings"

	"github.com/k3a/html2text"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// ForwardInput hands messages of a conversation on to somebody else.
type ForwardInput struct {
	To             []string `json:"to" minItems:"1" maxItems:"20"`
	HTML           string   `json:"html,omitempty" maxLength:"500000" doc:"What stands before them"`
	Attachments    []crm.ID `json:"attachments,omitempty" maxItems:"20"`
	Include        []crm.ID `json:"include" minItems:"1" maxItems:"50" doc:"The messages. Mails go along whole, as files"`
	IdempotencyKey string   `json:"idempotency_key,omitempty" maxLength:"100"`
}

func (s *server) registerForward() {
	op(s, http.MethodPost, "/v1/cases/{id}/forward", "forward", "Hand messages of a conversation on to somebody else. Mails go along whole", access.Reply,
		func(ctx context.Context, in *struct {
			ByID
			Body ForwardInput
		}) (*body[Queued], error) {
			return respond(s.forward(ctx, in.ID, &in.Body))
		})
}

func (s *server) forward(ctx context.Context, id crm.ID, in *ForwardInput) (Queued, error) {
	p := access.From(ctx)
	r, err := s.canCase(ctx, id)
	if err != nil {
		return Queued{}, err
	}
	for _, a := range in.To {
		if _, err := mail.ParseAddress(a); err != nil {
			return Queued{}, &crm.Error{Code: crm.Invalid, Pointer: "/to", Message: a + " is not a mail address."}
		}
	}
	inbox, _, err := s.leaves(ctx, r, &ReplyInput{Channel: crm.Mail})
	if err != nil {
		return Queued{}, err
	}
	c := act.Content{To: in.To, Subject: "Fwd: " + strings.TrimSpace(r.Subject), Attachments: in.Attachments, AgentEmail: p.Email}
	if c.Signature, err = s.ownSignature(ctx); err != nil {
		return Queued{}, err
	}
	var text strings.Builder
	text.WriteString(replyHTML.Sanitize(in.HTML))
	for _, message := range in.Include {
		if err := s.read.canInteraction(ctx, message); err != nil {
			return Queued{}, err
		}
		x, err := s.read.interaction(ctx, message)
		if err != nil {
			return Queued{}, err
		}
		conversations, err := s.Desk.Conversations(ctx, id)
		if err != nil {
			return Queued{}, err
		}
		inside := x.ConversationID == id
		for _, other := range conversations {
			inside = inside || x.ConversationID == other
		}
		if !inside || x.Kind == crm.KindNote {
			return Queued{}, &crm.Error{Code: crm.Invalid, Pointer: "/include", Message: "One of these is no message of this conversation."}
		}
		from := ""
		for _, p := range x.Participants {
			if p.Role == crm.From || p.Role == crm.Agent {
				from = strings.TrimSpace(p.Name + " <" + p.Value + ">")
			}
		}
		fmt.Fprintf(&text, "<br><p>---<br>%s, %s:</p><blockquote>%s</blockquote>", html.EscapeString(from), x.OccurredAt.UTC().Format("2 January 2006 15:04 MST"),
			strings.ReplaceAll(html.EscapeString(x.Text), "\n", "<br>"))
		if x.Channel == crm.Mail {
			c.Include = append(c.Include, message)
		}
	}
	c.HTML = text.String()
	c.Text = strings.TrimSpace(html2text.HTML2TextWithOptions(c.HTML, html2text.WithUnixLineBreaks()))
	if _, err := s.attached(ctx, c.Attachments); err != nil {
		return Queued{}, err
	}
	m := act.Message{ConversationID: id, ProfileID: r.ProfileID, InboxID: inbox.ID, Channel: crm.Mail, Kind: act.Forward, SendAt: s.Clock().Add(undo(inbox, crm.Mail, &ReplyInput{})),
		Author: p.Author(), AuthorID: p.UserID, Content: c, Key: in.IdempotencyKey, MessageID: s.Inboxes.MessageIDs(inbox)}
	var row act.Row
	err = s.DB.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{id.RowBucket(): 1})
		if err != nil {
			return err
		}
		row, _, err = act.Queue(ctx, tx, s.Clock(), m, next(id.RowBucket()))
		return err
	})
	if err != nil {
		return Queued{}, err
	}
	s.DB.Ring(ctx)
	k, err := s.oneCase(ctx, id)
	return Queued{outgoingOf(row), k}, err
}
