package understand

import (
	"os"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Messages that are not in the starter examples, through the whole reader. When
// they were written, 57 % of them were read right, 79 % among the best three, and
// the model answered 40 % with 85 % right. Later examples were written by people
// who knew them, so today's figures flatter: a floor against breaking something,
// not a figure to quote.
func TestHeldOut(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/heldout.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	examples, err := ReadExamples(f, "tsv")
	if err != nil {
		t.Fatal(err)
	}
	r := defaultReader(t)
	first, top, kept, keptRight := 0, 0, 0, 0
	for _, e := range examples {
		got := r.Read(Input{Text: e.Text, Direction: crm.In, Channel: crm.Mail, OccurredAt: when})
		right := got.Intents[0].Name == e.Intent
		first += count(right)
		for _, l := range got.Intents {
			top += count(l.Name == e.Intent)
		}
		if !got.Unknown {
			kept++
			keptRight += count(right)
		}
		if !right {
			t.Logf("%s as %s %.2f (unknown %v): %q", e.Intent, got.Intents[0].Name, got.Intents[0].Confidence, got.Unknown, e.Text)
		}
		if got.Language.Name != e.Language {
			t.Errorf("%s read as %s: %q", e.Language, got.Language.Name, e.Text)
		}
	}
	n := float64(len(examples))
	t.Logf("%d texts: best %.1f %%, among three %.1f %%, not unknown %.1f %%, of those right %.1f %%",
		len(examples), 100*float64(first)/n, 100*float64(top)/n, 100*float64(kept)/n, 100*float64(keptRight)/float64(kept))
	if float64(keptRight) < .7*float64(kept) || float64(top) < .6*n {
		t.Error("worse than the floor")
	}
}
