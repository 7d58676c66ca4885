package journey

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// clusters gives each item its cluster, by position.
type clusters []int

// score holds the cluster metrics of relationship science (Kummerfeld and others
// 2019 for links; Bagga and Baldwin 1998 for B³; Hubert and Arabie 1985 for the
// adjusted Rand index).
type score struct {
	TP, Gold, System float64 // pairs
	P, R, F          float64 // of pairs
	Rand             float64
	BP, BR, BF       float64 // B³
	VI, OneMinusVI   float64
	NMI, Exact       float64
}

func compareClusters(gold, system clusters) score {
	var s score
	n := float64(len(gold))
	g, y, both := map[int]float64{}, map[int]float64{}, map[[2]int]float64{}
	for i := range gold {
		g[gold[i]]++
		y[system[i]]++
		both[[2]int{gold[i], system[i]}]++
	}
	pairs := func(k float64) float64 { return k * (k - 1) / 2 }
	var mutual float64
	for key, k := range both {
		s.TP += pairs(k)
		s.BP += k * k / y[key[1]] / n
		s.BR += k * k / g[key[0]] / n
		mutual += k / n * math.Log(k*n/(g[key[0]]*y[key[1]]))
		if k > 1 && k == g[key[0]] && k == y[key[1]] {
			s.Exact++
		}
	}
	hg, hy := entropy(g, n), entropy(y, n)
	for _, k := range g {
		s.Gold += pairs(k)
	}
	for _, k := range y {
		s.System += pairs(k)
	}
	s.P, s.R = ratio(s.TP, s.System), ratio(s.TP, s.Gold)
	s.F, s.BF = harmonic(s.P, s.R), harmonic(s.BP, s.BR)
	expected := s.Gold * s.System / pairs(n)
	s.Rand = ratio(s.TP-expected, (s.Gold+s.System)/2-expected)
	s.VI = hg + hy - 2*mutual
	s.OneMinusVI = 1 - s.VI/math.Log(n)
	s.NMI = ratio(2*mutual, hg+hy)
	return s
}

func entropy(sizes map[int]float64, n float64) (h float64) {
	for _, k := range sizes {
		h -= k / n * math.Log(k/n)
	}
	return h
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 1
	}
	return a / b
}

func harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

// vectors reads a file of ../shared/data/vectors beside the module, or skips.
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the package")
		}
		dir = filepath.Dir(dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, "..", "shared", "data", "vectors", name))
	if err != nil {
		t.Skipf("the vectors are not here: %v", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestClusterMetricsMatchTheVectors(t *testing.T) {
	t.Parallel()
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
	vectors(t, "metrics.json", &file)
	checked := 0
	for _, v := range file.Vectors {
		if v.Inputs.Matches > 0 {
			p, r := v.Inputs.Matches/v.Inputs.SystemLinks, v.Inputs.Matches/v.Inputs.GoldLinks
			near(t, v.Name+" precision", p, v.Expected["precision"])
			near(t, v.Name+" recall", r, v.Expected["recall"])
			near(t, v.Name+" f1", harmonic(p, r), v.Expected["f1"])
			checked++
			continue
		}
		items := map[string]int{}
		number := func(groups [][]string) clusters {
			c := make(clusters, 6)
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
		s := compareClusters(number(v.Inputs.Gold), number(v.Inputs.System))
		for name, got := range map[string]float64{
			"pairs_true_positive": s.TP, "pairs_gold": s.Gold, "pairs_system": s.System, "pair_precision": s.P, "pair_recall": s.R, "pair_f1": s.F,
			"adjusted_rand": s.Rand, "b_cubed_precision": s.BP, "b_cubed_recall": s.BR, "b_cubed_f1": s.BF, "vi_nats": s.VI,
			"one_minus_vi_over_ln_n": s.OneMinusVI, "nmi_arithmetic": s.NMI, "exact_clusters_size_over_1": s.Exact,
		} {
			near(t, v.Name+" "+name, got, v.Expected[name])
		}
		checked++
	}
	if checked < 5 {
		t.Errorf("only %d vectors checked", checked)
	}
}
