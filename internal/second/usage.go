package second

import (
	"context"
	"errors"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// EndpointUsage is what a part asked for in a month, and how the endpoint does.
type EndpointUsage struct {
	Part        string    `json:"part" enum:"reading,transcription"`
	Requests    int64     `json:"requests"`
	Units       int64     `json:"units" doc:"Of a reading tokens, of a transcription seconds"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	FailedAt    time.Time `json:"failed_at,omitzero"`
	Error       Trouble   `json:"error" enum:",refused,unreachable,timeout,key,missing,limited,busy,rejected,unusable" doc:"Of the last request, when it failed; empty: it did not"`
	Detail      string    `json:"detail" doc:"For an administrator; never what the endpoint answered"`
}

// month is the month of a budget.
func month(t time.Time) string { return t.UTC().Format("2006-01") }

// nextMonth is when the next budget begins.
func nextMonth(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}

// Used tells what was asked for this month.
func (s *Service) Used(ctx context.Context) ([]EndpointUsage, error) {
	rows, err := s.DB.Read().SecondUsage(ctx, month(s.Clock()))
	if err != nil {
		return nil, err
	}
	var out []EndpointUsage
	for _, part := range []string{Reading, Transcription} {
		u := EndpointUsage{Part: part}
		for _, r := range rows {
			if r.Part == part {
				u.Requests, u.Units, u.Error, u.Detail = r.Requests, r.Units, Trouble(r.Error), r.Detail
				u.LastSuccess, u.FailedAt = crm.FromMicros(r.LastSuccess), crm.FromMicros(r.FailedAt)
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// errSpent says that the month's budget has no such request left.
var errSpent = errors.New("the budget of this month is used up")

// spend is one request that was counted.
type spend struct {
	s       *Service
	month   string
	part    string
	reserve int64
}

// reserve counts a request, with as many units as it may take, before it leaves.
// errSpent: the budget does not have them.
func (s *Service) reserve(ctx context.Context, part string, p *EndpointPart, units int64) (*spend, error) {
	out := &spend{s, month(s.Clock()), part, units}
	err := s.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.BeginSecondUsage(ctx, sqlgen.BeginSecondUsageParams{Month: out.month, Part: part}); err != nil {
			return err
		}
		n, err := tx.ReserveSecondUsage(ctx, sqlgen.ReserveSecondUsageParams{Reserve: units, Month: out.month, Part: part, MaxRequests: p.Requests, MaxUnits: p.Units})
		if err == nil && n == 0 {
			err = errSpent
		}
		return err
	})
	return out, err
}

// settle counts what the endpoint says it took, in the transaction that keeps its
// answer. 0: it says nothing, so what was reserved stays.
func (p *spend) settle(ctx context.Context, tx *store.Tx, units int64) error {
	difference := units - p.reserve
	if units <= 0 {
		difference = 0
	}
	return tx.SettleSecondUsage(ctx, sqlgen.SettleSecondUsageParams{Difference: difference, At: crm.Micros(p.s.Clock()), Month: p.month, Part: p.part})
}

// fail counts a request that brought nothing. One that certainly was not worked on
// gives its units back; the request stays counted.
func (p *spend) fail(ctx context.Context, f *failure) error {
	ctx = context.WithoutCancel(ctx)
	difference := -p.reserve
	if f.trouble == Timeout || f.trouble == Unusable {
		difference = 0
		if f.units > 0 {
			difference = f.units - p.reserve
		}
	}
	return p.s.DB.InTx(ctx, func(tx *store.Tx) error {
		return tx.FailSecondUsage(ctx, sqlgen.FailSecondUsageParams{Difference: difference, At: crm.Micros(p.s.Clock()), Error: string(f.trouble), Detail: store.Clean(f.detail, 300),
			Month: p.month, Part: p.part})
	})
}
