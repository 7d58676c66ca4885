package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/k3a/html2text"
	"github.com/microcosm-cc/bluemonday"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
)

// ownHTML is what people of the firm may write: text with shape, links, lists.
var ownHTML = newOwnHTML()

func newOwnHTML() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "b", "strong", "i", "em", "u", "s", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "hr", "span", "div")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	p.AllowAttrs("data-id", "data-type", "data-label").OnElements("span")
	return p
}

// noteSource is the source of what colleagues write to each other about what
// came in without an inbox. A note on an inbox's conversation has the inbox's own
// source: whoever may not see the one may not see the other.
const noteSource = "note"

func (s *server) registerNotes() {
	op(s, http.MethodPost, "/v1/cases/{id}/note", "add-note", "Write an internal note, which the customer never sees", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				HTML           string   `json:"html,omitempty" maxLength:"200000"`
				Text           string   `json:"text,omitempty" maxLength:"100000"`
				Mentions       []crm.ID `json:"mentions,omitempty" maxItems:"50"`
				Attachments    []crm.ID `json:"attachments,omitempty" maxItems:"20"`
				IdempotencyKey string   `json:"idempotency_key,omitempty" maxLength:"100" doc:"The same key again adds no second note"`
			}
		}) (*body[Interaction], error) {
			r, err := s.canCase(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			html := ownHTML.Sanitize(in.Body.HTML)
			text := strings.TrimSpace(in.Body.Text)
			if text == "" {
				text = strings.TrimSpace(html2text.HTML2Text(html))
			}
			if text == "" {
				return nil, &crm.Error{Code: crm.Invalid, Pointer: "/text", Message: "The note is empty."}
			}
			now := s.Clock()
			key := in.Body.IdempotencyKey
			if key == "" {
				key = crm.NewID(now).String()
			}
			p := access.From(ctx)
			source := noteSource
			if i, err := s.Inboxes.Get(ctx, r.InboxID); err == nil {
				source = i.Source
			}
			mentions, err := s.mentionable(ctx, r.InboxID, in.Body.Mentions)
			if err != nil {
				return nil, err
			}
			e := crm.Envelope{Source: source, ExternalID: "note:" + p.UserID.String() + p.KeyID.String() + ":" + key, Channel: crm.Channel(r.Channel), Kind: crm.KindNote, Direction: crm.Inside,
				OccurredAt: now, Text: text, HTML: html, Participants: []crm.Participant{{Role: crm.Agent, Kind: crm.Email, Value: p.Email, Name: p.Author()}}}
			if p.Email == "" {
				e.Participants[0] = crm.Participant{Role: crm.Agent, Kind: "key", Value: p.KeyID.String(), Name: p.Author()}
			}
			if e.Attachments, err = s.attached(ctx, in.Body.Attachments); err != nil {
				return nil, err
			}
			raw, err := json.Marshal(e)
			if err != nil {
				return nil, err
			}
			results, err := s.Engine.Submit(ctx, []crm.Item{{Envelope: e, Raw: raw, RawType: "application/json",
				Place: &crm.Place{Profile: r.ProfileID, Conversation: in.ID}}})
			if err != nil {
				return nil, err
			}
			if problem := results[0].Problem; problem != nil && results[0].Status != flow.StatusNew {
				return nil, problem
			}
			if err := s.Desk.Mention(ctx, in.ID, results[0].ID, mentions, p.Author()); err != nil {
				return nil, err
			}
			return respond(s.read.interaction(ctx, results[0].ID))
		})
}

// mentionable checks that the people of a note exist and may see what it is about.
func (s *server) mentionable(ctx context.Context, inbox crm.ID, people []crm.ID) ([]crm.ID, error) {
	if len(people) == 0 {
		return nil, nil
	}
	known, err := s.Access.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var teams []crm.ID // that work in the inbox; nil: everybody does
	if i, err := s.Inboxes.Get(ctx, inbox); err == nil && i.Restricted {
		of, err := s.Access.InboxTeams(ctx)
		if err != nil {
			return nil, err
		}
		teams = append([]crm.ID{}, of[inbox]...)
	}
	for n, id := range people {
		refuse := func(format string, args ...any) error {
			return &crm.Error{Code: crm.Invalid, Pointer: fmt.Sprintf("/mentions/%d", n), Message: fmt.Sprintf(format, args...)}
		}
		at := slices.IndexFunc(known, func(p access.Person) bool { return p.ID == id && !p.Disabled })
		if at < 0 {
			return nil, refuse("There is no such colleague, or not any more.")
		}
		p := known[at]
		if teams != nil && p.Role != access.Owner && !slices.ContainsFunc(p.Teams, func(t crm.ID) bool { return slices.Contains(teams, t) }) {
			return nil, refuse("%s can't see this inbox, so a mention would reach nobody.", p.Name)
		}
	}
	people = slices.SortedFunc(slices.Values(people), crm.ID.Compare)
	return slices.Compact(people), nil
}
