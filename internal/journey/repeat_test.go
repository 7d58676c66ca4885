package journey

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// TestRepeatVectors takes the ten contacts of the reference through the linker
// and compares repeats, forwarded calls, chains, and the rates that follow from
// them for windows of 7, 14 and 30 days.
func TestRepeatVectors(t *testing.T) {
	t.Parallel()
	type window struct {
		RepeatOf map[string]int `json:"repeat_of"`
		Rate     *float64       `json:"contacts_without_repeat_rate_final"`
		Chains   map[string]int
		FCR      *float64 `json:"chain_fcr_final"`
		Switches int64    `json:"channel_switches"`
	}
	var file struct {
		Vectors []struct {
			Inputs struct {
				Contacts []struct {
					ID                              int
					Customer, Issue, Channel, Start string
				}
				End string `json:"data_end"`
			}
			Expected struct {
				Forwarded map[string]int
				Windows   map[string]window
			}
		}
	}
	vectors(t, "repeat_contact.json", &file)
	v := file.Vectors[0]
	const layout = "2006-01-02T15:04"
	end, err := time.Parse(layout, v.Inputs.End)
	if err != nil {
		t.Fatal(err)
	}
	var l linker
	people := map[string]*person{}
	var contacts []*Contact
	channels := map[string]crm.Channel{"phone": crm.Phone, "email": crm.Mail, "chat": crm.Chat}
	for _, in := range v.Inputs.Contacts {
		at, err := time.Parse(layout, in.Start)
		if err != nil {
			t.Fatal(err)
		}
		p := people[in.Customer]
		if p == nil {
			p = &person{}
			people[in.Customer] = p
		}
		c := &Contact{ID: crm.DerivedID(at, fmt.Sprint(in.ID)), At: at, Channel: channels[in.Channel], Kind: crm.KindMessage, Direction: crm.In,
			Reading: &crm.Reading{Intents: []crm.Label{{Name: in.Issue, Confidence: .95}}}}
		l.take(p, c, at)
		contacts = append(contacts, c)
	}
	for name, days := range map[string]int{"7": 7, "14": 14, "30": 30} {
		want := v.Expected.Windows[name]
		m := repeatsOf(contacts, time.Duration(days)*day, end)
		if fmt.Sprint(m.repeatOf) != fmt.Sprint(numbers(want.RepeatOf)) || fmt.Sprint(m.chains) != fmt.Sprint(numbers(want.Chains)) {
			t.Errorf("%s days: repeats %v, want %v; chains %v, want %v", name, m.repeatOf, want.RepeatOf, m.chains, want.Chains)
		}
		if !same(m.rate, want.Rate) || !same(m.fcr, want.FCR) {
			t.Errorf("%s days: rate %v, FCR %v", name, m.rate, m.fcr)
		}
		// The same, as the journeys carry it for the console.
		for _, p := range people {
			for _, r := range p.journeys {
				var repeats bool
				for i, c := range contacts {
					_, is := m.repeatOf[i+1]
					repeats = repeats || is && c.JourneyID == r.ID
				}
				if got := [3]bool{r.Data.Repeat.Within7, r.Data.Repeat.Within14, r.Data.Repeat.Within30}[slices.Index(repeatDays[:], days)]; got != repeats {
					t.Errorf("%s days: journey of %s says repeat %v, the contacts say %v", name, r.Intent, got, repeats)
				}
			}
		}
	}
	var forwarded int64
	for _, p := range people {
		for _, r := range p.journeys {
			forwarded += r.Data.Count - r.Data.Contacts
		}
	}
	if forwarded != int64(len(v.Expected.Forwarded)) {
		t.Errorf("%d contacts were folded", forwarded)
	}
}

// repeatMeasures are the operational figures of a window.
type repeatMeasures struct {
	repeatOf map[int]int // contact to the one it repeats, counted from 1
	chains   map[int]int // first contact to length
	rate     float64     // contacts without a repeat among those whose window has closed; NaN: none has
	fcr      float64     // chains whose first contact has no repeat, likewise
}

// repeatsOf computes the figures from contacts that the linker placed.
func repeatsOf(contacts []*Contact, window time.Duration, end time.Time) repeatMeasures {
	m := repeatMeasures{repeatOf: map[int]int{}, chains: map[int]int{}}
	last := map[crm.ID]int{}
	head := map[int]int{}
	repeated := map[int]bool{}
	counted := []int{}
	for i, c := range contacts {
		n := i + 1
		k, known := last[c.JourneyID]
		gap := time.Duration(0)
		if known {
			gap = c.At.Sub(contacts[k-1].At)
		}
		if known && gap < forwardedWithin {
			continue
		}
		counted = append(counted, n)
		last[c.JourneyID] = n
		head[n] = n
		if known && gap <= window {
			m.repeatOf[n] = k
			repeated[k] = true
			head[n] = head[k]
		}
		m.chains[head[n]]++
	}
	var closed, without, heads, first float64
	for _, n := range counted {
		if contacts[n-1].At.Add(window).After(end) {
			continue
		}
		closed++
		if !repeated[n] {
			without++
		}
		if head[n] == n {
			heads++
			if !repeated[n] {
				first++
			}
		}
	}
	m.rate, m.fcr = without/closed, first/heads
	return m
}

func numbers(m map[string]int) map[int]int {
	out := map[int]int{}
	for k, v := range m {
		var n int
		fmt.Sscan(k, &n)
		out[n] = v
	}
	return out
}

func same(got float64, want *float64) bool {
	if want == nil {
		return math.IsNaN(got)
	}
	return math.Abs(got-*want) < 1e-9
}

// vectors reads a file of the public vectors beside the repository, or skips.
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "vectors", name))
	if err != nil {
		t.Skipf("the vectors are not here: %v", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}
