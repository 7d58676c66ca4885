package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// bell is the doorbell: a hint that rows were committed. In one process it is
// a channel; between nodes PostgreSQL carries it. The feed is the truth: a
// reader that also polls loses nothing but a moment when a ring is lost.
type bell struct {
	mu      sync.Mutex
	waiters map[chan struct{}]struct{}
	cancel  context.CancelFunc
	done    chan struct{}
}

const bellChannel = "rapport_feed"

func newBell() *bell { return &bell{waiters: map[chan struct{}]struct{}{}} }

// Subscribe returns a channel that receives after commits, and a function that
// ends the subscription. Rings are merged, never queued.
func (db *DB) Subscribe() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	db.bell.mu.Lock()
	db.bell.waiters[c] = struct{}{}
	db.bell.mu.Unlock()
	return c, func() {
		db.bell.mu.Lock()
		delete(db.bell.waiters, c)
		db.bell.mu.Unlock()
	}
}

// Ring tells readers here and on other nodes that rows were committed. It is
// called after commit, never inside a transaction: NOTIFY inside one makes
// commits wait for each other.
func (db *DB) Ring(ctx context.Context) {
	db.bell.ring()
	if db.Engine == Postgres {
		// A lost ring is found by the poll, so its error changes nothing.
		_, _ = db.write.ExecContext(ctx, "NOTIFY "+bellChannel)
	}
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.waiters {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// listen rings the local bell for the rings of other nodes, on a connection of
// its own, and reconnects for as long as the database is open.
func (b *bell) listen(url string) {
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel, b.done = cancel, make(chan struct{})
	go func() {
		defer close(b.done)
		for ctx.Err() == nil {
			conn, err := pgx.Connect(ctx, url)
			if err == nil {
				_, err = conn.Exec(ctx, "LISTEN "+bellChannel)
				for err == nil {
					if _, err = conn.WaitForNotification(ctx); err == nil {
						b.ring()
					}
				}
				_ = conn.Close(context.WithoutCancel(ctx)) // it is broken or no longer needed
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}()
}

func (b *bell) close() {
	if b.cancel != nil {
		b.cancel()
		<-b.done
	}
}
