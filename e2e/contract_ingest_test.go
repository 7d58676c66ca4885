package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// serving boots a server with an empty database and a key.
func serving(t *testing.T, scopes string, args ...string) (*server, *client) {
	t.Helper()
	p := newPlace(t, "")
	key := p.key(t, "test", scopes)
	s := boot(t, p, append([]string{"serve", "--region", "NL"}, args...)...)
	return s, s.client(key)
}

// everyField is an interaction with everything that the contract names, as a program
// in another language would write it.
const everyField = `{
  "source": "shop", "external_id": "all-1", "channel": "mail", "kind": "message", "direction": "in", "occurred_at": "%s",
  "participants": [
    {"role": "from", "kind": "email", "value": "Ann.Lee@Postvak.example", "name": "Ann Lee", "verified": true},
    {"role": "from", "kind": "phone", "value": "06 6200 0999"},
    {"role": "from", "kind": "user_id", "value": "u-ann", "verified": true},
    {"role": "from", "kind": "anonymous_id", "value": "device-ann-0001"},
    {"role": "cc", "kind": "email", "value": "bob@postvak.example"},
    {"role": "to", "kind": "email", "value": "help@firm.example"},
    {"role": "agent", "kind": "user_id", "value": "agent-7", "name": "Sofia"}],
  "subject": "Order A-10234", "text": "When does my order A-10234 arrive?", "html": "<p>When does my order <b>A-10234</b> arrive?</p>",
  "thread": {"message_id": "all-1@postvak.example", "in_reply_to": "before@firm.example", "references": ["first@firm.example"], "key": "case-9"},
  "traits": {"plan": "M", "lines": 2, "nested": {"a": [1, null, true]}},
  "attachments": [{"name": "photo.png", "content_type": "image/png", "size": 3, "data": "AAEC"}]}`

func TestInteractionContract(t *testing.T) {
	beside(t)
	_, c := serving(t, "read,write,verified")
	body := fmt.Sprintf(everyField, start.Format(time.RFC3339))
	var raw struct {
		Results []map[string]json.RawMessage `json:"results"`
	}
	a := c.do("POST", "/v1/interactions", body)
	if err := json.Unmarshal(a.body, &raw); err != nil || a.status != 200 || len(raw.Results) != 1 {
		t.Fatalf("%d %s (%v)", a.status, a.body, err)
	}
	for _, name := range []string{"id", "status", "customer_id", "profile_id", "conversation_id", "journey_id", "reading"} {
		if len(raw.Results[0][name]) < 2 {
			t.Errorf("the result has no %s: %s", name, a.body)
		}
	}
	first := decode[results](t, a).Results[0]
	if first.Status != "new" || first.Reading.Language.Name != "en" || len(first.Reading.Asks) == 0 || len(first.Reading.Intents) == 0 {
		t.Errorf("%s", a.body)
	}
	again := ask[results](c, "POST", "/v1/interactions", body).Results[0]
	if again.Status != "repeated" || again.ID != first.ID || again.CustomerID != first.CustomerID || again.ProfileID != first.ProfileID ||
		again.ConversationID != first.ConversationID || again.JourneyID != first.JourneyID || again.Reading == nil {
		t.Errorf("the repeat: %+v, first %+v", again, first)
	}
	got := ask[map[string]any](c, "GET", "/v1/interactions/"+first.ID.String(), nil)
	for name, want := range map[string]any{"source": "shop", "external_id": "all-1", "channel": "mail", "kind": "message", "direction": "in",
		"occurred_at": start.Format(time.RFC3339), "subject": "Order A-10234", "text": "When does my order A-10234 arrive?", "verified": true} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
	if n := len(got["participants"].([]any)); n != 7 {
		t.Errorf("%d participants", n)
	}
	if traits, _ := json.Marshal(got["traits"]); string(traits) != `{"lines":2,"nested":{"a":[1,null,true]},"plan":"M"}` {
		t.Errorf("traits: %s", traits)
	}
	status := map[string]string{}
	for _, i := range ask[customer](c, "GET", "/v1/customers/"+first.CustomerID.String(), nil).Identifiers {
		status[i.Kind+" "+i.Value] = i.Status
	}
	for value, want := range map[string]string{"email ann.lee@postvak.example": "verified", "phone +31662000999": "", "user_id u-ann": "verified"} {
		if got, ok := status[value]; !ok || want != "" && got != want {
			t.Errorf("%s is %q: %v", value, got, status)
		}
	}
}

