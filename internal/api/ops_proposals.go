package api

import (
	"context"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/understand"
)

// IntentProposal is a group of contacts that no intent fits.
type IntentProposal struct {
	ID        crm.ID         `json:"id"`
	Label     string         `json:"label" doc:"A name made of the terms; to be said better by a person"`
	Terms     []string       `json:"terms" doc:"What is said in it more than elsewhere, by several customers"`
	Language  string         `json:"language"`
	Size      int            `json:"size" doc:"Contacts"`
	Customers int            `json:"customers"`
	Near      string         `json:"near" doc:"The intent that at least half of them come closest to; empty: none"`
	NearLabel string         `json:"near_label"`
	NearShare float64        `json:"near_share"`
	Texts     []ProposedText `json:"texts" doc:"3 to 10 of different customers, the most typical first; they become the examples"`
}

// ProposedText is a contact of a proposal.
type ProposedText struct {
	InteractionID  crm.ID      `json:"interaction_id"`
	ConversationID crm.ID      `json:"conversation_id"`
	Channel        crm.Channel `json:"channel"`
	At             time.Time   `json:"at"`
	Text           string      `json:"text" doc:"400 bytes at most"`
}

// IntentProposals are what the last look found.
type IntentProposals struct {
	Items  []IntentProposal `json:"items" doc:"The largest first"`
	State  string           `json:"state" enum:"current,looking,failed"`
	At     time.Time        `json:"at,omitzero" doc:"When the last look was; missing: there was none"`
	Texts  int              `json:"texts" doc:"Contacts of the last 90 days that it read, 20,000 at most"`
	Unread int              `json:"unread" doc:"Of those, how many no intent fits"`
	Error  string           `json:"error" doc:"Of a look that failed"`
}

// ReadText is what a text reads as.
type ReadText struct {
	Intent     string  `json:"intent" doc:"The best guess; empty: none"`
	Label      string  `json:"label"`
	Confidence float64 `json:"confidence"`
	Unknown    bool    `json:"unknown" doc:"No intent is sure enough"`
}

func (s *server) registerProposals() {
	op(s, http.MethodGet, "/v1/taxonomy/proposals", "list-intent-proposals",
		"List groups of contacts that no intent fits, as proposals for new intents. What is older than six hours, or than a change of the intents, is looked for anew in the background", access.Settings,
		func(ctx context.Context, _ *none) (*body[IntentProposals], error) { return respond(s.proposals(ctx)) })
	op(s, http.MethodPost, "/v1/taxonomy/proposals/look", "look-for-intents", "Look for intents that are missing, in the background", access.Settings,
		func(ctx context.Context, _ *none) (*body[IntentProposals], error) {
			if err := understand.AskLook(ctx, s.DB, s.Clock()); err != nil {
				return nil, err
			}
			return respond(s.proposals(ctx))
		})
	op(s, http.MethodPost, "/v1/taxonomy/proposals/{id}/accept", "accept-intent-proposal", "Make an intent of a proposal, or give its texts to one that is there", access.Settings,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Label       string `json:"label,omitempty" maxLength:"200" doc:"Empty: that of the proposal"`
				Description string `json:"description,omitempty" maxLength:"300"`
				Into        string `json:"into,omitempty" maxLength:"64" doc:"The key of an intent that takes the texts as examples; empty: a new one"`
			}
		}) (*body[IntentDetail], error) {
			var name string
			err := s.edit(ctx, func(e *understand.Editor) (err error) {
				name, err = e.Accept(ctx, in.ID, in.Body.Label, in.Body.Description, in.Body.Into)
				return err
			})
			return s.edited(ctx, name, err)
		})
	op(s, http.MethodPost, "/v1/taxonomy/proposals/{id}/dismiss", "dismiss-intent-proposal", "Put a proposal away; contacts like these are not proposed again", access.Settings,
		func(ctx context.Context, in *ByID) (*none, error) {
			return nil, s.edit(ctx, func(e *understand.Editor) error { return e.Dismiss(ctx, in.ID) })
		}, noContent)
	op(s, http.MethodPost, "/v1/taxonomy/proposals/{id}/reopen", "reopen-intent-proposal", "Put a proposal that was decided about back on the list", access.Settings,
		func(ctx context.Context, in *ByID) (*none, error) {
			return nil, s.edit(ctx, func(e *understand.Editor) error { return e.Reopen(ctx, in.ID) })
		}, noContent)
	op(s, http.MethodPost, "/v1/taxonomy/read", "read-texts", "Read texts as if customers had written them; nothing is kept", access.Settings,
		func(_ context.Context, in *struct {
			Body struct {
				Texts []string `json:"texts" nullable:"false" minItems:"1" maxItems:"20"`
			}
		}) (*body[Page[ReadText]], error) {
			return &body[Page[ReadText]]{Page[ReadText]{Items: s.readTexts(in.Body.Texts)}}, nil
		})
}

func (s *server) proposals(ctx context.Context) (IntentProposals, error) {
	out := IntentProposals{Items: []IntentProposal{}, State: "current"}
	look, err := understand.Looked(ctx, s.DB, s.Clock())
	if err != nil {
		return out, err
	}
	out.At, out.Texts, out.Unread, out.Error = look.At, look.Texts, look.Unread, look.Error
	switch {
	case look.Looking:
		out.State = "looking"
	case look.Error != "":
		out.State = "failed"
	}
	open, err := understand.OpenProposals(ctx, s.DB.Read())
	if err != nil {
		return out, err
	}
	t := s.read.taxonomy()
	for _, p := range open {
		item := IntentProposal{ID: p.ID, Label: p.Label, Terms: p.Terms, Language: p.Language, Size: p.Size, Customers: p.Customers, Texts: []ProposedText{}}
		if near := t.Target(p.Near); near != "" {
			item.Near, item.NearLabel, item.NearShare = near, t.Label(near), p.NearShare
		}
		for _, x := range p.Texts {
			item.Texts = append(item.Texts, ProposedText{InteractionID: x.ID, ConversationID: x.ConversationID, Channel: crm.Channel(x.Channel), At: crm.FromMicros(x.OccurredAt),
				Text: store.Clean(crm.ReadingText(x.Subject, x.Text), 400)})
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

func (s *server) readTexts(texts []string) []ReadText {
	out := make([]ReadText, len(texts))
	r := s.Engine.Reader()
	for i, text := range texts {
		got := r.Read(understand.Input{Text: text, Channel: crm.Chat, Kind: crm.KindMessage, Direction: crm.In})
		out[i].Unknown = true
		if len(got.Intents) > 0 && got.Intents[0].Name != flow.None {
			best := got.Intents[0]
			out[i] = ReadText{Intent: best.Name, Label: r.Taxonomy().Label(best.Name), Confidence: best.Confidence, Unknown: got.Unknown}
		}
	}
	return out
}
