package understand

import "testing"

func TestCompareKeepsTheLimits(t *testing.T) {
	t.Parallel()
	slice := make([]Example, 1000)
	for i := range slice {
		slice[i].Intent = []string{"a", "b", "c", "d", "e"}[i/200]
	}
	slice[999].Intent, slice[998].Intent = "rare", "rare"
	right := func(wrong ...int) []bool {
		out := make([]bool, len(slice))
		for i := range out {
			out[i] = true
		}
		for _, i := range wrong {
			out[i] = false
		}
		return out
	}
	many := func(from, n int) (out []int) {
		for i := range n {
			out = append(out, from+i)
		}
		return out
	}
	for name, c := range map[string]struct {
		before, after []bool
		better        bool
		worse         int
	}{
		"the same":              {right(), right(), true, 0},
		"half a point lost":     {right(), right(many(0, 5)...), true, 0},
		"more than half":        {right(), right(many(0, 6)...), false, 0},
		"one intent loses ten":  {right(many(200, 30)...), right(many(0, 20)...), false, 1},
		"a rare intent is lost": {right(many(200, 5)...), right(998, 999), true, 0},
		"better":                {right(many(0, 50)...), right(many(0, 10)...), true, 0},
	} {
		if got := compare(slice, c.before, c.after); got.Better != c.better || len(got.Worse) != c.worse || got.N != 1000 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Labels of a new matter may come into use.
func TestCompareRefit(t *testing.T) {
	t.Parallel()
	var own, fresh []Example
	for i := range 60 {
		n := string(rune('a'+i%26)) + string(rune('a'+i/26))
		own = append(own, Example{Text: "where is my parcel " + n, Intent: "delivery"}, Example{Text: "I want my money back " + n, Intent: "refund"})
		fresh = append(fresh, Example{Text: "the screen is broken " + n, Intent: "repair"})
	}
	good, err := CompareRefit(nil, own, fresh, 1)
	if err != nil || !good.Better || good.After <= good.Before {
		t.Errorf("a new matter: %+v, %v", good, err)
	}
}
