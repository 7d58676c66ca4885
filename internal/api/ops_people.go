package api

import (
	"context"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
)

// Colleague is a person of the firm, as colleagues see them.
type Colleague struct {
	ID        crm.ID    `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	Role      string    `json:"role" enum:"owner,admin,lead,agent,viewer"`
	Functions []string  `json:"functions" doc:"care, sales, operations, marketing; none: any work"`
	Teams     []crm.ID  `json:"teams"`
	Disabled  bool      `json:"disabled"`
	Factor    bool      `json:"second_factor" doc:"Two-step sign-in is on; only those who manage people are told"`
	Picture   string    `json:"picture,omitempty" doc:"Address of the picture; none: draw the initials"`
	Presence  string    `json:"presence" enum:"online,away,offline" doc:"online: used the console within three minutes; away: signed in"`
	CreatedAt time.Time `json:"created_at"`
}

// Team is a group of people who share work.
type Team struct {
	ID        crm.ID       `json:"id"`
	Name      string       `json:"name"`
	Archived  bool         `json:"archived"`
	Members   []TeamMember `json:"members"`
	CreatedAt time.Time    `json:"created_at"`
}

// TeamMember is a person in a team.
type TeamMember struct {
	UserID crm.ID `json:"user_id"`
	Lead   bool   `json:"lead,omitempty" doc:"Changes who is in the team"`
}

// onlineFor is how long after its last use a console counts as there: uses are
// written down once a minute.
const onlineFor = 3 * time.Minute

func (s *server) colleague(p access.Person) Colleague {
	c := Colleague{ID: p.ID, Name: p.Name, Email: p.Email, Role: p.Role, Functions: notNil(p.Functions), Teams: notNil(p.Teams),
		Disabled: p.Disabled, Picture: pictureAddress(p.ID, p.Picture), Presence: "offline", CreatedAt: p.CreatedAt}
	switch {
	case p.LastSeen.IsZero() || p.Disabled:
	case s.Clock().Sub(p.LastSeen) < onlineFor:
		c.Presence = "online"
	default:
		c.Presence = "away"
	}
	return c
}

func teamOf(t access.TeamOf) Team {
	return Team{ID: t.ID, Name: t.Name, Archived: t.Archived, CreatedAt: t.CreatedAt,
		Members: convert(t.Members, func(m access.Member) TeamMember { return TeamMember(m) })}
}

func membersOf(list []TeamMember) []access.Member {
	return convert(list, func(m TeamMember) access.Member { return access.Member(m) })
}

func (s *server) registerPeople() {
	op(s, http.MethodGet, "/v1/users", "list-users", "List colleagues, with their teams and whether they are there", access.Read,
		func(ctx context.Context, _ *none) (*body[Page[Colleague]], error) {
			people, err := s.Access.Directory(ctx)
			list := convert(people, s.colleague)
			if access.Check(ctx, access.People) == nil {
				for i := range list {
					list[i].Factor = people[i].Factor
				}
			}
			return respond(Page[Colleague]{Items: list}, err)
		})
	op(s, http.MethodPatch, "/v1/users/{id}", "change-user", "Change a colleague's name, role, functions, teams or access; it counts at once", access.People,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Name      *string   `json:"name,omitempty" maxLength:"200"`
				Role      *string   `json:"role,omitempty" enum:"owner,admin,lead,agent,viewer"`
				Functions *[]string `json:"functions,omitempty" maxItems:"10"`
				Teams     *[]crm.ID `json:"teams,omitempty" maxItems:"1000"`
				Disabled  *bool     `json:"disabled,omitempty"`
			}
		}) (*body[Colleague], error) {
			b := in.Body
			p, err := s.Access.ChangeUser(ctx, in.ID, access.UserChange{Name: b.Name, Role: b.Role, Functions: b.Functions, Teams: b.Teams, Disabled: b.Disabled})
			if err != nil {
				return nil, err
			}
			return respond(s.colleague(p), nil)
		})
	op(s, http.MethodGet, "/v1/teams", "list-teams", "List teams with their members, archived ones too", access.Read,
		func(ctx context.Context, _ *none) (*body[Page[Team]], error) {
			teams, err := s.Access.Teams(ctx)
			return respond(Page[Team]{Items: convert(teams, teamOf)}, err)
		})
	op(s, http.MethodPost, "/v1/teams", "create-team", "Make a team", access.People,
		func(ctx context.Context, in *struct {
			Body struct {
				Name    string       `json:"name" minLength:"1" maxLength:"200"`
				Members []TeamMember `json:"members,omitempty" maxItems:"1000"`
			}
		}) (*body[Team], error) {
			t, err := s.Access.CreateTeam(ctx, in.Body.Name, membersOf(in.Body.Members))
			return respond(teamOf(t), err)
		})
	op(s, http.MethodPut, "/v1/teams/{id}", "change-team", "Change a team; its leads may change who is in it", access.Members,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Name     *string       `json:"name,omitempty" maxLength:"200"`
				Archived *bool         `json:"archived,omitempty"`
				Members  *[]TeamMember `json:"members,omitempty" maxItems:"1000" doc:"All of them; the rest leaves"`
			}
		}) (*body[Team], error) {
			if err := access.CanTeam(ctx, in.ID); err != nil {
				return nil, err
			}
			c := access.TeamChange{Name: in.Body.Name, Archived: in.Body.Archived}
			if in.Body.Members != nil {
				c.Members = ptr(membersOf(*in.Body.Members))
			}
			t, err := s.Access.ChangeTeam(ctx, in.ID, c)
			return respond(teamOf(t), err)
		})
	s.registerMe()
}
