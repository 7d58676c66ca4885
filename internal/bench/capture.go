package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/understand"
)

// Capture is a run of the capture benchmark.
type Capture struct {
	Engine  string        // sqlite or postgres
	DB      string        // URL of a PostgreSQL server on which databases may be made
	Stored  int           // contacts that are stored before measuring
	Items   int           // contacts a round. Default: 10000
	Rounds  int           // alternating rounds, of which the median counts. Default: 3
	Rate    int           // contacts a second of the latency run. Default: 500
	Latency time.Duration // length of the latency run. Default: 10s
	Log     io.Writer     // progress, or nil
}

// CaptureResult is what it found.
type CaptureResult struct {
	Engine       string  `json:"engine"`
	Stored       int     `json:"stored"`
	Items        int     `json:"items"`
	AcceptedPerS float64 `json:"accepted_per_s"` // whole pipeline, durable
	BarePerS     float64 `json:"bare_per_s"`     // bare batched insert of the same rows
	Ratio        float64 `json:"ratio"`          // accepted / bare, median of the rounds
	RowsPerItem  float64 `json:"rows_per_item"`
	P50          float64 `json:"p50_ms"` // of one contact at the latency rate
	P99          float64 `json:"p99_ms"`
	LatencyRate  int     `json:"latency_rate"`
	CPUPerItem   float64 `json:"cpu_us_per_item"` // of this process and, when local, the server's
	BareCPU      float64 `json:"bare_cpu_us_per_item"`
}

const lot = 500 // contacts a Submit, as a channel or an import would send them

// Run measures.
func (c Capture) Run(ctx context.Context) (*CaptureResult, error) {
	if c.Items <= 0 {
		c.Items = 10_000
	}
	if c.Rounds <= 0 {
		c.Rounds = 3
	}
	if c.Rate <= 0 {
		c.Rate = 500
	}
	if c.Latency <= 0 {
		c.Latency = 10 * time.Second
	}
	if c.Log == nil {
		c.Log = io.Discard
	}
	full, err := c.scratch(ctx)
	if err != nil {
		return nil, err
	}
	defer full.drop()
	bare, err := c.scratch(ctx)
	if err != nil {
		return nil, err
	}
	defer bare.drop()

	engine, err := newEngine(full.db)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	res := &CaptureResult{Engine: c.Engine, Stored: c.Stored, Items: c.Items, LatencyRate: c.Rate}
	if c.Stored > 0 {
		fmt.Fprintf(c.Log, "storing %d contacts first\n", c.Stored)
		if _, _, err := load(ctx, engine, 0, c.Stored); err != nil {
			return nil, err
		}
	}
	mark, err := copyNew(ctx, full.db, bare.db, nil, nil)
	if err != nil {
		return nil, err
	}
	var accepted, plain, ratios, cpu, bareCPU []float64
	for round := range c.Rounds {
		first := c.Stored + round*c.Items
		took, spent, err := load(ctx, engine, first, c.Items)
		if err != nil {
			return nil, err
		}
		cpu = append(cpu, float64(spent)/1e3/float64(c.Items))
		var bt time.Duration
		var rows int
		if mark, err = copyNew(ctx, full.db, bare.db, mark, func(d time.Duration, n int, spent time.Duration) {
			bt, rows = d, n
			bareCPU = append(bareCPU, float64(spent)/1e3/float64(c.Items))
		}); err != nil {
			return nil, err
		}
		a, b := float64(c.Items)/took.Seconds(), float64(c.Items)/bt.Seconds()
		accepted, plain, ratios = append(accepted, a), append(plain, b), append(ratios, a/b)
		res.RowsPerItem = float64(rows) / float64(c.Items)
		fmt.Fprintf(c.Log, "round %d: pipeline %.0f/s, bare insert %.0f/s, ratio %.2f\n", round+1, a, b, a/b)
	}
	res.AcceptedPerS, res.BarePerS, res.Ratio = median(accepted), median(plain), median(ratios)
	res.CPUPerItem, res.BareCPU = median(cpu), median(bareCPU)
	res.P50, res.P99, err = c.latency(ctx, engine, c.Stored+c.Rounds*c.Items)
	return res, err
}

