package journey

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

const benchText = `Hello, last Tuesday I added a text plan to my subscription on your web site and got a confirmation, but nowhere
does it say from which day I can use it. I have a family party on Saturday and would like to invite everybody by text.
Can I already send texts today, or only from the first of next month? And will the texts be on the same invoice as my
other plan? Kind regards, Jan Meijer`

func benchContact(customer, n int) *Contact {
	at := monday.Add(time.Duration(customer)*time.Second + time.Duration(n)*time.Hour)
	p := crm.DerivedID(monday, "bench", strconv.Itoa(customer))
	profile := Profile{Bucket: p.Bucket(), ID: p}
	return &Contact{
		ID: crm.DerivedID(at, "c", strconv.Itoa(customer), strconv.Itoa(n)).InBucket(profile.Bucket), Profile: profile, CustomerID: p, Members: []Profile{profile},
		ConversationID: crm.DerivedID(at, "v", strconv.Itoa(customer), strconv.Itoa(n)).InBucket(profile.Bucket),
		Channel:        crm.Mail, Kind: crm.KindMessage, Direction: crm.In, At: at, Subject: "When does my text plan start?", Text: benchText,
		Reading: &crm.Reading{Intents: []crm.Label{{Name: "service_start", Confidence: .8}},
			Asks: []crm.Ask{{Text: "Can I already send texts today, or only from the first of next month?", Question: true}, {Text: "And will the texts be on the same invoice as my other plan?", Question: true}}},
	}
}

// BenchmarkNewCustomer is the work for the first contact of a customer, without
// SQL: decide, measure, and make the rows.
func BenchmarkNewCustomer(b *testing.B) {
	var l linker
	for b.Loop() {
		c := benchContact(1, 0)
		p := &person{}
		l.take(p, c, monday)
		p.journeys[0].settle(monday)
		if _, err := p.journeys[0].row(1); err != nil {
			b.Fatal(err)
		}
		_ = linkRow(c.Profile, c.Link)
	}
}

// BenchmarkTenJourneys is the same for a customer with ten open journeys,
// decoded from their rows.
func BenchmarkTenJourneys(b *testing.B) {
	l := linker{adjacent: testAdjacent}
	var rows []*rawRecord
	for i := range 10 {
		c := benchContact(1, i*100)
		c.Reading.Intents[0].Name = fmt.Sprint("intent", i)
		c.Text = ""
		p := &person{}
		l.take(p, c, monday)
		r := p.journeys[0]
		row, err := r.row(1)
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, &rawRecord{record: record{ID: r.ID, Profile: r.Profile, State: crm.WaitingForUs, Intent: r.Intent, OpenedAt: r.OpenedAt, LastAt: r.LastAt}, data: row[15].(string)})
	}
	for b.Loop() {
		c := benchContact(1, 2000)
		p := &person{contacts: []*Contact{c}}
		for _, raw := range rows {
			fresh := *raw
			p.raw = append(p.raw, &fresh)
		}
		if err := p.decode(); err != nil {
			b.Fatal(err)
		}
		l.take(p, c, monday)
	}
}

// BenchmarkLink writes batches of 500 contacts of 500 new customers on SQLite,
// without interactions and readings.
func BenchmarkLink(b *testing.B) {
	w := newWorld(b, storetest.SQLite(b))
	n := 0
	for b.Loop() {
		contacts := make([]*Contact, 500)
		for i := range contacts {
			contacts[i] = benchContact(n, 0)
			n++
		}
		w.linkOnly(contacts)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n), "µs/contact")
}
