package act

import (
	"context"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The kinds of suppression: which mail an address gets no more.
const (
	AllMail = "all"    // it bounced for good, or complained
	Surveys = "survey" // it unsubscribed
)

// Suppression is an address that gets no mail, or no mail of a kind.
type Suppression struct {
	Address string    `json:"address"`
	Kind    string    `json:"kind" enum:"all,survey"`
	Reason  string    `json:"reason"`
	Author  string    `json:"author,omitempty"`
	At      time.Time `json:"at"`
}

// suppressed refuses a message to an address that gets none of its kind.
func suppressed(ctx context.Context, tx *store.Tx, kind string, to []string) error {
	for _, a := range to {
		a = fold(a)
		rows, err := tx.Suppressions(ctx, sqlgen.SuppressionsParams{KeyBucket: crm.KeyBucket(a), Address: a})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.Kind == AllMail || r.Kind == kind {
				return &crm.Error{Code: crm.Invalid, Pointer: "/to", Message: "Nothing is sent to " + a + ": " + r.Reason}
			}
		}
	}
	return nil
}

func fold(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

func suppress(ctx context.Context, tx *store.Tx, now time.Time, address, kind, reason, author string) error {
	a := store.Clean(fold(address), 320)
	return tx.Suppress(ctx, sqlgen.SuppressParams{KeyBucket: crm.KeyBucket(a), Address: a, Kind: kind, Reason: store.Clean(reason, 500), Author: author, At: crm.Micros(now)})
}

// Suppress stops mail of a kind to an address.
func (o *Outbox) Suppress(ctx context.Context, address, kind, reason, author string) error {
	return o.db.InTx(ctx, func(tx *store.Tx) error { return suppress(ctx, tx, o.clock(), address, kind, reason, author) })
}

// Lift lets mail to an address go again.
func (o *Outbox) Lift(ctx context.Context, address, kind string) error {
	a := fold(address)
	return o.db.InTx(ctx, func(tx *store.Tx) error {
		n, err := tx.LiftSuppression(ctx, sqlgen.LiftSuppressionParams{KeyBucket: crm.KeyBucket(a), Address: a, Kind: kind})
		if err == nil && n == 0 {
			err = crm.Errorf(crm.NotFound, "Mail to this address is not stopped.")
		}
		return err
	})
}

// Suppressions lists up to limit addresses, in the order of their buckets.
func (o *Outbox) Suppressions(ctx context.Context, limit int) ([]Suppression, error) {
	out := []Suppression{}
	for b := int64(0); b < crm.Buckets && len(out) < limit; b++ {
		rows, err := o.db.Read().AllSuppressions(ctx, sqlgen.AllSuppressionsParams{KeyBucket: b, N: int64(limit - len(out))})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out = append(out, Suppression{r.Address, r.Kind, r.Reason, r.Author, crm.FromMicros(r.At)})
		}
	}
	return out, nil
}
