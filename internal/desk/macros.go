package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Macro is a text with gaps that are filled in, and what it does beside.
type Macro struct {
	ID      crm.ID       `json:"id"`
	Name    string       `json:"name" minLength:"1" maxLength:"100"`
	TeamID  crm.ID       `json:"team_id" doc:"Only for this team; empty: for everybody"`
	OwnerID crm.ID       `json:"owner_id" doc:"Only for this person; empty: shared"`
	HTML    string       `json:"html" maxLength:"100000"`
	Actions MacroActions `json:"actions"`
	Used    int64        `json:"used,omitempty"`
}

// MacroActions are changed about the case when the message is sent.
type MacroActions struct {
	Status   string   `json:"status,omitempty" enum:"todo,waiting,snoozed,done,ignored"`
	Assignee string   `json:"assignee,omitempty" doc:"me, nobody, or the id of a person"`
	Priority *int64   `json:"priority,omitempty" minimum:"0" maximum:"3"`
	AddTags  []crm.ID `json:"add_tags,omitempty"`
}

// Variables are the words that may stand in a macro between {{ and }}, in the
// order in which they are offered.
var Variables = []string{"customer.name", "customer.first_name", "customer.email", "agent.name", "agent.first_name", "case.subject", "inbox.name", "firm.name"}

var gap = regexp.MustCompile(`\{\{\s*([a-z_.]{1,40})\s*\}\}`)

// Fill puts values into the gaps of a macro's HTML, escaped: a customer's name
// is text wherever it stands. What is not known is left as it is and listed.
func Fill(text string, values map[string]string) (filled string, missing []string) {
	missing = []string{}
	filled = gap.ReplaceAllStringFunc(text, func(m string) string {
		word := gap.FindStringSubmatch(m)[1]
		if v := values[word]; v != "" {
			return html.EscapeString(v)
		}
		if !slices.Contains(missing, word) {
			missing = append(missing, word)
		}
		return m
	})
	return filled, missing
}

// macroContent is what the row keeps as JSON.
type macroContent struct {
	HTML    string       `json:"html"`
	Actions MacroActions `json:"actions"`
}

func macroOf(r sqlgen.Macro) (Macro, error) {
	var c macroContent
	if err := json.Unmarshal([]byte(r.Content), &c); err != nil {
		return Macro{}, fmt.Errorf("macro %s: %w", r.ID, err)
	}
	return Macro{r.ID, r.Name, r.TeamID, r.OwnerID, c.HTML, c.Actions, r.Used}, nil
}

// Macros lists what a person may use.
func (s *Service) Macros(ctx context.Context, person crm.ID, teams []crm.ID) ([]Macro, error) {
	rows, err := s.db.Read().Macros(ctx)
	if err != nil {
		return nil, err
	}
	out := []Macro{}
	for _, r := range rows {
		if !r.OwnerID.IsZero() && r.OwnerID != person || !r.TeamID.IsZero() && !slices.Contains(teams, r.TeamID) {
			continue
		}
		m, err := macroOf(r)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// Macro reads one that the person may use.
func (s *Service) Macro(ctx context.Context, id, person crm.ID) (Macro, error) {
	r, err := s.db.Read().Macro(ctx, id)
	if err != nil || !r.OwnerID.IsZero() && r.OwnerID != person {
		if err == nil {
			err = crm.Errorf(crm.NotFound, "There is no such macro.")
		}
		return Macro{}, missing(err, "macro")
	}
	return macroOf(r)
}

// PutMacro makes a macro or changes one. shared says whether the person may
// change what everybody uses; clean makes HTML safe to show.
func (s *Service) PutMacro(ctx context.Context, m Macro, person crm.ID, by string, shared bool, clean func(string) string) (Macro, error) {
	var err error
	if m.Name, err = name(m.Name); err != nil {
		return m, err
	}
	if !m.ID.IsZero() {
		old, err := s.db.Read().Macro(ctx, m.ID)
		if err != nil {
			return m, missing(err, "macro")
		}
		if err := mayChange(old.OwnerID, person, old.OwnerID.IsZero(), shared); err != nil {
			return m, err
		}
	}
	if err := mayChange(m.OwnerID, person, m.OwnerID.IsZero(), shared); err != nil {
		return m, err
	}
	m.HTML = clean(m.HTML)
	content, err := json.Marshal(macroContent{m.HTML, m.Actions})
	if err != nil {
		return m, err
	}
	return m, s.put(ctx, &m.ID, func(tx *store.Tx) error {
		return tx.PutMacro(ctx, sqlgen.PutMacroParams{ID: m.ID, Name: m.Name, TeamID: m.TeamID, OwnerID: m.OwnerID, Content: string(content),
			UpdatedAt: crm.Micros(s.clock()), Author: by})
	})
}

// DropMacro removes a macro.
func (s *Service) DropMacro(ctx context.Context, id, person crm.ID, shared bool) error {
	old, err := s.db.Read().Macro(ctx, id)
	if err != nil {
		return missing(err, "macro")
	}
	if err := mayChange(old.OwnerID, person, old.OwnerID.IsZero(), shared); err != nil {
		return err
	}
	return s.drop(ctx, "macro", func(tx *store.Tx) (int64, error) { return tx.DropMacro(ctx, id) })
}
