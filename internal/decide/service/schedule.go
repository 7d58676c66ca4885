package service

import (
	"fmt"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// OpenSpan is a stretch of a day in minutes since midnight, From included, To not.
type OpenSpan struct {
	From int `json:"from" minimum:"0" maximum:"1439"`
	To   int `json:"to" minimum:"1" maximum:"1440"`
}

// Schedule are opening hours.
type Schedule struct {
	Zone     string        `json:"time_zone" doc:"IANA name, such as Europe/Amsterdam"`
	Hours    [7][]OpenSpan `json:"hours" doc:"By weekday, Monday first; minutes since midnight"`
	Holidays []string      `json:"holidays" doc:"Dates on which nobody is there, such as 2026-12-25"`

	zone *time.Location
}

// horizon bounds the search for open time: a schedule that is shut for two years
// is shut.
const horizon = 2 * 366

// Always is open day and night.
func Always() *Schedule {
	s := &Schedule{Zone: "UTC", zone: time.UTC}
	for d := range s.Hours {
		s.Hours[d] = []OpenSpan{{0, 24 * 60}}
	}
	return s
}

// Check makes a schedule usable, or says what is wrong with it.
func (s *Schedule) Check() error {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil || s.Zone == "" || s.Zone == "Local" {
		return &crm.Error{Code: crm.Invalid, Pointer: "/time_zone", Message: fmt.Sprintf("%q is not a time zone such as Europe/Amsterdam.", s.Zone)}
	}
	s.zone = zone
	for d := range s.Hours {
		slices.SortFunc(s.Hours[d], func(a, b OpenSpan) int { return a.From - b.From })
		end := 0
		for n, h := range s.Hours[d] {
			if h.From < end || h.To <= h.From || h.To > 24*60 {
				return &crm.Error{Code: crm.Invalid, Pointer: fmt.Sprintf("/hours/%d/%d", d, n), Message: "Hours must end after they begin and not overlap."}
			}
			end = h.To
		}
	}
	for n, day := range s.Holidays {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return &crm.Error{Code: crm.Invalid, Pointer: fmt.Sprintf("/holidays/%d", n), Message: fmt.Sprintf("%q is not a date such as 2026-12-25.", day)}
		}
	}
	return nil
}

// spans are the open stretches of the day that t lies in, as instants.
func (s *Schedule) spans(day time.Time) [][2]time.Time {
	if slices.Contains(s.Holidays, day.Format(time.DateOnly)) {
		return nil
	}
	y, m, d := day.Date()
	at := func(minutes int) time.Time { return time.Date(y, m, d, 0, minutes, 0, 0, s.zone) }
	var out [][2]time.Time
	for _, h := range s.Hours[(int(day.Weekday())+6)%7] {
		// On the night of a change a wall time may not exist: time.Date moves it, so
		// a stretch can shrink to nothing.
		if from, to := at(h.From), at(h.To); to.After(from) {
			out = append(out, [2]time.Time{from, to})
		}
	}
	return out
}

// walk visits open stretches from t on until visit has enough.
func (s *Schedule) walk(t time.Time, visit func(from, to time.Time) (enough bool)) bool {
	day := t.In(s.zone)
	for range horizon {
		for _, span := range s.spans(day) {
			if from := later(span[0], t); span[1].After(from) && visit(from, span[1]) {
				return true
			}
		}
		y, m, d := day.Date()
		day = time.Date(y, m, d+1, 12, 0, 0, 0, s.zone) // noon exists on every day
	}
	return false
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Open reports whether somebody is there at t.
func (s *Schedule) Open(t time.Time) bool {
	next, ok := s.NextOpen(t)
	return ok && next.Equal(t)
}

// NextOpen is t when somebody is there, else when somebody is there again.
func (s *Schedule) NextOpen(t time.Time) (at time.Time, ok bool) {
	ok = s.walk(t, func(from, _ time.Time) bool { at = from; return true })
	return at, ok
}

// Add gives the instant at which d of open time has passed since t. It reports
// false for a schedule that never has so much.
func (s *Schedule) Add(t time.Time, d time.Duration) (at time.Time, ok bool) {
	if d <= 0 {
		return t, true
	}
	ok = s.walk(t, func(from, to time.Time) bool {
		if open := to.Sub(from); open < d {
			d -= open
			return false
		}
		at = from.Add(d)
		return true
	})
	return at, ok
}

// Between is the open time from a to b; negative when b lies before a.
func (s *Schedule) Between(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -s.Between(b, a)
	}
	var sum time.Duration
	s.walk(a, func(from, to time.Time) bool {
		if !from.Before(b) {
			return true
		}
		if to.After(b) {
			to = b
		}
		sum += to.Sub(from)
		return false
	})
	return sum
}

// Before gives the instant from which d of open time remains until t: when a
// warning must come so that somebody can still act on it. A schedule that never
// has so much gives t itself.
func (s *Schedule) Before(t time.Time, d time.Duration) time.Time {
	day := t.In(s.zone)
	for range horizon {
		spans := s.spans(day)
		for i := len(spans) - 1; i >= 0; i-- {
			from, to := spans[i][0], spans[i][1]
			if to.After(t) {
				to = t
			}
			open := to.Sub(from)
			switch {
			case open <= 0:
			case open >= d:
				return to.Add(-d)
			default:
				d -= open
			}
		}
		y, m, n := day.Date()
		day = time.Date(y, m, n-1, 12, 0, 0, 0, s.zone)
	}
	return t
}

// Expected says when somebody who asks at t may count on an answer, if answers
// usually take so much open time, and whether somebody is there at t.
func (s *Schedule) Expected(t time.Time, usual time.Duration) (at time.Time, open bool) {
	at, ok := s.Add(t, usual)
	if !ok {
		return time.Time{}, false
	}
	return at, s.Open(t)
}
