package desk

import (
	"context"
	"database/sql"
	"errors"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// missing turns "no rows" into not_found.
func missing(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return crm.Errorf(crm.NotFound, "There is no such %s.", what)
	}
	return err
}

// Merge puts other into the case: from now on the case reads both conversations,
// and what comes in for other counts for it. The caller has checked that both
// are the same customer's.
func (s *Service) Merge(ctx context.Context, id, other crm.ID, by string, byID crm.ID) (Outcome, error) {
	if id == other {
		return Outcome{}, &crm.Error{Code: crm.Invalid, Pointer: "/other", Message: "Choose another conversation."}
	}
	var out Outcome
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		out = Outcome{ChangeID: crm.NewID(s.clock()), Changed: []crm.ID{}, Skipped: []Skipped{}}
		want := map[int64]int64{id.RowBucket(): 2}
		want[other.RowBucket()] += 2
		next, err := tx.Lock(ctx, want)
		if err != nil {
			return err
		}
		known, err := load(ctx, tx, []crm.ID{id, other})
		if err != nil {
			return err
		}
		into, from := known[id], known[other]
		switch {
		case into == nil || from == nil:
			return crm.Errorf(crm.NotFound, "There is no such conversation.")
		case !into.MergedInto.IsZero() || !from.MergedInto.IsZero():
			return crm.Errorf(crm.Conflict, "One of them was merged already.")
		}
		now := s.clock()
		fromBefore, intoBefore, lastBefore := stateOf(from), stateOf(into), lastOf(into)
		from.MergedInto, from.Status, from.Reason, from.SnoozedUntil, from.WaitingSince, from.DueAt, from.WarnAt = id, Done, "", 0, 0, Never, Never
		into.LastSeq = max(into.LastSeq, from.LastSeq) + 1 // who had seen the one has not seen the other
		if from.LastAt > into.LastAt {
			into.LastAt, into.LastDirection, into.Preview = from.LastAt, from.LastDirection, from.Preview
		}
		if fromBefore.Status == Todo && into.Status != Todo && into.Status != Ignored {
			into.Status, into.Reason, into.SnoozedUntil, into.DoneAt = Todo, fromBefore.Reason, 0, 0
			into.FirstDue, into.NextDue, into.ResolveDue, into.ResolveLeft = fromBefore.FirstDue, fromBefore.NextDue, fromBefore.ResolveDue, fromBefore.ResolveLeft
			into.DueAt, into.WarnAt, into.PolicyID = fromBefore.DueAt, fromBefore.WarnAt, fromBefore.PolicyID
		}
		if waits := fromBefore.WaitingSince; into.Status == Todo && waits > 0 && (into.WaitingSince == 0 || waits < into.WaitingSince) {
			into.WaitingSince = waits
		}
		for _, e := range []struct {
			r    *Row
			kind string
			data eventData
		}{{from, "merged", eventData{Before: fromBefore, After: stateOf(from)}},
			{into, "merged_in", eventData{Before: intoBefore, After: stateOf(into), LastBefore: lastBefore, LastAfter: lastOf(into), Other: other}}} {
			event, err := eventWith(e.r, now, out.ChangeID, by, byID, e.kind, e.data)
			if err != nil {
				return err
			}
			if err := tx.AddCaseEvent(ctx, *event); err != nil {
				return err
			}
		}
		if err := tx.MergeCase(ctx, sqlgen.MergeCaseParams{Bucket: other.RowBucket(), ConversationID: other, IntoBucket: id.RowBucket(), IntoID: id,
			Author: by, At: crm.Micros(now)}); err != nil {
			return err
		}
		out.Changed = []crm.ID{id, other}
		return write(ctx, tx, []*Row{into, from}, next)
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return out, err
}

// part takes a merge back: the conversations are read apart again.
func part(ctx context.Context, tx *store.Tx, r *Row, into crm.ID) error {
	return tx.PartCase(ctx, sqlgen.PartCaseParams{Bucket: r.Bucket, ConversationID: r.ConversationID, IntoID: into})
}

// Conversations are those that a case reads: its own, and those that were merged
// into it.
func (s *Service) Conversations(ctx context.Context, id crm.ID) ([]crm.ID, error) {
	out := []crm.ID{id}
	for i := 0; i < len(out) && i < 50; i++ {
		rows, err := s.db.Read().MergedInto(ctx, sqlgen.MergedIntoParams{IntoBucket: out[i].RowBucket(), IntoID: out[i]})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
