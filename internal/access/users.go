package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// User is a person of the firm.
type User struct {
	ID        crm.ID    `json:"id"`
	Email     string    `json:"email"`
	Name      string    `json:"name"`
	Role      string    `json:"role"`
	Functions []string  `json:"functions"`
	CreatedAt time.Time `json:"created_at"`
	Disabled  bool      `json:"disabled"`
}

// NewUser is what is needed to make a person.
type NewUser struct {
	Email     string
	Name      string
	Role      string // of Roles
	Functions []string
	Password  string
}

// CreateUser makes a person. Only the command line and the demo call it for an
// owner; browsers use CreateOwner with the setup token.
func (s *Service) CreateUser(ctx context.Context, n NewUser) (User, error) {
	u, hash, err := s.prepare(ctx, n)
	if err != nil {
		return User{}, err
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if u.Role == Owner {
			if err := tx.SetSetting(ctx, sqlgen.SetSettingParams{Name: ownerSetting, Value: u.ID.String()}); err != nil {
				return err
			}
			if err := tx.DeleteSignInLinks(ctx, purposeSetup); err != nil {
				return err
			}
		}
		return insertUser(ctx, tx, u, hash)
	})
	if err != nil {
		return User{}, s.userError(err)
	}
	s.event(ctx, "user created", "user", u.ID, "role", u.Role)
	return u, nil
}

// prepare checks a new person and computes the hash, outside of any transaction
// because it takes a while.
func (s *Service) prepare(ctx context.Context, n NewUser) (User, string, error) {
	email, err := normalEmail(n.Email)
	if err != nil {
		return User{}, "", err
	}
	name, err := checkName(n.Name)
	if err != nil {
		return User{}, "", err
	}
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	functions, err := checkRole(n.Role, n.Functions)
	if err != nil {
		return User{}, "", err
	}
	if err := CheckPassword(n.Password, email, name); err != nil {
		return User{}, "", err
	}
	hash, err := s.hash(ctx, n.Password)
	if err != nil {
		return User{}, "", err
	}
	now := s.clock()
	return User{ID: crm.NewID(now), Email: email, Name: name, Role: n.Role, Functions: functions, CreatedAt: now.UTC()}, hash, nil
}

func insertUser(ctx context.Context, tx *store.Tx, u User, hash string) error {
	return tx.CreateUser(ctx, sqlgen.CreateUserParams{
		ID: u.ID, Email: u.Email, Name: u.Name, Role: u.Role, Functions: joinList(u.Functions), Password: hash,
		CreatedAt: crm.Micros(u.CreatedAt),
	})
}

func (s *Service) userError(err error) error {
	if s.db.Classify(err) == store.Unique {
		return &crm.Error{Code: crm.Conflict, Pointer: "/email", Message: "Somebody has this address already.", Err: err}
	}
	return err
}

// Users lists everybody, the oldest first.
func (s *Service) Users(ctx context.Context) ([]User, error) {
	rows, err := s.db.Read().Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	out := make([]User, len(rows))
	for i, r := range rows {
		out[i] = User{ID: r.ID, Email: r.Email, Name: r.Name, Role: r.Role, Functions: splitList(r.Functions),
			CreatedAt: crm.FromMicros(r.CreatedAt), Disabled: r.Disabled}
	}
	return out, nil
}

// SetPassword gives a person a new password and ends all their sessions.
func (s *Service) SetPassword(ctx context.Context, email, password string) error {
	row, err := s.userByEmail(ctx, email)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, row.Email, row.Name); err != nil {
		return err
	}
	hash, err := s.hash(ctx, password)
	if err != nil {
		return err
	}
	if err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetPassword(ctx, sqlgen.SetPasswordParams{ID: row.ID, Password: hash}); err != nil {
			return err
		}
		return tx.DeleteUserSessions(ctx, row.ID)
	}); err != nil {
		return err
	}
	s.watchers.wake()
	s.event(ctx, "password changed", "user", row.ID)
	return nil
}

// SetDisabled takes a person's access away, with all their sessions, or gives
// it back.
func (s *Service) SetDisabled(ctx context.Context, email string, disabled bool) error {
	row, err := s.userByEmail(ctx, email)
	if err != nil {
		return err
	}
	if err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetUserDisabled(ctx, sqlgen.SetUserDisabledParams{ID: row.ID, Disabled: disabled}); err != nil {
			return err
		}
		return tx.DeleteUserSessions(ctx, row.ID)
	}); err != nil {
		return err
	}
	s.Changed()
	s.event(ctx, "user changed", "user", row.ID, "disabled", disabled)
	return nil
}

func (s *Service) userByEmail(ctx context.Context, email string) (sqlgen.User, error) {
	email, err := normalEmail(email)
	if err != nil {
		return sqlgen.User{}, err
	}
	row, err := s.db.Read().UserByEmail(ctx, email)
	if errors.Is(err, sql.ErrNoRows) {
		return row, crm.Errorf(crm.NotFound, "Nobody has this address.")
	}
	return row, err
}

// normalEmail is the address as accounts are compared: lower case throughout.
func normalEmail(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 {
		return "", invalid("/email", "This is not a mail address.")
	}
	return s, nil
}
