package inbound

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"github.com/rapport-crm/rapport/internal/capture/email"
	"github.com/rapport-crm/rapport/internal/capture/email/authn"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Traits that say what is known about the sender. mail.auth is pass, fail or
// none; mail.auth_reason a sentence.
const (
	traitAuth   = "mail.auth"
	traitReason = "mail.auth_reason"
	traitJoin   = "mail.wants_to_join"      // a valid address that was made for somebody else
	traitClaim  = "mail.claims_to_continue" // the Message-ID that a forged mail answers
)

// Intake makes items of mails. It is safe for concurrent use.
type Intake struct {
	DB    *store.DB
	Keys  *inboxes.Keys
	Auth  *authn.Checker
	Own   func(address string) bool
	Clock crm.Clock
	// OwnCopy is told of mails of ours that came back, such as a copy in the
	// mailbox: they arrived. Default: nobody is told.
	OwnCopy func(ctx context.Context, outbox crm.ID)
	// Attribute finds the message that a report of a mail server is about, and
	// places the report beside it. Default: reports stay where they are.
	Attribute func(ctx context.Context, item *crm.Item) bool
}

// Mail is a mail as an inbox received it.
type Mail struct {
	Raw    []byte
	Silent bool   // out of the past: nobody waits for an answer
	SPF    string // the envelope's domain, when SPF passed for it
	Cut    bool   // only its header is there

	// Recipient is the address of the envelope, where it is known: a signed
	// address may stand there only.
	Recipient string
}

// Item makes the contact of a mail. ok is false for one of our own that came
// back, which is a contact already.
func (x *Intake) Item(ctx context.Context, inbox *inboxes.Inbox, m Mail) (item crm.Item, ok bool) {
	item = crm.Item{Raw: m.Raw, RawType: "message/rfc822", Keep: true, Silent: m.Silent}
	e, err := email.Parse(m.Raw, email.Options{Source: inbox.Source, Own: x.own, Now: x.Clock()})
	item.Envelope = e
	if err != nil {
		item.Problem = err.Error()
		return item, true
	}
	if m.Cut {
		item.Envelope.Truncated = "The mail is too large: only its header was fetched."
	}
	if x.Attribute != nil && x.Attribute(ctx, &item) {
		return item, true
	}
	if id, ours := x.Keys.ParseMessageID(e.Thread.MessageID); ours && e.Direction == crm.Out {
		if x.OwnCopy != nil {
			x.OwnCopy(ctx, id)
		}
		return item, false
	}
	// Who answers a mail of ours got it.
	if id, ours := x.Keys.ParseMessageID(e.Thread.InReplyTo); ours && x.OwnCopy != nil {
		x.OwnCopy(ctx, id)
	}
	r := x.Auth.Check(m.Raw, inbox.Settings.TrustedAuthserv, m.SPF)
	if ambiguous(&e) {
		r.Verdict = authn.None
	}
	trait(&item.Envelope, traitAuth, r.Verdict)
	trait(&item.Envelope, traitReason, r.Reason)
	if e.Direction == crm.Out {
		x.ours(&item, r)
		return item, true
	}
	switch r.Verdict {
	case authn.Pass:
		verify(&item, r.From, "dmarc")
	case authn.Fail:
		apart(&item.Envelope)
	}
	x.place(ctx, &item, r, m.Recipient)
	return item, true
}

// own is Own for addresses with a note in them, too.
func (x *Intake) own(address string) bool {
	if x.Own == nil {
		return false
	}
	plain, _ := x.Keys.ParseReplyAddress(address)
	return x.Own(address) || x.Own(plain)
}

func ambiguous(e *crm.Envelope) bool { return string(e.Traits["mail.from_ambiguous"]) == "true" }

// ours judges a mail in a colleague's name. What nobody vouches for is no word of
// the firm, and one that answers a conversation is held back.
func (x *Intake) ours(item *crm.Item, r authn.Result) {
	if r.Verdict == authn.Pass {
		return
	}
	item.Envelope.Automatic = true
	refers := item.Envelope.Thread.InReplyTo != "" || len(item.Envelope.Thread.References) > 0
	for _, p := range item.Envelope.Participants {
		if _, reply := x.Keys.ParseReplyAddress(p.Value); reply != nil {
			refers = true
		}
	}
	if refers {
		item.Problem = "It answers in the name of a colleague, but nobody vouches for its sender. Discard it, unless you know that it is real."
	}
}

// apart keeps a mail whose sender's domain disowns it out of the conversation that
// it answers: it begins one of its own, which says what it claims to continue.
func apart(e *crm.Envelope) {
	claim := e.Thread.InReplyTo
	if n := len(e.Thread.References); claim == "" && n > 0 {
		claim = e.Thread.References[n-1]
	}
	if claim != "" {
		trait(e, traitClaim, claim)
	}
	e.Thread.InReplyTo, e.Thread.References = "", nil
}

// verify marks the sender.
func verify(item *crm.Item, address, method string) {
	for n, p := range item.Envelope.Participants {
		if p.Role == crm.From && p.Kind == crm.Email && strings.EqualFold(p.Value, address) {
			item.Envelope.Participants[n].Verified, item.Envelope.Participants[n].Method = true, method
			item.MayVerify = true
		}
	}
}

// place finds the conversation that a signed address names.
func (x *Intake) place(ctx context.Context, item *crm.Item, r authn.Result, recipient string) {
	from, to := "", []string{recipient}
	for _, p := range item.Envelope.Participants {
		if p.Role == crm.From && p.Kind == crm.Email {
			from = p.Value
		}
		if (p.Role == crm.To || p.Role == crm.Cc) && p.Kind == crm.Email {
			to = append(to, p.Value)
		}
	}
	for _, address := range to {
		_, reply := x.Keys.ParseReplyAddress(address)
		if reply == nil {
			continue
		}
		if !reply.For(from) {
			// It may have been handed on, or guessed: a colleague decides.
			trait(&item.Envelope, traitJoin, reply.Conversation.String())
			continue
		}
		row, err := x.DB.Read().Conversation(ctx, sqlgen.ConversationParams{Bucket: reply.Conversation.RowBucket(), ID: reply.Conversation})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return // it threads by its references instead
		}
		if err != nil || ambiguous(&item.Envelope) || r.Verdict == authn.Fail {
			return // who forges a sender may have seen the address
		}
		if customer, err := x.DB.IsAddressOf(ctx, row.ProfileID, from); err != nil || !customer {
			// It was sent to somebody beside the customer, who speaks for themself.
			trait(&item.Envelope, traitJoin, reply.Conversation.String())
			continue
		}
		item.Place = &crm.Place{Profile: row.ProfileID, Conversation: row.ID}
		verify(item, from, "reply_address")
		return
	}
}

func trait(e *crm.Envelope, name, value string) {
	text, err := json.Marshal(value)
	if err != nil {
		return // a string is always JSON
	}
	if e.Traits == nil {
		e.Traits = map[string]json.RawMessage{}
	}
	e.Traits[name] = text
}
