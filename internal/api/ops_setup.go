package api

import (
	"context"
	"net/http"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// SetupState is how far the first steps are. The console shows them as a wizard
// first, and as a checklist until Done.
type SetupState struct {
	Steps     []SetupStep `json:"steps"`
	Done      bool        `json:"done" doc:"Nothing is left to do that was not skipped"`
	BaseURL   string      `json:"base_url" doc:"Links are built from it"`
	BaseFixed bool        `json:"base_fixed" doc:"The configuration says it; it can't be changed here"`
}

// SetupStep is one of the first steps.
type SetupStep struct {
	Name  string `json:"name" enum:"owner,base_url,mailbox,team,widget"`
	State string `json:"state" enum:"todo,done,skipped"`
}

// SetupCheck is one thing that was looked at, and how it is.
type SetupCheck struct {
	Name   string `json:"name" enum:"reachable,https,certificate,host,proxy,clock"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail" doc:"A sentence for people: what is, and what to do when it is not right"`
}

func (s *server) registerSetup() {
	op(s, http.MethodGet, "/v1/setup/steps", "get-setup-steps", "Read how far the first steps are", access.Settings,
		func(ctx context.Context, _ *none) (*body[SetupState], error) { return respond(s.setupState(ctx)) })
	op(s, http.MethodPut, "/v1/setup/steps", "change-setup-steps", "Skip a step or take it up again, or say the address that people open", access.Settings,
		func(ctx context.Context, in *struct {
			Body struct {
				Name    string  `json:"name,omitempty" enum:"owner,base_url,mailbox,team,widget"`
				Skipped bool    `json:"skipped,omitempty" doc:"Of the step that is named"`
				BaseURL *string `json:"base_url,omitempty" maxLength:"300"`
			}
		}) (*body[SetupState], error) {
			if in.Body.BaseURL != nil {
				if _, err := s.Access.SetBase(ctx, *in.Body.BaseURL); err != nil {
					return nil, err
				}
			}
			if in.Body.Name != "" {
				if err := s.Access.SkipStep(ctx, in.Body.Name, in.Body.Skipped); err != nil {
					return nil, err
				}
			}
			return respond(s.setupState(ctx))
		})
	op(s, http.MethodPost, "/v1/setup/check", "check-base-url", "Open the address that people open from here, and say what is not right", access.Settings,
		func(ctx context.Context, in *struct {
			Body struct {
				BaseURL string `json:"base_url,omitempty" maxLength:"300" doc:"Default: the one of now"`
			}
		}) (*body[Page[SetupCheck]], error) {
			base := in.Body.BaseURL
			var err error
			if base == "" {
				base, err = s.Access.Base(ctx)
			} else {
				base, err = access.CheckBase(base)
			}
			if err != nil {
				return nil, err
			}
			return respond(Page[SetupCheck]{Items: s.probes.check(ctx, s, base)}, nil)
		})
}

func (s *server) setupState(ctx context.Context) (SetupState, error) {
	out := SetupState{Steps: []SetupStep{}, Done: true, BaseFixed: s.Access.BaseFixed()}
	var err error
	if out.BaseURL, err = s.Access.Base(ctx); err != nil {
		return out, err
	}
	done := map[string]bool{}
	if done["owner"], err = s.Access.HasOwner(ctx); err != nil {
		return out, err
	}
	if done["base_url"], err = s.Access.BaseKnown(ctx); err != nil {
		return out, err
	}
	if s.Inboxes != nil {
		all, err := s.Inboxes.All(ctx)
		if err != nil {
			return out, err
		}
		for _, i := range all {
			if i.State != inboxes.Archived {
				done["mailbox"] = done["mailbox"] || i.Kind == inboxes.Mail
				done["widget"] = done["widget"] || i.Kind == inboxes.Chat
			}
		}
	}
	people, err := s.Access.Users(ctx)
	if err != nil {
		return out, err
	}
	invited, err := s.Access.Invitations(ctx)
	if err != nil {
		return out, err
	}
	done["team"] = len(people) > 1 || len(invited) > 0
	skipped, err := s.Access.SkippedSteps(ctx)
	if err != nil {
		return out, err
	}
	for _, name := range access.SetupSteps {
		step := SetupStep{Name: name, State: "todo"}
		switch {
		case done[name]:
			step.State = "done"
		case skipped[name]:
			step.State = "skipped"
		default:
			out.Done = false
		}
		out.Steps = append(out.Steps, step)
	}
	return out, nil
}
