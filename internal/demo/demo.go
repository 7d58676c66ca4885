package demo

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Firm is the name of the demo firm, Domain its invented mail and web domain.
const (
	Firm   = "Halden Mobile"
	Domain = "halden-mobile.example"
)

// Addresses of the firm.
const (
	SupportAddress = "support@" + Domain // customers write here; agents answer from here
	ServiceAddress = "service@" + Domain // automatic mail is sent from here
)

// Days is how far back the demo goes.
const Days = 90

// OutageDaysAgo is the day of the network fault, counted back from now.
const OutageDaysAgo = 35

// Products are the names used in the texts.
var Products = []string{
	"Text Plan S", "Text Plan M", "Text Plan L",
	"Mobile S", "Mobile M", "Mobile L", "Mobile Student", "Prepaid Start",
	"Family Bundle", "Home Internet 100", "Home Internet 500", "Halden TV",
	"Travel Pass", "Data Boost 5 GB", "Business Line", "Router H3",
	"Lumo S2", "Aurel X4", "Tavi 9 Pro",
}

// Own reports whether a mail address belongs to the firm.
func Own(addr string) bool {
	addr = strings.ToLower(strings.TrimSpace(addr))
	domain := addr[strings.LastIndexByte(addr, '@')+1:]
	return domain == Domain || strings.HasSuffix(domain, "."+Domain)
}

// Items yields the demo's contacts in order of OccurredAt. It depends on now
// only through its hour.
func Items(now time.Time) iter.Seq[crm.Item] {
	return func(yield func(crm.Item) bool) {
		w := newWorld(now)
		w.tellSpecial()
		w.tellOutage()
		w.tellEveryday()
		w.tellVisitors()
		slices.SortStableFunc(w.items, func(a, b crm.Item) int {
			return cmp.Or(a.Envelope.OccurredAt.Compare(b.Envelope.OccurredAt),
				strings.Compare(a.Envelope.Source, b.Envelope.Source),
				strings.Compare(a.Envelope.ExternalID, b.Envelope.ExternalID))
		})
		for _, it := range w.items {
			if !yield(it) {
				return
			}
		}
	}
}

// zone is the firm's local time. A fixed zone keeps the demo independent of
// the machine's time zone data; an hour of summer time would teach nothing.
var zone = time.FixedZone("CET", 3600)

// world is what one telling of the demo has gathered.
type world struct {
	now, first time.Time // both inclusive
	midnight   time.Time // start of now's local day
	book       *book
	people     []*person          // the everyday customers
	special    map[string]*person // the named ones, by their script name
	items      []crm.Item
	turn       map[*step]int   // next phrasing of a step, so that phrasings rotate
	used       map[string]bool // texts that were said already
}

func newWorld(now time.Time) *world {
	now = now.UTC().Truncate(time.Hour)
	local := now.In(zone)
	w := &world{
		now: now, first: now.AddDate(0, 0, -Days),
		midnight: time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone),
		book:     scripts(),
		special:  specialPeople(),
		turn:     map[*step]int{}, used: map[string]bool{},
	}
	w.people = everydayPeople()
	return w
}

// day is a local time so many days ago.
func (w *world) day(ago, hour, minute int) time.Time {
	return w.midnight.AddDate(0, 0, -ago).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
}

// add keeps an item when it lies inside the ninety days, and says whether.
func (w *world) add(it crm.Item) bool {
	t := it.Envelope.OccurredAt
	if t.Before(w.first) || t.After(w.now) {
		return false
	}
	w.items = append(w.items, it)
	return true
}
