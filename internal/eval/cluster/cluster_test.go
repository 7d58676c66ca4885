package cluster

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// The groups of relationship science, section 5: gold {a,b,c}{d,e}{f}, system
// {a,b}{c,d,e}{f}.
func TestSixItems(t *testing.T) {
	t.Parallel()
	s := Compare(Groups{0, 0, 0, 1, 1, 2}, Groups{0, 0, 1, 1, 1, 2})
	for name, v := range map[string][2]float64{
		"pairs": {s.F, .5}, "adjusted Rand": {s.Rand, .318182}, "B³": {s.BF, .777778}, "VI": {s.VI, .636514},
		"1-VI": {s.OneMinusVI, .644755}, "one-to-one": {s.OneToOne, 5. / 6}, "exact": {s.Exact, 0}, "mixed": {s.Mixed, .5},
	} {
		if math.Abs(v[0]-v[1]) > 1e-6 {
			t.Errorf("%s: %v, want %v", name, v[0], v[1])
		}
	}
	same := Compare(Groups{0, 0, 1}, Groups{5, 5, 7})
	if same.F != 1 || same.BF != 1 || same.OneToOne != 1 || same.Mixed != 0 || same.ExactF != 1 || same.Rand != 1 {
		t.Errorf("the same groups: %+v", same)
	}
	if alone := Compare(Groups{0, 1, 2}, Groups{0, 1, 2}); alone.F != 1 || alone.OneMinusVI != 1 || alone.Rand != 1 {
		t.Errorf("everybody alone: %+v", alone)
	}
}

// One-to-one overlap is compared with trying every pairing.
func TestOneToOneIsTheBest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // reproducible, not secret
	for range 300 {
		gold, system := make(Groups, 14), make(Groups, 14)
		for i := range gold {
			gold[i], system[i] = r.IntN(5), r.IntN(4)
		}
		var best func(g int, used int) int
		best = func(g, used int) int {
			if g == 5 {
				return 0
			}
			most := best(g+1, used)
			for y := range 4 {
				if used&(1<<y) != 0 {
					continue
				}
				n := 0
				for i := range gold {
					if gold[i] == g && system[i] == y {
						n++
					}
				}
				most = max(most, n+best(g+1, used|1<<y))
			}
			return most
		}
		if got, want := Compare(gold, system).OneToOne*14, float64(best(0, 0)); math.Abs(got-want) > 1e-9 {
			t.Fatalf("%v and %v: %v, want %v", gold, system, got, want)
		}
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestVectors(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", "vectors", "metrics.json"))
	if err != nil {
		t.Skipf("the vectors are not here: %v", err)
	}
	var file struct {
		Vectors []struct {
			Name   string
			Inputs struct {
				Gold, System [][]string
				GoldLinks    float64 `json:"gold_links"`
				SystemLinks  float64 `json:"system_links"`
				Matches      float64
			}
			Expected map[string]float64
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, v := range file.Vectors {
		if v.Inputs.Matches > 0 {
			p, r, f := Links(v.Inputs.Matches, v.Inputs.SystemLinks, v.Inputs.GoldLinks)
			near(t, v.Name+" precision", p, v.Expected["precision"])
			near(t, v.Name+" recall", r, v.Expected["recall"])
			near(t, v.Name+" f1", f, v.Expected["f1"])
			checked++
			continue
		}
		items := map[string]int{}
		number := func(groups [][]string) Groups {
			c := make(Groups, 6)
			for i, group := range groups {
				for _, item := range group {
					if _, ok := items[item]; !ok {
						items[item] = len(items)
					}
					c[items[item]] = i
				}
			}
			return c[:len(items)]
		}
		gold, system := number(v.Inputs.Gold), number(v.Inputs.System)
		s := Compare(gold, system)
		for name, got := range map[string]float64{
			"pairs_true_positive": s.TP, "pairs_gold": s.Gold, "pairs_system": s.System, "pair_precision": s.P, "pair_recall": s.R, "pair_f1": s.F,
			"adjusted_rand": s.Rand, "b_cubed_precision": s.BP, "b_cubed_recall": s.BR, "b_cubed_f1": s.BF, "vi_nats": s.VI,
			"one_minus_vi_over_ln_n": s.OneMinusVI, "nmi_arithmetic": s.NMI, "exact_clusters_size_over_1": s.Exact,
		} {
			near(t, v.Name+" "+name, got, v.Expected[name])
		}
		if want, ok := v.Expected["one_to_one_overlap"]; ok {
			near(t, v.Name+" one to one", s.OneToOne, want)
		}
		checked++
	}
	if checked < 5 {
		t.Errorf("only %d vectors checked", checked)
	}
}
