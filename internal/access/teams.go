package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// TeamOf is a group of people who share work. It is archived, never deleted:
// cases name it.
type TeamOf struct {
	ID        crm.ID    `json:"id"`
	Name      string    `json:"name"`
	Archived  bool      `json:"archived"`
	Members   []Member  `json:"members"`
	CreatedAt time.Time `json:"created_at"`
}

// Member is a person in a team. A lead changes who is in it.
type Member struct {
	UserID crm.ID `json:"user_id"`
	Lead   bool   `json:"lead"`
}

// maxMembers bounds one team.
const maxMembers = 1000

// Teams lists all teams by name, archived ones too.
func (s *Service) Teams(ctx context.Context) ([]TeamOf, error) {
	rows, err := s.db.Read().Teams(ctx)
	if err != nil {
		return nil, fmt.Errorf("read teams: %w", err)
	}
	members, err := s.db.Read().TeamMembers(ctx)
	if err != nil {
		return nil, fmt.Errorf("read teams: %w", err)
	}
	out := make([]TeamOf, len(rows))
	at := map[crm.ID]int{}
	for i, r := range rows {
		at[r.ID] = i
		out[i] = TeamOf{ID: r.ID, Name: r.Name, Archived: r.Archived, CreatedAt: crm.FromMicros(r.CreatedAt), Members: []Member{}}
	}
	for _, m := range members {
		if i, ok := at[m.TeamID]; ok {
			out[i].Members = append(out[i].Members, Member{UserID: m.UserID, Lead: m.Lead})
		}
	}
	return out, nil
}

// Team reads one.
func (s *Service) Team(ctx context.Context, id crm.ID) (TeamOf, error) {
	all, err := s.Teams(ctx)
	if err != nil {
		return TeamOf{}, err
	}
	i := slices.IndexFunc(all, func(t TeamOf) bool { return t.ID == id })
	if i < 0 {
		return TeamOf{}, errNoTeam
	}
	return all[i], nil
}

var errNoTeam = crm.Errorf(crm.NotFound, "There is no such team.")

// CreateTeam makes a team.
func (s *Service) CreateTeam(ctx context.Context, name string, members []Member) (TeamOf, error) {
	name, err := checkTeamName(name)
	if err != nil {
		return TeamOf{}, err
	}
	now := s.clock()
	t := TeamOf{ID: crm.NewID(now), Name: name}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := s.lockPeople(ctx, tx); err != nil {
			return err
		}
		if err := tx.CreateTeam(ctx, sqlgen.CreateTeamParams{ID: t.ID, Name: name, CreatedAt: crm.Micros(now)}); err != nil {
			return err
		}
		if err := s.setMembers(ctx, tx, t.ID, members); err != nil {
			return err
		}
		return s.record(ctx, tx, "team created", t.ID.String(), map[string]any{"name": name, "members": members})
	})
	if err != nil {
		return TeamOf{}, s.teamError(err)
	}
	s.Changed()
	s.event(ctx, "team created", "team", t.ID)
	return s.Team(ctx, t.ID)
}

// TeamChange is what to change about a team; nil leaves it.
type TeamChange struct {
	Name     *string
	Archived *bool
	Members  *[]Member
}

