package access

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// SetupSteps are the first steps, in their order.
var SetupSteps = []string{"owner", "base_url", "mailbox", "team", "widget"}

// skippedSetting holds the steps that somebody skipped, as a JSON list.
const skippedSetting = "setup_skipped"

// SkippedSteps are the steps that somebody skipped.
func (s *Service) SkippedSteps(ctx context.Context) (map[string]bool, error) {
	text, err := s.setting(ctx, skippedSetting)
	if err != nil || text == "" {
		return map[string]bool{}, err
	}
	return parseSteps(text)
}

func parseSteps(text string) (map[string]bool, error) {
	var list []string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("setting %s: %w", skippedSetting, err)
	}
	out := map[string]bool{}
	for _, name := range list {
		out[name] = true
	}
	return out, nil
}

// SkipStep skips a step, or takes it up again.
func (s *Service) SkipStep(ctx context.Context, name string, skip bool) error {
	if !slices.Contains(SetupSteps, name) {
		return invalid("/name", "There is no such step.")
	}
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := s.lockPeople(ctx, tx); err != nil {
			return err
		}
		steps, err := s.SkippedSteps(ctx)
		if err != nil {
			return err
		}
		steps[name] = skip
		list := []string{}
		for _, step := range SetupSteps {
			if steps[step] {
				list = append(list, step)
			}
		}
		text, err := json.Marshal(list)
		if err != nil {
			return err
		}
		return tx.SetSetting(ctx, sqlgen.SetSettingParams{Name: skippedSetting, Value: string(text)})
	})
}

// BaseKnown reports whether anybody said the address that people open.
func (s *Service) BaseKnown(ctx context.Context) (bool, error) {
	if s.base != "" {
		return true, nil
	}
	v, err := s.setting(ctx, baseSetting)
	return v != "", err
}

// IsProxy reports whether an address is that of a listed reverse proxy.
func (s *Service) IsProxy(ip string) bool { return s.isProxy(ip) }
