package webchat

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Message is a message as a widget shows it.
type Message struct {
	Seq    int64     `json:"seq"`
	ID     string    `json:"id"`   // the widget's own, of the visitor's messages
	From   string    `json:"from"` // visitor, agent, rule
	Name   string    `json:"name,omitempty"`
	Text   string    `json:"text"`
	Files  []shown   `json:"files,omitempty"`
	At     time.Time `json:"at"`
	ByMail bool      `json:"by_mail,omitempty"`
	Copied string    `json:"copied,omitempty"` // it only says that what stands above went to this address as well
}

// opened is the answer to a session.
type opened struct {
	Visitor  string              `json:"visitor,omitempty"` // a new browser keeps it
	Session  string              `json:"session"`
	Known    bool                `json:"known"` // the site signed for the visitor
	Name     string              `json:"name"`
	Greeting string              `json:"greeting"`
	Colour   string              `json:"colour"`
	Position string              `json:"position"`
	Prechat  []ask               `json:"prechat"`
	Open     bool                `json:"open"`
	NextOpen time.Time           `json:"next_open,omitzero"`
	UsualS   int64               `json:"usual_s,omitempty"` // seconds that four of five wait for an answer at most; 0: not known
	Messages []Message           `json:"messages"`
	ReadSeq  int64               `json:"read_seq"`
	SeenSeq  int64               `json:"seen_seq"`         // until which message somebody of the firm has read
	Survey   *satisfaction.Asked `json:"survey,omitempty"` // how it went
	Email    string              `json:"email,omitempty"`  // the one that was typed here before
}

type ask struct {
	Name     string `json:"name"`
	Label    string `json:"label"`
	Required bool   `json:"required"`
}

// session says who a browser is and what it may show.
func (s *Server) session(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	var in struct {
		Visitor  string `json:"visitor"`
		Identity string `json:"identity"`
		Locale   string `json:"locale"`
		Site     string `json:"site"` // of the page around the frame, as the frame knows it
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	ctx, now := r.Context(), s.Clock()
	if err := s.installed(ctx, inbox, in.Site); err != nil {
		return err
	}
	var who *person
	if in.Identity != "" {
		p, err := s.identify(ctx, inbox, in.Identity)
		if err != nil && !errors.Is(err, errIdentity) {
			return err
		}
		who = p // one that does not count leaves them anonymous
	}
	v, fresh, err := s.browser(ctx, inbox, in.Visitor, who)
	if err != nil {
		return err
	}
	v.row.Locale, v.row.LastSeen = trimmed(in.Locale, 20), crm.Micros(now)
	if who != nil {
		v.row.UserID, v.row.Name = who.UserID, trimmed(who.Name, 100)
		if who.Email != "" {
			v.row.Email = trimmed(who.Email, 200)
		}
		if id, err := s.latest(ctx, inbox, who); err != nil {
			return err
		} else if !id.IsZero() {
			v.moveTo(id)
		}
	}
	if err := s.keep(ctx, v); err != nil {
		return err
	}
	out := opened{Visitor: fresh, Known: who != nil, Name: inbox.Brand, Greeting: inbox.Settings.Chat.Greeting, Colour: inbox.Settings.Chat.Colour,
		Position: inbox.Settings.Chat.Position,
		Prechat:  []ask{}, Messages: []Message{}}
	if out.Name == "" {
		out.Name = s.Firm()
	}
	if who == nil {
		out.Email = v.row.Email
		for _, q := range inbox.Settings.Chat.Prechat {
			out.Prechat = append(out.Prechat, ask{q.Name, q.Label, q.Required})
		}
	}
	if out.Session, err = s.newSession(inbox, v, v.row.UserID); err != nil {
		return err
	}
	if out.Open, out.NextOpen, err = s.hours(ctx, inbox, now); err != nil {
		return err
	}
	if out.Survey, err = s.asked(ctx, v.row.ConversationID); err != nil {
		return err
	}
	wait, err := s.expected(ctx, inbox)
	if err != nil {
		return err
	}
	out.UsualS = int64(wait.Seconds())
	if !v.row.ConversationID.IsZero() {
		if out.Messages, err = s.after(ctx, v.row.ConversationID, 0, who != nil); err != nil {
			return err
		}
		out.ReadSeq, err = s.DB.Read().VisitorMark(ctx, sqlgen.VisitorMarkParams{Bucket: v.row.Bucket, ConversationID: v.row.ConversationID})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if out.SeenSeq, err = s.seenByFirm(ctx, v.row.ConversationID); err != nil {
			return err
		}
	}
	return answer(w, out)
}

// browser finds the visitor of a token, or makes a new one: one whose site signed
// for them last time is nobody else's to go on with.
func (s *Server) browser(ctx context.Context, inbox *inboxes.Inbox, token string, who *person) (v *visitor, fresh string, err error) {
	if token != "" && len(token) < 100 {
		v := &visitor{hash: hashOf(token)}
		v.row, err = s.DB.Read().Visitor(ctx, sqlgen.VisitorParams{KeyBucket: int64(v.hash[0]), Hash: v.hash[:]})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, "", err
		}
		same := who == nil && v.row.UserID == "" || who != nil && (v.row.UserID == "" || v.row.UserID == who.UserID)
		if err == nil && v.row.InboxID == inbox.ID && same {
			return v, "", nil
		}
	}
	fresh = newToken()
	v = &visitor{hash: hashOf(fresh)}
	v.row = sqlgen.Visitor{KeyBucket: int64(v.hash[0]), Hash: v.hash[:], InboxID: inbox.ID, AnonymousID: anonymous(v.hash), CreatedAt: crm.Micros(s.Clock())}
	return v, fresh, nil
}

