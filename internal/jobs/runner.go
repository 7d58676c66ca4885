package jobs

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Options of a kind of job.
type Options struct {
	// Workers is how many run at once in this program. Default: 2.
	Workers int
	// Attempts is how many tries there are. Default: 12, which with the default
	// pauses are about two days.
	Attempts int
	// Lease is how long a job stays with a program that gives no sign of life; a
	// running one extends it. Default: 30 s.
	Lease time.Duration
	// Backoff is the pause after a failed try. Default: Backoff.
	Backoff func(attempt int) time.Duration
}

// Backoff is 5 s after the first try, then three times as long each time, up to
// twelve hours, with a quarter of jitter so that what failed together does not
// come back together.
func Backoff(attempt int) time.Duration {
	d := 5 * time.Second
	for range min(attempt-1, 20) {
		if d *= 3; d > 12*time.Hour {
			d = 12 * time.Hour
			break
		}
	}
	return d + time.Duration(mathrand.Int64N(int64(d)/4+1))
}

// The pace of a runner.
const (
	poll  = time.Second           // how old a job of another program is at most before it is seen
	least = 50 * time.Millisecond // between two looks, however often it is woken
	grace = 10 * time.Second      // for handlers when the program ends
)

type kind struct {
	Options
	name    string
	handler Handler
	free    chan struct{}
	mu      sync.Mutex
	running []crm.ID // here, at this moment
}

// Runner takes due jobs and runs their handlers.
type Runner struct {
	db    *store.DB
	clock crm.Clock
	log   *slog.Logger
	owner string
	kinds []*kind
	wake  chan struct{}
	wg    sync.WaitGroup
}

// New makes a runner without handlers.
func New(db *store.DB, clock crm.Clock, log *slog.Logger) *Runner {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("jobs: the system's random source failed: " + err.Error())
	}
	return &Runner{db: db, clock: clock, log: log, owner: hex.EncodeToString(b[:]), wake: make(chan struct{}, 1)}
}

// Register sets the handler of a kind, before Run. Jobs of kinds that nobody
// registered wait.
func (r *Runner) Register(name string, o Options, h Handler) {
	if o.Workers <= 0 {
		o.Workers = 2
	}
	if o.Attempts <= 0 {
		o.Attempts = 12
	}
	if o.Lease <= 0 {
		o.Lease = 30 * time.Second
	}
	if o.Backoff == nil {
		o.Backoff = Backoff
	}
	k := &kind{Options: o, name: name, handler: h, free: make(chan struct{}, o.Workers)}
	for range o.Workers {
		k.free <- struct{}{}
	}
	r.kinds = append(r.kinds, k)
}

// Wake makes the runner look at once: a job was added.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run takes jobs until ctx ends. Then it waits a while for the handlers, whose
// context ends after that, and gives back what they did not finish.
func (r *Runner) Run(ctx context.Context) {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	rings, unsubscribe := r.db.Subscribe()
	defer unsubscribe()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.wake:
		case <-rings:
		}
		if ctx.Err() != nil {
			break
		}
		wait := poll
		for _, k := range r.kinds {
			next, err := r.take(work, k)
			if err != nil {
				r.log.Error("jobs can't be read", "kind", k.name, "error", err)
				continue
			}
			wait = min(wait, next)
		}
		timer.Reset(max(wait, least))
		pause(ctx, least)
	}
	ended := make(chan struct{})
	go func() { r.wg.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(grace):
		stop()
		<-ended
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// take starts due jobs of the kind as far as it has free workers, and tells how
// long nothing will be due.
func (r *Runner) take(ctx context.Context, k *kind) (next time.Duration, err error) {
	now := r.clock()
	if len(k.free) == 0 {
		return poll, nil // the end of a handler wakes the runner
	}
	at, err := r.db.Read().NextJob(ctx, k.name)
	if errors.Is(err, sql.ErrNoRows) {
		return poll, nil
	}
	if err != nil {
		return poll, err
	}
	if due := crm.FromMicros(at); due.After(now) {
		return due.Sub(now), nil
	}
	buckets, err := r.db.Read().DueJobs(ctx, sqlgen.DueJobsParams{Kind: k.name, RunAt: crm.Micros(now), N: int64(2 * k.Workers)})
	if err != nil {
		return poll, err
	}
	tried := map[int64]bool{}
	for _, b := range buckets {
		if tried[b] || len(k.free) == 0 {
			continue
		}
		tried[b] = true
		claimed, err := r.claim(ctx, k, b, now)
		if err != nil {
			return poll, err
		}
		for _, c := range claimed {
			<-k.free
			end := k.begin(c.ID)
			r.wg.Go(func() {
				r.run(ctx, k, c)
				end()
				k.free <- struct{}{}
				r.Wake()
			})
		}
	}
	return least, nil
}

var claimJobs = store.Claim{Table: "jobs", Set: "run_at = $5, lease_owner = $6, lease_until = $5, attempts = jobs.attempts + 1",
	Where: "t.kind = $3 AND t.state = 'waiting' AND t.run_at <= $4", Order: "t.run_at", Returning: "jobs.id, jobs.unique_key, jobs.args, jobs.attempts"}

// held is a claimed job with the name of its lease.
type held struct {
	Run
	lease string
}

// claim takes due jobs of a bucket. What runs in this program is left alone even
// if its lease ended: a clock that was put forward ends all leases at once.
func (r *Runner) claim(ctx context.Context, k *kind, bucket int64, now time.Time) (out []*held, err error) {
	lease := r.owner + "-" + crm.NewID(now).String() // of this claim alone, so that whoever lost it can't end the next one's
	c, args := claimJobs, []any{k.name, crm.Micros(now), crm.Micros(now.Add(k.Lease)), lease}
	for _, id := range k.runs() {
		args = append(args, id)
		c.Where += " AND t.id <> $" + strconv.Itoa(len(args)+2)
	}
	err = r.db.InTx(ctx, func(tx *store.Tx) error {
		out = nil
		return tx.Claim(ctx, &c, bucket, int64(len(k.free)), args, func(row store.Row) error {
			h := &held{Run: Run{Kind: k.name, Bucket: bucket}, lease: lease}
			if err := row.Scan(&h.ID, &h.Key, &h.args, &h.Attempt); err != nil {
				return err
			}
			h.Last = h.Attempt >= k.Attempts
			out = append(out, h)
			return nil
		})
	})
	return out, err
}

func (k *kind) runs() []crm.ID {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.running)
}

