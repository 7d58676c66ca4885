package journey

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Told is a journey as figures and paths see it.
type Told struct {
	ID       crm.ID
	Profile  crm.ID
	Intent   string
	State    crm.JourneyState
	OpenedAt time.Time
	LastAt   time.Time
	Effort   float64
	Leaving  bool
	Team     string // id of the team that has the conversation it began in; only when figures are by team
	Data     Data
}

// First is the conversation that the journey began in, as far as it is kept; zero: none.
func (t *Told) First() crm.ID {
	if len(t.Data.Conversations) == 0 {
		return crm.ID{}
	}
	return t.Data.Conversations[0]
}

// path is the channel of each contact of the customer. Journeys that were
// measured before it was kept give the channels in the order of first use.
func (t *Told) path() []crm.Channel {
	if len(t.Data.Path) > 0 {
		return t.Data.Path
	}
	return t.Data.Channels
}

// served reports whether a person of ours took part.
func (t *Told) served() bool { return !t.Data.LastOut.IsZero() || !t.Data.Spoken.IsZero() }

// Share is a share with its 95 % interval (Wilson 1927).
type Share struct {
	Value       float64 `json:"value"`
	Low         float64 `json:"low"`
	High        float64 `json:"high"`
	N           int     `json:"n" doc:"Journeys that it is a share of"`
	Provisional int     `json:"provisional" doc:"Journeys whose window is still open; they are left out"`
}

// ShareOf is k of n with its interval.
func ShareOf(k, n int) Share {
	s := Share{N: n}
	if n == 0 {
		return s
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	s.Value, s.Low, s.High = p, max(0, mid-half), min(1, mid+half)
	return s
}

// Difference is b − a of two shares with its 95 % interval (Newcombe 1998,
// method 10).
func Difference(a, b Share) Interval {
	d := b.Value - a.Value
	return Interval{Value: d,
		Low:  d - math.Hypot(b.Value-b.Low, a.High-a.Value),
		High: d + math.Hypot(b.High-b.Value, a.Value-a.Low)}
}

// Interval is a value with its 95 % interval.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// meanOf is a mean with its interval (normal).
func meanOf(v []float64) Interval {
	if len(v) == 0 {
		return Interval{}
	}
	var sum, square float64
	for _, x := range v {
		sum += x
	}
	m := sum / float64(len(v))
	for _, x := range v {
		square += (x - m) * (x - m)
	}
	half := 0.0
	if len(v) > 1 {
		half = 1.959964 * math.Sqrt(square/float64(len(v)-1)/float64(len(v)))
	}
	return Interval{m, m - half, m + half}
}

// GroupFigures are what a group of journeys cost customers and whether it helped.
type GroupFigures struct {
	Key      string   `json:"key" doc:"Intent, channel or id of a team; empty: all, or not known"`
	Journeys int      `json:"journeys"`
	Contacts int64    `json:"contacts" doc:"That customers made; each system counts each of its own as done"`
	Effort   Interval `json:"effort" doc:"Mean of the effort score, 0 to 100"`
	Switches Interval `json:"switches" doc:"Mean changes of channel"`

	Solved Share `json:"solved" doc:"Resolved as the customer would see it, of the journeys that are over"`
	FCR7   Share `json:"fcr_7" doc:"First contact resolution: nobody came back about it within 7 days"`
	FCR14  Share `json:"fcr_14"`
	FCR30  Share `json:"fcr_30"`

	SelfService Share `json:"self_service" doc:"Began on the web site or with a program, and no person of ours took part: what systems call contained"`
	Contained   Share `json:"contained" doc:"Of those that began there: no person took part, it is not given up or waiting, and nobody came back within 7 days"`

	BySystems Share `json:"by_systems" doc:"Journeys over two or more channels that ended unsolved, or came back: each system counted its contacts as done"`
}

// FiguresOf computes the figures of journeys at now. A journey that repeats
// another one belongs to the chain of that one, when it is among them.
func FiguresOf(key string, list []*Told, again map[crm.ID]crm.Repeat, now time.Time) GroupFigures {
	f := GroupFigures{Key: key}
	var effort, switches []float64
	var solved, over, self, started, contained, settled, crossed, unsolved int
	var kept, closed, open [3]int
	for _, t := range list {
		d := &t.Data
		f.Journeys++
		f.Contacts += d.Contacts
		effort, switches = append(effort, t.Effort), append(switches, float64(d.Switches))
		repeat := union3(d.Repeat, again[t.ID])
		if t.State.Closed() {
			over++
			if t.State == crm.Resolved && !repeat[0] {
				solved++
			}
		}
		if d.Contacts > 0 && d.Repeat.Of.IsZero() { // a chain begins
			for i, days := range repeatDays {
				switch {
				case t.OpenedAt.Add(time.Duration(days) * day).After(now):
					open[i]++
				default:
					closed[i]++
					if !repeat[i] {
						kept[i]++
					}
				}
			}
		}
		if p := t.path(); len(p) > 0 && p[0] == crm.Web {
			started++
			alone := !t.served() && len(slices.Compact(slices.Clone(p))) == 1
			if alone {
				self++
			}
			if !t.OpenedAt.Add(7 * day).After(now) {
				settled++
				if alone && !repeat[0] && t.State != crm.Abandoned && t.State != crm.WaitingForUs {
					contained++
				}
			}
		}
		if d.Switches > 0 {
			crossed++
			if t.State != crm.Resolved || repeat[0] {
				unsolved++
			}
		}
	}
	f.Effort, f.Switches = meanOf(effort), meanOf(switches)
	f.Solved = ShareOf(solved, over)
	for i, s := range []*Share{&f.FCR7, &f.FCR14, &f.FCR30} {
		*s = ShareOf(kept[i], closed[i])
		s.Provisional = open[i]
	}
	f.SelfService, f.Contained = ShareOf(self, started), ShareOf(contained, settled)
	f.Contained.Provisional = started - settled
	f.BySystems = ShareOf(unsolved, crossed)
	return f
}

func union3(a, b crm.Repeat) [3]bool {
	return [3]bool{a.Within7 || b.Within7, a.Within14 || b.Within14, a.Within30 || b.Within30}
}

// Again tells, for each journey that another one repeats, within which windows.
func Again(list []*Told) map[crm.ID]crm.Repeat {
	out := map[crm.ID]crm.Repeat{}
	for _, t := range list {
		of := t.Data.Repeat.Of
		if of.IsZero() {
			continue
		}
		u := union3(out[of], t.Data.Repeat)
		out[of] = crm.Repeat{Within7: u[0], Within14: u[1], Within30: u[2]}
	}
	return out
}

// Group splits journeys by intent, by the channel of the first contact or by
// team, the largest group first.
func Group(list []*Told, by string) (keys []string, groups map[string][]*Told) {
	groups = map[string][]*Told{}
	for _, t := range list {
		key := t.Intent
		switch by {
		case "team":
			key = t.Team
		case "channel":
			key = ""
			if p := t.path(); len(p) > 0 {
				key = string(p[0])
			}
		}
		if groups[key] == nil {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], t)
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(groups[b]), len(groups[a])), cmp.Compare(a, b))
	})
	return keys, groups
}
