package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

func settingOf(name, value string) sqlgen.SetSettingParams {
	return sqlgen.SetSettingParams{Name: name, Value: value}
}

// doorbell checks that a ring finds its rows committed, that a transaction
// alone never rings, and that the counters show what a lost ring would have
// told.
func doorbell(t *testing.T, db *store.DB) {
	ctx := context.Background()
	rings, stop := db.Subscribe()
	lock := func(fail error) error {
		return db.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.Lock(ctx, map[int64]int64{5: 2})
			return errors.Join(err, fail)
		})
	}
	silent := func(when string) {
		t.Helper()
		select {
		case <-rings:
			t.Errorf("it rang %s", when)
		default:
		}
	}
	counter := func() (n int64) {
		t.Helper()
		all, err := db.Read().Counters(ctx)
		if err != nil || len(all) != 256 {
			t.Fatalf("%d counters, %v", len(all), err)
		}
		for _, c := range all {
			if c.Bucket == 5 {
				n = c.NextSeq
			}
		}
		return n
	}
	if err := lock(errors.New("no")); err == nil || counter() != 0 {
		t.Errorf("a rollback left %d numbers taken (%v)", counter(), err)
	}
	silent("for a rollback")
	if err := lock(nil); err != nil {
		t.Fatal(err)
	}
	silent("before anybody said so")
	if counter() != 2 {
		t.Errorf("a poll sees %d, want 2: that is how a lost ring is found", counter())
	}
	for range 100 {
		db.Ring(ctx)
	}
	<-rings
	if db.Engine == store.SQLite {
		silent("more than once for rings that nobody took") // PostgreSQL carries them back, later
	}
	const rounds = 20
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		for counter() < 2+2*rounds {
			<-rings
		}
	}()
	for range rounds {
		if err := lock(nil); err != nil {
			t.Error(err)
		}
		db.Ring(ctx)
	}
	<-heard // what was rung for is there: otherwise this waits for ever
	stop()
	for len(rings) > 0 {
		<-rings
	}
	db.Ring(ctx)
	silent("after the subscription ended")
}

// doorbellBetweenNodes rings on one node and listens on another, also after the
// server ended the connection that listens.
func doorbellBetweenNodes(t *testing.T, db *store.DB) {
	if db.Engine == store.SQLite {
		t.Skip("an embedded database is one program's")
	}
	other := Open(t, db.URL)
	rings, stop := other.Subscribe()
	defer stop()
	until := func() {
		t.Helper()
		again := time.NewTicker(20 * time.Millisecond) // the first rings may come before it listens
		defer again.Stop()
		for {
			db.Ring(context.Background())
			select {
			case <-rings:
				return
			case <-again.C:
			}
		}
	}
	until()
	endOthers(t, db)
	for len(rings) > 0 {
		<-rings
	}
	until()
}
