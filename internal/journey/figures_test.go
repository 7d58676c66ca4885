package journey

import (
	"math"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

func toldOf(n byte, state crm.JourneyState, opened int, path ...crm.Channel) *Told {
	t := &Told{ID: crm.ID{n}, State: state, OpenedAt: monday.AddDate(0, 0, opened), Intent: "service_start"}
	t.Data.Path, t.Data.Contacts = path, int64(len(path))
	for i := 1; i < len(path); i++ {
		if path[i] != path[i-1] {
			t.Data.Switches++
		}
	}
	return t
}

func TestFigures(t *testing.T) {
	t.Parallel()
	jan := toldOf(1, crm.WaitingForUs, 0, crm.Web, crm.Mail, crm.Phone)
	jan.Data.Repeat = crm.Repeat{Within7: true, Within14: true, Within30: true}
	jan.Effort = 57.9
	quick := toldOf(2, crm.Resolved, 0, crm.Mail)
	quick.Data.LastOut = monday
	alone := toldOf(3, crm.Resolved, 1, crm.Web) // solved on the web site, nobody spoke
	back := toldOf(4, crm.Resolved, 1, crm.Web)  // the same, but they came back 3 days later
	again := toldOf(5, crm.Resolved, 4, crm.Phone)
	again.Data.Repeat = crm.Repeat{Of: back.ID, Within7: true, Within14: true, Within30: true}
	again.Data.Spoken = monday
	fresh := toldOf(6, crm.WaitingForThem, 19, crm.Mail) // its window is open
	list := []*Told{jan, quick, alone, back, again, fresh}
	f := FiguresOf("", list, Again(list), monday.AddDate(0, 0, 20))
	for what, c := range map[string][2]Share{
		// Chains that began: jan, quick, alone, back; fresh is provisional, again is part of back.
		"FCR 7":        {f.FCR7, Share{Value: .5, N: 4, Provisional: 1}},
		"FCR 30":       {f.FCR30, Share{Value: 0, N: 0, Provisional: 5}},
		"self-service": {f.SelfService, Share{Value: 2. / 3, N: 3}},
		"contained":    {f.Contained, Share{Value: 1. / 3, N: 3}},
		"by systems":   {f.BySystems, Share{Value: 1, N: 1}},
		"solved":       {f.Solved, Share{Value: .5, N: 4}},
	} {
		if got, want := c[0], c[1]; math.Abs(got.Value-want.Value) > 1e-9 || got.N != want.N || got.Provisional != want.Provisional {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	if f.Journeys != 6 || f.Contacts != 8 || math.Abs(f.Effort.Value-57.9/6) > 1e-9 {
		t.Errorf("%+v", f)
	}
	keys, groups := Group(list, "channel")
	if len(keys) != 3 || keys[0] != "web" || len(groups["web"]) != 3 {
		t.Errorf("%v", keys)
	}
}

// The intervals are those of Newcombe's paper: 56 of 70 against 48 of 80.
func TestIntervals(t *testing.T) {
	t.Parallel()
	a, b := ShareOf(48, 80), ShareOf(56, 70)
	d := Difference(a, b)
	if math.Abs(d.Value-.2) > 1e-9 || math.Abs(d.Low-.0524) > 5e-4 || math.Abs(d.High-.3339) > 5e-4 {
		t.Errorf("%+v", d)
	}
	if s := ShareOf(0, 0); s != (Share{}) {
		t.Errorf("nothing: %+v", s)
	}
	if s := ShareOf(0, 20); s.Low != 0 || s.High < .1 || s.High > .2 {
		t.Errorf("none of 20: %+v", s)
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	list := []*Told{
		toldOf(1, crm.WaitingForUs, 0, crm.Web, crm.Mail, crm.Phone), toldOf(2, crm.Resolved, 0, crm.Mail),
		toldOf(3, crm.Resolved, 0, crm.Web, crm.Mail, crm.Mail, crm.Phone, crm.Chat, crm.Chat), toldOf(4, crm.JourneyOpen, 0),
	}
	p := PathsOf(PathFilter{}.Choose(list))
	in, out := map[string]int{}, map[string]int{}
	for _, e := range p.Edges {
		out[e.From] += e.N
		in[e.To] += e.N
	}
	for _, n := range p.Nodes {
		if n.Step > 0 && in[n.ID] != n.N || n.Step <= maxSteps && out[n.ID] != n.N {
			t.Errorf("%s has %d journeys, %d come in and %d go out", n.ID, n.N, in[n.ID], out[n.ID])
		}
	}
	if p.Journeys != 3 {
		t.Errorf("%d journeys; one has no contact of the customer", p.Journeys)
	}
	for what, c := range map[string]struct {
		f PathFilter
		n int
	}{
		"start": {PathFilter{Start: crm.Web}, 2}, "end": {PathFilter{End: crm.Resolved}, 2}, "both": {PathFilter{Start: crm.Web, End: crm.Resolved}, 1},
		"edge": {PathFilter{From: "1:mail", To: "2:phone"}, 1}, "long": {PathFilter{From: "4:more"}, 1}, "nowhere": {PathFilter{From: "0:chat"}, 0},
	} {
		if got := len(c.f.Choose(list)); got != c.n {
			t.Errorf("%s: %d journeys, want %d", what, got, c.n)
		}
	}
}
