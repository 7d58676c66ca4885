package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// bench is a database with a runner and a clock that the test moves.
type bench struct {
	*testing.T
	ctx context.Context
	db  *store.DB
	r   *jobs.Runner
	now atomic.Int64
}

func (b *bench) clock() time.Time           { return crm.FromMicros(b.now.Load()) }
func (b *bench) later(d time.Duration)      { b.now.Add(d.Microseconds()) }
func (b *bench) runner() *jobs.Runner       { return jobs.New(b.db, b.clock, slog.New(slog.DiscardHandler)) }
func (b *bench) add(j jobs.Job, fail error) { b.Helper(); b.addErr(j, fail) }

func (b *bench) addErr(j jobs.Job, fail error) {
	b.Helper()
	err := b.db.InTx(b.ctx, func(tx *store.Tx) error { return errors.Join(jobs.Add(b.ctx, tx, b.clock(), j), fail) })
	if !errors.Is(err, fail) {
		b.Fatal(err)
	}
}

func (b *bench) due() int {
	b.Helper()
	n, err := b.r.RunDue(b.ctx)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func setup(t *testing.T, db *store.DB) *bench {
	b := &bench{T: t, ctx: context.Background(), db: db}
	b.now.Store(crm.Micros(start))
	b.r = b.runner()
	return b
}

func TestAJobRunsWhenItIsDue(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		var got []string
		b.r.Register("greet", jobs.Options{}, func(_ context.Context, r *jobs.Run) error {
			var name string
			got = append(got, fmt.Sprint(r.Args(&name), name, r.Attempt))
			return nil
		})
		b.add(jobs.Job{Kind: "greet", Bucket: 3, Args: "Jan"}, nil)
		b.add(jobs.Job{Kind: "greet", Bucket: 4, Args: "nobody"}, errors.New("rolled back"))
		b.add(jobs.Job{Kind: "greet", Bucket: 255, Args: "Mia", At: start.Add(time.Hour)}, nil)
		b.add(jobs.Job{Kind: "stranger", Bucket: 3}, nil)
		if n := b.due(); n != 1 || fmt.Sprint(got) != "[<nil>Jan1]" {
			t.Errorf("%d jobs: %v", n, got)
		}
		b.later(time.Hour)
		if n := b.due(); n != 1 || len(got) != 2 {
			t.Errorf("an hour later %d jobs: %v", n, got)
		}
	})
}

func TestAKeyMakesAJobUnique(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		runs, during := 0, func() {}
		b.r.Register("timer", jobs.Options{}, func(context.Context, *jobs.Run) error { runs++; during(); return nil })
		at := func(d time.Duration, replace bool) {
			t.Helper()
			b.add(jobs.Job{Kind: "timer", Bucket: 1, Key: "case 7", Replace: replace, At: b.clock().Add(d)}, nil)
		}
		at(time.Minute, false)
		at(time.Hour, false)
		b.later(time.Minute)
		if b.due(); runs != 1 {
			t.Errorf("%d runs, want the first of two with one key", runs)
		}
		at(time.Minute, false)
		at(time.Hour, true)
		b.later(time.Minute)
		if b.due(); runs != 1 {
			t.Error("a timer that was moved ran at its old time")
		}
		b.later(time.Hour)
		during = func() { during = func() {}; at(0, false) }
		if b.due(); runs != 2 {
			t.Errorf("%d runs, want 2", runs)
		}
		if b.later(time.Minute); b.due() != 1 || runs != 3 {
			t.Error("what was added while the job ran must be seen by another run")
		}
		at(0, false)
		if err := db.InTx(b.ctx, func(tx *store.Tx) error { return jobs.Cancel(b.ctx, tx, "timer", 1, "case 7") }); err != nil || b.due() != 0 {
			t.Errorf("a cancelled job ran (%v)", err)
		}
	})
}

