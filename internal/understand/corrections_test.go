package understand

import (
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestCorrections(t *testing.T) {
	t.Parallel()
	r := defaultReader(t).WithCorrections([]Example{
		{Text: "Can you look at the thing we talked about?", Intent: "repair"},
		{Text: "Is the blue one still there?", Intent: "product_availability"},
		{Text: "Can you look at the thing we talked about?", Intent: "case_status"},
		{Text: "", Intent: "greeting"},
	})
	for _, c := range []struct {
		text, want string
	}{
		{"Can you look at the thing we talked about?", "case_status"}, // the newest wins
		{"can you look at the thing WE talked about?", "case_status"},
		{"Hi,\ncan you look at the thing we talked about?", "case_status"},
		{"is the blue one still there?", "product_availability"},
	} {
		in := Input{Text: c.text, Direction: crm.In}
		got := r.Read(in)
		checkSpans(t, in, got)
		if got.Intent() != c.want || got.Intents[0].Confidence < sameText || len(got.Intents[0].Evidence) != 1 {
			t.Errorf("%q: %+v, want %s", c.text, got.Intents, c.want)
		}
	}
	if got := r.Read(Input{Text: "Is the red car over there?", Direction: crm.In}); got.Intent() == "product_availability" && got.Intents[0].Confidence > sameText {
		t.Errorf("another text took the label: %+v", got.Intents)
	}
	if defaultReader(t).WithCorrections(nil).corrections != nil {
		t.Error("no corrections must cost nothing")
	}
}
