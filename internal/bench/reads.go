package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/live"
)

// Reads is a run of the read benchmark: whole requests through the API's own
// handler, with authentication and JSON.
type Reads struct {
	Engine    string
	DB        string
	Stored    int // contacts
	Customers int
	Samples   int // requests of each kind
	Long      int // contacts of one customer with a long history. Default: 10000
	Log       io.Writer
}

// Timing is how long one kind of request takes, in milliseconds.
type Timing struct {
	Name string  `json:"name"`
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	P99  float64 `json:"p99_ms"`
}

// ReadsResult is what it found.
type ReadsResult struct {
	Engine    string   `json:"engine"`
	Stored    int      `json:"stored"`
	Customers int      `json:"customers"`
	Longest   int      `json:"longest_timeline"`
	Requests  []Timing `json:"requests"`
}

// Run stores the contacts and measures.
func (r Reads) Run(ctx context.Context) (*ReadsResult, error) {
	if r.Log == nil {
		r.Log = io.Discard
	}
	if r.Long <= 0 {
		r.Long = 10_000
	}
	s, err := Capture{Engine: r.Engine, DB: r.DB}.scratch(ctx)
	if err != nil {
		return nil, err
	}
	defer s.drop()
	engine, err := newEngine(s.db)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	ids := make([]crm.ID, 0, 1000)
	var long crm.ID
	start := time.Now()
	for first := 0; first < r.Stored+r.Long; first += 2000 {
		items := make([]crm.Item, 0, 2000)
		for i := first; i < min(first+2000, r.Stored+r.Long); i++ {
			who := i % r.Customers
			if i >= r.Stored {
				who = 0 // one customer with a long history
			}
			items = append(items, again(i, who))
		}
		res, err := engine.Submit(ctx, items)
		if err != nil {
			return nil, err
		}
		if len(ids) < cap(ids) && first+len(items) <= r.Stored { // the long history has a line of its own
			ids = append(ids, res[len(ids)%len(res)].CustomerID)
		}
		if first == 0 {
			long = res[0].CustomerID
		}
		if first%100_000 == 0 {
			fmt.Fprintf(r.Log, "%d contacts stored after %s\n", first, time.Since(start).Round(time.Second))
		}
	}
	keys := access.New(s.db, time.Now)
	secret, _, err := keys.CreateKey(ctx, "bench", []string{"read"}, "")
	if err != nil {
		return nil, err
	}
	h, err := api.New(api.Deps{DB: s.db, Engine: engine, Access: keys, Hub: live.New(s.db), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	res := &ReadsResult{Engine: r.Engine, Stored: r.Stored, Customers: r.Customers, Longest: r.Long}
	random := rand.New(rand.NewPCG(1, 2))
	for _, kind := range []struct {
		name string
		url  func() string
	}{
		{"timeline page (50)", func() string {
			return "/v1/customers/" + ids[random.IntN(len(ids))].String() + "/timeline?limit=50"
		}},
		{"timeline page (50) of a long history", func() string { return "/v1/customers/" + long.String() + "/timeline?limit=50" }},
		{"customer", func() string { return "/v1/customers/" + ids[random.IntN(len(ids))].String() }},
		{"journeys of a customer", func() string { return "/v1/customers/" + ids[random.IntN(len(ids))].String() + "/journeys" }},
		{"customer search: given name", func() string { return "/v1/customers?q=" + strings.ToLower(given[random.IntN(len(given))]) }},
		{"customer search: full name", func() string {
			return "/v1/customers?q=" + strings.ReplaceAll(nameOf(random.IntN(r.Customers)), " ", "+")
		}},
		{"customer search: three letters", func() string { return "/v1/customers?q=" + strings.ToLower(given[random.IntN(len(given))][:3]) }},
		{"customer list", func() string { return "/v1/customers?limit=50" }},
		{"journeys that wait", func() string { return "/v1/journeys?state=waiting_for_us&sort=waiting&limit=50" }},
	} {
		took := make([]float64, r.Samples)
		for i := range took {
			req := httptest.NewRequestWithContext(ctx, http.MethodGet, kind.url(), nil)
			req.Header.Set("Authorization", "Bearer "+secret)
			req.RemoteAddr, req.Host = "127.0.0.1:1", "localhost" // there is no owner in a scratch database
			w := httptest.NewRecorder()
			begin := time.Now()
			h.ServeHTTP(w, req)
			took[i] = float64(time.Since(begin).Microseconds()) / 1e3
			if w.Code != http.StatusOK {
				return nil, fmt.Errorf("%s: %d %s", req.URL, w.Code, w.Body)
			}
		}
		slices.Sort(took)
		t := Timing{kind.name, took[len(took)/2], took[len(took)*95/100], took[len(took)*99/100]}
		fmt.Fprintf(r.Log, "%-40s p50 %.2f ms, p99 %.2f ms\n", t.Name, t.P50, t.P99)
		res.Requests = append(res.Requests, t)
	}
	return res, nil
}

// Write prints the result for people, or as one line of JSON.
func (r *ReadsResult) Write(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	fmt.Fprintf(w, "reads on %s, %d contacts of %d customers, the longest timeline has %d\n", r.Engine, r.Stored, r.Customers, r.Longest)
	for _, t := range r.Requests {
		if _, err := fmt.Fprintf(w, "  %-40s p50 %7.2f ms   p99 %7.2f ms\n", t.Name, t.P50, t.P99); err != nil {
			return err
		}
	}
	return nil
}
