package eval

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReadTexts(t *testing.T) {
	t.Parallel()
	want := []Text{{"where is my card, please?", "card_arrival"}, {"top up", "topping_up"}}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("where is my card, please?\tcard_arrival\ntop up\ttopping_up\n"))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"heading.csv":   "text,category\n\"where is my card, please?\",card_arrival\ntop up,topping_up\n",
		"swapped.csv":   "Intent,id,Utterance\ncard_arrival,1,\"where is my card, please?\"\ntopping_up,2,top up\n",
		"bare.csv":      "\"where is my card, please?\",card_arrival\ntop up,topping_up\n",
		"mark.csv":      "\ufefftext,label\r\n\"where is my card, please?\",card_arrival\r\ntop up, topping_up\r\n",
		"tab.tsv":       "text\tlabel\nwhere is my card, please?\tcard_arrival\ntop up\ttopping_up\n",
		"lines.jsonl":   `{"text":"where is my card, please?","label":"card_arrival"}` + "\n\n" + `{"utterance":"top up","intent":"topping_up"}`,
		"packed.tsv.gz": zipped.String(),
	} {
		got, err := ReadTexts(write(t, name, text))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "one column": "text\nhello\n", "no object": "{\"text\":\"a\",\"label\":\"b\"}\n[1]\n",
		"no label": "{\"text\":\"a\"}", "binary": "\x00\xff\xfe",
	} {
		if got, err := ReadTexts(write(t, "bad", text)); err == nil {
			t.Errorf("%s was read: %v", name, got)
		} else if !strings.Contains(err.Error(), "bad") {
			t.Errorf("%s: the error does not name the file: %v", name, err)
		}
	}
}

func TestReportIsOneObject(t *testing.T) {
	t.Parallel()
	r := Report{Title: "intents", Figure: Figure{Name: "accuracy", Value: .93, N: 3080, Seed: 1, Baseline: Baseline(.926)}}
	var out bytes.Buffer
	if err := r.Write(&out, true); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got["name"] != "accuracy" || got["value"] != .93 || got["n"] != 3080.0 || got["seed"] != 1.0 {
		t.Errorf("%v", got)
	}
	out.Reset()
	if err := r.Write(&out, false); err != nil || !strings.Contains(out.String(), "+0.0040") {
		t.Errorf("%v\n%s", err, &out)
	}
}

func TestBootstrap(t *testing.T) {
	t.Parallel()
	right := make([]bool, 1000)
	for i := range 900 {
		right[i] = true
	}
	low, high := ShareInterval(right, 1)
	// The normal interval of .9 on 1,000 is .8814 to .9186.
	if low < .875 || low > .888 || high < .912 || high > .925 {
		t.Errorf("%v to %v", low, high)
	}
	if l, h := ShareInterval(right, 1); l != low || h != high {
		t.Error("the same seed gave another interval")
	}
}
