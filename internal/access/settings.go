package access

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The names in settings. ownerSetting exists from the moment an owner does: its
// primary key is what lets only one of two claims win.
const (
	ownerSetting = "owner"
	firmSetting  = "firm"
	ownSetting   = "own"
)

// Firm is the firm's name and its own mail domains and addresses, as they were
// given at setup.
type Firm struct {
	Name string   `json:"name"`
	Own  []string `json:"own"`
}

// Firm reads the firm's settings; both parts are empty before they are given.
func (s *Service) Firm(ctx context.Context) (Firm, error) {
	var f Firm
	var err error
	if f.Name, err = s.setting(ctx, firmSetting); err != nil {
		return f, err
	}
	own, err := s.setting(ctx, ownSetting)
	if err != nil || own == "" {
		return f, err
	}
	if err := json.Unmarshal([]byte(own), &f.Own); err != nil {
		return f, fmt.Errorf("setting %s: %w", ownSetting, err)
	}
	return f, nil
}

// SetFirm keeps the firm's settings.
func (s *Service) SetFirm(ctx context.Context, f Firm) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error { return writeFirm(ctx, tx, f) })
}

func writeFirm(ctx context.Context, tx *store.Tx, f Firm) error {
	own, err := json.Marshal(f.Own)
	if err != nil {
		return err
	}
	if err := tx.SetSetting(ctx, sqlgen.SetSettingParams{Name: firmSetting, Value: f.Name}); err != nil {
		return err
	}
	return tx.SetSetting(ctx, sqlgen.SetSettingParams{Name: ownSetting, Value: string(own)})
}

// setting is the value of a name, or "" when it was never set.
func (s *Service) setting(ctx context.Context, name string) (string, error) {
	v, err := s.db.Read().Setting(ctx, name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return v, err
}

// HasOwner reports whether somebody has claimed this installation.
func (s *Service) HasOwner(ctx context.Context) (bool, error) {
	if s.owner.Load() {
		return true, nil
	}
	v, err := s.setting(ctx, ownerSetting)
	if err != nil {
		return false, fmt.Errorf("read the owner: %w", err)
	}
	if v != "" {
		s.owner.Store(true)
	}
	return v != "", nil
}
