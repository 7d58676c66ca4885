package understand

import (
	"regexp"
	"testing"
)

func TestTaxonomy(t *testing.T) {
	t.Parallel()
	snake := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	known := map[string]bool{}
	for _, i := range Taxonomy() {
		if known[i.Name] || !snake.MatchString(i.Name) || i.Label == "" || i.Group == "" || i.Description == "" {
			t.Errorf("intent %+v is named twice or lacks something", i)
		}
		known[i.Name] = true
	}
	if len(known) < 60 {
		t.Errorf("%d intents, want at least 60", len(known))
	}
	for _, i := range Taxonomy() {
		for _, a := range i.Adjacent {
			if !known[a] || a == i.Name {
				t.Errorf("%s has the neighbour %q, which is not another intent", i.Name, a)
			}
		}
	}
	english := map[string]int{}
	texts := map[string]string{}
	for _, e := range Starter() {
		if other, ok := texts[e.Text]; ok {
			t.Errorf("%q stands under %s and %s", e.Text, other, e.Intent)
		}
		texts[e.Text] = e.Intent
		if e.Language == "en" {
			english[e.Intent]++
		}
	}
	for name := range known {
		if english[name] < 14 {
			t.Errorf("%s has %d English examples, want at least 14", name, english[name])
		}
	}
}