// begin notes that a job runs; the function that it gives notes its end.
func (k *kind) begin(id crm.ID) (end func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.running = append(k.running, id)
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.running = slices.DeleteFunc(k.running, func(other crm.ID) bool { return other == id })
	}
}

// run calls the handler while it extends the lease, and writes down how it ended.
func (r *Runner) run(ctx context.Context, k *kind, h *held) {
	work, stop := context.WithCancel(ctx)
	defer stop()
	var beat sync.WaitGroup
	beat.Go(func() { r.extend(work, k, h, stop) })
	err := call(work, k, h)
	stop()
	beat.Wait()
	end, over := context.WithoutCancel(ctx), err != nil && ctx.Err() != nil
	if err := r.db.InTx(end, func(tx *store.Tx) error { return r.settle(end, tx, k, h, err, over) }); err != nil {
		r.log.Error("the end of a job can't be written; it runs again after its lease", "kind", k.name, "job", h.ID, "error", err)
	}
}

func call(ctx context.Context, k *kind, h *held) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return k.handler(ctx, &h.Run)
}

// extend keeps the lease as long as the handler runs. A lease that somebody
// else has now ends the handler.
func (r *Runner) extend(ctx context.Context, k *kind, h *held, stop func()) {
	tick := time.NewTicker(k.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var n int64
		err := r.db.InTx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.ExtendJob(ctx, sqlgen.ExtendJobParams{Bucket: h.Bucket, ID: h.ID, LeaseOwner: h.lease, LeaseUntil: crm.Micros(r.clock().Add(k.Lease))})
			return err
		})
		if err == nil && n == 0 {
			stop()
			return
		}
	}
}

func (r *Runner) settle(ctx context.Context, tx *store.Tx, k *kind, h *held, err error, over bool) error {
	if err == nil {
		_, err := tx.FinishJob(ctx, sqlgen.FinishJobParams{Bucket: h.Bucket, ID: h.ID, LeaseOwner: h.lease})
		return err
	}
	back := sqlgen.PutBackJobParams{Bucket: h.Bucket, ID: h.ID, LeaseOwner: h.lease, State: "waiting", Attempts: int64(h.Attempt)}
	var s snooze
	var d dead
	switch {
	case errors.As(err, &s):
		back.RunAt, back.Attempts = crm.Micros(s.until), back.Attempts-1
	case over:
		back.RunAt, back.Attempts = crm.Micros(r.clock()), back.Attempts-1 // the program ends: the next one goes on
	case errors.As(err, &d), h.Last:
		back.State, back.Error = "dead", words(err)
		r.log.Error("a job failed for good", "kind", k.name, "job", h.ID, "attempts", h.Attempt, "error", err)
	default:
		back.RunAt, back.Error = crm.Micros(r.clock().Add(k.Backoff(h.Attempt))), words(err)
		r.log.Warn("a job failed and is tried again", "kind", k.name, "job", h.ID, "attempt", h.Attempt, "error", err)
	}
	_, err = tx.PutBackJob(ctx, back)
	return err
}

// words is what an error says, as both engines keep it.
func words(err error) string { return store.Clean(err.Error(), 2000) }

// RunDue runs what is due at this moment, one job after the other, and tells how
// many there were: for tests, and for commands that end.
func (r *Runner) RunDue(ctx context.Context) (n int, err error) {
	for {
		before := n
		for _, k := range r.kinds {
			now := r.clock()
			buckets, err := r.db.Read().DueJobs(ctx, sqlgen.DueJobsParams{Kind: k.name, RunAt: crm.Micros(now), N: 256})
			if err != nil {
				return n, err
			}
			for _, b := range buckets {
				claimed, err := r.claim(ctx, k, b, now)
				if err != nil {
					return n, err
				}
				for _, h := range claimed {
					end := k.begin(h.ID)
					r.run(ctx, k, h)
					end()
					n++
				}
			}
		}
		if n == before {
			return n, nil
		}
	}
}
