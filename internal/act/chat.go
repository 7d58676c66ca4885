package act

import (
	"context"
	"encoding/json"

	"github.com/rapport-crm/rapport/internal/crm"
)

// FileID begins the content id of an attachment that is an uploaded file.
const FileID = "file:"

// ExternalID is that of the contact which a message of the outbox becomes: of a mail
// its Message-ID.
func ExternalID(channel crm.Channel, id crm.ID, messageID string) string {
	if channel == crm.Mail {
		return messageID
	}
	return "outbox:" + id.String()
}

// Chat puts messages into the conversation that a widget shows: once it is a
// contact, it is there for the visitor to see.
type Chat struct {
	// Source is the source of an inbox's contacts.
	Source func(ctx context.Context, inbox crm.ID) (string, error)
	// Files describes uploaded files. Default: nil, nothing is attached.
	Files func(ctx context.Context, ids []crm.ID) ([]crm.Attachment, error)
}

// Prepare makes the contact.
func (t *Chat) Prepare(ctx context.Context, r *Row, c *Content) (crm.Item, error) {
	source, err := t.Source(ctx, r.InboxID)
	if err != nil {
		return crm.Item{}, err
	}
	e := crm.Envelope{Source: source, ExternalID: ExternalID(crm.Chat, r.ID, ""), Channel: crm.Chat, Kind: crm.KindMessage, Direction: crm.Out,
		OccurredAt: crm.FromMicros(r.SendAt), Text: c.Text, HTML: c.HTML, Automatic: r.Kind == Auto,
		Participants: []crm.Participant{{Role: crm.Agent, Kind: crm.Email, Value: c.AgentEmail, Name: r.Author}}}
	if c.AgentEmail == "" {
		e.Participants = nil
	}
	if t.Files != nil && len(c.Attachments) > 0 {
		if e.Attachments, err = t.Files(ctx, c.Attachments); err != nil {
			return crm.Item{}, err
		}
	}
	raw, err := json.Marshal(e)
	return crm.Item{Envelope: e, Raw: raw, RawType: "application/json", Place: &crm.Place{Profile: r.ProfileID, Conversation: r.ConversationID}}, err
}

// Send has nothing left to do.
func (t *Chat) Send(_ context.Context, _ *Row, _ *Content, _ *crm.Item, commit func() error) (string, error) {
	return "", commit()
}
