package access

import (
	"context"
	"encoding/json"

	"github.com/rapport-crm/rapport/internal/store"
)

// AuditFunc writes an entry of the audit trail in the transaction of the change
// that it tells of. The package that keeps the trail stands beside this one, so
// whoever constructs both joins them.
type AuditFunc func(ctx context.Context, tx *store.Tx, author, verb, object, details string) error

// Audit sets who keeps the audit trail. Default: the log alone.
func Audit(f AuditFunc) Option { return func(s *Service) { s.audit = f } }

// record tells the trail of a change. Nothing secret may be passed.
func (s *Service) record(ctx context.Context, tx *store.Tx, verb, object string, details map[string]any) error {
	if s.audit == nil {
		return nil
	}
	text, err := json.Marshal(details)
	if err != nil {
		return err
	}
	author := From(ctx).Author()
	if author == "" {
		author = "setup"
	}
	return s.audit(ctx, tx, author, verb, object, string(text))
}
