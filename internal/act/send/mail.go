package send

import (
	"context"
	"errors"
	"html"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// Part names the sender in the health of an inbox.
const Part = "smtp"

// Mail sends mails by the mail servers of inboxes: the act.Transport of mail.
type Mail struct {
	Inboxes *inboxes.Service
	// Token gives a fresh OAuth access token. Default: nil, OAuth is refused.
	Token func(ctx context.Context, inbox *inboxes.Inbox) (string, error)
	// Customer reports whether an address is one of the customer that a profile
	// belongs to: only what goes to them alone carries an address that speaks for
	// them. Default: nil, nobody is, and no mail has one.
	Customer func(ctx context.Context, profile crm.ID, address string) (bool, error)
	// Files gives attachments with their bytes.
	Files func(ctx context.Context, ids []crm.ID) ([]File, error)
	// Mails gives the mails that contacts came in as, for those who hand them on.
	Mails func(ctx context.Context, contacts []crm.ID) ([]File, error)
	// Unsubscribe is the address at which a recipient ends mail of a kind with one
	// click, or "" where customers can't reach this server. Default: nil, there is
	// none.
	Unsubscribe func(ctx context.Context, address, kind string) (string, error)
	// Firm is the firm's name, for the sender's.
	Firm  func() string
	Clock crm.Clock
	// Pretend says of every mail that it was sent, and sends none: for the demo.
	Pretend bool

	mu    sync.Mutex
	paces map[crm.ID]*pace
}

// inbox is the one that a message leaves by, when it can.
func (t *Mail) inbox(ctx context.Context, r *act.Row) (*inboxes.Inbox, error) {
	i, err := t.Inboxes.Get(ctx, r.InboxID)
	if crm.CodeOf(err) == crm.NotFound || err == nil && i.Settings.SMTP.Host == "" && !t.Pretend {
		return nil, &act.Rejected{Reason: "This inbox has no mail server to send by. Set one up under Inboxes, then send it again."}
	}
	if err != nil {
		return nil, err
	}
	if i.State == inboxes.Archived || i.State == inboxes.Paused {
		return nil, &act.Rejected{Reason: "This inbox is " + string(i.State) + "."}
	}
	return i, nil
}

// Prepare writes the mail and makes it a contact.
func (t *Mail) Prepare(ctx context.Context, r *act.Row, c *act.Content) (crm.Item, error) {
	i, err := t.inbox(ctx, r)
	if err != nil {
		return crm.Item{}, err
	}
	if len(recipients(c)) == 0 {
		return crm.Item{}, &act.Rejected{Reason: "It has no recipient."}
	}
	l := letter{id: r.ID, date: crm.FromMicros(r.CreatedAt), messageID: r.MessageID, from: mail.Address{Name: t.fromName(i, r, c), Address: i.Address},
		content: c, signature: signature(i, r, c)}
	if l.replyTo, err = t.replyTo(ctx, i, r, c); err != nil {
		return crm.Item{}, err
	}
	if len(c.Attachments) > 0 {
		if l.files, err = t.Files(ctx, c.Attachments); err != nil {
			return crm.Item{}, err
		}
	}
	if len(c.Include) > 0 {
		along, err := t.Mails(ctx, c.Include)
		if err != nil {
			return crm.Item{}, err
		}
		l.files = append(l.files, along...)
	}
	if r.Kind == act.Survey && t.Unsubscribe != nil {
		url, err := t.Unsubscribe(ctx, recipients(c)[0], act.Surveys)
		if err != nil {
			return crm.Item{}, err
		}
		if url != "" {
			l.headers = act.UnsubscribeHeaders(url)
		}
	}
	raw, err := l.compose()
	if err != nil {
		return crm.Item{}, err
	}
	e := crm.Envelope{Source: i.Source, ExternalID: r.MessageID, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.Out, OccurredAt: crm.FromMicros(r.SendAt),
		Subject: c.Subject, Text: c.Text, HTML: c.HTML, Automatic: r.Kind == act.Auto || r.Kind == act.Survey,
		Thread: crm.Thread{MessageID: r.MessageID, InReplyTo: c.InReplyTo, References: c.References}}
	if r.Kind == act.Forward {
		e.Direction = crm.Inside // somebody else than the customer got it: it answers nobody
	}
	if r.AuthorID != (crm.ID{}) {
		e.Participants = append(e.Participants, crm.Participant{Role: crm.Agent, Kind: crm.Email, Value: c.AgentEmail, Name: r.Author})
	}
	for _, list := range []struct {
		role crm.Role
		of   []string
	}{{crm.To, c.To}, {crm.Cc, c.Cc}} {
		for _, a := range list.of {
			if p, err := mail.ParseAddress(a); err == nil {
				e.Participants = append(e.Participants, crm.Participant{Role: list.role, Kind: crm.Email, Value: p.Address, Name: p.Name})
			}
		}
	}
	// In the order of the bytes: pictures of the text stand before what is attached.
	for _, inside := range []bool{true, false} {
		for _, f := range l.files {
			if (f.ID != "" && strings.Contains(c.HTML, "cid:"+f.ID)) == inside {
				e.Attachments = append(e.Attachments, crm.Attachment{Name: f.Name, ContentType: f.ContentType, ContentID: f.ID, Size: int64(len(f.Body))})
			}
		}
	}
	return crm.Item{Envelope: e, Raw: raw, RawType: "message/rfc822", Place: &crm.Place{Profile: r.ProfileID, Conversation: r.ConversationID}}, nil
}

// replyTo is the address that proves that whoever answers is the customer, on a
// mail that the customer alone gets. All recipients read one header: in the hands
// of somebody in copy, or of a colleague whom it was sent to instead, it would let
// them speak in the customer's name. Their mail finds its place by its references.
func (t *Mail) replyTo(ctx context.Context, i *inboxes.Inbox, r *act.Row, c *act.Content) (string, error) {
	to := recipients(c)
	if len(to) != 1 || t.Customer == nil || !slices.Contains([]string{act.Reply, act.Later, act.Auto, act.Survey}, r.Kind) {
		return "", nil
	}
	if ok, err := t.Customer(ctx, r.ProfileID, to[0]); err != nil || !ok {
		return "", err
	}
	return t.Inboxes.Keys.ReplyAddress(i.Address, r.ConversationID, to[0]), nil
}

// Send hands the mail to the inbox's mail server.
func (t *Mail) Send(ctx context.Context, r *act.Row, c *act.Content, item *crm.Item, commit func() error) (string, error) {
	i, err := t.inbox(ctx, r)
	if err != nil {
		return "", err
	}
	if t.Pretend {
		return "The demo sends nothing: nobody outside has this message.", commit()
	}
	if err := t.turn(i); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, act.Patience)
	defer cancel()
	answer, err := t.send(ctx, i, r, c, item.Raw, commit)
	if err != nil {
		next := t.trouble(i.ID, err)
		if e := t.Inboxes.Failed(context.WithoutCancel(ctx), i.ID, Part, act.Words(err), next); e != nil {
			return answer, errors.Join(err, e)
		}
		return answer, err
	}
	t.fine(i.ID)
	// It was sent, whatever becomes of the note that says so.
	_ = t.Inboxes.Succeeded(context.WithoutCancel(ctx), i.ID, Part, time.Time{}, "")
	return answer, nil
}

