package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Job is a piece of work to come.
type Job struct {
	// Kind chooses the handler.
	Kind string
	// Bucket is where its row stands: that of what it is about, so that job and
	// cause are one transaction on one node.
	Bucket int64
	// Key makes the job the only one of its kind and bucket; empty: one of many.
	// A second Add with the key keeps the first, unless that is running, which
	// may have looked already: then the job runs once more.
	Key string
	// Replace lets a second Add with the same key set the time and the arguments
	// anew: for timers that move.
	Replace bool
	// At is when it is due. Default: at once.
	At time.Time
	// Args are what the handler needs, as JSON. Default: null.
	Args any
}

// Add writes the job in the transaction of its cause.
func Add(ctx context.Context, tx *store.Tx, now time.Time, j Job) error {
	if j.Kind == "" {
		return errors.New("jobs: a job needs a kind")
	}
	args, err := json.Marshal(j.Args)
	if err != nil {
		return fmt.Errorf("arguments of %s: %w", j.Kind, err)
	}
	if j.At.IsZero() {
		j.At = now
	}
	id := crm.NewID(now).InBucket(j.Bucket)
	if j.Key != "" {
		id = keyed(j.Kind, j.Bucket, j.Key)
	}
	return tx.AddJob(ctx, sqlgen.AddJobParams{Bucket: j.Bucket, ID: id, Kind: j.Kind, UniqueKey: j.Key, Args: string(args),
		RunAt: crm.Micros(j.At), CreatedAt: crm.Micros(now), Replace: j.Replace})
}

// Cancel removes the job of the key, if it is there. One that runs at this
// moment goes on to its end.
func Cancel(ctx context.Context, tx *store.Tx, kind string, bucket int64, key string) error {
	return tx.CancelJob(ctx, sqlgen.CancelJobParams{Bucket: bucket, ID: keyed(kind, bucket, key)})
}

func keyed(kind string, bucket int64, key string) crm.ID {
	return crm.DerivedID(time.Time{}, "job", kind, key).InBucket(bucket)
}

// Run is a job in the hands of its handler.
type Run struct {
	ID      crm.ID
	Kind    string
	Bucket  int64
	Key     string
	Attempt int // 1 is the first
	Last    bool
	args    string
}

// Args decodes the arguments.
func (r *Run) Args(into any) error { return json.Unmarshal([]byte(r.args), into) }

// Handler does the work. A nil error ends the job; Snooze runs it again later
// without counting a try; Dead ends it as dead; any other error is a failed try.
type Handler func(ctx context.Context, r *Run) error

type snooze struct{ until time.Time }

func (s snooze) Error() string { return "snoozed until " + s.until.UTC().Format(time.RFC3339) }

// Snooze is what a handler returns whose time has not come yet.
func Snooze(until time.Time) error { return snooze{until} }

type dead struct{ err error }

func (d dead) Error() string { return d.err.Error() }
func (d dead) Unwrap() error { return d.err }

// Dead is what a handler returns when trying again can't help.
func Dead(err error) error { return dead{err} }

// Stuck is a job that failed for the last time.
type Stuck struct {
	ID        crm.ID
	Kind, Key string
	Attempts  int64
	Error     string
	CreatedAt time.Time
}

// ListDead pages through the dead jobs, from the id before on downward; the
// zero id begins.
func ListDead(ctx context.Context, db *store.DB, before crm.ID, limit int64) ([]Stuck, error) {
	if before.IsZero() {
		for i := range before {
			before[i] = 0xff
		}
	}
	rows, err := db.Read().DeadJobs(ctx, sqlgen.DeadJobsParams{Before: before, N: limit})
	out := make([]Stuck, len(rows))
	for i, r := range rows {
		out[i] = Stuck{r.ID, r.Kind, r.UniqueKey, r.Attempts, r.Error, crm.FromMicros(r.CreatedAt)}
	}
	return out, err
}

// Retry gives a dead job all its tries again. It reports whether there is one.
func Retry(ctx context.Context, db *store.DB, now time.Time, id crm.ID) (ok bool, err error) {
	err = db.InTx(ctx, func(tx *store.Tx) error {
		n, err := tx.RetryJob(ctx, sqlgen.RetryJobParams{Bucket: id.RowBucket(), ID: id, RunAt: crm.Micros(now)})
		ok = n > 0
		return err
	})
	return ok, err
}

// Discard removes a dead job. It reports whether there was one.
func Discard(ctx context.Context, db *store.DB, id crm.ID) (ok bool, err error) {
	err = db.InTx(ctx, func(tx *store.Tx) error {
		n, err := tx.DiscardJob(ctx, sqlgen.DiscardJobParams{Bucket: id.RowBucket(), ID: id})
		ok = n > 0
		return err
	})
	return ok, err
}
