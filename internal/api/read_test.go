package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/journey"
	"github.com/rapport-crm/rapport/internal/store/storetest/fixture"
	"github.com/rapport-crm/rapport/internal/understand"
)

// walk reads a list page by page to its end, and checks that pages join.
func walk[T any](b *bench, path string, query url.Values, limit int) []T {
	b.t.Helper()
	var out []T
	query.Set("limit", strconv.Itoa(limit))
	for range 1000 {
		p := as[api.Page[T]](b.get(path + "?" + query.Encode()))
		if len(p.Items) > limit {
			b.t.Fatalf("%s: %d items on a page of %d", path, len(p.Items), limit)
		}
		out = append(out, p.Items...)
		if p.Next == "" {
			return out
		}
		query.Set("cursor", p.Next)
	}
	b.t.Fatalf("%s never ends", path)
	return nil
}

func TestCustomerList(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		var f fixture.Batch
		var ids []crm.ID
		states := []crm.JourneyState{crm.WaitingForUs, crm.WaitingForThem, crm.JourneyOpen, crm.Resolved, crm.Abandoned}
		for n := range 60 {
			at := monday.Add(-time.Duration(n/2) * time.Minute) // ties in time
			id := f.Person(fmt.Sprintf("Person %02d", n), at, fixture.Key{Kind: "email", Value: fmt.Sprintf("p%d@example.com", n), Status: "verified"},
				fixture.Key{Kind: "phone", Value: fmt.Sprintf("+3161234%04d", n), Status: "seen"},
				fixture.Key{Kind: "anonymous_id", Value: fmt.Sprintf("device-%d", n), Status: "seen"})
			ids = append(ids, id)
			// Two waiting journeys each for a third of the people: a list must
			// show such a person once.
			for k := range 1 + n%2 {
				f.Journey(fixture.Journey{Profile: id, State: states[n%5], At: at.Add(-time.Duration(k) * time.Hour), Leaving: n%10 == 0,
					Effort: int64(n * 1000), Data: journey.Data{Title: "t"}})
			}
		}
		if err := f.Write(b.t.Context(), b.db); err != nil {
			b.t.Fatal(err)
		}
		for _, limit := range []int{1, 7, 60, 200} {
			for filter, want := range map[string]func(n int) bool{
				"all":     func(int) bool { return true },
				"waiting": func(n int) bool { return n%5 == 0 },
				"open":    func(n int) bool { return n%5 < 3 },
				"leaving": func(n int) bool { return n%10 == 0 },
				"unread":  func(int) bool { return false }, // a key reads nothing
			} {
				got := walk[api.CustomerRow](b, "/v1/customers", url.Values{"filter": {filter}}, limit)
				seen := map[crm.ID]bool{}
				for i, c := range got {
					if seen[c.ID] {
						b.t.Errorf("%s, pages of %d: %s twice", filter, limit, c.Name)
					}
					seen[c.ID] = true
					if filter == "all" && i > 0 && c.LastAt.After(got[i-1].LastAt) {
						b.t.Errorf("%s comes too late", c.Name)
					}
				}
				for n, id := range ids {
					if seen[id] != want(n) {
						b.t.Errorf("%s, pages of %d: person %d: %v", filter, limit, n, seen[id])
					}
				}
			}
		}
		first := as[api.Page[api.CustomerRow]](b.get("/v1/customers?limit=2")).Items[0]
		n := slices.Index(ids, first.ID)
		if !slices.Equal(first.Identifiers, []string{fmt.Sprintf("p%d@example.com", n), fmt.Sprintf("+3161234%04d", n)}) {
			b.t.Errorf("identifiers %v", first.Identifiers)
		}
		if rows := walk[api.CustomerRow](b, "/v1/customers", url.Values{"channel": {"phone"}}, 10); len(rows) != 0 {
			b.t.Errorf("channel: %d", len(rows))
		}
		b.get("/v1/journeys?cursor="+as[api.Page[api.CustomerRow]](b.get("/v1/customers?limit=2")).Next).problem(422, crm.Invalid)
	})
}