func TestAFailedJobIsTriedAgainAndThenStandsAside(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		var err error = errors.New("the other side is down\x00")
		attempts := 0
		b.r.Register("send", jobs.Options{Attempts: 3, Backoff: func(n int) time.Duration { return time.Duration(n) * time.Minute }},
			func(_ context.Context, r *jobs.Run) error { attempts = r.Attempt; return err })
		b.r.Register("broken", jobs.Options{Attempts: 1}, func(context.Context, *jobs.Run) error { panic("oh") })
		b.add(jobs.Job{Kind: "send", Bucket: 9, Key: "x"}, nil)
		for i, pause := range []time.Duration{0, time.Minute, 2 * time.Minute} {
			b.later(pause)
			if n := b.due(); n != 1 || attempts != i+1 || b.due() != 0 {
				t.Fatalf("try %d: %d jobs, attempt %d", i+1, n, attempts)
			}
		}
		b.later(24 * time.Hour)
		stuck, _ := jobs.ListDead(b.ctx, db, crm.ID{}, 10)
		if b.due() != 0 || len(stuck) != 1 || stuck[0].Kind != "send" || stuck[0].Error != "the other side is down" || stuck[0].Attempts != 3 {
			t.Fatalf("dead: %+v", stuck)
		}
		err = nil
		if ok, failed := jobs.Retry(b.ctx, db, b.clock(), stuck[0].ID); !ok || failed != nil || b.due() != 1 || attempts != 1 {
			t.Errorf("a retry must run it again (%v)", failed)
		}
		b.add(jobs.Job{Kind: "broken", Bucket: 2}, nil)
		b.due()
		stuck, _ = jobs.ListDead(b.ctx, db, crm.ID{}, 10)
		if len(stuck) != 1 {
			t.Fatalf("a panic must end in a dead job: %+v", stuck)
		}
		if ok, failed := jobs.Discard(b.ctx, db, stuck[0].ID); !ok || failed != nil {
			t.Error(ok, failed)
		}
		// What can't be helped does not wait for its last try; what waits counts no try.
		b.add(jobs.Job{Kind: "send", Bucket: 9, Key: "y"}, nil)
		err = jobs.Snooze(b.clock().Add(time.Hour))
		b.due()
		err = jobs.Dead(errors.New("no such address"))
		if b.later(time.Hour); b.due() != 1 || attempts != 1 {
			t.Errorf("after a snooze it is attempt %d, want 1", attempts)
		}
		if stuck, _ = jobs.ListDead(b.ctx, db, crm.ID{}, 10); len(stuck) != 1 || stuck[0].Error != "no such address" {
			t.Errorf("dead: %+v", stuck)
		}
		b.add(jobs.Job{Kind: "send", Bucket: 9, Key: "y"}, nil)
		if err = nil; b.due() != 1 {
			t.Error("a new cause must revive a dead job")
		}
	})
}

// A program that is killed leaves a lease; when it ends, another takes over,
// and what the first one still says is not heard.
func TestALeaseEndsByItself(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.add(jobs.Job{Kind: "slow", Bucket: 1}, nil)
		other := b.runner()
		runs := 0
		other.Register("slow", jobs.Options{}, func(context.Context, *jobs.Run) error { runs++; return nil })
		take := func() {
			t.Helper()
			if _, err := other.RunDue(b.ctx); err != nil {
				t.Fatal(err)
			}
		}
		b.r.Register("slow", jobs.Options{Lease: 20 * time.Minute}, func(context.Context, *jobs.Run) error {
			if take(); runs != 0 {
				t.Error("it ran twice within a lease")
			}
			b.later(21 * time.Minute)
			if take(); runs != 1 {
				t.Error("after the lease somebody else must take it")
			}
			return errors.New("too late")
		})
		b.due()
		b.later(24 * time.Hour)
		if take(); runs != 1 {
			t.Errorf("%d runs: the late one was heard", runs)
		}
	})
}

