package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
)

type teamCmd struct {
	Create teamCreateCmd `cmd:"" help:"Make a team."`
	List   teamListCmd   `cmd:"" help:"List all teams with their members."`
	Add    teamAddCmd    `cmd:"" help:"Put a person into a team."`
	Remove teamRemoveCmd `cmd:"" help:"Take a person out of a team."`
}

type teamCreateCmd struct {
	Name string `arg:"" help:"Name of the team."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run makes a team.
func (c *teamCreateCmd) Run(ctx context.Context, r *runtime) error {
	ctx = access.With(ctx, access.Operator())
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		t, err := s.CreateTeam(ctx, c.Name, nil)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(t)
		}
		r.say("The team %s exists.", t.Name)
		return nil
	})
}

type teamListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists teams.
func (c *teamListCmd) Run(ctx context.Context, r *runtime) error {
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		teams, err := s.Teams(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(map[string]any{"items": teams, "next": ""})
		}
		users, err := s.Users(ctx)
		if err != nil {
			return err
		}
		email := map[crm.ID]string{}
		for _, u := range users {
			email[u.ID] = u.Email
		}
		rows := make([][]string, len(teams))
		for i, t := range teams {
			var members []string
			for _, m := range t.Members {
				name := email[m.UserID]
				if m.Lead {
					name += " (lead)"
				}
				members = append(members, name)
			}
			state := "active"
			if t.Archived {
				state = "archived"
			}
			rows[i] = []string{t.Name, state, strconv.Itoa(len(t.Members)), strings.Join(members, ", ")}
		}
		return r.table([]string{"NAME", "STATE", "PEOPLE", "MEMBERS"}, rows)
	})
}

type teamAddCmd struct {
	Team  string `arg:"" help:"Name of the team."`
	Email string `arg:"" help:"Mail address of the person."`
	Lead  bool   `help:"Lets the person say who is in the team."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// Run adds a member.
func (c *teamAddCmd) Run(ctx context.Context, r *runtime) error {
	return r.changeTeam(ctx, c.Team, c.Email, c.JSON, &c.Lead)
}

type teamRemoveCmd struct {
	Team  string `arg:"" help:"Name of the team."`
	Email string `arg:"" help:"Mail address of the person."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// Run removes a member.
func (c *teamRemoveCmd) Run(ctx context.Context, r *runtime) error {
	return r.changeTeam(ctx, c.Team, c.Email, c.JSON, nil)
}

// changeTeam puts a person into a team, as lead or not, or takes them out.
func (r *runtime) changeTeam(ctx context.Context, team, email string, json bool, lead *bool) error {
	ctx = access.With(ctx, access.Operator())
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		ids, err := teamIDs(ctx, s, []string{team})
		if err != nil {
			return err
		}
		user, err := userID(ctx, s, email)
		if err != nil {
			return err
		}
		t, err := s.Team(ctx, ids[0])
		if err != nil {
			return err
		}
		members := slices.DeleteFunc(t.Members, func(m access.Member) bool { return m.UserID == user })
		if lead != nil {
			members = append(members, access.Member{UserID: user, Lead: *lead})
		}
		if t, err = s.ChangeTeam(ctx, t.ID, access.TeamChange{Members: &members}); err != nil {
			return err
		}
		if json {
			return r.json(t)
		}
		r.say("%s has %d people. Servers that run know it within five seconds.", t.Name, len(t.Members))
		return nil
	})
}
