package understand

import (
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Comments from a forum are nothing that a service desk hears: the model must
// call most of them unknown. Small talk, thanks and compliments among them are
// rightly known.
func TestFarTextIsUnknown(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	chat := map[string]bool{}
	for _, i := range Taxonomy() {
		chat[i.Name] = i.Group == "Conversation" || i.Group == "Feedback" || i.Group == "Complaints"
	}
	texts := devEmotions(t)
	unknown, matter := 0, 0
	for _, e := range texts {
		got := r.Read(Input{Text: e.Text, Direction: crm.In})
		unknown += count(got.Unknown)
		matter += count(!got.Unknown && !chat[got.Intent()])
	}
	n := float64(len(texts))
	t.Logf("%d texts: unknown %.1f %%, taken for a matter of service %.1f %%", len(texts), 100*float64(unknown)/n, 100*float64(matter)/n)
	if float64(unknown) < .7*n {
		t.Error("too little is unknown")
	}
}
