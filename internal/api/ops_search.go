package api

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/search"
)

// SearchHit is a message that was found, with its case.
type SearchHit struct {
	Case          Case           `json:"case"`
	InteractionID crm.ID         `json:"interaction_id"`
	Snippet       string         `json:"snippet" doc:"Text around the first match"`
	Ranges        []search.Range `json:"ranges" doc:"Matches in the snippet, in UTF-16 units"`
	At            time.Time      `json:"at"`
}

// SearchPage is a page of hits, the newest first.
type SearchPage struct {
	Items []SearchHit `json:"items"`
	Next  string      `json:"next" doc:"Pass it as ?cursor= to read on; empty on the last page"`
	Notes []string    `json:"notes" doc:"Sentences about what was not understood, or not looked through"`
}

// SearchSuggestion is what a person may want to type.
type SearchSuggestion struct {
	Text  string `json:"text" doc:"What the word becomes"`
	Label string `json:"label,omitempty"`
}

func (s *server) registerSearch() {
	op(s, http.MethodGet, "/v1/search", "search", "Find messages by their words and by operators; docs/search.md has them all", access.Read,
		func(ctx context.Context, in *struct {
			Paged
			Q    string `query:"q" maxLength:"4000" doc:"Such as: invoice from:jan is:open -newsletter"`
			Zone string `query:"zone" maxLength:"60" doc:"Time zone of the days in it, such as Europe/Berlin. Default: UTC"`
		}) (*body[SearchPage], error) {
			return respond(s.search(ctx, in.Q, in.Zone, min(in.Limit, 100), in.Cursor))
		})
	op(s, http.MethodGet, "/v1/search/suggest", "suggest-search", "What a person may want to type", access.Read,
		func(ctx context.Context, in *struct {
			Q string `query:"q" maxLength:"4000" doc:"What was typed so far"`
		}) (*body[Page[SearchSuggestion]], error) {
			items, err := s.suggest(ctx, in.Q)
			return respond(Page[SearchSuggestion]{Items: items}, err)
		})
}

// searchCursor is the number of the last message of a page.
func searchCursor(n int64) string {
	if n == 0 {
		return ""
	}
	var b [9]byte
	b[0] = listSearch
	binary.BigEndian.PutUint64(b[1:], uint64(n))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func readSearchCursor(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != 9 || b[0] != listSearch {
		return 0, &crm.Error{Code: crm.Invalid, Pointer: "/cursor", Message: "This cursor does not belong to this list."}
	}
	return int64(binary.BigEndian.Uint64(b[1:])), nil
}

// listSearch marks cursors of searches.
const listSearch = 's'
