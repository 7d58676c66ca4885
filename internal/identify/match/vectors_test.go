package match

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// shared is the folder of public data beside the repository.
var shared = filepath.Join("..", "..", "..", "..", "shared", "data")

type vector struct {
	Name     string
	Inputs   json.RawMessage
	Expected json.RawMessage
}

func vectors(t *testing.T, name string, inputs, expected any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(shared, "vectors", "identity.json"))
	if err != nil {
		t.Skipf("the vectors are not here: %v", err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		if v.Name == name {
			if err := json.Unmarshal(v.Inputs, inputs); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(v.Expected, expected); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no vector %s", name)
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

type weights struct {
	M, U     []float64
	Prior    float64
	Patterns [][]int
	Pairs    float64
	Matches  float64
}

// binary makes fields that agree (level 0) or not (level 1).
func binary(m, u []float64) []Field {
	fields := make([]Field, len(m))
	for i := range m {
		fields[i] = Field{M: []float64{m[i], 1 - m[i]}, U: []float64{u[i], 1 - u[i]}}
	}
	return fields
}

func TestWeightsMatchTheVectors(t *testing.T) {
	t.Parallel()
	var in weights
	var want struct {
		Agree       []float64 `json:"agreement_weight"`
		Disagree    []float64 `json:"disagreement_weight"`
		Total       []float64 `json:"total_weight_with_prior"`
		Probability []float64 `json:"match_probability"`
	}
	vectors(t, "fellegi_sunter_weights", &in, &want)
	m := Model{Fields: binary(in.M, in.U), Prior: in.Prior}
	for i := range m.Fields {
		near(t, "agreement", m.Fields[i].Bits(0), want.Agree[i], 1e-9)
		near(t, "disagreement", m.Fields[i].Bits(1), want.Disagree[i], 1e-9)
	}
	for i, p := range in.Patterns {
		levels := make([]int, len(p))
		for k := range p {
			levels[k] = 1 - p[k]
		}
		near(t, "total", m.Bits(levels), want.Total[i], 1e-9)
		near(t, "probability", Probability(m.Bits(levels)), want.Probability[i], 1e-9)
	}
	if m.Fields[0].Bits(missing) != 0 {
		t.Error("a missing value must say nothing")
	}
}

func TestRareValuesCountMore(t *testing.T) {
	t.Parallel()
	var in struct {
		U         float64   `json:"u_field"`
		Frequency []float64 `json:"value_frequency"`
	}
	var want struct {
		Bits []float64 `json:"weight_shift_bits"`
	}
	vectors(t, "tf_adjustment", &in, &want)
	for i, f := range in.Frequency {
		near(t, "shift", RareBits(in.U, f), want.Bits[i], 1e-9)
	}
}

// EM finds the parameters that pairs were drawn with; the pairs are those of
// the recordlinkage example.
func TestEMRecoversTheParameters(t *testing.T) {
	t.Parallel()
	var in weights
	var want weights
	vectors(t, "em_recovery", &in, &want)
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // reproducible, not secret
	index := map[string]int{}
	var patterns []pattern
	for n := range int(in.Pairs) {
		p := in.U
		if n < int(in.Matches) {
			p = in.M
		}
		levels, key := make([]int, len(p)), ""
		for i := range p {
			if r.Float64() >= p[i] {
				levels[i] = 1
			}
			key += string(rune('0' + levels[i]))
		}
		if _, ok := index[key]; !ok {
			index[key] = len(patterns)
			patterns = append(patterns, pattern{levels: levels})
		}
		patterns[index[key]].count++
	}
	m := newModel(binary(in.M, in.U), usual)
	m.emAll(patterns, 300)
	near(t, "prior", m.Prior, want.Prior, .01)
	for i := range m.Fields {
		near(t, "m", m.Fields[i].M[0], want.M[i], .01)
		near(t, "u", m.Fields[i].U[0], want.U[i], .01)
	}
}

func TestSimilarities(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{{"MARTHA", "MARHTA", .961111111111}, {"DIXON", "DICKSONX", .813333333333}, {"DWAYNE", "DUANE", .84}, {"abc", "", 0}, {"jaro", "jaro", 1}, {"ab", "cd", 0}, {"ab", "ba", 0}} {
		near(t, c.a, JaroWinkler(c.a, c.b), c.want, 1e-9)
	}
	for _, c := range []struct {
		a, b string
		want float64
	}{{"kitten", "sitting", .571428571429}, {"hoseason street", "hosaeson street", .866666666667}, {"6", "66", .5}, {"", "", 0}} {
		near(t, c.a, LevenshteinSimilarity(c.a, c.b), c.want, 1e-9)
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{{"19750212", "19750221", true}, {"1234", "124", true}, {"1234", "1234", false}, {"1234", "2143", false}, {"ab", "", false}, {"a", "", true}} {
		if got := oneOff([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%s and %s one slip apart: %v", c.a, c.b, got)
		}
	}
}