func (t *Mail) send(ctx context.Context, i *inboxes.Inbox, r *act.Row, c *act.Content, raw []byte, commit func() error) (string, error) {
	who, err := t.login(ctx, i)
	if err != nil {
		return "", err
	}
	_, domain, _ := strings.Cut(i.Address, "@")
	if i.Settings.DKIMSelector != "" {
		if raw, err = t.sign(ctx, i, raw); err != nil {
			return "", err
		}
	}
	client, err := connect(ctx, i.Settings.SMTP, who, domain)
	if err != nil {
		return "", err
	}
	defer client.Close()
	defer context.AfterFunc(ctx, func() { client.Close() })()
	from := i.Address
	if r.Kind == act.Auto {
		from = "" // nobody answers an automatic answer (RFC 3834 3.3)
	}
	answer, err := hand(client, from, recipients(c), raw, commit)
	if err == nil {
		_ = client.Quit() // it was taken already
	}
	return answer, err
}

// login is how the inbox signs in.
func (t *Mail) login(ctx context.Context, i *inboxes.Inbox) (login, error) {
	who := login{user: i.Settings.SMTP.User}
	if who.user == "" {
		who.user = i.Address
	}
	secrets, err := t.Inboxes.Open(ctx, i.ID)
	if err != nil {
		return who, err
	}
	if who.password = secrets.SMTPPassword; who.password == "" {
		who.password = secrets.IMAPPassword
	}
	if i.Settings.SMTP.Auth == "oauth" {
		if t.Token == nil {
			return who, &act.Deferred{Reason: "This inbox is not connected. Connect it again under Inboxes."}
		}
		if who.token, err = t.Token(ctx, i); err != nil {
			return who, err
		}
	}
	return who, nil
}

// Try reaches the inbox's mail server and signs in, step by step, and sends
// nothing.
func (t *Mail) Try(ctx context.Context, i *inboxes.Inbox) []act.Step {
	ctx, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	var out []act.Step
	step := func(name string, fn func() error) bool {
		start := time.Now()
		err := fn()
		s := act.Step{Name: name, OK: err == nil, MS: time.Since(start).Milliseconds()}
		if err != nil {
			s.Detail = act.Words(err)
		}
		out = append(out, s)
		return err == nil
	}
	var c *smtp.Client
	if !step("connect", func() (err error) {
		if i.Settings.SMTP.Host == "" {
			return &act.Rejected{Reason: "No mail server is set up to send by."}
		}
		c, err = open(ctx, i.Settings.SMTP)
		return err
	}) {
		return out
	}
	defer c.Close()
	step("sign in", func() error {
		who, err := t.login(ctx, i)
		if err != nil {
			return err
		}
		_, domain, _ := strings.Cut(i.Address, "@")
		return enter(c, i.Settings.SMTP, who, domain)
	})
	return out
}

// fromName is the name that the recipient sees.
func (t *Mail) fromName(i *inboxes.Inbox, r *act.Row, c *act.Content) string {
	brand := i.Brand
	if brand == "" && t.Firm != nil {
		brand = t.Firm()
	}
	switch name := i.Settings.FromName; {
	case c.FromName != "":
		return c.FromName
	case name != "":
		return strings.TrimSpace(strings.ReplaceAll(name, "{{agent.name}}", r.Author))
	case r.Author != "" && r.AuthorID != (crm.ID{}) && brand != "":
		return r.Author + " (" + brand + ")"
	case brand != "":
		return brand
	}
	return r.Author
}

// signature is what stands under what a person wrote: their own, else the inbox's.
func signature(i *inboxes.Inbox, r *act.Row, c *act.Content) string {
	text := i.Settings.SignatureHTML
	if c.Signature != "" {
		text = c.Signature
	}
	if text == "" || r.Kind != act.Reply && r.Kind != act.Forward {
		return ""
	}
	return `<div class="signature"><br>-- <br>` + strings.ReplaceAll(text, "{{agent.name}}", html.EscapeString(r.Author)) + "</div>"
}