func (s *Server) keep(ctx context.Context, v *visitor) error {
	return s.DB.InTx(ctx, func(tx *store.Tx) error { return tx.PutVisitor(ctx, sqlgen.PutVisitorParams(v.row)) })
}

// latest is the newest conversation of an account in the inbox, whatever device
// it began on, and whether it went on by mail. One that began before its visitor
// signed in counts when the site's address is proven for it too: an answer to a
// mail of ours proves that, a typed address doesn't.
func (s *Server) latest(ctx context.Context, inbox *inboxes.Inbox, who *person) (crm.ID, error) {
	profiles, err := s.Engine.Identify.ProfilesOf(ctx, crm.UserID, who.UserID)
	if err != nil {
		return crm.ID{}, err
	}
	if who.Email != "" {
		proven, err := s.Engine.Identify.ProvenProfiles(ctx, crm.Email, who.Email)
		if err != nil {
			return crm.ID{}, err
		}
		profiles = append(profiles, proven...)
	}
	var newest crm.ID
	var at int64
	for _, p := range profiles {
		rows, err := s.DB.Read().LatestChat(ctx, sqlgen.LatestChatParams{Bucket: p.Bucket(), ProfileID: p, InboxID: inbox.ID})
		if err != nil {
			return crm.ID{}, err
		}
		if len(rows) > 0 && rows[0].LastAt > at {
			newest, at = rows[0].ConversationID, rows[0].LastAt
		}
	}
	return newest, nil
}

