package search_test

import (
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/search"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                       "",
		"jan":                    "jan",
		"Jan de Vries":           "jan de vries",
		"  José \t ÁLVAREZ ":     "jose alvarez",
		"Søren Ærøskøbing":       "soren aeroskobing",
		"ＦＵＬＬ width":             "full width",
		"Straße":                 "strasse",
		"Żółć":                   "zolc",
		"İstanbul":               "istanbul",
		"山田 太郎":                  "山田 太郎",
		"a\x00b\xffc":            "a bc",
		"zero\u200bwidth":        "zerowidth",
		"ANNA@Example.COM":       "anna@example.com",
		"Zoe\u0308 \u00adO’Hara": "zoe o’hara",
	} {
		if got := search.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	got := search.Terms("Jan de Vries", []string{"Jan.Vries@Example.com", "+31612345678", "u-42"})
	want := []string{"jan", "de", "vries", "jan de vries",
		"jan.vries@example.com", "example.com",
		"31612345678", "612345678", "12345678", "2345678", "345678", "45678", "5678", "u-42"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := search.Terms("", nil); len(got) != 0 {
		t.Errorf("nothing has no terms: %q", got)
	}
}

func FuzzTerms(f *testing.F) {
	f.Add("Jan de Vries", "jan@example.com", "+31 6 1234 5678")
	f.Add("İǅ ẞ", "\xff\xfe", "a\x00b")
	f.Add("ﷺ ΰ", "@@", "0000")
	f.Fuzz(func(t *testing.T, name, a, b string) {
		terms := search.Terms(name, []string{a, b})
		if len(terms) > 24 {
			t.Fatalf("%d terms", len(terms))
		}
		for i, s := range terms {
			if s == "" || !utf8.ValidString(s) || slices.Contains([]byte(s), 0) || utf8.RuneCountInString(s) > 2*64 {
				t.Errorf("term %q", s)
			}
			if slices.Contains(terms[:i], s) {
				t.Errorf("%q twice", s)
			}
		}
		if again := search.Fold(search.Fold(name)); again != search.Fold(name) {
			t.Errorf("Fold is not idempotent: %q, %q", search.Fold(name), again)
		}
	})
}
