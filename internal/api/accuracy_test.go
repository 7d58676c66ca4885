package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

const (
	aboutOrder = "Where is my order? It should have come last week."
	aboutBees  = "Am Sendemast hängt ein Bienenschwarm, wer holt die Bienen ab?"
	aboutBill  = "My last invoice is wrong, you have charged me twice. Letter %d."
)

// writeTo submits mails of as many customers, written at a time.
func (f *firm) writeTo(i *inboxes.Inbox, name, text string, n int, at time.Time) {
	f.t.Helper()
	var items []crm.Item
	for k := range n {
		words := text
		if strings.Contains(words, "%d") {
			words = fmt.Sprintf(text, k)
		}
		items = append(items, crm.Item{Raw: []byte(words), RawType: "text/plain", Envelope: crm.Envelope{Source: i.Source, ExternalID: fmt.Sprintf("%s-%d", name, k), Channel: crm.Mail,
			Kind: crm.KindMessage, Direction: crm.In, OccurredAt: at.Add(time.Duration(k) * time.Second), Text: words,
			Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: fmt.Sprintf("%s%d@sample.example", name, k)}}}})
	}
	if _, err := f.engine.Submit(f.t.Context(), items); err != nil {
		f.t.Fatal(err)
	}
}

// Weeks are counted, without what is the business of few, and a change of what
// customers write about is told from chance.
func TestAccuracyWeeks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		now := monday.Add(7 * 24 * time.Hour) // as the bench's clock
		last := understand.WeekOf(now).AddDate(0, 0, -7)
		f.writeTo(f.open, "before", aboutOrder, 60, last.AddDate(0, 0, -5))
		f.writeTo(f.open, "after", aboutOrder, 30, last.AddDate(0, 0, 3))
		f.writeTo(f.open, "bees", aboutBees, 30, last.AddDate(0, 0, 4))
		f.writeTo(f.hidden, "hidden", aboutOrder, 50, last.AddDate(0, 0, 4))
		if got := as[api.AccuracyReport](f.vic.call("GET", "/v1/accuracy?span=1", nil)); !got.Counting || len(got.Weeks) != 0 || got.Drift != nil || got.Of != "all" {
			t.Errorf("before the first count: %+v", got)
		}
		// The newest week is there first: the others are still to come.
		if err := db.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.PutReadingWeek(t.Context(), sqlgen.PutReadingWeekParams{Week: crm.Micros(understand.WeekOf(now)), At: crm.Micros(now), Data: "{}"})
		}); err != nil {
			t.Fatal(err)
		}
		if got := as[api.AccuracyReport](f.vic.call("GET", "/v1/accuracy?span=1", nil)); !got.Counting {
			t.Errorf("one week of many is counted: %+v", got)
		}
		if err := understand.Count(t.Context(), db, now); err != nil {
			t.Fatal(err)
		}
		got := as[api.AccuracyReport](f.vic.call("GET", "/v1/accuracy?span=1", nil))
		if got.Counting || len(got.Weeks) < 2 {
			t.Fatalf("counted: %+v", got)
		}
		week := func(from time.Time) api.ReadingWeek {
			n := slices.IndexFunc(got.Weeks, func(w api.ReadingWeek) bool { return w.From == from.Format(time.DateOnly) })
			if n < 0 {
				t.Fatalf("no week from %s: %+v", from, got.Weeks)
			}
			return got.Weeks[n]
		}
		// Three letters of the bench's own are of its monday, a week before the clock.
		full, half := week(last.AddDate(0, 0, -7)), week(last)
		if full.Contacts != 60 || full.Looked != 60 || full.Read != 1 || full.Low < .9 || full.High != 1 || !full.Over {
			t.Errorf("the week before: %+v", full)
		}
		if half.Looked != 63 || half.Read > .55 || half.Read < .45 {
			t.Errorf("the last week: %+v", half)
		}
		d := got.Drift
		if d == nil || d.Level != "much" || !d.Unknown.Changed || d.Unknown.After < .4 || d.Unknown.Low <= 0 || d.Trained || d.CustomersBefore != 60 || !d.Intents[0].Changed {
			t.Fatalf("drift: %+v", d)
		}
		// Four weeks have nobody before them: nothing is said. Another hour counts again.
		if again := as[api.AccuracyReport](f.vic.call("GET", "/v1/accuracy?span=6", nil)); again.Drift != nil {
			t.Errorf("compared with nothing: %+v", again.Drift)
		}
		f.writeTo(f.open, "late", aboutOrder, 5, last.AddDate(0, 0, 5))
		if err := understand.Count(t.Context(), db, now.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		got = as[api.AccuracyReport](f.vic.call("GET", "/v1/accuracy?span=1", nil))
		if w := week(last); w.Looked != 68 {
			t.Errorf("what came late is not counted: %+v", w)
		}
	})
}

