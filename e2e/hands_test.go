package e2e

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// TestManyHands lets people merge, undo, move, split and set states at random,
// all at once, while contacts come in, and kills the server in the middle of it.
// Whatever they did, each of them got an answer that is no failure of ours, and
// what is left is whole.
func TestManyHands(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, fresh func() place) {
		p := fresh()
		key := p.key(t, "hands", "read,write,verified")
		s := boot(t, p, "serve", "--region", "NL")
		crowd := newCrowd("hands", 25, 11)
		s.client(key).post(crowd.take(300)...)
		deeds := 120
		if testing.Short() {
			deeds = 30
		}
		h := &hands{answers: map[string]int{}}
		var wg sync.WaitGroup
		for n := range 4 {
			c, r := s.client(key), rand.New(rand.NewPCG(uint64(n), uint64(time.Now().UnixNano())))
			wg.Go(func() { h.work(c, r, deeds) })
		}
		wg.Go(func() {
			c := s.client(key)
			for range deeds / 4 {
				c.post(crowd.take(5)...)
			}
		})
		wg.Wait()
		t.Logf("%v", h.answers)
		s.kill()
		left := look(t, p)
		left.parted = true
		left.whole(t, "after many hands")
	})
}

// hands counts what the people were answered.
type hands struct {
	mu      sync.Mutex
	merges  []crm.ID
	answers map[string]int
}

// work does one thing after another. What somebody else changed meanwhile may be
// refused, with a reason.
func (h *hands) work(c *client, r *rand.Rand, deeds int) {
	for range deeds {
		customers := ask[page[customerRow]](c, "GET", "/v1/customers?limit=40", nil).Items
		one, other := customers[r.IntN(len(customers))].ID, customers[r.IntN(len(customers))].ID
		what, path, body := "", "", map[string]any{}
		journeys := ask[page[journey]](c, "GET", "/v1/customers/"+one.String()+"/journeys", nil).Items
		if len(journeys) == 0 {
			continue
		}
		j, k := journeys[r.IntN(len(journeys))], journeys[r.IntN(len(journeys))]
		if len(j.Links) == 0 {
			continue // emptied by somebody else while it was read
		}
		contact := j.Links[r.IntN(len(j.Links))].InteractionID
		switch r.IntN(7) {
		case 0:
			what, path, body["customer_id"] = "merge", "/v1/customers/"+one.String()+"/merge", other
		case 1, 2:
			h.mu.Lock()
			n := len(h.merges)
			if n > 0 {
				what, path = "undo", "/v1/merges/"+h.merges[r.IntN(n)].String()+"/undo"
			}
			h.mu.Unlock()
			if n == 0 {
				continue
			}
		case 3:
			what, path, body["journey_id"] = "move", "/v1/interactions/"+contact.String()+"/move", k.ID
		case 4:
			what, path, body["interaction_ids"] = "split", "/v1/journeys/"+j.ID.String()+"/split", []crm.ID{contact}
		case 5:
			what, path, body["journey_id"] = "join", "/v1/journeys/"+j.ID.String()+"/merge", k.ID
		default:
			what, path, body["state"] = "state", "/v1/journeys/"+j.ID.String()+"/state", crm.Resolved
		}
		h.note(c, what, c.do("POST", path, body))
	}
}

func (h *hands) note(c *client, what string, a *answer) {
	switch {
	case a.status/100 == 2, a.status == 404, a.status == 409, a.status == 422:
	default:
		c.t.Errorf("%s: %d %s", what, a.status, tail(string(a.body)))
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.answers[fmt.Sprint(what, " ", a.status)]++
	if what == "merge" && a.status == 200 {
		h.merges = append(h.merges, decode[struct {
			ID crm.ID `json:"id"`
		}](c.t, a).ID)
	}
}
