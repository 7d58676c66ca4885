package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
)

type userInviteCmd struct {
	Email    string   `arg:"" help:"Mail address of the person."`
	Name     string   `help:"Name as colleagues see it."`
	Role     string   `help:"owner, admin, lead, agent or viewer." default:"agent" enum:"owner,admin,lead,agent,viewer"`
	Function []string `help:"care, sales, operations, marketing; none: any work." enum:"care,sales,operations,marketing"`
	Team     []string `help:"Names of teams to work in."`
	JSON     bool     `name:"json" help:"Print JSON."`
}

// Run makes an invitation.
func (c *userInviteCmd) Run(ctx context.Context, r *runtime) error {
	ctx = access.With(ctx, access.Operator())
	return r.withAccess(ctx, func(s *access.Service, l *config.Loaded) error {
		teams, err := teamIDs(ctx, s, c.Team)
		if err != nil {
			return err
		}
		i, token, err := s.Invite(ctx, access.Invitation{Email: c.Email, Name: c.Name, Role: c.Role, Functions: c.Function, Teams: teams})
		if err != nil {
			return err
		}
		s.Listening(baseURL(&l.Config, l.Config.Listen))
		link, err := s.InviteLink(ctx, token)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(map[string]any{"id": i.ID, "email": i.Email, "role": i.Role, "link": link, "expires_at": i.ExpiresAt})
		}
		r.say("%s can become %s with this link. It works once, for three days; earlier ones to the address don't work any more.", i.Email, i.Role)
		_, err = fmt.Fprintln(r.Stdout, link)
		return err
	})
}

type userSetCmd struct {
	Email    string    `arg:"" help:"Mail address of the person."`
	Name     *string   `help:"Name as colleagues see it."`
	Role     *string   `help:"owner, admin, lead, agent or viewer."`
	Function *[]string `help:"care, sales, operations, marketing; an empty value takes them away."`
	JSON     bool      `name:"json" help:"Print JSON."`
}

// Run changes a person.
func (c *userSetCmd) Run(ctx context.Context, r *runtime) error {
	ctx = access.With(ctx, access.Operator())
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		id, err := userID(ctx, s, c.Email)
		if err != nil {
			return err
		}
		if c.Function != nil {
			clean := slices.DeleteFunc(slices.Clone(*c.Function), func(f string) bool { return f == "" })
			c.Function = &clean
		}
		p, err := s.ChangeUser(ctx, id, access.UserChange{Name: c.Name, Role: c.Role, Functions: c.Function})
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(p.User)
		}
		r.say("%s is %s. Servers that run know it within five seconds.", p.Email, strings.Join(append([]string{p.Role}, p.Functions...), ", "))
		return nil
	})
}

type userResetCmd struct {
	Email string `arg:"" help:"Mail address of the person."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// Run makes a link to a new password.
func (c *userResetCmd) Run(ctx context.Context, r *runtime) error {
	ctx = access.With(ctx, access.Operator())
	return r.withAccess(ctx, func(s *access.Service, l *config.Loaded) error {
		id, err := userID(ctx, s, c.Email)
		if err != nil {
			return err
		}
		s.Listening(baseURL(&l.Config, l.Config.Listen))
		link, err := s.ResetLink(ctx, id)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(map[string]string{"link": link})
		}
		r.say("It works once, for ten minutes.")
		_, err = fmt.Fprintln(r.Stdout, link)
		return err
	})
}

// userID finds a person by address.
func userID(ctx context.Context, s *access.Service, email string) (crm.ID, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return crm.ID{}, err
	}
	for _, u := range users {
		if strings.EqualFold(u.Email, strings.TrimSpace(email)) {
			return u.ID, nil
		}
	}
	return crm.ID{}, crm.Errorf(crm.NotFound, "Nobody has the address %s.", email)
}

// teamIDs finds teams by name.
func teamIDs(ctx context.Context, s *access.Service, names []string) ([]crm.ID, error) {
	teams, err := s.Teams(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]crm.ID, len(names))
	for i, name := range names {
		n := slices.IndexFunc(teams, func(t access.TeamOf) bool { return strings.EqualFold(t.Name, name) })
		if n < 0 {
			return nil, crm.Errorf(crm.NotFound, "There is no team %s.", name)
		}
		out[i] = teams[n].ID
	}
	return out, nil
}
