package demo

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"github.com/rapport-crm/rapport/internal/crm"
)

// noon is a moment without anything special about it.
var noon = time.Date(2026, 3, 18, 12, 25, 0, 0, time.UTC)

func items(t *testing.T, now time.Time) []crm.Item {
	t.Helper()
	return slices.Collect(Items(now))
}

func TestSameHourSameItems(t *testing.T) {
	t.Parallel()
	a, b := items(t, noon), items(t, noon.Add(20*time.Minute))
	if !reflect.DeepEqual(a, b) {
		t.Fatal("two tellings of one hour differ")
	}
}

// Another day moves the dates and keeps the people, numbers and stories.
func TestOtherDayShifts(t *testing.T) {
	t.Parallel()
	ids := func(list []crm.Item) map[string]time.Time {
		m := map[string]time.Time{}
		for _, it := range list {
			m[it.Envelope.Source+" "+it.Envelope.ExternalID] = it.Envelope.OccurredAt
		}
		return m
	}
	a, b := ids(items(t, noon)), ids(items(t, noon.AddDate(0, 0, 9)))
	both, later := 0, 0
	for id, at := range a {
		if other, ok := b[id]; ok {
			both++
			if other.After(at) {
				later++
			}
		}
	}
	if both < len(a)*9/10 || later < both*98/100 {
		t.Errorf("of %d items %d come back nine days on, %d of them later", len(a), both, later)
	}
}

// At different hours of a week everything lies inside the ninety days, in order,
// and no external id repeats.
func TestOrderAndWindow(t *testing.T) {
	t.Parallel()
	for h := 0; h < 7*24; h += 35 {
		now := noon.Add(time.Duration(h) * time.Hour)
		seen := map[[2]string]bool{}
		var last time.Time
		for _, it := range items(t, now) {
			e := it.Envelope
			if e.OccurredAt.Before(now.Truncate(time.Hour).AddDate(0, 0, -Days)) || e.OccurredAt.After(now) {
				t.Fatalf("at %v: %s lies outside the window: %v", now, e.ExternalID, e.OccurredAt)
			}
			if e.OccurredAt.Before(last) {
				t.Fatalf("at %v: %s is out of order", now, e.ExternalID)
			}
			last = e.OccurredAt
			key := [2]string{e.Source, e.ExternalID}
			if seen[key] {
				t.Fatalf("at %v: %v appears twice", now, key)
			}
			seen[key] = true
		}
	}
}

// The size that the demo promises, whenever it is started.
func TestCounts(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{noon, noon.AddDate(0, 0, 3), noon.Add(190*24*time.Hour + 7*time.Hour)} {
		channel, source, kind := map[crm.Channel]int{}, map[string]int{}, map[crm.Kind]int{}
		people, language := map[string]bool{}, map[string]int{}
		all := items(t, now)
		for _, it := range all {
			e := it.Envelope
			channel[e.Channel]++
			source[e.Source]++
			kind[e.Kind]++
			for _, p := range e.Participants {
				if p.Role != crm.Agent && p.Kind == crm.UserID {
					people[p.Value] = true
				}
			}
			if e.Channel != crm.Web && len(e.Text) > 40 {
				language[guess(e.Text)]++
			}
		}
		t.Log(now, len(all), "items,", len(people), "accounts", channel, source, kind, language)
		if len(all) < 6500 || len(people) < 420 {
			t.Errorf("%d items of %d accounts", len(all), len(people))
		}
		for _, c := range crm.Channels {
			if channel[c] == 0 {
				t.Errorf("nothing on %s", c)
			}
		}
		for s, want := range map[string]int{"shop": 100, "mail:support": 1500, "phone": 240, "chat": 1000, "sms": 150, "web": 2000,
			"stores": 100, "whatsapp": 180, "reviews": 50, "community": 35, "social": 35, "crm": 5} {
			if source[s] < want {
				t.Errorf("%d items from %s, want %d", source[s], s, want)
			}
		}
		if share := float64(channel[crm.Web]) / float64(len(all)); share < .28 || share > .42 {
			t.Errorf("%.2f of the items are web events", share)
		}
		total := language["en"] + language["de"] + language["nl"]
		for lang, want := range map[string]float64{"en": .70, "de": .15, "nl": .15} {
			if got := float64(language[lang]) / float64(total); got < want-.06 || got > want+.06 {
				t.Errorf("%.2f of the texts are in %s, want about %.2f", got, lang, want)
			}
		}
	}
}

// guess tells the three languages apart by their small words.
func guess(text string) string {
	best, most := "", 0
	text = " " + strings.ToLower(strings.NewReplacer(",", " ", ".", " ", "?", " ", "!", " ", ":", " ", "\n", " ").Replace(text)) + " "
	for _, l := range []struct{ lang, words string }{
		{"en", "the and is it you your to my have of that was for a we i on at not what from thank thanks"},
		{"de", "der die das und ist ich sie ihre nicht für mit bei wir auf den zu eine danke im am"},
		{"nl", "de het een en is ik u uw niet voor met bij wij op van te dat bedankt om hoi er je beste"},
	} {
		n := 0
		for _, w := range strings.Fields(l.words) {
			n += strings.Count(text, " "+w+" ")
		}
		if n > most {
			best, most = l.lang, n
		}
	}
	return best
}

// Nobody real can be reached: addresses are under .example, and telephone
// numbers are valid in form and from ranges for fiction.
func TestNobodyReal(t *testing.T) {
	t.Parallel()
	for _, it := range items(t, noon) {
		for _, p := range it.Envelope.Participants {
			switch p.Kind {
			case crm.Email:
				if !strings.HasSuffix(p.Value, ".example") {
					t.Errorf("%s is a real domain", p.Value)
				}
			case crm.PhoneNumber:
				n, err := phonenumbers.Parse(p.Value, "")
				if err != nil || !phonenumbers.IsValidNumber(n) {
					t.Errorf("%s: %v", p.Value, err)
				}
				ok := false
				for _, prefix := range []string{"+442079460", "+4917139200", "+49176040690", "+31662"} {
					ok = ok || strings.HasPrefix(p.Value, prefix)
				}
				if !ok {
					t.Errorf("%s lies outside the ranges", p.Value)
				}
			}
		}
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]bool{
		SupportAddress: true, " Support@Halden-Mobile.Example": true, "x@mail.halden-mobile.example": true,
		Jan: false, "halden-mobile.example@postvak.example": false, "x@nothalden-mobile.example": false, "": false,
	} {
		if Own(addr) != want {
			t.Errorf("Own(%q) = %v", addr, !want)
		}
	}
}

// Telling allocates little, whatever the machine is doing: BenchmarkItems says
// how long that takes.
func TestTellingAllocatesLittle(t *testing.T) {
	const most = 380_000 // blocks
	scripts()
	n := 0
	blocks := testing.AllocsPerRun(1, func() {
		n = 0
		for range Items(noon) {
			n++
		}
	})
	t.Logf("%d items, %.0f blocks", n, blocks)
	if blocks > most {
		t.Errorf("telling %d items takes %.0f blocks of memory, more than %d", n, blocks, most)
	}
}

func BenchmarkItems(b *testing.B) {
	for b.Loop() {
		for range Items(noon) {
		}
	}
}

// A reader may stop early.
func TestStopsEarly(t *testing.T) {
	t.Parallel()
	n := 0
	for range Items(noon) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("read %d items", n)
	}
}