func TestTimelineAndJourneys(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		var f fixture.Batch
		id := f.Person("Jan", monday)
		other := f.Person("Anna", monday)
		var want []crm.ID
		var js []crm.ID
		for k := range 5 {
			js = append(js, f.Journey(fixture.Journey{Profile: id, State: crm.WaitingForUs, At: monday.Add(time.Duration(k) * time.Hour), Effort: int64(k) * 12500,
				Repeat: 14, Intent: understand.Taxonomy()[0].Name, Unanswered: 1, Data: journey.Data{Title: "Start date", Contacts: 2,
					WaitingSince: monday, Unanswered: []crm.Question{{Text: "When?"}}}}))
		}
		f.Journey(fixture.Journey{Profile: other, State: crm.Resolved, At: monday, Effort: 99000})
		for n := range 75 {
			channel := crm.Mail
			if n%3 == 0 {
				channel = crm.Phone
			}
			reading := &crm.Reading{Model: "test", Language: crm.Label{Name: "en", Confidence: 1}}
			i := f.Contact(fixture.Contact{Profile: id, At: monday.Add(time.Duration(n) * time.Minute), Text: fmt.Sprint(n), Journey: js[n%5],
				Channel: channel, Reading: reading})
			want = append(want, i)
		}
		f.Contact(fixture.Contact{Profile: other, At: monday, Text: "not hers"})
		if err := f.Write(b.t.Context(), b.db); err != nil {
			b.t.Fatal(err)
		}
		slices.Reverse(want)
		at := "/v1/customers/" + id.String()
		for _, limit := range []int{1, 20, 50, 200} {
			got := walk[api.Interaction](b, at+"/timeline", url.Values{}, limit)
			if len(got) != len(want) {
				b.t.Fatalf("pages of %d: %d contacts", limit, len(got))
			}
			for n, i := range got {
				if i.ID != want[n] || i.CustomerID != id || i.Reading == nil || i.Link == nil || i.Link.Confidence != 0.87 || i.JourneyID != i.Link.JourneyID {
					b.t.Errorf("pages of %d, contact %d: %+v", limit, n, i)
				}
			}
		}
		if got := walk[api.Interaction](b, at+"/timeline", url.Values{"channel": {"phone"}}, 10); len(got) != 25 {
			b.t.Errorf("phone: %d", len(got))
		}
		mine := walk[api.Journey](b, at+"/journeys", url.Values{}, 2)
		if len(mine) != 5 || mine[0].ID != js[4] || len(mine[0].Links) != 15 || mine[0].CustomerName != "Jan" || mine[0].Effort != 50 || mine[0].IntentLabel == "" {
			b.t.Errorf("%d journeys: %+v", len(mine), mine[0])
		}
		if mine[0].LongestWait != (7 * 24 * time.Hour).Seconds() {
			b.t.Errorf("a running wait is measured until now: %v", mine[0].LongestWait)
		}
		for _, c := range []struct {
			query url.Values
			want  int
		}{
			{url.Values{}, 6},
			{url.Values{"state": {"waiting_for_us"}}, 5},
			{url.Values{"state": {"open"}}, 5},
			{url.Values{"state": {"resolved"}}, 1},
			{url.Values{"sort": {"effort"}}, 5},
			{url.Values{"sort": {"waiting"}}, 5},
			{url.Values{"repeat": {"7"}}, 0},
			{url.Values{"repeat": {"30"}, "unanswered": {"true"}}, 5},
		} {
			name := c.query.Encode()
			got := walk[api.Journey](b, "/v1/journeys", c.query, 2)
			if len(got) != c.want {
				b.t.Errorf("%s: %d journeys, want %d", name, len(got), c.want)
			}
			for n := 1; n < len(got); n++ {
				switch c.query.Get("sort") {
				case "effort":
					if got[n].Effort > got[n-1].Effort {
						b.t.Errorf("%s: out of order", name)
					}
				case "waiting":
					if got[n].LastAt.Before(got[n-1].LastAt) {
						b.t.Errorf("%s: out of order", name)
					}
				default:
					if got[n].LastAt.After(got[n-1].LastAt) {
						b.t.Errorf("%s: out of order", name)
					}
				}
			}
		}
	})
}

// TestMergeAndUndo reads a customer by every id that it had.
func TestMergeAndUndo(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		var found []api.Result
		for n, who := range []string{"jan@postvak.example", "jan@werk.example", "anna@postvak.example"} {
			r := as[api.Results](b.post("/v1/interactions", envelope(fmt.Sprint(n), monday.Add(time.Duration(n)*time.Hour), who, "Person", "Hello", "When does it start?")))
			found = append(found, r.Results[0])
		}
		jan, work, anna := found[0].CustomerID.String(), found[1].CustomerID.String(), found[2].CustomerID.String()
		before := b.get("/v1/customers/" + work + "/timeline").body
		p := as[api.MergePreview](b.get("/v1/customers/" + jan + "/merge-preview?with=" + work))
		if p.Into.ID.String() != jan || p.From.ID.String() != work || len(p.Identifiers) != 2 {
			b.t.Errorf("preview: %+v", p)
		}
		m := as[api.Merge](b.post("/v1/customers/"+jan+"/merge", map[string]any{"customer_id": work, "reason": "She said so."}))
		if m.Into.String() != jan || m.From.String() != work || m.Reason == "" || m.By != "key shop" {
			b.t.Errorf("merge: %+v", m)
		}
		for _, id := range []string{jan, work} {
			c := as[api.Customer](b.get("/v1/customers/" + id))
			if c.ID.String() != jan || c.Profiles != 2 || len(c.IdentifierList) != 2 || len(c.Merges) != 1 || c.Contacts != 2 {
				b.t.Errorf("merged, by %s: %+v", id, c)
			}
			if tl := as[api.Page[api.Interaction]](b.get("/v1/customers/" + id + "/timeline")); len(tl.Items) != 2 || tl.Items[0].ID != found[1].ID {
				b.t.Errorf("merged timeline: %+v", tl)
			}
		}
		if rows := as[api.Page[api.CustomerRow]](b.get("/v1/customers")); len(rows.Items) != 2 {
			b.t.Errorf("%d customers after the merge", len(rows.Items))
		}
		if rows := as[api.Page[api.CustomerRow]](b.get("/v1/customers?q=werk.example")); len(rows.Items) != 1 || rows.Items[0].ID.String() != jan {
			b.t.Errorf("search by what was merged in: %+v", rows)
		}
		u := as[api.Merge](b.post("/v1/merges/"+m.ID.String()+"/undo", "{}"))
		if u.UndoneAt.IsZero() || u.UndoneBy != "key shop" {
			b.t.Errorf("undo: %+v", u)
		}
		if after := b.get("/v1/customers/" + work + "/timeline").body; string(after) != string(before) {
			b.t.Errorf("after the undo:\n%s\nbefore:\n%s", after, before)
		}
		b.post("/v1/customers/"+jan+"/merge", map[string]any{"customer_id": "0190163d-8694-739b-aea5-966c26f8ad91"}).problem(404, crm.NotFound)
		if a := b.post("/v1/customers/"+jan+"/never-link", map[string]any{"customer_id": anna}); a.status != 204 {
			b.t.Errorf("never link: %d %s", a.status, a.body)
		}
		for _, pair := range [][2]string{{jan, anna}, {anna, jan}} {
			c := as[api.Customer](b.get("/v1/customers/" + pair[0]))
			if !slices.ContainsFunc(c.NeverLink, func(r api.CustomerRef) bool { return r.ID.String() == pair[1] && r.Name != "" }) {
				b.t.Errorf("never link of %s: %+v", pair[0], c.NeverLink)
			}
		}
		if p := as[api.MergePreview](b.get("/v1/customers/" + jan + "/merge-preview?with=" + anna)); len(p.Warnings) == 0 {
			b.t.Errorf("no warning: %+v", p)
		}
	})
}

