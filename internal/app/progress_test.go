package app

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }

	var lines bytes.Buffer
	p := newProgress(&lines, false, clock)
	p.show(0, 0, 1000)
	now = now.Add(5 * time.Second)
	p.show(250, 250, 1000) // too soon for a log
	now = now.Add(5 * time.Second)
	p.show(500, 500, 1000)
	now = now.Add(10 * time.Second)
	p.show(1000, 1000, 1000)
	p.end()
	if got, want := lines.String(), " 50 %  500  50/s  10s left\n100 %  1000  50/s\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	var screen bytes.Buffer
	p = newProgress(&screen, true, clock)
	p.show(100, 100, 1000) // a resumed run: the rate counts from here
	now = now.Add(time.Second)
	p.show(200, 200, 1000)
	now = now.Add(100 * time.Millisecond)
	p.show(210, 210, 1000) // too soon for eyes
	p.end()
	if got := screen.String(); !strings.Contains(got, "\r[====                    ]  20 %  200  100/s  8s left") || strings.Contains(got, "210") || !strings.HasSuffix(got, "\n") {
		t.Errorf("got %q", got)
	}
}

func TestProgressOfNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, false, time.Now)
	p.show(0, 0, 0)
	if got := out.String(); got != "100 %  0\n" {
		t.Errorf("got %q", got)
	}
}
