package e2e

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// clients post at the same time.
const clients = 4

// posted is one interaction with its answer, or without one when the connection
// broke first: then nobody knows whether it was taken.
type posted struct {
	item   crm.Envelope
	answer *result
}

// TestKilledLoads kills servers while several clients post to them, starts them
// again on the same data, and asks for everything that was acknowledged.
func TestKilledLoads(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, fresh func() place) {
		l := loading{r: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2))}
		for folder := 0; l.killed < kills() && !t.Failed(); folder++ {
			l.folder(t, fresh(), folder)
		}
		t.Logf("%d kills: %d acknowledged, all found once; of %d without an answer %d had been taken", l.killed, l.acknowledged, l.open, l.openTaken)
		if l.acknowledged < l.killed*10 || l.open == 0 {
			t.Errorf("the kills missed the work")
		}
	})
}

// loading counts what was sent and what became of it.
type loading struct {
	r                    *rand.Rand
	killed, acknowledged int
	open, openTaken      int
	everything           map[string]result // of one folder, by external id
}

// perFolder is how often the server of one data folder is killed.
const perFolder = 10

// folder kills the server of one data folder again and again. The people are
// the same all along, so that each life goes on with the customers,
// conversations and journeys of those before.
func (l *loading) folder(t *testing.T, p place, folder int) {
	t.Helper()
	key := p.key(t, "load", "read,write,verified")
	crowds := make([]*crowd, clients)
	for i := range crowds {
		// The same people and different contacts: what clients post at once
		// concerns the same customers.
		crowds[i] = newCrowd(fmt.Sprintf("load%d", folder), 60, uint64(folder*clients+i))
		crowds[i].first = i * 1_000_000
	}
	l.everything = map[string]result{}
	var before []posted
	for last := min(l.killed+perFolder, kills()); l.killed < last && !t.Failed(); l.killed++ {
		s := boot(t, p, "serve", "--region", "NL")
		l.again(t, s.client(key), before)
		before = l.load(t, s, key, crowds)
		look(t, p).whole(t, fmt.Sprintf("folder %d, kill %d", folder, l.killed+1))
	}
	s := boot(t, p, "serve", "--region", "NL")
	l.again(t, s.client(key), before)
	s.stop()
	end := look(t, p)
	end.whole(t, fmt.Sprintf("folder %d, the end", folder))
	if len(end.contacts) != len(l.everything) {
		t.Errorf("folder %d: %d contacts are there, %d were posted", folder, len(end.contacts), len(l.everything))
	}
	for _, x := range end.contacts {
		if r, ok := l.everything[x.str("external_id")]; !ok || r.ID != x.id("id") || r.ProfileID != x.id("profile_id") || r.ConversationID != x.id("conversation_id") {
			t.Errorf("folder %d: contact %s is not the one that was acknowledged", folder, x.str("external_id"))
		}
	}
}

// load posts from several clients until the server is killed, at a moment that
// counts acknowledged batches and not time: a busy machine only takes longer.
func (l *loading) load(t *testing.T, s *server, key string, crowds []*crowd) []posted {
	t.Helper()
	var acks atomic.Int64
	enough := make(chan struct{})
	limit, extra := int64(1+l.r.IntN(24)), time.Duration(l.r.Int64N(int64(4*time.Millisecond)))
	all := make([][]posted, len(crowds))
	errs := make([]error, len(crowds))
	var wg sync.WaitGroup
	for i, crowd := range crowds {
		c := s.client(key)
		wg.Go(func() {
			for {
				batch := crowd.take(1 + crowd.r.IntN(25))
				a, err := c.try("POST", "/v1/interactions", batch)
				if err == nil && a.status != http.StatusOK {
					err = fmt.Errorf("status %d: %s", a.status, tail(string(a.body)))
				}
				var got results
				if err == nil {
					got = decode[results](t, a)
				}
				for n, e := range batch {
					one := posted{item: e}
					if err == nil {
						one.answer = &got.Results[n]
					}
					all[i] = append(all[i], one)
				}
				if err != nil {
					errs[i] = err
					return
				}
				if acks.Add(1) == limit {
					close(enough)
				}
			}
		})
	}
	select {
	case <-enough:
		<-time.After(extra) // the kill falls anywhere in the work on the next batches
	case <-s.ended:
		t.Errorf("the server ended by itself: %v", s.err)
	case <-time.After(patience):
		t.Error("the server doesn't answer")
	}
	s.kill()
	wg.Wait()
	var list []posted
	for i, one := range all {
		list = append(list, one...)
		if !broken(errs[i]) {
			t.Errorf("client %d: %v", i, errs[i])
		}
	}
	for _, one := range list {
		if one.answer == nil {
			l.open++
			continue
		}
		l.acknowledged++
		if one.answer.Status != "new" {
			t.Errorf("%s was posted once and is %s", one.item.ExternalID, one.answer.Status)
		}
		l.everything[one.item.ExternalID] = *one.answer
	}
	return list
}

// broken reports whether the connection ended, as it must when a server is
// killed.
func broken(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ECONNREFUSED) || errors.As(err, &op)
}

// again posts a second time what was posted before a kill: what was
// acknowledged is repeated with the same answer, and the rest is taken now or
// was taken then.
func (l *loading) again(t *testing.T, c *client, before []posted) {
	t.Helper()
	for len(before) > 0 {
		n := min(len(before), 1000)
		items := make([]crm.Envelope, n)
		for i := range items {
			items[i] = before[i].item
		}
		for i, r := range c.post(items...) {
			id, first := items[i].ExternalID, before[i].answer
			switch {
			case first == nil:
				if r.Status == "repeated" {
					l.openTaken++
				} else if r.Status != "new" {
					t.Errorf("%s had no answer and is %s now: %+v", id, r.Status, r.Problem)
				}
				l.everything[id] = r
			case r.Status != "repeated" || r.ID != first.ID || r.ProfileID != first.ProfileID || r.ConversationID != first.ConversationID || r.Reading == nil:
				t.Errorf("%s was acknowledged with %+v and is answered with %+v now", id, *first, r)
			}
			if kind := items[i].Kind; kind != crm.KindEvent && items[i].Direction == crm.In && r.JourneyID.IsZero() {
				t.Errorf("%s (%s) has no journey", id, kind)
			}
		}
		before = before[n:]
	}
}
