package understand

import (
	"os"
	"slices"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Every intent of the packs that the embedded model does not know has examples
// in all eight languages, and no text stands twice.
func TestPacksAreComplete(t *testing.T) {
	t.Parallel()
	counts, texts := map[[2]string]int{}, map[string]string{}
	for _, e := range CatalogueExamples() {
		if other, ok := texts[e.Text]; ok {
			t.Errorf("%q stands under %s and %s", e.Text, other, e.Intent)
		}
		texts[e.Text] = e.Intent
		counts[[2]string{e.Intent, e.Language}]++
	}
	groups := map[string]bool{"From the firm": true, "Automatic": true, "Conversation": true, "Feedback": true, "General": true, "Safety": true}
	for _, i := range Catalogue() {
		least := 2
		if groups[i.Group] {
			continue // said by the firm or by programs, or about nothing of one pack
		} else if i.Group == "Banking" || i.Group == "Software" {
			least = 4
		}
		for _, l := range []string{"en", "de", "es", "pt", "fr", "it", "nl", "pl"} {
			if n := counts[[2]string{i.Name, l}]; n < least {
				t.Errorf("%s has %d examples in %s, want %d", i.Name, n, l, least)
			}
		}
	}
}

// Sentences that no model was trained on, in eight languages, read with all
// packs in use. The author of the examples wrote them, before the figures were
// seen, and added a few German and Dutch examples later: the figures flatter.
func TestPacksInEightLanguages(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/packs.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	held, err := ReadExamples(f, "tsv")
	if err != nil {
		t.Fatal(err)
	}
	taxonomy := NewTaxonomy(AllPacks, nil)
	base := taxonomy.Base()
	labels := labelsOf(base)
	set := newTrainingSet(base, labels)
	m := set.fit(set.all(), recipe{seed: 1, networks: 1})
	m.tuning = tuning{linear: 4, hidden: 1.5, threshold: noDoubt}
	r := defaultReader(t).WithIntents(m).WithTaxonomy(taxonomy)
	type tally struct{ n, first, three int }
	by := map[string]*tally{}
	for _, e := range held {
		got := r.Read(Input{Text: e.Text, Direction: crm.In, Channel: crm.Chat, OccurredAt: when}).Intents
		at := slices.IndexFunc(got, func(l crm.Label) bool { return l.Name == e.Intent })
		if at != 0 {
			t.Logf("%s %s read as %+v: %q", e.Language, e.Intent, got, e.Text)
		}
		s, _ := taxonomy.Get(e.Intent)
		for _, of := range append(slices.Clone(s.Packs), e.Language) {
			if by[of] == nil {
				by[of] = &tally{}
			}
			by[of].n++
			by[of].first += count(at == 0)
			by[of].three += count(at >= 0)
		}
	}
	for _, of := range append(slices.Clone(AllPacks), "en", "de", "es", "pt", "fr", "it", "nl", "pl") {
		c := by[of]
		if c == nil {
			t.Errorf("no sentence for %s", of)
			continue
		}
		first, three := float64(c.first)/float64(c.n), float64(c.three)/float64(c.n)
		t.Logf("%-9s %3d sentences, best right %3.0f %%, among three %3.0f %%", of, c.n, 100*first, 100*three)
		if first < .5 || three < .6 {
			t.Errorf("%s is below the floor: best %.2f, among three %.2f", of, first, three)
		}
	}
}
