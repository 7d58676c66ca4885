package webchat_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// BenchmarkOpenWidgets holds 2,000 widgets and 200 streams of consoles open in one
// process, and tells how long an answer takes from its commit to its widget, a
// visitor's message to a console, and how much memory all of that holds, the ends
// of the browsers included.
func BenchmarkOpenWidgets(b *testing.B) {
	const widgets, consoles = 2000, 200
	w := setup(b, storetest.SQLite(b))
	w.server.Unlimited()
	visitor := w.begin("", "")
	session := text(visitor["session"])
	w.write(session, "m0", "Hello")
	conversation, profile, _ := w.theCase()
	for range consoles {
		sub, err := w.hub.Subscribe(b.Context(), "")
		if err != nil {
			b.Fatal(err)
		}
		defer sub.Close()
		go func() {
			for {
				if _, err := sub.Next(b.Context()); err != nil {
					return
				}
			}
		}()
	}
	for i := range widgets {
		other := w.begin("", "")
		w.write(text(other["session"]), fmt.Sprint("w", i), "Hello")
		c := w.dial(text(other["session"]), 0)
		go func() {
			for {
				if _, _, err := c.Read(b.Context()); err != nil {
					return
				}
			}
		}()
	}
	me := w.dial(session, 0)
	for w.next(me, "message").Message.Text != "Hello" {
	}
	console, err := w.hub.Subscribe(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	defer console.Close()
	memory := rss(b)
	var out, in []time.Duration
	n := 0
	for b.Loop() {
		n++
		words := fmt.Sprint("Answer ", n)
		start := time.Now()
		w.answer(conversation, profile, crm.NewID(start).String(), words)
		for w.next(me, "message").Message.Text != words {
		}
		out = append(out, time.Since(start))
		start = time.Now()
		e := crm.Envelope{Source: w.inbox.Source, ExternalID: fmt.Sprint("in", n), Channel: crm.Chat, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: start, Text: "Question",
			Participants: []crm.Participant{{Role: crm.From, Kind: crm.AnonymousID, Value: fmt.Sprint("someone-", n)}}}
		results, err := w.engine.Submit(b.Context(), []crm.Item{{Envelope: e, Raw: []byte("x"), RawType: "text/plain"}})
		if err != nil {
			b.Fatal(err)
		}
		for {
			e, err := console.Next(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			if e.RowID == results[0].ID {
				break
			}
		}
		in = append(in, time.Since(start))
	}
	slices.Sort(out)
	slices.Sort(in)
	ms := func(d []time.Duration, p int) float64 { return float64(d[len(d)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(ms(out, 50), "ms-to-widget-p50")
	b.ReportMetric(ms(out, 95), "ms-to-widget-p95")
	b.ReportMetric(ms(in, 50), "ms-to-console-p50")
	b.ReportMetric(ms(in, 95), "ms-to-console-p95")
	b.ReportMetric(memory, "MB-RSS")
	if memory > 500 {
		b.Errorf("%.0f MB", memory)
	}
}

// rss is the memory of this process in MB.
func rss(b *testing.B) float64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		// Without it the benchmark would say nothing about its bound.
		b.Fatalf("the memory of a process is read from /proc: %v", err)
	}
	for line := range strings.Lines(string(data)) {
		if name, rest, _ := strings.Cut(line, ":"); name == "VmRSS" {
			var kb float64
			if _, err := fmt.Sscan(rest, &kb); err != nil {
				b.Fatal(err)
			}
			return kb / 1024
		}
	}
	b.Fatal("/proc/self/status names no VmRSS")
	return 0
}