// load takes n contacts in, several lots at a time, and waits for every answer.
func load(ctx context.Context, e *flow.Engine, first, n int) (took, cpu time.Duration, err error) {
	at := time.Now().Add(-time.Duration(first+n+60) * time.Second)
	lots := make(chan []crm.Item, 8)
	errs := make(chan error, 8)
	var wg sync.WaitGroup
	// The contacts are made before the clock starts; a real channel has parsed
	// its bytes elsewhere too.
	var all [][]crm.Item
	for i := first; i < first+n; i += lot {
		var items []crm.Item
		for j := i; j < min(i+lot, first+n); j++ {
			items = append(items, mail(j, at))
		}
		all = append(all, items)
	}
	runtime.GC() // what was made is no work of the pipeline
	before, start := cpuTime(), time.Now()
	for range 4 {
		wg.Go(func() {
			for items := range lots {
				results, err := e.Submit(ctx, items)
				for _, r := range results {
					if err == nil && r.Status != flow.StatusNew {
						err = fmt.Errorf("a contact of the benchmark is %s: %v", r.Status, r.Problem)
					}
				}
				if err != nil {
					select {
					case errs <- err:
					default:
					}
				}
			}
		})
	}
	for _, items := range all {
		lots <- items
	}
	close(lots)
	wg.Wait()
	select {
	case err := <-errs:
		return 0, 0, err
	default:
		return time.Since(start), cpuTime() - before, nil
	}
}

// latency sends single contacts at a fixed rate, whatever the answers take, and
// gives the median and the 99th percentile in milliseconds.
func (c Capture) latency(ctx context.Context, e *flow.Engine, first int) (p50, p99 float64, err error) {
	n := int(c.Latency.Seconds() * float64(c.Rate))
	at := time.Now().Add(-time.Duration(first+n+60) * time.Second)
	items := make([]crm.Item, n)
	for i := range items {
		items[i] = mail(first+i, at)
	}
	took := make([]float64, n)
	var wg sync.WaitGroup
	var mu sync.Mutex
	start := time.Now()
	for i := range items {
		due := start.Add(time.Duration(i) * time.Second / time.Duration(c.Rate))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			_, e := e.Submit(ctx, items[i:i+1])
			took[i] = float64(time.Since(due).Microseconds()) / 1e3
			if e != nil {
				mu.Lock()
				err = e
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(took)
	return took[n/2], took[n*99/100], err
}

func newEngine(db *store.DB) (*flow.Engine, error) {
	reader, err := understand.Default()
	if err != nil {
		return nil, err
	}
	// Nothing here is sealed, so the inboxes need no key.
	work := desk.New(db, time.Now, inboxes.New(db, time.Now, nil))
	if err := work.Begin(context.Background(), "UTC"); err != nil {
		return nil, err
	}
	return flow.New(db, flow.Options{Reader: reader, Region: "NL", Desk: work, QueueItems: 100_000, Log: slog.New(slog.DiscardHandler)})
}

func median(v []float64) float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}

// Write prints the result for people, or as one line of JSON.
func (r *CaptureResult) Write(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	_, err := fmt.Fprintf(w, `capture on %s, %d stored, %d contacts a round
  whole pipeline      %8.0f contacts/s   %6.0f µs CPU a contact
  bare batched insert %8.0f contacts/s   %6.0f µs CPU a contact  (%.1f rows a contact)
  ratio               %8.2f
  at %d contacts/s    p50 %.1f ms, p99 %.1f ms
`, r.Engine, r.Stored, r.Items, r.AcceptedPerS, r.CPUPerItem, r.BarePerS, r.BareCPU, r.RowsPerItem, r.Ratio, r.LatencyRate, r.P50, r.P99)
	return err
}
