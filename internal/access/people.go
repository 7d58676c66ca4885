package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// peopleSetting is written first by every change of people, so that two of them
// wait for each other and the last owner stays.
const peopleSetting = "people"

// Person is a colleague as the directory shows them.
type Person struct {
	User
	Teams    []crm.ID
	Factor   bool      // has a second factor
	Picture  int64     // when the picture changed, in microseconds; 0: none
	LastSeen time.Time // of the newest session; zero: not signed in anywhere
}

// Directory lists everybody with their teams, the oldest first.
func (s *Service) Directory(ctx context.Context) ([]Person, error) {
	users, err := s.Users(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.reach(ctx)
	if err != nil {
		return nil, err
	}
	seen, err := s.db.Read().LastSeen(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who is there: %w", err)
	}
	at := make(map[crm.ID]time.Time, len(seen))
	for _, row := range seen {
		at[row.UserID] = crm.FromMicros(row.LastUsed)
	}
	factors, err := s.db.Read().SecondFactors(ctx)
	if err != nil {
		return nil, fmt.Errorf("read second factors: %w", err)
	}
	has := make(map[crm.ID]bool, len(factors))
	for _, f := range factors {
		has[f.UserID] = true
	}
	pictures, err := s.db.Read().UserPictures(ctx)
	if err != nil {
		return nil, fmt.Errorf("read pictures: %w", err)
	}
	drawn := make(map[crm.ID]int64, len(pictures))
	for _, p := range pictures {
		drawn[p.UserID] = p.ChangedAt
	}
	out := make([]Person, len(users))
	for i, u := range users {
		out[i] = Person{User: u, Teams: r.teams[u.ID], LastSeen: at[u.ID], Factor: has[u.ID], Picture: drawn[u.ID]}
	}
	return out, nil
}

// Person reads one colleague.
func (s *Service) Person(ctx context.Context, id crm.ID) (Person, error) {
	all, err := s.Directory(ctx)
	if err != nil {
		return Person{}, err
	}
	for _, p := range all {
		if p.ID == id {
			return p, nil
		}
	}
	return Person{}, errNobody
}

var errNobody = crm.Errorf(crm.NotFound, "There is no such person.")

// UserChange is what to change about a person; nil leaves it.
type UserChange struct {
	Name      *string
	Role      *string
	Functions *[]string
	Disabled  *bool
	Teams     *[]crm.ID
}

// ChangeUser changes a person; what they may do changes at once, and who was
// disabled is signed out everywhere. Only owners change owners, and the last
// one stays.
func (s *Service) ChangeUser(ctx context.Context, id crm.ID, c UserChange) (Person, error) {
	if c.Role != nil || c.Functions != nil || c.Disabled != nil || c.Teams != nil {
		if err := s.CheckFresh(ctx); err != nil {
			return Person{}, err
		}
	}
	err := s.db.InTx(ctx, func(tx *store.Tx) error { return s.changeUser(ctx, tx, id, c) })
	if err != nil {
		return Person{}, err
	}
	s.Changed()
	return s.Person(ctx, id)
}

func (s *Service) changeUser(ctx context.Context, tx *store.Tx, id crm.ID, c UserChange) error {
	if err := s.lockPeople(ctx, tx); err != nil {
		return err
	}
	row, err := tx.UserByID(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return errNobody
	}
	if err != nil {
		return err
	}
	next := row
	if c.Name != nil {
		if next.Name, err = checkName(*c.Name); err != nil {
			return err
		}
		if next.Name == "" {
			return invalid("/name", "A person needs a name.")
		}
	}
	if c.Role != nil {
		next.Role = *c.Role
	}
	functions := splitList(row.Functions)
	if c.Functions != nil {
		functions = *c.Functions
	}
	if functions, err = checkRole(next.Role, functions); err != nil {
		return err
	}
	next.Functions = joinList(functions)
	if c.Disabled != nil {
		next.Disabled = *c.Disabled
	}
	p := From(ctx)
	touchesOwner := (row.Role == Owner || next.Role == Owner) && (row.Role != next.Role || row.Disabled != next.Disabled || row.Name != next.Name)
	if touchesOwner && !p.owns() {
		return crm.Errorf(crm.Forbidden, "Only an owner changes who is an owner.")
	}
	if row.Role == Owner && !row.Disabled && (next.Role != Owner || next.Disabled) {
		owners, err := tx.ActiveOwners(ctx)
		if err != nil {
			return err
		}
		if len(owners) < 2 {
			return crm.Errorf(crm.Conflict, "This is the last owner. Make somebody else an owner first.")
		}
	}
	if p != nil && p.UserID == id && next.Disabled {
		return crm.Errorf(crm.Conflict, "You can't take your own access away.")
	}
	if c.Teams != nil {
		if err := s.setTeamsOf(ctx, tx, id, *c.Teams); err != nil {
			return err
		}
	}
	if err := tx.UpdateUser(ctx, sqlgen.UpdateUserParams{ID: id, Name: next.Name, Role: next.Role, Functions: next.Functions, Disabled: next.Disabled}); err != nil {
		return err
	}
	if next.Disabled {
		if err := tx.DeleteUserSessions(ctx, id); err != nil {
			return err
		}
		if err := tx.DeleteSignInLinksOf(ctx, sqlgen.DeleteSignInLinksOfParams{Purpose: purposeReset, UserID: id}); err != nil {
			return err
		}
	}
	s.event(ctx, "user changed", "user", id, "role", next.Role, "disabled", next.Disabled)
	return s.record(ctx, tx, "user changed", id.String(), map[string]any{
		"email": row.Email, "name": change(row.Name, next.Name), "role": change(row.Role, next.Role),
		"functions": change(row.Functions, next.Functions), "disabled": change(row.Disabled, next.Disabled), "teams": c.Teams,
	})
}

// change is how the audit trail shows a value: alone, or from and to.
func change[T comparable](from, to T) any {
	if from == to {
		return to
	}
	return map[string]T{"from": from, "to": to}
}

// owns reports whether the caller may change owners.
func (p *Principal) owns() bool { return p != nil && p.Role == Owner }

// Operator is the person at the command line of the machine, who could change
// the database by hand.
func Operator() *Principal {
	return &Principal{Name: "command line", Role: Owner, Scopes: roleVerbs[Owner]}
}

func (s *Service) lockPeople(ctx context.Context, tx *store.Tx) error {
	return tx.SetSetting(ctx, sqlgen.SetSettingParams{Name: peopleSetting, Value: s.clock().UTC().Format(time.RFC3339)})
}

// checkRole refuses a role or function that isn't one, and puts functions into
// their order, each once.
func checkRole(role string, functions []string) ([]string, error) {
	if !slices.Contains(Roles, role) {
		return nil, invalid("/role", "A role is "+strings.Join(Roles, ", ")+".")
	}
	for _, f := range functions {
		if !slices.Contains(Functions, f) {
			return nil, invalid("/functions", "A function is "+strings.Join(Functions, ", ")+".")
		}
	}
	ordered := []string{}
	for _, f := range Functions {
		if slices.Contains(functions, f) {
			ordered = append(ordered, f)
		}
	}
	return ordered, nil
}

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		return "", invalid("/name", "A name has at most 200 characters and no control characters.")
	}
	return name, nil
}

func splitList(s string) []string {
	if s == "" {
		return []string{}
	}
	return strings.Split(s, ",")
}

func joinList(list []string) string { return strings.Join(list, ",") }

func userOf(row sqlgen.User) User {
	return User{ID: row.ID, Email: row.Email, Name: row.Name, Role: row.Role, Functions: splitList(row.Functions),
		CreatedAt: crm.FromMicros(row.CreatedAt), Disabled: row.Disabled}
}
