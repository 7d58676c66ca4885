package understand

import (
	"cmp"
	"math"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Bounds of clusters, as cosines of vectors of rare features, chosen by looking at
// what is found when texts of BANKING77 lie among those of the starter packs.
const (
	joinBound  = .16 // to a dense text, to begin a cluster with it
	stayBound  = .20 // to the centre, to be in the cluster
	mergeBound = .42 // of two centres, to be one cluster
)

const (
	clusterRounds   = 5
	centreFeatures  = 256
	densestOf       = 4 // neighbours of other customers that make a text dense
	minCluster      = 5
	minClusterOwner = 3 // customers
)

// weighted is a feature of a vector; vectors are in the order of features.
type weighted struct {
	f int32
	v float32
}

// grouping clusters unit vectors: the densest texts begin clusters, and k-means
// settles who belongs where. The number of clusters comes from the data. It is
// deterministic.
type grouping struct {
	vectors  [][]weighted
	owner    []crm.ID // whose text it is
	postings [][]weighted
	centres  [][]weighted
	of       []int // cluster of each text, -1: none
	near     []float32
	sum      []float32 // working memory: per feature
	dots     []float32 // per text, or per cluster
	touched  []int32
}

func cluster(vectors [][]weighted, owner []crm.ID, features int) *grouping {
	g := &grouping{vectors: vectors, owner: owner, of: make([]int, len(vectors)), near: make([]float32, len(vectors)),
		sum: make([]float32, features), dots: make([]float32, len(vectors))}
	g.postings = invert(vectors, features)
	g.begin()
	for range clusterRounds {
		g.recentre()
		g.assign(stayBound)
	}
	g.merge()
	g.assign(stayBound)
	g.recentre()
	g.assign(stayBound)
	return g
}

// invert lists, per feature, the vectors that have it.
func invert(vectors [][]weighted, features int) [][]weighted {
	out := make([][]weighted, features)
	for i, v := range vectors {
		for _, w := range v {
			out[w.f] = append(out[w.f], weighted{int32(i), w.v}) //nolint:gosec // a few thousand texts
		}
	}
	return out
}

// compare adds up the cosines of a vector to all that share a feature with it,
// into dots, and lists those in touched, in ascending order.
func (g *grouping) compare(v []weighted, postings [][]weighted) {
	for _, i := range g.touched {
		g.dots[i] = 0
	}
	g.touched = g.touched[:0]
	for _, w := range v {
		for _, p := range postings[w.f] {
			if g.dots[p.f] == 0 {
				g.touched = append(g.touched, p.f)
			}
			g.dots[p.f] += w.v * p.v
		}
	}
	slices.Sort(g.touched)
}

// begin makes clusters around the densest texts, each of what is near enough
// and not yet in one.
func (g *grouping) begin() {
	density := make([]float32, len(g.vectors))
	order := make([]int, len(g.vectors))
	for i, v := range g.vectors {
		g.of[i], order[i] = -1, i
		g.compare(v, g.postings)
		density[i] = g.density(i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(density[b], density[a]) })
	for _, i := range order {
		if g.of[i] >= 0 || density[i] < joinBound {
			continue
		}
		k := len(g.centres)
		g.centres = append(g.centres, nil)
		g.of[i] = k
		g.compare(g.vectors[i], g.postings)
		for _, j := range g.touched {
			if g.of[j] < 0 && g.dots[j] >= joinBound {
				g.of[j] = k
			}
		}
	}
}

// density is the mean cosine to the nearest texts of other customers, each
// counting once.
func (g *grouping) density(i int) float32 {
	var best [densestOf]float32
	var whose [densestOf]crm.ID
	for _, j := range g.touched {
		d, who := g.dots[j], g.owner[j]
		if who == g.owner[i] || d <= best[densestOf-1] {
			continue
		}
		at := slices.Index(whose[:], who)
		if at < 0 {
			at = densestOf - 1
		} else if d <= best[at] {
			continue
		}
		for ; at > 0 && best[at-1] < d; at-- {
			best[at], whose[at] = best[at-1], whose[at-1]
		}
		best[at], whose[at] = d, who
	}
	var sum float32
	for _, d := range best {
		sum += d
	}
	return sum / densestOf
}

// recentre makes each centre the direction of its texts, by their strongest
// features.
func (g *grouping) recentre() {
	members := make([][]int, len(g.centres))
	for i, k := range g.of {
		if k >= 0 {
			members[k] = append(members[k], i)
		}
	}
	for k, list := range members {
		var used []int32
		for _, i := range list {
			for _, w := range g.vectors[i] {
				if g.sum[w.f] == 0 {
					used = append(used, w.f)
				}
				g.sum[w.f] += w.v
			}
		}
		centre := make([]weighted, len(used))
		for n, f := range used {
			centre[n] = weighted{f, g.sum[f]}
			g.sum[f] = 0
		}
		g.centres[k] = strongest(centre, centreFeatures)
	}
}

// strongest keeps the n largest features of a vector, as one of length 1.
func strongest(v []weighted, n int) []weighted {
	slices.SortFunc(v, func(a, b weighted) int { return cmp.Or(cmp.Compare(b.v, a.v), cmp.Compare(a.f, b.f)) })
	v = v[:min(n, len(v))]
	slices.SortFunc(v, func(a, b weighted) int { return cmp.Compare(a.f, b.f) })
	var sum float64
	for _, w := range v {
		sum += float64(w.v) * float64(w.v)
	}
	for i := range v {
		v[i].v /= float32(math.Sqrt(sum))
	}
	return v
}

// assign puts each text into the cluster of the nearest centre, when that is
// near enough.
func (g *grouping) assign(bound float32) {
	postings := invert(g.centres, len(g.postings))
	g.reset(len(g.centres))
	for i, v := range g.vectors {
		g.compare(v, postings)
		g.of[i], g.near[i] = -1, 0
		for _, k := range g.touched {
			if d := g.dots[k]; d >= bound && d > g.near[i] {
				g.of[i], g.near[i] = int(k), d
			}
		}
	}
	g.reset(len(g.vectors))
}

// reset sizes the working memory of compare.
func (g *grouping) reset(n int) {
	for _, i := range g.touched {
		g.dots[i] = 0
	}
	g.dots, g.touched = sized(g.dots, n), g.touched[:0]
	clear(g.dots)
}

// merge makes one cluster of those whose centres are alike, the larger ones
// first, and drops what has become empty.
func (g *grouping) merge() {
	size := make([]int, len(g.centres))
	for _, k := range g.of {
		if k >= 0 {
			size[k]++
		}
	}
	order := make([]int, len(g.centres))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	into := make([]int, len(g.centres))
	var kept [][]weighted
	for _, k := range order {
		into[k] = -1
		if size[k] == 0 {
			continue
		}
		best := float32(mergeBound)
		for n, c := range kept {
			if d := dotOf(g.centres[k], c); d >= best {
				into[k], best = n, d
			}
		}
		if into[k] < 0 {
			into[k] = len(kept)
			kept = append(kept, g.centres[k])
		}
	}
	for i, k := range g.of {
		if k >= 0 {
			g.of[i] = into[k]
		}
	}
	g.centres = kept
	g.recentre()
}

// dotOf is the inner product of two vectors.
func dotOf(a, b []weighted) (sum float32) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].f < b[0].f:
			a = a[1:]
		case a[0].f > b[0].f:
			b = b[1:]
		default:
			sum += a[0].v * b[0].v
			a, b = a[1:], b[1:]
		}
	}
	return sum
}

// groups are the texts of the clusters that are large enough, nearest to the
// centre first, and their centres.
func (g *grouping) groups() (groups [][]int, centres [][]weighted) {
	members := make([][]int, len(g.centres))
	for i, k := range g.of {
		if k >= 0 {
			members[k] = append(members[k], i)
		}
	}
	for k, list := range members {
		if len(list) < minCluster || g.owners(list) < minClusterOwner {
			continue
		}
		slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(g.near[b], g.near[a]) })
		groups, centres = append(groups, list), append(centres, g.centres[k])
	}
	return groups, centres
}

// owners counts the customers of texts.
func (g *grouping) owners(texts []int) int {
	seen := map[crm.ID]bool{}
	for _, i := range texts {
		seen[g.owner[i]] = true
	}
	return len(seen)
}
