package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// pair writes two rows that belong together, one of them large.
func pair(db *store.DB, n int, size int) error {
	ctx := context.Background()
	return db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SetSetting(ctx, sqlgen.SetSettingParams{Name: "commits", Value: fmt.Sprint(n)}); err != nil {
			return err
		}
		return tx.AddExample(ctx, sqlgen.AddExampleParams{ID: crm.DerivedID(crm.FromMicros(int64(n)*1000), "pair"),
			Text: strings.Repeat("x", size), At: int64(n)})
	})
}

// whole opens the database and reports how many pairs it holds. Anything but
// the first n, both halves of each, is an error.
func whole(t *testing.T, path string) int {
	t.Helper()
	db := storetest.Open(t, "sqlite:"+path) // its integrity is checked when the test ends
	ctx := context.Background()
	rows, err := db.Read().Examples(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if r.At != int64(i+1) {
			t.Fatalf("commit %d is missing, but %d is there", i+1, r.At)
		}
	}
	if last, _ := db.Read().Setting(ctx, "commits"); len(rows) > 0 && last != fmt.Sprint(len(rows)) {
		t.Fatalf("%d halves on one side, %s on the other", len(rows), last)
	}
	return len(rows)
}

// A machine that loses power leaves the write-ahead log cut off anywhere. The
// file then opens whole, with the first commits and nothing half there.
func TestAFileCutOffAtAnyWriteOpensWhole(t *testing.T) {
	t.Parallel()
	const commits, cuts = 30, 40
	path := filepath.Join(t.TempDir(), "rapport.db")
	db := storetest.Open(t, "sqlite:"+path)
	var acknowledged []int64 // the log's length after each commit
	for n := range commits {
		if err := pair(db, n+1, 1+(n%5)*3000); err != nil {
			t.Fatal(err)
		}
		wal, err := os.Stat(path + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, wal.Size())
	}
	main, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if len(wal) > 4_000_000 {
		t.Fatal("the log was moved into the file meanwhile, so cutting it would not be what a power loss does")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	lengths := []int64{0, 1, 32, int64(len(wal)), int64(len(wal)) - 1}
	for range cuts {
		lengths = append(lengths, rnd.Int64N(int64(len(wal))), acknowledged[0]+rnd.Int64N(int64(len(wal))-acknowledged[0]))
	}
	for i, n := range lengths {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			cut := filepath.Join(t.TempDir(), "cut.db")
			end := append([]byte(nil), wal[:n]...)
			if i%3 == 0 && n > 100 { // the last write may be torn too
				end[n-1-rnd2(n)%100] ^= 0x55
			}
			if err := errors.Join(os.WriteFile(cut, main, 0o600), os.WriteFile(cut+"-wal", end, 0o600)); err != nil {
				t.Fatal(err)
			}
			got := whole(t, cut)
			least := 0
			for least < commits && acknowledged[least] <= n-100 {
				least++
			}
			if got < least {
				t.Errorf("cut at %d of %d: %d commits are there; %d were on disk", n, len(wal), got, least)
			}
		})
	}
}

// rnd2 spreads n without sharing a generator between subtests.
func rnd2(n int64) int64 { return int64(rand.New(rand.NewPCG(uint64(n), 3)).Uint32()) }

// A full disk refuses the transaction with the class that says so, keeps what
// was committed, and takes writes again when there is room.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	dir := storetest.SmallDisk(t, 8<<20)
	path := filepath.Join(dir, "rapport.db")
	db := storetest.Open(t, "sqlite:"+path)
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	n := 0
	var err error
	for err == nil && n < 1000 {
		if err = pair(db, n+1, 100_000); err == nil {
			n++
		}
	}
	if db.Classify(err) != store.Full {
		t.Fatalf("after %d commits: class %v, want full: %v", n, db.Classify(err), err)
	}
	rows, err := db.Read().Examples(context.Background())
	if err != nil || len(rows) != n {
		t.Errorf("%d pairs can be read, want %d (%v)", len(rows), n, err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := pair(db, n+1, 1000); err != nil {
		t.Fatalf("there is room again: %v", err)
	}
	if got := whole(t, path); got != n+1 {
		t.Errorf("%d pairs, want %d", got, n+1)
	}
}

// A folder or file that can't be written says so when it is opened.
func TestOpenRefusesInPlainWords(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	if _, err := store.Open(ctx, store.Options{URL: "mysql://root:secret@db/x"}); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "postgres://") {
		t.Errorf("another engine: %v", err)
	}
	if _, err := store.Open(ctx, store.Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "none", "x.db")}); err == nil {
		t.Error("a folder that is not there must be an error")
	}
	notOurs := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(notOurs, []byte(strings.Repeat("Dear Jan, ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, store.Options{URL: "sqlite:" + notOurs}); err == nil {
		t.Error("a file that is no database must be an error")
	}
	odd := filepath.Join(t.TempDir(), "a?b#c%20d")
	db, err := store.Open(ctx, store.Options{Dir: odd, Relaxed: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(odd, "rapport.db")); err != nil {
		t.Errorf("the file is not where it was asked for: %v", err)
	}
}