// TestBatchContract posts one, an array and a thousand, and one bad item among
// good ones.
func TestBatchContract(t *testing.T) {
	beside(t)
	_, c := serving(t, "read,write,verified")
	crowd := newCrowd("batch", 50, 4)
	if r := ask[results](c, "POST", "/v1/interactions", crowd.next()).Results; len(r) != 1 || r[0].Status != "new" {
		t.Errorf("one object: %+v", r)
	}
	thousand := crowd.take(1000)
	ids := map[crm.ID]bool{}
	for i, r := range c.post(thousand...) {
		if r.Status != "new" || ids[r.ID] {
			t.Fatalf("item %d of a thousand: %+v", i, r)
		}
		ids[r.ID] = true
	}
	if p := c.wantProblem(c.do("POST", "/v1/interactions", append(thousand, crowd.next())), 422, crm.Invalid); p.Pointer != "/1000" {
		t.Errorf("one too many: %+v", p)
	}

	for pointer, spoil := range map[string]func(map[string]any){
		"/channel":             func(e map[string]any) { e["channel"] = "pigeon" },
		"/kind":                func(e map[string]any) { e["kind"] = "song" },
		"/direction":           func(e map[string]any) { e["direction"] = "sideways" },
		"/source":              func(e map[string]any) { e["source"] = "" },
		"/external_id":         func(e map[string]any) { delete(e, "external_id") },
		"/occurred_at":         func(e map[string]any) { e["occurred_at"] = "yesterday" },
		"/participants/0/role": func(e map[string]any) { e["participants"].([]any)[0].(map[string]any)["role"] = "boss" },
		"/colour":              func(e map[string]any) { e["colour"] = "red" },
		"/text":                func(e map[string]any) { e["text"] = 7 },
	} {
		items := []any{crowd.next(), nil, crowd.next()}
		var bad map[string]any
		text, err := json.Marshal(crowd.next())
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &bad); err != nil {
			t.Fatal(err)
		}
		spoil(bad)
		items[1] = bad
		r := ask[results](c, "POST", "/v1/interactions", items).Results
		if len(r) != 3 || r[0].Status != "new" || r[2].Status != "new" {
			t.Errorf("%s: the good ones suffer: %+v", pointer, r)
			continue
		}
		if r[1].Status != "refused" || r[1].Problem == nil || r[1].Problem.Pointer != pointer || r[1].Problem.Detail == "" || !r[1].ID.IsZero() {
			t.Errorf("%s: %+v %+v", pointer, r[1], r[1].Problem)
		}
		if a := c.do("POST", "/v1/interactions", []any{bad}); a.status != 422 {
			t.Errorf("%s: only bad items: %d", pointer, a.status)
		}
	}
	for _, body := range []string{"", "{", "[1,", "hello"} {
		c.wantProblem(c.do("POST", "/v1/interactions", body), 400, crm.Invalid)
	}
	c.wantProblem(c.do("POST", "/v1/interactions", "a,b", "Content-Type", "text/csv"), http.StatusUnsupportedMediaType, crm.Invalid)
}

// TestVerifiedNeedsItsScope posts the same evidence with and without the right
// to give it.
func TestVerifiedNeedsItsScope(t *testing.T) {
	beside(t)
	s, _ := serving(t, "read")
	item := func(source, id string, kinds ...string) crm.Envelope {
		e := crm.Envelope{Source: source, ExternalID: id, Channel: crm.Chat, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: start, Text: "Hello"}
		for _, k := range kinds {
			kind, value, _ := strings.Cut(k, "=")
			e.Participants = append(e.Participants, crm.Participant{Role: crm.From, Kind: crm.IdentifierKind(kind), Value: value, Verified: true})
		}
		return e
	}
	for _, with := range []bool{false, true} {
		scopes, name := "read,write", "plain"
		if with {
			scopes, name = "read,write,verified", "trusted"
		}
		c := s.client(s.place.key(t, name, scopes))
		mail, user := "email="+name+"@postvak.example", "user_id=u-"+name
		r := c.post(item(name, "1", mail), item(name, "2", user), item(name, "3", user, mail), item(name, "4", mail))
		if joined := r[3].CustomerID == r[1].CustomerID; joined != with {
			t.Errorf("%s: joined is %t", name, joined)
		}
		status := ask[customer](c, "GET", "/v1/customers/"+r[0].CustomerID.String(), nil).Identifiers[0].Status
		if (status == "verified") != with {
			t.Errorf("%s: the address is %s", name, status)
		}
	}
}

// TestBusyLosesNothing fills a queue of one place from many clients: each post
// is taken or refused as a whole, with a time to come back.
func TestBusyLosesNothing(t *testing.T) {
	beside(t)
	s, c := serving(t, "read,write", "--queue-items", "1")
	const posters, batches, size = 8, 6, 20
	var mu sync.Mutex
	busy, taken := 0, []crm.ID{}
	var wg sync.WaitGroup
	for n := range posters {
		own := s.client(c.key)
		crowd := newCrowd(fmt.Sprintf("busy%d", n), 5, uint64(n))
		wg.Go(func() {
			for range batches {
				batch := crowd.take(size)
				for {
					a := own.do("POST", "/v1/interactions", batch)
					mu.Lock()
					if a.status == http.StatusTooManyRequests {
						busy++
						own.wantProblem(a, 429, crm.Busy)
						if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait < 1 {
							t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
						}
						mu.Unlock()
						<-time.After(5 * time.Millisecond)
						continue
					}
					for _, r := range decode[results](t, a).Results {
						if r.Status != "new" {
							t.Errorf("after a refusal it is %s: something had been taken", r.Status)
						}
						taken = append(taken, r.ID)
					}
					mu.Unlock()
					break
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d posts were refused with 429", busy)
	slices.SortFunc(taken, crm.ID.Compare)
	if n := len(slices.Compact(taken)); n != posters*batches*size || busy == 0 {
		t.Errorf("%d of %d were taken, %d refusals", n, posters*batches*size, busy)
	}
	s.stop()
	end := look(t, s.place)
	if end.whole(t, "after the rush"); len(end.contacts) != len(taken) {
		t.Errorf("%d were taken, %d are there", len(taken), len(end.contacts))
	}
}
