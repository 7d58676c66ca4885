package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/search"
	"github.com/rapport-crm/rapport/internal/store"
)

// Search is a run of the search benchmark: pages of messages from the index,
// without what a page shows of their cases.
type Search struct {
	Engine    string
	DB        string
	Stored    int // messages
	Customers int // who wrote them
	Samples   int // searches of each kind
	// Keep is a folder that keeps the SQLite database, to measure again on what
	// an earlier run stored there; "": a database that is dropped at the end.
	Keep string
	Log  io.Writer
}

// SearchResult is what it found.
type SearchResult struct {
	Engine    string   `json:"engine"`
	Stored    int      `json:"stored"`
	IndexedPS float64  `json:"indexed_per_s"` // 0: indexed by an earlier run
	Searches  []Timing `json:"searches"`
}

// Run stores and indexes the messages, and measures.
func (b Search) Run(ctx context.Context) (*SearchResult, error) {
	if b.Log == nil {
		b.Log = io.Discard
	}
	s, there, err := b.scratch(ctx)
	if err != nil {
		return nil, err
	}
	defer s.drop()
	res := &SearchResult{Engine: b.Engine, Stored: b.Stored}
	if !there {
		if res.IndexedPS, err = b.fill(ctx, s.db); err != nil {
			return nil, err
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	number := func() string { return fmt.Sprintf("HM-%06d", random.IntN(b.Stored)) }
	person := func() string { return nameOf(random.IntN(b.Customers)) }
	for _, kind := range []struct {
		name  string
		query func() string
	}{
		{"one common word", func() string { return "invoice" }},
		{"two common words", func() string { return "invoice contract" }},
		{"two common words that never meet", func() string { return "hello dear" }},
		{"a rare word", number},
		{"a common word and a rare one", func() string { return "invoice " + strings.TrimPrefix(number(), "HM-") }},
		{"a phrase", func() string { return `"dark stripe"` }},
		{"a phrase that nobody wrote", func() string { return `"invoice contract"` }},
		{"beginning of a word", func() string { return "warr*" }},
		{"beginning of many words", func() string { return "0*" }},
		{"from: a person", func() string { return `from:"` + person() + `"` }},
		{"from: a given name", func() string { return "from:" + given[random.IntN(len(given))] }},
		{"a word from: a person", func() string { return `invoice from:"` + person() + `"` }},
		{"a word and not another", func() string { return "invoice -contract" }},
		{"a word without one that it never misses", func() string { return "invoice -month" }},
		{"a word of a time long ago", func() string { return "invoice before:" + time.Now().AddDate(0, 0, -390).Format(time.DateOnly) }},
		{"a word that nobody wrote", func() string { return "xylophone" }},
	} {
		took := make([]float64, b.Samples)
		for i := range took {
			q := search.Parse(kind.query(), time.Now())
			start := time.Now()
			_, err := search.Messages(ctx, s.db, &q, 0, 30, func(h []search.Hit) ([]bool, error) { return slices.Repeat([]bool{true}, len(h)), nil })
			if err != nil {
				return nil, err
			}
			took[i] = float64(time.Since(start).Microseconds()) / 1e3
		}
		slices.Sort(took)
		res.Searches = append(res.Searches, Timing{kind.name, took[len(took)/2], took[len(took)*95/100], took[len(took)*99/100]})
	}
	return res, nil
}

// scratch opens the database, and reports whether an earlier run filled it.
func (b Search) scratch(ctx context.Context) (*scratch, bool, error) {
	if b.Keep == "" {
		s, err := Capture{Engine: b.Engine, DB: b.DB}.scratch(ctx)
		return s, false, err
	}
	if b.Engine != "sqlite" {
		return nil, false, errors.New("only a SQLite database can be kept")
	}
	if err := os.MkdirAll(b.Keep, 0o700); err != nil {
		return nil, false, err
	}
	path := filepath.Join(b.Keep, "search.db")
	_, err := os.Stat(path)
	s, openErr := open(ctx, "sqlite:"+path, func() {})
	return s, err == nil, openErr
}

// fill stores and indexes the messages, and gives how many were indexed a second.
func (b Search) fill(ctx context.Context, db *store.DB) (float64, error) {
	engine, err := newEngine(db)
	if err != nil {
		return 0, err
	}
	defer engine.Close()
	for first := 0; first < b.Stored; first += 2000 {
		var items []crm.Item
		for i := first; i < min(first+2000, b.Stored); i++ {
			items = append(items, again(i, i%b.Customers))
		}
		if _, err := engine.Submit(ctx, items); err != nil {
			return 0, err
		}
		if done := first + 2000; done%100_000 == 0 {
			fmt.Fprintf(b.Log, "%d messages stored\n", done)
		}
	}
	began := time.Now()
	x := search.Indexer{DB: db, Log: slog.New(slog.DiscardHandler)}
	if _, err := x.CatchUp(ctx); err != nil {
		return 0, err
	}
	fmt.Fprintf(b.Log, "%d messages stored and indexed\n", b.Stored)
	return float64(b.Stored) / time.Since(began).Seconds(), nil
}

// Write prints the result for people, or as one line of JSON.
func (r *SearchResult) Write(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	fmt.Fprintf(w, "search on %s, %d messages, indexed at %.0f/s\n", r.Engine, r.Stored, r.IndexedPS)
	for _, t := range r.Searches {
		if _, err := fmt.Fprintf(w, "  %-40s p50 %7.2f ms   p95 %7.2f ms   p99 %7.2f ms\n", t.Name, t.P50, t.P95, t.P99); err != nil {
			return err
		}
	}
	return nil
}