// A sample is drawn, checked, taken back and made figures of; what people came
// across stays apart from it.
func TestReadingSample(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		now := monday.Add(7 * 24 * time.Hour) // as the bench's clock
		f.writeTo(f.open, "bill", aboutBill, 12, now.AddDate(0, 0, -3))
		f.writeTo(f.open, "bees", aboutBees, 3, now.AddDate(0, 0, -2))
		f.writeTo(f.open, "old", aboutOrder, 5, now.AddDate(0, 0, -9))
		f.writeTo(f.hidden, "hidden", aboutOrder, 10, now.AddDate(0, 0, -2))
		expect := func(a *answer, status int) *answer {
			t.Helper()
			if a.status != status {
				t.Fatalf("%d, not %d: %s", a.status, status, a.body)
			}
			return a
		}
		if got := as[api.ReadingSample](f.vic.call("GET", "/v1/accuracy/sample", nil)); !got.Due || len(got.Items) != 0 || !got.At.IsZero() {
			t.Errorf("before the first sample: %+v", got)
		}
		// Somebody came across a contact, and it was wrong: it stays in the draw.
		expect(f.bea.call("POST", "/v1/interactions/"+f.plain["interaction"]+"/intent", map[string]any{"intent": "repair"}), http.StatusOK)

		sample := as[api.ReadingSample](expect(f.bea.call("POST", "/v1/accuracy/sample", map[string]any{"size": 100}), http.StatusOK))
		if len(sample.Items) != 18 || sample.Contacts != 18 || sample.Due || sample.Author != "bea" || !sample.Next.Equal(now.AddDate(0, 0, 7)) {
			t.Fatalf("drawn: %d items, %+v", len(sample.Items), sample)
		}
		items := map[string]*api.SampledContact{}
		var bills []*api.SampledContact
		for i := range sample.Items {
			x := &sample.Items[i]
			items[x.InteractionID.String()] = x
			if strings.Contains(x.Text, "charged me twice") {
				bills = append(bills, x)
			}
			if x.Text == aboutBees && (x.ReadAs != "" || !x.Known) {
				t.Errorf("bees are read as %s", x.ReadAs)
			}
			if strings.Contains(x.Text, "hr@halden") {
				t.Errorf("of a restricted inbox: %s", x.Text)
			}
		}
		if x := items[f.plain["interaction"]]; x == nil || x.State != "open" || x.Said != "repair" || x.ReadAs == "repair" {
			t.Errorf("the corrected one: %+v", x)
		}
		expect(f.olga.call("POST", "/v1/accuracy/sample", map[string]any{}), http.StatusConflict)

		say := func(x *api.SampledContact, verdict, intent string, status int) *api.SampledContact {
			t.Helper()
			a := expect(f.bea.call("POST", "/v1/accuracy/sample/"+x.InteractionID.String(), map[string]any{"verdict": verdict, "intent": intent}), status)
			if status != http.StatusOK {
				return nil
			}
			return itemOf(t, as[api.ReadingSample](a), x.InteractionID)
		}
		back := func(x *api.SampledContact, status int) {
			t.Helper()
			expect(f.bea.call("DELETE", "/v1/accuracy/sample/"+x.InteractionID.String(), nil), status)
		}
		figures := func(of string) api.AccuracyReport {
			t.Helper()
			return as[api.AccuracyReport](expect(f.vic.call("GET", "/v1/accuracy?of="+of, nil), http.StatusOK))
		}
		read := bills[0].ReadAs
		if read == "" || bills[1].ReadAs != read {
			t.Fatalf("bills are read as %q", read)
		}
		if x := say(bills[0], "right", "", http.StatusOK); x.State != "checked" || x.Said != read || x.Author != "bea" {
			t.Errorf("right: %+v", x)
		}
		say(bills[0], "none", "", http.StatusConflict)
		back(bills[1], http.StatusConflict)
		say(bills[1], "other", "", http.StatusUnprocessableEntity)
		say(bills[1], "other", "no_such", http.StatusUnprocessableEntity)
		say(bills[1], "other", "repair", http.StatusOK)
		say(bills[2], "none", "", http.StatusOK)
		say(bills[3], "skip", "", http.StatusOK)
		bees := items[f.firstOf(sample, aboutBees)]
		if x := say(bees, "right", "", http.StatusOK); x.Said != "none" {
			t.Errorf("rightly unknown: %+v", x)
		}
		got := figures("")
		if got.Of != "sample" || got.Sampled != 4 || got.Labelled != 5 || got.Judged.All.N != 4 || got.Judged.All.Right != 2 || got.Judged.Read.N != 3 || got.Judged.Read.Right != 1 ||
			got.Judged.Unknown.Right != 1 || len(got.Judged.Intents) != 1 || got.Judged.Intents[0].Intent != read || got.Judged.Intents[0].Low < .06 || got.Judged.Intents[0].High > .8 || len(got.Judged.Pairs) != 2 {
			t.Errorf("the figures of the sample: %+v", got)
		}
		if all := figures("all"); all.Judged.All.N != 5 || all.Judged.All.Right != 2 {
			t.Errorf("the figures of all: %+v", all.Judged)
		}
		// Every figure opens the contacts behind it, a page at a time.
		list := func(query string) api.Page[api.JudgedContact] {
			t.Helper()
			return as[api.Page[api.JudgedContact]](expect(f.vic.call("GET", "/v1/accuracy/labels?"+query, nil), http.StatusOK))
		}
		if p := list("read_as=" + read + "&intent=repair"); len(p.Items) != 1 || p.Items[0].InteractionID != bills[1].InteractionID || !p.Items[0].Sampled || p.Items[0].ConversationID.IsZero() {
			t.Errorf("behind the pair: %+v", p)
		}
		first := list("of=all&limit=2")
		if rest := list("of=all&limit=10&cursor=" + first.Next); len(first.Items) != 2 || len(rest.Items) != 3 || rest.Items[0].InteractionID == first.Items[1].InteractionID {
			t.Errorf("pages: %+v, %+v", first, rest)
		}
		if p := list("of=all&wrong=true"); len(p.Items) != 3 {
			t.Errorf("wrong ones: %+v", p)
		}
		// What is taken back, in the sample or at the contact, is open again.
		back(bills[1], http.StatusOK)
		back(bills[3], http.StatusOK)
		expect(f.bea.call("DELETE", "/v1/interactions/"+bills[2].InteractionID.String()+"/intent", nil), http.StatusOK)
		sample = as[api.ReadingSample](f.vic.call("GET", "/v1/accuracy/sample", nil))
		for _, x := range []*api.SampledContact{bills[1], bills[2], bills[3]} {
			if x = itemOf(t, sample, x.InteractionID); x.State != "open" || x.Said != "" {
				t.Errorf("taken back: %+v", x)
			}
		}
		if got := figures("sample"); got.Judged.All.N != 2 || got.Judged.All.Right != 2 {
			t.Errorf("after taking back: %+v", got.Judged)
		}
		// A later correction of a checked contact counts, and the sample can't take it back.
		expect(f.bea.call("POST", "/v1/interactions/"+bills[0].InteractionID.String()+"/intent", map[string]any{"intent": "repair"}), http.StatusOK)
		back(bills[0], http.StatusConflict)
		if got := figures("sample"); got.Judged.All.N != 2 || got.Judged.All.Right != 1 {
			t.Errorf("after a later correction: %+v", got.Judged)
		}
		erase(t, db, bees.InteractionID)
		if got := as[api.ReadingSample](f.vic.call("GET", "/v1/accuracy/sample", nil)); len(got.Items) != 17 {
			t.Errorf("%d after one was erased", len(got.Items))
		}
	})
}

func itemOf(t *testing.T, s api.ReadingSample, id crm.ID) *api.SampledContact {
	t.Helper()
	n := slices.IndexFunc(s.Items, func(x api.SampledContact) bool { return x.InteractionID == id })
	if n < 0 {
		t.Fatalf("%s is not in the sample", id)
	}
	return &s.Items[n]
}

func (f *firm) firstOf(s api.ReadingSample, text string) string {
	f.t.Helper()
	n := slices.IndexFunc(s.Items, func(x api.SampledContact) bool { return x.Text == text })
	if n < 0 {
		f.t.Fatalf("nothing about %q in the sample", text)
	}
	return s.Items[n].InteractionID.String()
}