func TestJourneysByHand(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		var found []api.Result
		for n, text := range []string{"When does my plan start?", "You did not answer: when does my plan start?", "My plan has still not started. When?"} {
			r := as[api.Results](b.post("/v1/interactions", envelope(fmt.Sprint(n), monday.Add(time.Duration(n)*time.Hour), "jan@postvak.example", "Jan", "Start of my plan", text)))
			found = append(found, r.Results[0])
		}
		id := found[0].JourneyID.String()
		j := as[api.Journey](b.get("/v1/journeys/" + id))
		if len(j.Links) != 3 || j.Contacts != 3 || len(j.Channels) != 1 {
			b.t.Fatalf("%+v", j)
		}
		split := as[api.Journey](b.post("/v1/journeys/"+id+"/split", map[string]any{"interaction_ids": []crm.ID{found[2].ID}}))
		if split.ID == j.ID || len(split.Links) != 1 {
			b.t.Errorf("split: %+v", split)
		}
		moved := as[api.Journey](b.post("/v1/interactions/"+found[1].ID.String()+"/move", map[string]any{"journey_id": split.ID}))
		if moved.ID != split.ID || len(moved.Links) != 2 {
			b.t.Errorf("move: %+v", moved)
		}
		if fresh := as[api.Journey](b.post("/v1/interactions/"+found[1].ID.String()+"/move", map[string]any{"journey_id": ""})); fresh.ID == split.ID || len(fresh.Links) != 1 {
			b.t.Errorf("move to a new one: %+v", fresh)
		}
		if one := as[api.Journey](b.post("/v1/journeys/"+id+"/merge", map[string]any{"journey_id": split.ID})); len(one.Links) != 2 {
			b.t.Errorf("merge: %+v", one)
		}
		b.get("/v1/journeys/"+split.ID.String()).problem(404, crm.NotFound)
		if done := as[api.Journey](b.post("/v1/journeys/"+id+"/state", map[string]any{"state": "resolved"})); done.State != crm.Resolved || done.StateReason == "" {
			b.t.Errorf("state: %+v", done)
		}
		b.post("/v1/journeys/"+id+"/state", map[string]any{"state": "fine"}).problem(422, crm.Invalid)
		intents := as[api.Page[api.Intent]](b.get("/v1/intents")).Items
		fixed := as[api.Interaction](b.post("/v1/interactions/"+found[0].ID.String()+"/intent", map[string]any{"intent": intents[3].Name}))
		if fixed.Reading == nil || fixed.Reading.Intent() != intents[3].Name {
			b.t.Errorf("corrected: %+v", fixed.Reading)
		}
		b.post("/v1/interactions/"+found[0].ID.String()+"/intent", map[string]any{"intent": "nonsense"}).problem(422, crm.Invalid)
		c := as[api.Conversation](b.get("/v1/conversations/" + found[0].ConversationID.String()))
		if c.CustomerID != found[0].CustomerID {
			b.t.Errorf("%+v", c)
		}
		if m := walk[api.Interaction](b, "/v1/conversations/"+found[0].ConversationID.String()+"/interactions", url.Values{}, 1); int64(len(m)) != c.Messages {
			b.t.Errorf("%d messages, want %d", len(m), c.Messages)
		}
	})
}
