package understand

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/eval"
)

// Limits of drift.
const (
	driftFew   = 50  // customers on one side below which nothing is said
	driftSome  = .1  // stability index from which a change is worth a look …
	driftMuch  = .25 // … and from which it is large
	driftPoint = .01 // a share that moved by less is no news, however sure
)

// Drift is how what customers write about changed between two spans of weeks.
type Drift struct {
	From, Middle, To time.Time // before: [From, Middle), after: [Middle, To)
	Before, After    int       // contacts that were looked at
	Customers        [2]int    // who wrote those, before and after
	Level            string    // few, stable, some, much
	Index            float64   // population stability index over intents and unknown
	Chance           float64   // what it stays below, 99 of 100 times, when nothing changed
	Unknown          IntentShift
	Intents          []IntentShift // those that changed first, then by size of the difference
}

// IntentShift is the share of an intent before and after. The interval of the
// difference holds for all intents at once.
type IntentShift struct {
	Intent        string
	Before, After float64
	Low, High     float64 // of After - Before
	Changed       bool    // more than chance explains, and at least a point
}

// DriftOf compares the last `span` weeks that are over with as many before them;
// nil when there are contacts on one side only. Contacts of one customer are
// alike, so it is customers that intervals count as cases.
func DriftOf(t *FirmTaxonomy, weeks []Week, span int, now time.Time) *Drift {
	d := Drift{To: WeekOf(now)}
	d.Middle = d.To.AddDate(0, 0, -7*span)
	d.From = d.Middle.AddDate(0, 0, -7*span)
	var looked [2]int
	counts := map[string]*[2]float64{"": {}}
	for _, w := range weeks {
		side := 0
		switch {
		case w.From.Before(d.From) || !w.From.Before(d.To):
			continue
		case !w.From.Before(d.Middle):
			side = 1
		}
		looked[side] += w.Looked
		d.Customers[side] += w.Customers
		counts[""][side] += float64(w.Unknown)
		for intent, n := range w.Intents {
			intent = today(t, intent)
			if counts[intent] == nil {
				counts[intent] = &[2]float64{}
			}
			counts[intent][side] += float64(n)
		}
	}
	d.Before, d.After = looked[0], looked[1]
	if looked[0] == 0 || looked[1] == 0 {
		return nil
	}
	d.compare(counts, looked)
	return &d
}

func (d *Drift) compare(counts map[string]*[2]float64, looked [2]int) {
	n1, n2 := float64(d.Customers[0]), float64(d.Customers[1])
	var before, after []float64
	for intent, c := range counts {
		s := IntentShift{Intent: intent, Before: c[0] / float64(looked[0]), After: c[1] / float64(looked[1])}
		s.Low, s.High = eval.Difference(s.Before*n1, n1, s.After*n2, n2, len(counts))
		s.Changed = (s.Low > 0 || s.High < 0) && math.Abs(s.After-s.Before) >= driftPoint && min(n1, n2) >= driftFew
		if intent == "" {
			d.Unknown = s
		} else {
			d.Intents = append(d.Intents, s)
		}
	}
	slices.SortFunc(d.Intents, func(a, b IntentShift) int {
		return cmp.Or(count(b.Changed)-count(a.Changed), cmp.Compare(math.Abs(b.After-b.Before), math.Abs(a.After-a.Before)), cmp.Compare(a.Intent, b.Intent))
	})
	for _, s := range append([]IntentShift{d.Unknown}, d.Intents...) {
		before, after = append(before, s.Before), append(after, s.After)
	}
	shift := eval.ShiftOf(before, after, n1, n2)
	d.Index, d.Chance = shift.Index, shift.Chance
	switch {
	case min(n1, n2) < driftFew:
		d.Level = "few"
	case d.Index <= d.Chance || d.Index < driftSome:
		d.Level = "stable"
	case d.Index < driftMuch:
		d.Level = "some"
	default:
		d.Level = "much"
	}
}
