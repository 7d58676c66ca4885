package e2e

import (
	"sync"
	"testing"
)

// TestTwoPrograms writes to one database from a server under load, a second
// server and an import, all about the same people: nobody is turned away, and
// each contact is there once, whoever brought it first.
func TestTwoPrograms(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, fresh func() place) {
		p := fresh()
		key := p.key(t, "nodes", "read,write,verified")
		one, two := boot(t, p, "serve", "--region", "NL"), boot(t, p, "serve", "--region", "NL")
		const n, batches, size = 1500, 25, 20
		imported := newCrowd("nodes", 40, 21)
		file := imported.ndjson(t, n)

		var wg sync.WaitGroup
		wg.Go(func() {
			code, out, errs := rapport(t, p, "import", "ndjson", file, "--verify", "--region", "NL", "--json")
			if sum := lastJSON[summary](t, out); code != 0 || sum.Lost != 0 || sum.Quarantined != 0 {
				t.Errorf("the import: exit %d, %+v %s", code, sum, tail(errs))
			}
		})
		posted := map[string]bool{}
		for i, s := range []*server{one, two, one, two} {
			// Two clients post the same contacts, at both servers.
			crowd := newCrowd("nodes", 40, uint64(30+i/2))
			crowd.first = (1 + i/2) * 1_000_000
			c := s.client(key)
			all := crowd.take(batches * size)
			for _, e := range all {
				posted[e.ExternalID] = true
			}
			wg.Go(func() {
				for len(all) > 0 {
					for k, r := range c.post(all[:size]...) {
						if r.Status != "new" && r.Status != "repeated" {
							t.Errorf("%s is %s: %+v", all[k].ExternalID, r.Status, r.Problem)
						}
					}
					all = all[size:]
				}
			})
		}
		wg.Wait()
		one.stop()
		two.stop()
		end := look(t, p)
		end.whole(t, "after three programs at once")
		if len(end.contacts) != n+len(posted) {
			t.Errorf("%d contacts are there, want %d", len(end.contacts), n+len(posted))
		}
	})
}
