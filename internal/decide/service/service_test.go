package service

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func office(t testing.TB) *Schedule {
	t.Helper()
	s := &Schedule{Zone: "Europe/Amsterdam", Holidays: []string{"2026-12-25"}}
	for d := range 5 {
		s.Hours[d] = []OpenSpan{{9 * 60, 12*60 + 30}, {13 * 60, 17 * 60}}
	}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	return s
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	out, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOpenTime(t *testing.T) {
	t.Parallel()
	s := office(t)
	for _, c := range []struct {
		from, to string
		open     time.Duration
	}{
		{"2026-03-02 10:00", "2026-03-02 11:00", time.Hour},
		{"2026-03-02 12:00", "2026-03-02 13:30", time.Hour},                     // over lunch
		{"2026-03-06 16:00", "2026-03-09 10:00", 2 * time.Hour},                 // over a weekend
		{"2026-12-24 16:00", "2026-12-28 10:00", 2 * time.Hour},                 // over Christmas and a weekend
		{"2026-03-28 20:00", "2026-03-30 09:30", 30 * time.Minute},              // the night that loses an hour
		{"2026-10-23 16:30", "2026-10-26 09:30", time.Hour},                     // the night that gains one
		{"2026-03-02 00:00", "2026-03-09 00:00", 5 * 450 * time.Minute},         // a week
		{"2026-03-07 10:00", "2026-03-08 10:00", 0},                             // nobody is there
		{"2026-03-02 08:00", "2026-03-02 09:00", 0},                             // not yet
		{"2026-03-02 12:30", "2026-03-02 13:00", 0},                             // lunch
		{"2026-03-02 16:59", "2026-03-02 23:00", time.Minute},                   // the last minute
		{"2026-03-02 11:00", "2026-03-02 10:00", -time.Hour},                    // backwards
		{"2026-01-01 00:00", "2027-01-01 00:00", (261 - 1) * 450 * time.Minute}, // a year with one holiday on a weekday
	} {
		if got := s.Between(at(t, c.from), at(t, c.to)); got != c.open {
			t.Errorf("from %s to %s: %v open, want %v", c.from, c.to, got, c.open)
		}
	}
	for _, c := range []struct {
		from string
		d    time.Duration
		to   string
	}{
		{"2026-03-02 10:00", 2 * time.Hour, "2026-03-02 12:00"},
		{"2026-03-02 12:00", time.Hour, "2026-03-02 13:30"},
		{"2026-03-06 16:30", time.Hour, "2026-03-09 09:30"},
		{"2026-12-24 16:30", 4 * time.Hour, "2026-12-28 12:30"},
		{"2026-03-07 03:00", time.Minute, "2026-03-09 09:01"},
	} {
		if got, ok := s.Add(at(t, c.from), c.d); !ok || !got.Equal(at(t, c.to)) {
			t.Errorf("%s and %v: %v, want %s", c.from, c.d, got, c.to)
		}
	}
	if s.Open(at(t, "2026-03-02 12:45")) || !s.Open(at(t, "2026-03-02 13:00")) || s.Open(at(t, "2026-12-25 10:00")) {
		t.Error("who is there when?")
	}
	if next, ok := s.NextOpen(at(t, "2026-12-24 18:00")); !ok || !next.Equal(at(t, "2026-12-28 09:00")) {
		t.Errorf("next open %v", next)
	}
}

func TestAScheduleThatNeverOpensHasNoDueTime(t *testing.T) {
	t.Parallel()
	s := &Schedule{Zone: "UTC"}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Add(at(t, "2026-03-02 10:00"), time.Hour); ok {
		t.Error("it never opens")
	}
	var c Clock
	c.Asked(&Targets{First: 60, Resolve: 60}, s, at(t, "2026-03-02 10:00"), false)
	if due, kind := c.Due(); !due.IsZero() || kind != "" {
		t.Errorf("due %v (%s)", due, kind)
	}
}

func TestBadSchedulesAreRefused(t *testing.T) {
	t.Parallel()
	for what, s := range map[string]Schedule{
		"no zone":      {},
		"wrong zone":   {Zone: "Mars/Base"},
		"backwards":    {Zone: "UTC", Hours: [7][]OpenSpan{{{600, 540}}}},
		"overlap":      {Zone: "UTC", Hours: [7][]OpenSpan{{{540, 700}, {600, 800}}}},
		"past the day": {Zone: "UTC", Hours: [7][]OpenSpan{{{540, 1500}}}},
		"no date":      {Zone: "UTC", Holidays: []string{"25 December"}},
	} {
		if s.Check() == nil {
			t.Errorf("%s was taken", what)
		}
	}
}

// What is added can be measured again, from any time, over any night.
func TestAddAndBetweenAgree(t *testing.T) {
	t.Parallel()
	start := at(t, "2026-01-01 00:00")
	rapid.Check(t, func(r *rapid.T) {
		s := office(t)
		s.Hours[5] = []OpenSpan{{0, 4 * 60}} // a night shift meets the changes of time
		s.Hours[6] = []OpenSpan{{60, 24 * 60}}
		from := start.Add(time.Duration(rapid.IntRange(0, 366*24*60).Draw(r, "minutes")) * time.Minute)
		d := time.Duration(rapid.IntRange(1, 30*24*60).Draw(r, "open")) * time.Minute
		to, ok := s.Add(from, d)
		if !ok {
			r.Fatal("it opens")
		}
		if got := s.Between(from, to); got != d {
			r.Fatalf("from %v, %v of open time end at %v, but between them lie %v", from, d, to, got)
		}
	})
}

// A case as a support manager would tell it: hours of four and eight.
func TestTargetsOfACase(t *testing.T) {
	t.Parallel()
	s, targets := office(t), &Targets{First: 60, Next: 120, Resolve: 480}
	var c Clock
	want := func(when string, kind, due string) {
		t.Helper()
		got, k := c.Due()
		if k != kind || due != "" && !got.Equal(at(t, due)) {
			t.Errorf("%s: %s due %v, want %s %s", when, k, got, kind, due)
		}
	}
	c.Asked(targets, s, at(t, "2026-03-02 10:00"), false)
	want("she asks on Monday at ten", "first", "2026-03-02 11:00")
	c.Asked(targets, s, at(t, "2026-03-02 10:30"), false)
	want("she asks again: the target doesn't move", "first", "2026-03-02 11:00")
	c.Answered(targets, s, at(t, "2026-03-02 10:45"))
	want("we answer", "", "")
	if c.ResolveLeft != 480*time.Minute-45*time.Minute {
		t.Errorf("%v are left to resolve it", c.ResolveLeft)
	}
	c.Asked(targets, s, at(t, "2026-03-04 09:00"), true)
	want("she comes back on Wednesday", "next", "2026-03-04 11:00")
	if !c.ResolveDue.Equal(at(t, "2026-03-04 16:45")) {
		t.Errorf("resolve by %v", c.ResolveDue)
	}
	c.Answered(targets, s, at(t, "2026-03-05 09:00"))
	c.Asked(targets, s, at(t, "2026-03-09 09:00"), true)
	if c.ResolveDue.After(at(t, "2026-03-09 09:00")) {
		t.Errorf("it was late when it came to rest, and is late again: %v", c.ResolveDue)
	}
}
