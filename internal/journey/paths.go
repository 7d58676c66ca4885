package journey

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Ends of a path: how the journey stands.
const endPrefix = "end:"

// PathNode is a place of the drawing: a channel at a step, or how it ended.
type PathNode struct {
	ID   string `json:"id" doc:"step:name"`
	Step int    `json:"step" doc:"0 is the first contact; ends stand in a step of their own, the last"`
	Name string `json:"name" doc:"A channel, more (longer paths), or a state"`
	N    int    `json:"n"`
}

// PathEdge is how many journeys went from one place to the next.
type PathEdge struct {
	From string `json:"from"`
	To   string `json:"to"`
	N    int    `json:"n"`
}

// PathDrawing is a Sankey drawing.
type PathDrawing struct {
	Journeys int        `json:"journeys"`
	Nodes    []PathNode `json:"nodes"`
	Edges    []PathEdge `json:"edges"`
	Steps    int        `json:"steps" doc:"Contacts that are drawn; longer paths go through the place named more"`
}

// PathFilter chooses journeys by where they began and how they stand; empty: any.
type PathFilter struct {
	Start crm.Channel
	End   crm.JourneyState
	From  string // an edge: only journeys that went along it
	To    string
}

// maxSteps are the contacts of a path that are drawn.
const maxSteps = 4

// places are the nodes that a journey goes through.
func (t *Told) places() []string {
	p := t.path()
	var out []string
	for i, c := range p {
		if i == maxSteps {
			out = append(out, fmt.Sprintf("%d:more", maxSteps))
			break
		}
		out = append(out, fmt.Sprintf("%d:%s", i, c))
	}
	return append(out, fmt.Sprintf("%d:%s%s", maxSteps+1, endPrefix, t.State))
}

// Choose keeps the journeys that the filter wants; those without a contact of
// the customer have no path.
func (f PathFilter) Choose(list []*Told) []*Told {
	var out []*Told
	for _, t := range list {
		p := t.path()
		if len(p) == 0 || f.Start != "" && p[0] != f.Start || f.End != "" && t.State != f.End {
			continue
		}
		if f.From != "" || f.To != "" {
			places := t.places()
			at := slices.Index(places, f.From)
			if f.From != "" && at < 0 || f.To != "" && !slices.Contains(places, f.To) {
				continue
			}
			if f.From != "" && f.To != "" && (at+1 >= len(places) || places[at+1] != f.To) {
				continue
			}
		}
		out = append(out, t)
	}
	return out
}

// PathsOf draws the journeys.
func PathsOf(list []*Told) PathDrawing {
	out := PathDrawing{Journeys: len(list), Steps: maxSteps, Nodes: []PathNode{}, Edges: []PathEdge{}}
	nodes, edges := map[string]int{}, map[[2]string]int{}
	for _, t := range list {
		places := t.places()
		for i, p := range places {
			nodes[p]++
			if i > 0 {
				edges[[2]string{places[i-1], p}]++
			}
		}
	}
	for id, n := range nodes {
		var step int
		var name string
		if _, err := fmt.Sscanf(id, "%d:%s", &step, &name); err != nil {
			continue
		}
		if len(name) > len(endPrefix) && name[:len(endPrefix)] == endPrefix {
			name = name[len(endPrefix):]
		}
		out.Nodes = append(out.Nodes, PathNode{ID: id, Step: step, Name: name, N: n})
	}
	slices.SortFunc(out.Nodes, func(a, b PathNode) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(b.N, a.N), cmp.Compare(a.ID, b.ID))
	})
	for e, n := range edges {
		out.Edges = append(out.Edges, PathEdge{From: e[0], To: e[1], N: n})
	}
	slices.SortFunc(out.Edges, func(a, b PathEdge) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return out
}
