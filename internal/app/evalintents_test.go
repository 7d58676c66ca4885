package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// evaluate runs a command line of `rapport eval` and returns what it prints.
func evaluate(args ...string) (out, errs string, ok bool) {
	var stdout, stderr bytes.Buffer
	code := Run(context.Background(), append([]string{"eval"}, args...), Env{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr})
	return stdout.String(), stderr.String(), code == 0
}

// matters writes texts of six plain matters, some of them with an unknown one.
func matters(t *testing.T, name string, from, to int, unknown bool) string {
	t.Helper()
	words := map[string][]string{"delivery": {"parcel", "courier", "late"}, "refund": {"money", "refund", "back"}, "invoice": {"bill", "invoice", "charged"},
		"repair": {"broken", "repair", "screen"}, "sign_in": {"password", "login", "account"}, "contract": {"cancel", "contract", "plan"}}
	var b strings.Builder
	b.WriteString("utterance,intent\n")
	for intent, w := range words {
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "\"my %s, %s number %d\",%s\n", w[i%3], w[(i+1)%3], i, intent)
		}
	}
	if unknown {
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, "zebras sing in autumn %d,OOS\n", i)
		}
	}
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestEvalIntents(t *testing.T) {
	t.Parallel()
	train, test := matters(t, "train.csv", 0, 12, false), matters(t, "test.csv", 12, 18, true)
	for name, args := range map[string][]string{
		"accuracy": {"intents", "--train", train, "--test", matters(t, "known.csv", 12, 18, false), "--per-class", "6", "--seed", "3", "--json"},
		"auroc":    {"oos", "--train", train, "--test", test, "--seed", "3", "--json"},
	} {
		out, errs, ok := evaluate(args...)
		if !ok {
			t.Fatal(name, errs)
		}
		var got struct {
			Name     string
			Value    float64
			N        int
			Seed     uint64
			Baseline *float64
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%s: %v in %s", name, err, out)
		}
		if got.Name != name || got.Value < .9 || got.N < 36 || got.Seed != 3 || got.Baseline == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad.csv")
	if err := os.WriteFile(bad, []byte("text,intent\nhello,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want string
		args []string
	}{
		{"no text or no label", []string{"intents", "--train", bad, "--test", test}},
		{"--per-class", []string{"intents", "--train", train, "--test", test, "--per-class", "-1"}},
		{"--hold-out", []string{"oos", "--train", train, "--test", test, "--hold-out", "1"}},
		{"both are needed", []string{"oos", "--train", train, "--test", test, "--unknown", "nothing"}},
	} {
		if _, errs, ok := evaluate(c.args...); ok || !strings.Contains(errs, c.want) {
			t.Errorf("%v: error %q, want one with %q", c.args, errs, c.want)
		}
	}
}
