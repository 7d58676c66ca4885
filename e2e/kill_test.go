package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// kills is how many programs are killed in a test: a hundred, on each engine.
func kills() int {
	if testing.Short() {
		return 10
	}
	return 100
}

// onEngines runs f on SQLite and on PostgreSQL. There, the program is killed,
// not the server.
func onEngines(t *testing.T, f func(t *testing.T, fresh func() place)) {
	t.Helper()
	eachEngine(t, func(t *testing.T, fresh func() place) {
		beside(t)
		f(t, fresh)
	})
}

// eachEngine runs a test on both engines, one after the other: for one that has a
// mail world, which others wait for, and so must not wait for a turn.
func eachEngine(t *testing.T, f func(t *testing.T, fresh func() place)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, func() place { return newPlace(t, "") }) })
	t.Run("postgres", func(t *testing.T) { f(t, func() place { return newPlace(t, storetest.PostgresURL(t)) }) })
}

// summary is what rapport import --json ends with.
type summary struct {
	Read        int64            `json:"read"`
	New         int64            `json:"new"`
	Repeated    int64            `json:"repeated"`
	Quarantined int64            `json:"quarantined"`
	Lost        int64            `json:"lost"`
	Reasons     map[string]int64 `json:"reasons"`
}

// toll counts what the kills of a test hit.
type toll struct{ killed, inMidst, early, late int }

func (k toll) String() string {
	return fmt.Sprintf("%d kills: %d in the middle of the work, %d before the first contact, %d after the last", k.killed, k.inMidst, k.early, k.late)
}

// TestKilledImports kills imports at a random moment and runs the last one of
// each file to its end. Several kills on one data folder are as in life, when
// somebody tries again and again.
func TestKilledImports(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, fresh func() place) {
		k := killing{r: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1)), life: time.Second}
		for round := 0; k.killed < kills() && !t.Failed(); round++ {
			k.round(t, fresh(), round)
		}
		t.Log(k.toll)
		if k.inMidst < k.killed/4 {
			t.Errorf("the kills missed the work: %s", k.toll)
		}
	})
}

// The size of a round: contacts of a file, and how often its import is killed.
const (
	fileItems = 3000
	perRound  = 10
)

type killing struct {
	toll
	r    *rand.Rand
	life time.Duration // the longest life; it follows the speed of the machine
}

// round imports one file, killed again and again, and then to the end.
func (k *killing) round(t *testing.T, p place, round int) {
	t.Helper()
	kind, c := "ndjson", newCrowd(fmt.Sprintf("crowd%d", round), 200, uint64(round))
	var file string
	if round%3 == 2 {
		kind, file = "mbox", c.mbox(t, fileItems)
	} else {
		file = c.ndjson(t, fileItems)
	}
	if round%4 != 0 {
		look(t, p) // makes the schema: only some of the kills hit the migrations
	}
	args := []string{"import", kind, file, "--json", "--verify", "--region", "NL"}
	had := 0
	for last := min(k.killed+perRound, kills()); k.killed < last && had < fileItems && !t.Failed(); {
		killed := k.one(t, p, args)
		s := look(t, p)
		s.whole(t, fmt.Sprintf("round %d, kill %d", round, k.killed))
		now := len(s.contacts)
		if now < had {
			t.Fatalf("there were %d contacts, now there are %d", had, now)
		}
		switch had = now; {
		case !killed:
			k.life -= k.life / 4
		case now == 0:
			k.early++
			k.life += k.life / 8
		case now == fileItems:
			k.late++
		default:
			k.inMidst++
		}
	}
	code, out, errs := rapport(t, p, args...)
	sum := lastJSON[summary](t, out)
	if code != 0 || sum.Lost != 0 || sum.Quarantined != 0 || sum.Read != sum.New+sum.Repeated || sum.Read < fileItems {
		t.Errorf("round %d: the last run: exit %d, %+v\n%s", round, code, sum, tail(errs))
	}
	s := look(t, p)
	s.whole(t, fmt.Sprintf("round %d, the end", round))
	if len(s.contacts) != fileItems || len(s.tables["raws"]) != fileItems {
		t.Errorf("round %d: %d contacts and the bytes of %d, want %d", round, len(s.contacts), len(s.tables["raws"]), fileItems)
	}
}

// one runs the import and kills it at a random moment, unless it ends before.
func (k *killing) one(t *testing.T, p place, args []string) (killed bool) {
	t.Helper()
	cmd, errs := p.command(t, args...), &log{}
	cmd.Stderr = errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatalf("the import failed: %v\n%s", err, tail(errs.String()))
		}
		return false
	case <-time.After(time.Duration(k.r.Int64N(int64(k.life)))):
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	<-ended
	if strings.Contains(errs.String(), "panic") {
		t.Errorf("it panicked: %s", tail(errs.String()))
	}
	k.killed++
	return true
}
