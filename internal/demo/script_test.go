package demo

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func readText(text string) (*book, error) {
	b := &book{byName: map[string]*story{}, everyday: map[string][]*story{}}
	return b, b.read(text)
}

func TestReadScript(t *testing.T) {
	t.Parallel()
	b, err := readText(`
# a remark
= late-parcel lang=nl weight=3 who=jan
> mail +2h..3d p=.5 end=.25 as=piet new
: One | Two
- First line / second // third
- Other
< call @6d 10:14 dur=5
- Note
`)
	if err != nil {
		t.Fatal(err)
	}
	s := b.byName["late-parcel/nl"]
	if s == nil || s.weight != 3 || s.opts["who"] != "jan" || len(s.steps) != 2 {
		t.Fatalf("story %+v", s)
	}
	m, c := s.steps[0], s.steps[1]
	if m.who != '>' || m.min != 2*time.Hour || m.max != 72*time.Hour || m.p != .5 || m.end != .25 || m.opts["as"] != "piet" || !m.flags["new"] {
		t.Errorf("mail %+v", m)
	}
	if len(m.subjects) != 2 || len(m.texts) != 2 || m.texts[0] != "First line\nsecond\n\nthird" {
		t.Errorf("texts %q %q", m.subjects, m.texts)
	}
	if c.fixed == nil || *c.fixed != [3]int{6, 10, 14} || c.opts["dur"] != "5" {
		t.Errorf("call %+v", c)
	}
}

// A mistake in a script names its line.
func TestScriptMistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"> mail":               "before any story",
		"- text":               "before any step",
		"=":                    "without a name",
		"= a\n= a":             "twice",
		"= a weight=x":         "line 1",
		"= a\n>":               "without a channel",
		"= a\n> mail +soon":    "line 2: +soon",
		"= a\n> mail p=often":  "p=often",
		"= a\n> mail @6d":      "needs a time",
		"= a\n> mail @x 10:00": "line 2",
		"hello":                "can't read",
	} {
		if _, err := readText(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzScript(f *testing.F) {
	f.Add("= a lang=de weight=2\n> mail +2h..8h p=.5\n: A | B\n- Hi {a|b} $first // x")
	f.Add("> mail @6d 10:14\n- x")
	f.Add("= a\n! web @")
	f.Fuzz(func(t *testing.T, text string) {
		b := &book{byName: map[string]*story{}, everyday: map[string][]*story{}}
		if b.read(text) == nil {
			for _, s := range b.stories {
				if s.name == "" {
					t.Error("a story without a name")
				}
			}
		}
		_ = say(rand.New(rand.NewPCG(1, 1)), text, func(string) (string, bool) { return "", false })
	})
}
