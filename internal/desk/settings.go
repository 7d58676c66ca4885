package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Tag is a label that people put on cases.
type Tag struct {
	ID       crm.ID `json:"id"`
	Name     string `json:"name" minLength:"1" maxLength:"40"`
	Colour   string `json:"colour" doc:"grey, blue, green, amber, red, purple"`
	Archived bool   `json:"archived,omitempty" doc:"Not offered any more; cases keep it"`
}

// View is a saved list: the query of its address in the console.
type View struct {
	ID      crm.ID `json:"id"`
	Name    string `json:"name" minLength:"1" maxLength:"60"`
	Query   string `json:"query" maxLength:"2000"`
	OwnerID crm.ID `json:"owner_id"`
	Shared  bool   `json:"shared"`
	Place   int64  `json:"place,omitempty"`
}

// Hours are opening hours with their name.
type Hours struct {
	ID   crm.ID `json:"id"`
	Name string `json:"name" minLength:"1" maxLength:"60"`
	service.Schedule
}

// name trims and checks what people call something.
func name(s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 100 || strings.ContainsFunc(s, unicode.IsControl) {
		return "", &crm.Error{Code: crm.Invalid, Pointer: "/name", Message: "Give it a name of at most 100 characters."}
	}
	return s, nil
}

// put writes one setting and forgets what was known of the settings.
func (s *Service) put(ctx context.Context, id *crm.ID, fn func(*store.Tx) error) error {
	if id.IsZero() {
		*id = crm.NewID(s.clock())
	}
	err := s.db.InTx(ctx, fn)
	if s.db.Classify(err) == store.Unique {
		return &crm.Error{Code: crm.Conflict, Pointer: "/name", Message: "There is one with this name already."}
	}
	s.forget()
	return err
}

// drop removes one setting.
func (s *Service) drop(ctx context.Context, what string, fn func(*store.Tx) (int64, error)) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		n, err := fn(tx)
		if err == nil && n == 0 {
			return crm.Errorf(crm.NotFound, "There is no such %s.", what)
		}
		return err
	})
	s.forget()
	return err
}

// Tags lists all tags by name.
func (s *Service) Tags(ctx context.Context) ([]Tag, error) {
	rows, err := s.db.Read().Tags(ctx)
	out := make([]Tag, len(rows))
	for i, r := range rows {
		out[i] = Tag{r.ID, r.Name, r.Colour, r.Archived}
	}
	return out, err
}

// PutTag makes or changes a tag.
func (s *Service) PutTag(ctx context.Context, t Tag) (Tag, error) {
	var err error
	if t.Name, err = name(t.Name); err != nil {
		return t, err
	}
	if t.Colour == "" {
		t.Colour = "grey"
	}
	return t, s.put(ctx, &t.ID, func(tx *store.Tx) error {
		return tx.PutTag(ctx, sqlgen.PutTagParams{ID: t.ID, Name: t.Name, Colour: t.Colour, Archived: t.Archived, CreatedAt: crm.Micros(s.clock())})
	})
}

// Views lists the views of a person and the shared ones.
func (s *Service) Views(ctx context.Context, person crm.ID) ([]View, error) {
	rows, err := s.db.Read().Views(ctx, person)
	out := make([]View, len(rows))
	for i, r := range rows {
		out[i] = View{r.ID, r.Name, r.Query, r.OwnerID, r.Shared, r.Place}
	}
	return out, err
}

// PutView makes a view or changes one. shared says whether the person may
// change what everybody uses.
func (s *Service) PutView(ctx context.Context, v View, person crm.ID, shared bool) (View, error) {
	var err error
	if v.Name, err = name(v.Name); err != nil {
		return v, err
	}
	if !v.ID.IsZero() {
		old, err := s.db.Read().View(ctx, v.ID)
		if err != nil {
			return v, missing(err, "view")
		}
		if err := mayChange(old.OwnerID, person, old.Shared || v.Shared, shared); err != nil {
			return v, err
		}
		v.OwnerID = old.OwnerID
	} else {
		if err := mayChange(person, person, v.Shared, shared); err != nil {
			return v, err
		}
		v.OwnerID = person
	}
	return v, s.put(ctx, &v.ID, func(tx *store.Tx) error {
		return tx.PutView(ctx, sqlgen.PutViewParams{ID: v.ID, Name: v.Name, Query: store.Clean(v.Query, 2000), OwnerID: v.OwnerID, Shared: v.Shared,
			Place: v.Place, UpdatedAt: crm.Micros(s.clock())})
	})
}

