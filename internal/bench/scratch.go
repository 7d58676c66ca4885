package bench

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"
	"net/url"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the administrating connection

	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
)

// scratch is a database of the benchmark's own.
type scratch struct {
	db   *store.DB
	drop func()
}

func (c Capture) scratch(ctx context.Context) (*scratch, error) {
	switch c.Engine {
	case "sqlite":
		dir, err := os.MkdirTemp("", "rapport-bench-")
		if err != nil {
			return nil, err
		}
		return open(ctx, "sqlite:"+filepath.Join(dir, "bench.db"), func() { os.RemoveAll(dir) })
	case "postgres":
		if c.DB == "" {
			return nil, fmt.Errorf("give the server with --db postgres://…; the benchmark makes databases of its own there and drops them")
		}
		admin, err := sql.Open("pgx", c.DB)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("rapport_bench_%d_%d", os.Getpid(), time.Now().UnixNano())
		if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
			admin.Close()
			return nil, fmt.Errorf("make a database for the benchmark: %w", err)
		}
		u, err := url.Parse(c.DB)
		if err != nil {
			admin.Close()
			return nil, err
		}
		u.Path = "/" + name
		return open(ctx, u.String(), func() {
			_, _ = admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
			admin.Close()
		})
	}
	return nil, fmt.Errorf("engine %q: use sqlite or postgres", c.Engine)
}

func open(ctx context.Context, url string, clean func()) (*scratch, error) {
	db, err := store.Open(ctx, store.Options{URL: url})
	if err != nil {
		clean()
		return nil, err
	}
	return &scratch{db: db, drop: func() { _ = db.Close(); clean() }}, nil
}

// marks tell which rows were copied already, by a hash of table and key: numbers
// only, so that the collector has nothing to follow while the pipeline runs.
type marks map[uint64]struct{}

var seed = maphash.MakeSeed()

// copyNew inserts the rows that full has and bare lacks into bare: in batches as
// large as the pipeline's, through the same bulk statements,
// with the same indexes and durability. measured is told the time of writing
// alone.
func copyNew(ctx context.Context, full, bare *store.DB, seen marks, measured func(took time.Duration, rows int, cpu time.Duration)) (marks, error) {
	if seen == nil {
		seen = marks{}
	}
	tables, err := full.Tables(ctx)
	if err != nil {
		return nil, err
	}
	type pending struct {
		bulk *store.Bulk
		rows [][]any
	}
	var work []pending
	total, contacts := 0, 1
	for _, b := range tables {
		// The comparison of customers runs behind the feed: its rows are no part
		// of what a sender waits for.
		if b.Table == "buckets" || strings.HasPrefix(b.Table, "match_") {
			continue
		}
		p := pending{bulk: b}
		err := full.ReadAll(ctx, b, func(row []any) error {
			k := maphash.String(seed, b.Table+fmt.Sprint(row[:min(4, len(row))]...))
			if _, done := seen[k]; !done {
				seen[k] = struct{}{}
				p.rows = append(p.rows, row)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		total += len(p.rows)
		if b.Table == "interactions" {
			contacts = max(len(p.rows), 1)
		}
		work = append(work, p)
	}
	batches := (contacts + flow.MaxBatch - 1) / flow.MaxBatch
	goruntime.GC() // what was read is no work of the insert
	before, start := cpuTime(), time.Now()
	for i := range batches {
		err := bare.InTx(ctx, func(tx *store.Tx) error {
			for _, p := range work {
				from, to := len(p.rows)*i/batches, len(p.rows)*(i+1)/batches
				if err := tx.Write(ctx, p.bulk, p.rows[from:to], nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if measured != nil {
		measured(time.Since(start), total, cpuTime()-before)
	}
	return seen, nil
}
