package identify_test

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify/match"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// BenchmarkCompareBacklog compares the customers of an import,
// RAPPORT_BENCH_CUSTOMERS of them (5,000 when not set), while somebody writes
// every few milliseconds. What they wait for the writer is written-p95-ms; for
// one customer it is ms/customer.
func BenchmarkCompareBacklog(b *testing.B) {
	people, _ := strconv.Atoi(os.Getenv("RAPPORT_BENCH_CUSTOMERS"))
	if people == 0 {
		people = 5000
	}
	ctx := context.Background()
	for range b.N {
		b.StopTimer()
		db := storetest.SQLite(b)
		w := setup(b, db)
		table, _ := match.Synthetic(21, people)
		for part := range slices.Chunk(table.Rows, 1000) {
			var list [][]crm.Participant
			for _, row := range part {
				if row[1] != "" {
					list = append(list, person(crm.From, "email="+row[1]+" "+row[0]))
				} else if row[2] != "" {
					list = append(list, person(crm.From, "phone="+row[2]+" "+row[0]))
				}
			}
			w.arrive(crm.Mail, list...)
		}
		done, written := make(chan struct{}), make(chan []float64)
		go func() {
			var took []float64
			for {
				select {
				case <-done:
					written <- took
					return
				case <-time.After(3 * time.Millisecond):
				}
				start := time.Now()
				if err := db.InTx(ctx, func(*store.Tx) error { return nil }); err != nil {
					b.Error(err)
				}
				took = append(took, float64(time.Since(start).Microseconds())/1e3)
			}
		}()
		b.StartTimer()
		start := time.Now()
		n := w.compare()
		b.StopTimer()
		close(done)
		took := <-written
		slices.Sort(took)
		b.ReportMetric(time.Since(start).Seconds()*1e3/float64(n), "ms/customer")
		b.ReportMetric(took[len(took)*95/100], "written-p95-ms")
		b.StartTimer()
	}
}