// DropView removes a view.
func (s *Service) DropView(ctx context.Context, id, person crm.ID, shared bool) error {
	old, err := s.db.Read().View(ctx, id)
	if err != nil {
		return missing(err, "view")
	}
	if err := mayChange(old.OwnerID, person, old.Shared, shared); err != nil {
		return err
	}
	return s.drop(ctx, "view", func(tx *store.Tx) (int64, error) { return tx.DropView(ctx, id) })
}

// mayChange refuses a change of what belongs to somebody else; what everybody
// uses is for those who may.
func mayChange(owner, person crm.ID, isShared, mayShared bool) error {
	switch {
	case isShared && !mayShared:
		return crm.Errorf(crm.Forbidden, "Everybody uses it. Ask a team lead to change it.")
	case !isShared && owner != person:
		return crm.Errorf(crm.NotFound, "There is no such thing.")
	}
	return nil
}

// HoursList lists the opening hours, the oldest first: it counts where an inbox
// names none.
func (s *Service) HoursList(ctx context.Context) ([]Hours, error) {
	rows, err := s.db.Read().Schedules(ctx)
	out := make([]Hours, len(rows))
	for i, r := range rows {
		schedule, err := scheduleOf(r.TimeZone, r.Hours, r.Holidays)
		if err != nil {
			return nil, fmt.Errorf("opening hours %s: %w", r.ID, err)
		}
		for d := range schedule.Hours {
			if schedule.Hours[d] == nil {
				schedule.Hours[d] = []service.OpenSpan{} // a closed day is an empty list, not none
			}
		}
		out[i] = Hours{r.ID, r.Name, *schedule}
	}
	return out, err
}

// PutHours makes or changes opening hours.
func (s *Service) PutHours(ctx context.Context, h Hours) (Hours, error) {
	var err error
	if h.Name, err = name(h.Name); err != nil {
		return h, err
	}
	if err := h.Check(); err != nil {
		return h, err
	}
	if h.Holidays == nil {
		h.Holidays = []string{}
	}
	hours, err := json.Marshal(h.Hours)
	if err != nil {
		return h, err
	}
	holidays, err := json.Marshal(h.Holidays)
	if err != nil {
		return h, err
	}
	return h, s.put(ctx, &h.ID, func(tx *store.Tx) error {
		return tx.PutSchedule(ctx, sqlgen.PutScheduleParams{ID: h.ID, Name: h.Name, TimeZone: h.Zone, Hours: string(hours), Holidays: string(holidays),
			UpdatedAt: crm.Micros(s.clock())})
	})
}

// DropHours removes opening hours; inboxes that named them take the first.
func (s *Service) DropHours(ctx context.Context, id crm.ID) error {
	return s.drop(ctx, "schedule", func(tx *store.Tx) (int64, error) { return tx.DropSchedule(ctx, id) })
}

// Policies lists the service levels in the order in which they are tried.
func (s *Service) Policies(ctx context.Context) ([]service.Policy, error) {
	x, err := s.rules(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]service.Policy, len(x.policies))
	for i, p := range x.policies {
		out[i] = *p
	}
	return out, nil
}

// PutPolicy makes or changes a service level. Cases whose targets run keep their
// due times until the customer writes again.
func (s *Service) PutPolicy(ctx context.Context, p service.Policy) (service.Policy, error) {
	var err error
	if p.Name, err = name(p.Name); err != nil {
		return p, err
	}
	if err := p.Check(); err != nil {
		return p, err
	}
	conditions, err := json.Marshal(p.Conditions)
	if err != nil {
		return p, err
	}
	targets, err := json.Marshal(p.Targets)
	if err != nil {
		return p, err
	}
	return p, s.put(ctx, &p.ID, func(tx *store.Tx) error {
		return tx.PutPolicy(ctx, sqlgen.PutPolicyParams{ID: p.ID, Name: p.Name, Place: p.Place, Conditions: string(conditions), Targets: string(targets),
			UpdatedAt: crm.Micros(s.clock())})
	})
}

// DropPolicy removes a service level.
func (s *Service) DropPolicy(ctx context.Context, id crm.ID) error {
	return s.drop(ctx, "service level", func(tx *store.Tx) (int64, error) { return tx.DropPolicy(ctx, id) })
}