// ChangeTeam changes a team. A lead who does not manage people changes the
// members only, and not who leads.
func (s *Service) ChangeTeam(ctx context.Context, id crm.ID, c TeamChange) (TeamOf, error) {
	old, err := s.Team(ctx, id)
	if err != nil {
		return TeamOf{}, err
	}
	next := old
	if c.Name != nil {
		if next.Name, err = checkTeamName(*c.Name); err != nil {
			return TeamOf{}, err
		}
	}
	if c.Archived != nil {
		next.Archived = *c.Archived
	}
	if !From(ctx).Has(People) {
		if next.Name != old.Name || next.Archived != old.Archived {
			return TeamOf{}, crm.Errorf(crm.Forbidden, "Only those who manage people rename or archive a team.")
		}
		if c.Members != nil && !sameLeads(old.Members, *c.Members) {
			return TeamOf{}, crm.Errorf(crm.Forbidden, "Only those who manage people say who leads a team.")
		}
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := s.lockPeople(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.UpdateTeam(ctx, sqlgen.UpdateTeamParams{ID: id, Name: next.Name, Archived: next.Archived}); err != nil {
			return err
		}
		if c.Members != nil {
			if err := s.setMembers(ctx, tx, id, *c.Members); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, "team changed", id.String(), map[string]any{
			"name": change(old.Name, next.Name), "archived": change(old.Archived, next.Archived), "members": c.Members,
		})
	})
	if errors.Is(err, sql.ErrNoRows) {
		return TeamOf{}, errNoTeam
	}
	if err != nil {
		return TeamOf{}, s.teamError(err)
	}
	s.Changed()
	s.event(ctx, "team changed", "team", id)
	return s.Team(ctx, id)
}

func sameLeads(a, b []Member) bool {
	leads := func(list []Member) map[crm.ID]bool {
		m := map[crm.ID]bool{}
		for _, x := range list {
			if x.Lead {
				m[x.UserID] = true
			}
		}
		return m
	}
	x, y := leads(a), leads(b)
	if len(x) != len(y) {
		return false
	}
	for id := range x {
		if !y[id] {
			return false
		}
	}
	return true
}

// setMembers replaces the members; each must be a person.
func (s *Service) setMembers(ctx context.Context, tx *store.Tx, team crm.ID, members []Member) error {
	if len(members) > maxMembers {
		return invalid("/members", fmt.Sprintf("A team has at most %d members.", maxMembers))
	}
	if err := tx.ClearTeam(ctx, team); err != nil {
		return err
	}
	for _, m := range members {
		if _, err := tx.UserByID(ctx, m.UserID); errors.Is(err, sql.ErrNoRows) {
			return invalid("/members", "One of these people does not exist.")
		} else if err != nil {
			return err
		}
		if err := tx.SetTeamMember(ctx, sqlgen.SetTeamMemberParams{TeamID: team, UserID: m.UserID, Lead: m.Lead}); err != nil {
			return err
		}
	}
	return nil
}

// setTeamsOf puts a person into these teams and out of all others; whoever led
// a team that stays leads it still.
func (s *Service) setTeamsOf(ctx context.Context, tx *store.Tx, user crm.ID, teams []crm.ID) error {
	known, err := tx.Teams(ctx)
	if err != nil {
		return err
	}
	rows, err := tx.TeamMembers(ctx)
	if err != nil {
		return err
	}
	in := map[crm.ID]bool{}
	for _, r := range rows {
		if r.UserID != user {
			continue
		}
		in[r.TeamID] = true
		if !slices.Contains(teams, r.TeamID) {
			if err := tx.LeaveTeam(ctx, sqlgen.LeaveTeamParams{TeamID: r.TeamID, UserID: user}); err != nil {
				return err
			}
		}
	}
	for _, t := range teams {
		if !slices.ContainsFunc(known, func(k sqlgen.Team) bool { return k.ID == t }) {
			return invalid("/teams", "One of these teams does not exist.")
		}
		if in[t] {
			continue
		}
		if err := tx.SetTeamMember(ctx, sqlgen.SetTeamMemberParams{TeamID: t, UserID: user}); err != nil {
			return err
		}
	}
	return nil
}

func checkTeamName(name string) (string, error) {
	name, err := checkName(name)
	if err == nil && name == "" {
		err = invalid("/name", "A team needs a name.")
	}
	return name, err
}

func (s *Service) teamError(err error) error {
	if s.db.Classify(err) == store.Unique {
		return &crm.Error{Code: crm.Conflict, Pointer: "/name", Message: "Another team has this name.", Err: err}
	}
	return err
}
