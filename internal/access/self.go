package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// SetOwnName changes the caller's name. What was written keeps the name of then.
func (s *Service) SetOwnName(ctx context.Context, name string) error {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return errNoPerson
	}
	name, err := checkName(name)
	if err != nil {
		return err
	}
	if name == "" {
		return invalid("/name", "A person needs a name.")
	}
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := s.lockPeople(ctx, tx); err != nil {
			return err
		}
		if err := tx.SetUserName(ctx, sqlgen.SetUserNameParams{ID: p.UserID, Name: name}); err != nil {
			return err
		}
		return s.record(ctx, tx, "user changed", p.UserID.String(), map[string]any{"email": p.Email, "name": change(p.Name, name)})
	})
}

// SetOwnPicture keeps a picture of the caller, which was drawn anew; without
// bytes it removes the picture.
func (s *Service) SetOwnPicture(ctx context.Context, kind string, body []byte) error {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return errNoPerson
	}
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		if len(body) == 0 {
			return tx.DeleteUserPicture(ctx, p.UserID)
		}
		return tx.SetUserPicture(ctx, sqlgen.SetUserPictureParams{UserID: p.UserID, Kind: kind, Body: body, ChangedAt: crm.Micros(s.clock())})
	})
}

// PictureOf reads a person's picture and its media type.
func (s *Service) PictureOf(ctx context.Context, user crm.ID) (kind string, body []byte, err error) {
	row, err := s.db.Read().UserPicture(ctx, user)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, crm.Errorf(crm.NotFound, "This person has no picture.")
	}
	if err != nil {
		return "", nil, fmt.Errorf("read a picture: %w", err)
	}
	return row.Kind, row.Body, nil
}
