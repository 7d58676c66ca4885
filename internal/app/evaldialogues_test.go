package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each command prints one JSON object with name, value and n, and refuses a bad
// file by its name.
func TestEvalReading(t *testing.T) {
	t.Parallel()
	write := func(name, text string) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	var dialogues, moods strings.Builder
	moods.WriteString("text,labels\n")
	for i := range 150 {
		wish, action, last := "where is my parcel", "track", "It is done"
		if i%3 == 0 {
			wish, action = "I want my money back", "refund"
		}
		if i%4 == 0 {
			last = "I can not help with that"
		}
		fmt.Fprintf(&dialogues, `{"id":"d%d","resolved":%v,"turns":[{"by":"customer","text":"hi"},{"by":"agent","label":"greet","text":"Hello"},{"by":"customer","text":%q},{"by":"agent","label":%q,"text":%q}]}`+"\n",
			i, i%4 != 0, wish, action, last)
		fmt.Fprintf(&moods, "\"thank you so much, number %d\",gratitude\n\"I hate this, number %d\",anger\n", i, i)
	}
	file, bad := write("dialogues.jsonl", dialogues.String()), write("bad.jsonl", "{\"id\":1}\n")
	languages := write("languages.csv", "text,lang\nwhere do I find my invoice,english\nwo finde ich meine rechnung,de\nwaar staat mijn factuur,nld\n")
	emotions := write("moods.csv", moods.String())
	for _, c := range []struct {
		args  []string
		name  string
		floor float64
		n     float64
	}{
		{[]string{"resolution", file}, "auroc", .99, 150},
		{[]string{"nextaction", file}, "accuracy", .99, 0},
		{[]string{"language", languages}, "accuracy", 1, 3},
		{[]string{"emotions", "--dev", emotions}, "macro_f1_28", .05, 300},
		{[]string{"emotions", "--dev", emotions, "--train", emotions}, "macro_f1_28", .99, 300},
		{[]string{"speed", "--rounds", "4"}, "p50_us", 1, 800},
	} {
		out, errs, ok := evaluate(append(c.args, "--json")...)
		var got struct {
			Name     string
			Value, N float64
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil || !ok || got.Name != c.name || got.Value < c.floor || c.n > 0 && got.N != c.n {
			t.Errorf("%v: %v %s %s", c.args, err, out, errs)
		}
	}
	for _, args := range [][]string{{"resolution", bad}, {"nextaction", bad}, {"language", bad}, {"emotions", "--dev", bad}} {
		if _, errs, ok := evaluate(args...); ok || !strings.Contains(errs, "bad.jsonl") {
			t.Errorf("%v: %q", args, errs)
		}
	}
}
