package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/store"
)

// MacroPreview is a macro as it would stand in an answer.
type MacroPreview struct {
	HTML    string            `json:"html"`
	Actions desk.MacroActions `json:"actions"`
	Missing []string          `json:"missing" doc:"Words whose values are not known"`
}

// settingsList registers the operations of one kind of setting: list, make,
// change, remove. Who may write is the verb's business; keep says what more it
// takes.
func settingsList[T any](s *server, path, one, many, verb string, list func(context.Context) ([]T, error),
	keep func(ctx context.Context, id crm.ID, v T) (T, error), drop func(ctx context.Context, id crm.ID) error) {
	name := strings.TrimPrefix(path, "/v1/")
	op(s, http.MethodGet, path, "list-"+name, "List "+many, access.Read, func(ctx context.Context, _ *none) (*body[Page[T]], error) {
		items, err := list(ctx)
		if items == nil {
			items = []T{}
		}
		return respond(Page[T]{Items: items}, err)
	})
	op(s, http.MethodPost, path, "add-"+name, "Make "+one, verb, func(ctx context.Context, in *struct{ Body T }) (*body[T], error) {
		return respond(keep(ctx, crm.ID{}, in.Body))
	})
	op(s, http.MethodPut, path+"/{id}", "change-"+name, "Change "+one, verb, func(ctx context.Context, in *struct {
		ByID
		Body T
	}) (*body[T], error) {
		// An id that nobody has is not made: ids come from here.
		items, err := list(ctx)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(items, func(v T) bool { return reflect.ValueOf(v).FieldByName("ID").Interface() == in.ID }) {
			return nil, crm.Errorf(crm.NotFound, "There is no such thing under %s.", name)
		}
		return respond(keep(ctx, in.ID, in.Body))
	})
	if drop != nil {
		op(s, http.MethodDelete, path+"/{id}", "delete-"+name, "Remove "+one, verb, func(ctx context.Context, in *ByID) (*none, error) {
			return nil, drop(ctx, in.ID)
		}, noContent)
	}
}

func (s *server) registerDeskSettings() {
	mayShare := func(ctx context.Context) bool { return access.From(ctx).Has(access.Shared) }
	settingsList(s, "/v1/tags", "a tag", "tags", access.Write, s.Desk.Tags, func(ctx context.Context, id crm.ID, t desk.Tag) (desk.Tag, error) {
		if !id.IsZero() && !mayShare(ctx) {
			return t, crm.Errorf(crm.Forbidden, "Everybody uses it. Ask a team lead to change it.")
		}
		t.ID = id
		return s.Desk.PutTag(ctx, t)
	}, nil)
	settingsList(s, "/v1/views", "a view", "the caller's and the shared views", access.Write,
		func(ctx context.Context) ([]desk.View, error) { return s.Desk.Views(ctx, access.From(ctx).UserID) },
		func(ctx context.Context, id crm.ID, v desk.View) (desk.View, error) {
			v.ID = id
			return s.Desk.PutView(ctx, v, access.From(ctx).UserID, mayShare(ctx))
		}, func(ctx context.Context, id crm.ID) error {
			return s.Desk.DropView(ctx, id, access.From(ctx).UserID, mayShare(ctx))
		})
	settingsList(s, "/v1/macros", "a macro", "the macros that the caller may use", access.Write,
		func(ctx context.Context) ([]desk.Macro, error) {
			p := access.From(ctx)
			return s.Desk.Macros(ctx, p.UserID, p.Teams)
		}, func(ctx context.Context, id crm.ID, m desk.Macro) (desk.Macro, error) {
			p := access.From(ctx)
			m.ID = id
			if !m.TeamID.IsZero() {
				if _, err := s.Access.Team(ctx, m.TeamID); err != nil {
					return m, &crm.Error{Code: crm.Invalid, Pointer: "/team_id", Message: "There is no such team."}
				}
			}
			return s.Desk.PutMacro(ctx, m, p.UserID, p.Author(), mayShare(ctx), ownHTML.Sanitize)
		}, func(ctx context.Context, id crm.ID) error {
			return s.Desk.DropMacro(ctx, id, access.From(ctx).UserID, mayShare(ctx))
		})
	settingsList(s, "/v1/schedules", "opening hours", "opening hours; the first counts where an inbox names none", access.Settings, s.Desk.HoursList,
		func(ctx context.Context, id crm.ID, h desk.Hours) (desk.Hours, error) {
			h.ID = id
			h, err := s.Desk.PutHours(ctx, h)
			return h, s.audited(ctx, err, "changed", "opening hours "+h.Name)
		}, func(ctx context.Context, id crm.ID) error {
			return s.audited(ctx, s.Desk.DropHours(ctx, id), "removed", "opening hours "+id.String())
		})
	settingsList(s, "/v1/policies", "a service level", "service levels, in the order in which they are tried", access.Settings, s.Desk.Policies,
		func(ctx context.Context, id crm.ID, p service.Policy) (service.Policy, error) {
			p.ID = id
			p, err := s.Desk.PutPolicy(ctx, p)
			return p, s.audited(ctx, err, "changed", "service level "+p.Name)
		}, func(ctx context.Context, id crm.ID) error {
			return s.audited(ctx, s.Desk.DropPolicy(ctx, id), "removed", "service level "+id.String())
		})
	op(s, http.MethodPost, "/v1/macros/{id}/preview", "preview-macro", "Fill a macro in for a conversation", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				CaseID crm.ID `json:"case_id"`
			}
		}) (*body[MacroPreview], error) {
			m, err := s.Desk.Macro(ctx, in.ID, access.From(ctx).UserID)
			if err != nil {
				return nil, err
			}
			values, err := s.macroValues(ctx, in.Body.CaseID)
			if err != nil {
				return nil, err
			}
			html, missing := desk.Fill(m.HTML, values)
			return &body[MacroPreview]{MacroPreview{html, m.Actions, missing}}, nil
		})
}

// audited writes a change of settings into the audit trail, once it is done.
func (s *server) audited(ctx context.Context, err error, verb, object string) error {
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *store.Tx) error {
		return records.Audit(ctx, tx, s.Clock(), author(ctx), verb, object, "")
	})
}

// macroValues are the words of a macro for a conversation and the caller.
func (s *server) macroValues(ctx context.Context, id crm.ID) (map[string]string, error) {
	c, err := s.oneCase(ctx, id)
	if err != nil {
		return nil, err
	}
	first := func(name string) string { first, _, _ := strings.Cut(strings.TrimSpace(name), " "); return first }
	_, profiles, err := s.read.profilesOf(ctx, c.CustomerID)
	if err != nil {
		return nil, err
	}
	known, err := s.read.identifiers(ctx, profiles)
	if err != nil {
		return nil, err
	}
	out := map[string]string{"agent.name": access.From(ctx).Name, "agent.first_name": first(access.From(ctx).Name), "case.subject": c.Subject,
		"inbox.name": c.InboxName, "firm.name": s.Firm()}
	for _, k := range known {
		if k.Kind == crm.Email && out["customer.email"] == "" {
			out["customer.email"] = k.Value
		}
		// The best known name may be an address, which nobody is greeted by.
		if k.Name != "" && out["customer.name"] == "" {
			out["customer.name"], out["customer.first_name"] = k.Name, first(k.Name)
		}
	}
	return out, nil
}