// Two programs on one database share the work, and each job runs once.
func TestTwoRunnersShareTheWork(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		const n = 120
		var mu sync.Mutex
		ran, all := map[string]int{}, make(chan struct{})
		work := func(_ context.Context, r *jobs.Run) error {
			mu.Lock()
			defer mu.Unlock()
			if ran[r.Key]++; len(ran) == n {
				close(all)
			}
			return nil
		}
		ctx, stop := context.WithCancel(b.ctx)
		var wg sync.WaitGroup
		for range 2 {
			r := b.runner()
			r.Register("work", jobs.Options{Workers: 4}, work)
			wg.Go(func() { r.Run(ctx) })
		}
		for i := range n {
			b.add(jobs.Job{Kind: "work", Bucket: int64(i % 5), Key: fmt.Sprint(i)}, nil)
		}
		<-all
		stop()
		wg.Wait()
		for key, times := range ran {
			if times != 1 {
				t.Errorf("job %s ran %d times", key, times)
			}
		}
		if stuck, _ := jobs.ListDead(b.ctx, db, crm.ID{}, 1); len(stuck) != 0 {
			t.Error(stuck)
		}
	})
}

// A program that ends lets its handlers finish.
func TestRunEndsGracefully(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	begun, release := make(chan struct{}), make(chan struct{})
	b.r.Register("work", jobs.Options{}, func(ctx context.Context, _ *jobs.Run) error {
		close(begun)
		<-release
		return ctx.Err()
	})
	b.add(jobs.Job{Kind: "work", Bucket: 1}, nil)
	ctx, stop := context.WithCancel(b.ctx)
	ended := make(chan struct{})
	go func() { b.r.Run(ctx); close(ended) }()
	<-begun
	stop()
	close(release)
	<-ended
	if b.later(24 * time.Hour); b.due() != 0 {
		t.Error("the job was not finished")
	}
}

// Fault 6: with a clock that is put back and forth a job still runs once, and what
// waits for its time waits on.
func TestAClockThatIsPutBackRunsNothingTwice(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		runs := map[string]int{}
		b.r.Register("timed", jobs.Options{}, func(_ context.Context, r *jobs.Run) error {
			var name string
			if err := r.Args(&name); err != nil {
				return err
			}
			if runs[name]++; name == "in the handler" {
				b.later(-time.Hour)
			}
			return nil
		})
		b.add(jobs.Job{Kind: "timed", Bucket: 1, Args: "soon", At: start.Add(time.Hour)}, nil)
		b.add(jobs.Job{Kind: "timed", Bucket: 2, Args: "in the handler", At: start.Add(time.Hour)}, nil)
		b.add(jobs.Job{Kind: "timed", Bucket: 3, Args: "late", At: start.Add(9 * time.Hour)}, nil)
		for _, d := range []time.Duration{time.Hour, -time.Hour, 2 * time.Hour, -3 * time.Hour, 3 * time.Hour} {
			b.later(d)
			b.due()
		}
		if runs["soon"] != 1 || runs["in the handler"] != 1 || runs["late"] != 0 {
			t.Errorf("%v", runs)
		}
		b.later(9 * time.Hour)
		if b.due(); runs["late"] != 1 {
			t.Errorf("what waited was forgotten: %v", runs)
		}
	})
}

// A clock that is put forward while a job runs ends its lease; the program that
// runs it knows better, also when the job was asked for anew meanwhile.
func TestAClockThatIsPutForwardRunsNothingTwiceInAProgram(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		runs, within := 0, 0
		b.r.Register("slow", jobs.Options{}, func(context.Context, *jobs.Run) error {
			if runs++; runs > 1 {
				return nil
			}
			b.later(time.Hour)
			b.due()
			b.add(jobs.Job{Kind: "slow", Bucket: 1, Key: "one"}, nil)
			b.later(time.Hour)
			b.due()
			within = runs
			return nil
		})
		b.add(jobs.Job{Kind: "slow", Bucket: 1, Key: "one"}, nil)
		if b.due(); within != 1 || runs != 2 {
			t.Errorf("%d runs while it ran, %d at the end", within, runs)
		}
	})
}