// after reads the messages of a conversation behind a number. Whoever did not sign
// in may have typed somebody else's address: what went to that address and came
// from it by mail is then only named, not shown.
func (s *Server) after(ctx context.Context, conversation crm.ID, seq int64, signed bool) ([]Message, error) {
	rows, err := s.DB.Read().ChatMessages(ctx, sqlgen.ChatMessagesParams{Bucket: conversation.RowBucket(), ConversationID: conversation, Seq: seq, MaxRows: 500})
	if err != nil {
		return nil, err
	}
	copies, err := s.copies(ctx, conversation, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Message, len(rows))
	for n, r := range rows {
		m := Message{Seq: r.Seq, ID: r.ID.String(), From: "visitor", Text: r.Text, At: crm.FromMicros(r.OccurredAt), ByMail: r.Channel == string(crm.Mail)}
		var a capture.Attrs
		if json.Unmarshal([]byte(r.Attrs), &a) == nil {
			m.Files = s.shown(r.ID, a.Attachments)
		}
		if r.Direction == string(crm.Out) {
			m.From = "agent"
			if r.Automatic {
				m.From = "rule"
			}
			for _, p := range a.Participants {
				if p.Role == crm.Agent {
					m.Name = p.Name
				}
			}
		} else if r.Channel == string(crm.Chat) {
			m.ID = r.ExternalID
		}
		if m.Copied = copies[r.ID]; m.Copied == "" && m.ByMail && !signed {
			m.Copied = veiled(customerOf(a.Participants, r.Direction))
		}
		if m.Copied != "" {
			m.From, m.Text, m.Files = "rule", "", nil
		}
		out[n] = m
	}
	return out, nil
}

// copies tells which messages are mails that repeat what stands in the chat, and
// where they went, veiled: enough for its owner to know it.
func (s *Server) copies(ctx context.Context, conversation crm.ID, rows []sqlgen.ChatMessagesRow) (map[crm.ID]string, error) {
	mails := false
	for _, r := range rows {
		mails = mails || r.Channel == string(crm.Mail) && r.Direction == string(crm.Out)
	}
	if !mails {
		return nil, nil
	}
	list, err := s.DB.Read().ContinuedByMail(ctx, sqlgen.ContinuedByMailParams{Bucket: conversation.RowBucket(), ConversationID: conversation})
	if err != nil {
		return nil, err
	}
	out := map[crm.ID]string{}
	for _, r := range list {
		var c act.Content
		if json.Unmarshal([]byte(r.Content), &c) != nil || len(c.To) == 0 {
			continue
		}
		out[r.InteractionID] = veiled(strings.Trim(c.To[0], "<> "))
	}
	return out, nil
}

// veiled is an address that its owner recognises and nobody else learns.
func veiled(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	if local == "" {
		return "…"
	}
	return string([]rune(local)[:1]) + "…@" + domain
}

// customerOf is the customer's address of a mail.
func customerOf(people []crm.Participant, direction string) string {
	role := crm.From
	if direction == string(crm.Out) {
		role = crm.To
	}
	for _, p := range people {
		if p.Role == role && p.Kind == crm.Email {
			return p.Value
		}
	}
	return ""
}

// send takes a message of the visitor in.
func (s *Server) send(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	v, known, err := s.visitorOf(r.Context(), inbox, token(r))
	if err != nil {
		return err
	}
	var in said
	if err := decode(r, &in); err != nil {
		return err
	}
	m, err := s.take(r.Context(), inbox, v, known.UserID, in)
	if err != nil {
		return err
	}
	return answer(w, m)
}

// said is a message as the widget sends it.
type said struct {
	ID      string            `json:"id"`
	Text    string            `json:"text"`
	Files   []crm.ID          `json:"files"`
	Answers map[string]string `json:"answers"`
}

