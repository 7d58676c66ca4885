package identify

import (
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind     crm.IdentifierKind
		in, want string
		ok       bool
	}{
		{crm.Email, " Jan.Meijer@Postvak.Example ", "jan.meijer@postvak.example", true},
		{crm.Email, "mailto:jan@postvak.example", "jan@postvak.example", true},
		{crm.Email, "jan@bücher.example", "jan@xn--bcher-kva.example", true},
		{crm.Email, "jan", "", false},
		{crm.Email, "a@b@c.example", "a@b@c.example", true}, // a quoted local part may hold one
		{crm.Email, "jan@", "", false},
		{crm.Email, "jan meijer@x.example", "", false},
		{crm.PhoneNumber, "06 1234 5678", "+31612345678", true},
		{crm.PhoneNumber, "+31 (0)6 12345678", "+31612345678", true},
		{crm.PhoneNumber, "0031612345678", "+31612345678", true},
		{crm.PhoneNumber, "+31612345678", "+31612345678", true},
		{crm.PhoneNumber, "1233", "1233", true},
		{crm.PhoneNumber, "unknown", "", false},
		{crm.UserID, "  U-1 ", "U-1", true},
		{"telegram", "\u200b42", "42", true},
		{crm.AnonymousID, "", "", false},
	} {
		got, ok := Normalise(c.kind, c.in, "NL")
		if got != c.want || ok != c.ok {
			t.Errorf("%s %q: %q %v, want %q %v", c.kind, c.in, got, ok, c.want, c.ok)
		}
	}
}

func TestBlocked(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]bool{"0": true, "000": true, "-": true, "-1": true, "null": true, "Anonymous": true, "abc": false} {
		if got := blocked(crm.UserID, v, nil); got != want {
			t.Errorf("%q: %v, want %v", v, got, want)
		}
	}
}

func TestDifferentPeople(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"Jan Meijer", "Piet Meijer", true}, {"Jan Meijer", "Jan", false}, {"J. Meijer", "Jan Meijer", false},
		{"Mrs Meijer", "Jan Meijer", false}, {"", "Jan", false}, {"Zoë Smit", "Zoe Smit", false}, {"Kathryn Bell", "Katheryn Bell", false},
		{"P. Meijer", "Jan Meijer", true}, {"Meijer, Jan", "Jan Meijer", false},
	} {
		if got := differentPeople(c.a, c.b); got != c.want {
			t.Errorf("%q and %q: %v, want %v", c.a, c.b, got, c.want)
		}
		if differentPeople(c.a, c.b) != differentPeople(c.b, c.a) {
			t.Errorf("%q and %q: the order matters", c.a, c.b)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add("email", "a@b.example")
	f.Add("phone", "+31 6 1234")
	f.Add("x", "\xff\x00")
	f.Fuzz(func(t *testing.T, kind, value string) {
		first, ok := Normalise(crm.IdentifierKind(kind), value, "NL")
		if !ok {
			return
		}
		if len(first) > maxValue {
			t.Errorf("%d bytes", len(first))
		}
		if again, ok := Normalise(crm.IdentifierKind(kind), first, "NL"); !ok || again != first {
			t.Errorf("not stable: %q, then %q", first, again)
		}
	})
}
