package inboxes

import (
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Kind is what an inbox is.
type Kind string

// The kinds.
const (
	Mail Kind = "mail"
	Chat Kind = "chat"
)

// State says whether an inbox works.
type State string

// The states.
const (
	Active    State = "active"
	Paused    State = "paused"    // a person stopped it
	Reconnect State = "reconnect" // its sign-in was refused: a person must connect it again
	Archived  State = "archived"  // kept for its history
)

// Inbox is an address or a widget that customers write to. Version rises with
// each change.
type Inbox struct {
	ID         crm.ID    `json:"id"`
	Name       string    `json:"name"`
	Brand      string    `json:"brand" doc:"Name that customers see; empty: the firm's"`
	Kind       Kind      `json:"kind" enum:"mail,chat"`
	Source     string    `json:"source" doc:"The source of its contacts"`
	Address    string    `json:"address" doc:"Mail address; of a widget: the address that its answers by mail come from"`
	State      State     `json:"state" enum:"active,paused,reconnect,archived"`
	Restricted bool      `json:"restricted" doc:"Only the teams that work in it see it"`
	TeamID     crm.ID    `json:"team_id" doc:"The team that new cases go to"`
	Settings   Settings  `json:"settings"`
	Secrets    []string  `json:"secrets" doc:"Names of the secrets that are set"`
	Version    int64     `json:"version"`
	CreatedAt  time.Time `json:"created_at"`
	UpdatedAt  time.Time `json:"updated_at"`
}

// Settings are how an inbox works. Empty fields mean the default that is named.
type Settings struct {
	FromName      string     `json:"from_name,omitempty" doc:"Sender's name; {{agent.name}} stands for who answers. Default: the agent's name and the brand"`
	SignatureHTML string     `json:"signature_html,omitempty"`
	ScheduleID    crm.ID     `json:"schedule_id,omitzero" doc:"Opening hours. Default: the first schedule"`
	PolicyID      crm.ID     `json:"policy_id,omitzero" doc:"Service level. Default: the first policy whose conditions fit"`
	UndoSeconds   *int       `json:"undo_s,omitempty" minimum:"0" maximum:"30" doc:"How long a sent message can be taken back. Default: 10, in a chat 0"`
	AutoAnswer    AutoAnswer `json:"auto_answer,omitzero"`
	Satisfaction  Survey     `json:"satisfaction,omitzero"`

	IMAP              Server   `json:"imap,omitzero"`
	After             string   `json:"after,omitempty" enum:"leave,seen,move" doc:"What happens to a mail that was taken. Default: leave"`
	SMTP              Server   `json:"smtp,omitzero"`
	OAuth             OAuth    `json:"oauth,omitzero"`
	Listener          bool     `json:"listener,omitempty" doc:"Mail for the address may come in by the built-in SMTP server"`
	Backfill          Backfill `json:"backfill,omitzero"`
	TrustedAuthserv   []string `json:"trusted_authserv,omitempty" doc:"authserv-ids whose Authentication-Results are believed (RFC 8601)"`
	DKIMSelector      string   `json:"dkim_selector,omitempty" doc:"Sign with the secret dkim_key. Default: the sending server signs"`
	MessagesPerMinute int      `json:"messages_per_minute,omitempty" minimum:"0" doc:"Default: 60"`

	Chat ChatSettings `json:"chat,omitzero"`
}

// Server is where a mail server is and how to sign in.
type Server struct {
	Host       string `json:"host,omitempty"`
	Port       int    `json:"port,omitempty" minimum:"0" maximum:"65535"`
	Security   string `json:"security,omitempty" enum:"tls,starttls,none" doc:"none: passwords and mail travel unprotected. Default: tls"`
	User       string `json:"user,omitempty" doc:"Default: the address. Of SMTP, - means no sign-in"`
	Auth       string `json:"auth,omitempty" enum:"password,oauth,none" doc:"Default: password"`
	SkipVerify bool   `json:"skip_verify,omitempty" doc:"Believe any certificate: somebody in between can read along"`
	Folder     string `json:"folder,omitempty" doc:"Of IMAP. Default: INBOX"`
}

// OAuth says where tokens come from.
type OAuth struct {
	Provider string `json:"provider,omitempty" enum:"google,microsoft"`
	ClientID string `json:"client_id,omitempty"`
	Tenant   string `json:"tenant,omitempty" doc:"Of Microsoft. Default: common"`
}

// Backfill says how much of what lies in a mailbox is taken at the start.
type Backfill struct {
	All   bool      `json:"all,omitempty"`
	Since time.Time `json:"since,omitzero"`
}

// AutoAnswer is what a customer hears at once.
type AutoAnswer struct {
	On      bool   `json:"on,omitempty"`
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text,omitempty"`
}

// ChatSettings are how a widget looks and asks.
type ChatSettings struct {
	Origins      []string          `json:"origins,omitempty" doc:"Pages that may show it, such as https://shop.example. Empty: none but the preview"`
	Colour       string            `json:"colour,omitempty" pattern:"^(#[0-9a-fA-F]{6})?$"`
	Greeting     string            `json:"greeting,omitempty"`
	Position     string            `json:"position,omitempty" enum:"end,start" doc:"Side of the page, in reading direction. Default: end"`
	Prechat      []PrechatQuestion `json:"prechat,omitempty" maxItems:"6"`
	MailAfterMin int               `json:"mail_after_min,omitempty" minimum:"0" maximum:"10080" doc:"Minutes after which an unseen answer goes by mail. Default: 3"`
	MailInboxID  crm.ID            `json:"mail_inbox_id,omitzero" doc:"The inbox whose address answers by mail. Default: the first one that can send"`
}

// PrechatQuestion is asked before a chat begins.
type PrechatQuestion struct {
	Name     string `json:"name" maxLength:"40" doc:"email and name are claims about the visitor; anything else is a trait"`
	Label    string `json:"label" maxLength:"100"`
	Required bool   `json:"required,omitempty"`
}

// Secrets are what an inbox needs to sign in. They go in, and come out only to
// those who connect.
type Secrets struct {
	IMAPPassword      string `json:"imap_password,omitempty"`
	SMTPPassword      string `json:"smtp_password,omitempty"`
	OAuthClientSecret string `json:"oauth_client_secret,omitempty"`
	OAuthToken        string `json:"oauth_token,omitempty"` // JSON of the token with its refresh token
	DKIMKey           string `json:"dkim_key,omitempty"`    // PEM
	ChatSecret        string `json:"chat_secret,omitempty"` // signs the tokens of the host site
}

// String keeps secrets out of logs and messages.
func (Secrets) String() string { return "[redacted]" }

// GoString is String for %#v.
func (Secrets) GoString() string { return "[redacted]" }

// names lists which secrets are set.
func (s *Secrets) names() []string {
	out := []string{}
	for _, f := range s.fields() {
		if *f.value != "" {
			out = append(out, f.name)
		}
	}
	return out
}

// merge takes over what next sets. "-" removes a secret.
func (s *Secrets) merge(next *Secrets) {
	for i, f := range next.fields() {
		switch to := s.fields()[i].value; *f.value {
		case "":
		case "-":
			*to = ""
		default:
			*to = *f.value
		}
	}
}

type secretField struct {
	name  string
	value *string
}

func (s *Secrets) fields() []secretField {
	return []secretField{{"imap_password", &s.IMAPPassword}, {"smtp_password", &s.SMTPPassword}, {"oauth_client_secret", &s.OAuthClientSecret},
		{"oauth_token", &s.OAuthToken}, {"dkim_key", &s.DKIMKey}, {"chat_secret", &s.ChatSecret}}
}

// CanSend reports whether mail can leave by the inbox.
func (i *Inbox) CanSend() bool {
	return i.Kind == Mail && i.State == Active && i.Settings.SMTP.Host != "" && i.Address != ""
}