// take submits a message and remembers its conversation.
func (s *Server) take(ctx context.Context, inbox *inboxes.Inbox, v *visitor, userID string, in said) (*Message, error) {
	text, answers := trimmed(in.Text, maxText), in.Answers
	if text == "" && len(in.Files) == 0 || in.ID == "" || len(in.ID) > 64 {
		return nil, crm.Errorf(crm.Invalid, "The message is empty.")
	}
	attached, err := s.attached(ctx, v, in.Files)
	if err != nil {
		return nil, err
	}
	begins := v.row.ConversationID.IsZero()
	if userID == "" {
		name, email, _, err := questions(inbox, answers)
		if err != nil && begins {
			return nil, err
		}
		if name != "" {
			v.row.Name = name
		}
		if email != "" {
			if _, err := mail.ParseAddress(email); err != nil {
				return nil, crm.Errorf(crm.Invalid, "%s is not a mail address.", email)
			}
			v.row.Email = email
		}
	}
	_, _, traits, _ := questions(inbox, answers) // checked above where it counts
	now := s.Clock()
	e := crm.Envelope{Source: inbox.Source, ExternalID: v.row.AnonymousID + ":" + in.ID, Channel: crm.Chat, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: now,
		Text: text, Locale: v.row.Locale, Traits: traits, Participants: participants(v, userID),
		Attachments: attached}
	item := crm.Item{Envelope: e, RawType: "application/json", MayVerify: userID != ""}
	if begins {
		item.Envelope.Thread.Key = "chat:" + v.row.AnonymousID + ":" + strconv.FormatInt(now.UnixMicro(), 36)
	} else {
		c, err := s.DB.Read().Conversation(ctx, sqlgen.ConversationParams{Bucket: v.row.Bucket, ID: v.row.ConversationID})
		if err != nil {
			return nil, err
		}
		item.Place = &crm.Place{Profile: c.ProfileID, Conversation: c.ID}
	}
	if item.Raw, err = json.Marshal(item.Envelope); err != nil {
		return nil, err
	}
	results, err := s.Engine.Submit(ctx, []crm.Item{item})
	if err != nil {
		return nil, err
	}
	res := results[0]
	if res.Problem != nil && (res.Status == flow.StatusRefused || res.Status == flow.StatusQuarantined) {
		return nil, res.Problem
	}
	v.moveTo(res.ConversationID)
	v.row.LastSeen = crm.Micros(now)
	if err := s.keep(ctx, v); err != nil {
		return nil, err
	}
	if begins {
		s.board.each(v.key(), (*listener).ring)
	}
	if err := s.took(ctx, v, in.Files); err != nil {
		return nil, err
	}
	s.Desk.Presence.Say(desk.Sign{ConversationID: res.ConversationID, Name: v.row.Name, State: desk.Viewing, Visitor: true})
	x, err := s.DB.Read().Interaction(ctx, sqlgen.InteractionParams{Bucket: res.ID.RowBucket(), ID: res.ID})
	if err != nil {
		return nil, err
	}
	list, err := s.after(ctx, res.ConversationID, 0, userID != "")
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		if m.ID == x.ExternalID {
			return &m, nil
		}
	}
	return &Message{ID: x.ExternalID, From: "visitor", Text: text, At: now}, nil
}

// participants are the visitor's identifiers with what they prove.
func participants(v *visitor, userID string) []crm.Participant {
	name := v.row.Name
	out := []crm.Participant{{Role: crm.From, Kind: crm.AnonymousID, Value: v.row.AnonymousID, Name: name}}
	signed := userID != "" && userID == v.row.UserID
	if signed {
		out = append(out, crm.Participant{Role: crm.From, Kind: crm.UserID, Value: userID, Name: name, Verified: true, Method: "signed_jwt"})
	}
	if v.row.Email != "" {
		p := crm.Participant{Role: crm.From, Kind: crm.Email, Value: v.row.Email, Name: name, Verified: signed}
		if signed {
			p.Method = "signed_jwt"
		}
		out = append(out, p)
	}
	return out
}

// messages reads what came after a number, for browsers that can't be told.
func (s *Server) messages(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	v, known, err := s.visitorOf(r.Context(), inbox, token(r))
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // a wrong one reads from the beginning
	list := []Message{}
	if !v.row.ConversationID.IsZero() {
		if list, err = s.after(r.Context(), v.row.ConversationID, after, known.UserID != ""); err != nil {
			return err
		}
	}
	return answer(w, map[string]any{"messages": list})
}

// token is the session of a request. It is no cookie, so no other site can send
// it along.
func token(r *http.Request) string { return r.Header.Get("X-Rapport-Session") }
