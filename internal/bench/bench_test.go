package bench

import (
	"context"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// The benchmark itself must work and count everything; its figures are judged
// by people in docs/performance.md, never by a test.
func TestCaptureBenchmarkRuns(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			c := Capture{Engine: engine, Items: 600, Rounds: 1, Rate: 100, Latency: 200 * time.Millisecond, Stored: 50, Log: t.Output()}
			if engine == "postgres" {
				c.DB = storetest.PostgresURL(t)
			}
			r, err := c.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if r.AcceptedPerS <= 0 || r.BarePerS <= 0 || r.RowsPerItem < 8 || r.P99 <= 0 {
				t.Errorf("implausible figures: %+v", r)
			}
		})
	}
}

func TestReadBenchmarkRuns(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			r := Reads{Engine: engine, Stored: 2000, Customers: 200, Long: 500, Samples: 20, Log: t.Output()}
			if engine == "postgres" {
				r.DB = storetest.PostgresURL(t)
			}
			res, err := r.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Requests) != 9 || res.Requests[0].P99 <= 0 {
				t.Errorf("implausible figures: %+v", res)
			}
		})
	}
}

func TestSearchBenchmarkRuns(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := Search{Engine: engine, Stored: 1000, Customers: 100, Samples: 5, Log: t.Output()}
			if engine == "postgres" {
				b.DB = storetest.PostgresURL(t)
			}
			res, err := b.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Searches) != 16 || res.IndexedPS <= 0 {
				t.Errorf("implausible figures: %+v", res)
			}
		})
	}
}

func TestIdentityBenchmarkRuns(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			b := Identity{Engine: engine, Stored: 2000, Samples: 20, Log: t.Output()}
			if engine == "postgres" {
				b.DB = storetest.PostgresURL(t)
			}
			res, err := b.Run(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Kinds) != 3 || res.Kinds[0].Rows <= 0 || res.Kinds[2].Suggested < .5 {
				t.Errorf("implausible figures: %+v", res)
			}
		})
	}
}
