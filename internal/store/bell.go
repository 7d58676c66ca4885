package store

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// bell is the doorbell: a hint that rows were committed. In one process it is
// a channel; between nodes PostgreSQL carries it. The feed is the truth: a
// reader that also polls loses nothing but a moment when a ring is lost.
type bell struct {
	mu      sync.Mutex
	waiters map[chan struct{}]struct{}
	hearers map[chan string]struct{} // of what other nodes call out
	cancel  context.CancelFunc
	done    chan struct{}
}

const (
	bellChannel = "rapport_feed"
	callChannel = "rapport_call"
)

// maxCall is what PostgreSQL carries in one notification, with room to spare.
const maxCall = 7000

func newBell() *bell {
	return &bell{waiters: map[chan struct{}]struct{}{}, hearers: map[chan string]struct{}{}}
}

// Call tells every node, this one included, something that is worth a moment and
// kept nowhere. On SQLite, where there is one node, and for texts of more than
// 7,000 bytes it does nothing.
func (db *DB) Call(ctx context.Context, text string) error {
	if db.Engine != Postgres || len(text) > maxCall {
		return nil
	}
	_, err := db.write.ExecContext(ctx, "SELECT pg_notify($1, $2)", callChannel, text)
	return err
}

// Hear gives what nodes call out from now on, until stop. Who is slow misses some.
func (db *DB) Hear() (calls <-chan string, stop func()) {
	c := make(chan string, 256)
	db.bell.mu.Lock()
	db.bell.hearers[c] = struct{}{}
	db.bell.mu.Unlock()
	return c, func() {
		db.bell.mu.Lock()
		delete(db.bell.hearers, c)
		db.bell.mu.Unlock()
	}
}

func (b *bell) called(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.hearers {
		select {
		case c <- text:
		default:
		}
	}
}

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
				_, err = conn.Exec(ctx, "LISTEN "+bellChannel+"; LISTEN "+callChannel)
				for err == nil {
					var n *pgconn.Notification
					switch n, err = conn.WaitForNotification(ctx); {
					case err != nil:
					case n.Channel == callChannel:
						b.called(n.Payload)
					default:
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
