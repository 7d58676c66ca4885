package understand

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// shared is a file of the data folder beside the module, or the test is
// skipped.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the package")
		}
		dir = up
	}
	path := filepath.Join(append([]string{dir, "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the public data set is not beside the module: %v", err)
	}
	return path
}

func banking(t testing.TB, name string) []Example {
	t.Helper()
	f, err := os.Open(shared(t, "banking77", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []Example
	for _, r := range rows[1:] {
		out = append(out, Example{Text: r[0], Intent: r[1]})
	}
	return out
}

// brief leaves out what is listed text by text.
func brief(f Figures) string {
	f.Right, f.Said, f.Confusions = nil, nil, nil
	return fmt.Sprintf("%+v", f)
}

// The baseline of the reference is 91.4 with an interval of ±1 point; the
// masks may cost .2.
func TestBanking77(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for several seconds")
	}
	t.Parallel()
	start := time.Now()
	m, rep, err := TrainIntents(banking(t, "train.csv"), nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	f := EvaluateIntents(m, banking(t, "test.csv"))
	t.Logf("features %d, temperature %.2f, threshold %.2f, trained in %v", rep.Features, rep.Temperature, rep.Threshold, took)
	t.Logf("out of fold %s", brief(rep.Held))
	t.Logf("test %s", brief(f))
	if f.Accuracy < .909 {
		t.Errorf("accuracy %.4f is below .909", f.Accuracy)
	}
	if f.ECE > .03 {
		t.Errorf("expected calibration error %.3f is above .03", f.ECE)
	}
}
