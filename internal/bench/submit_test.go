package bench

import (
	"context"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// BenchmarkSubmit is one contact through the whole pipeline on SQLite, in lots,
// for profiles and allocation counts.
func BenchmarkSubmit(b *testing.B) {
	e, err := newEngine(storetest.SQLite(b))
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	at := time.Now().Add(-time.Duration(b.N+60) * time.Second)
	items := make([]crm.Item, b.N)
	for i := range items {
		items[i] = mail(i, at)
	}
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := e.Submit(context.Background(), items); err != nil {
		b.Fatal(err)
	}
}
