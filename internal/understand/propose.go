package understand

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// mostUnread is how many texts that fit nothing are clustered, the newest.
const mostUnread = 8000

// mostProposals is how many groups are proposed at once, the largest.
const mostProposals = 30

// ProposalText is what a customer wrote.
type ProposalText struct {
	ID, Profile   crm.ID
	Subject, Text string
	Channel       crm.Channel
	At            time.Time
}

// Proposal is a group of texts that no intent fits.
type Proposal struct {
	Terms     []string // what is said in it more than elsewhere, the best first
	Language  string   // of most of its texts
	Texts     []crm.ID // of other wording and customers, nearest to the centre first
	Size      int      // texts
	Customers int
	Near      string  // the intent that most of them come closest to; empty: none
	NearShare float64 // how many of them
	Centre    Centre
}

// Centre is what the texts of a group have in common, as features: it knows the
// group again when others have joined or left, and holds no word of anybody.
type Centre struct {
	Hashes  []uint64  `json:"hashes"` // ascending
	Weights []float32 `json:"weights"`
}

// sameCentre is the cosine above which two groups are the same one.
const sameCentre = .5

// Same reports whether two groups are about the same.
func (c Centre) Same(o Centre) bool {
	var sum float32
	for i, h := range c.Hashes {
		if j, ok := slices.BinarySearch(o.Hashes, h); ok {
			sum += c.Weights[i] * o.Weights[j]
		}
	}
	return sum >= sameCentre
}

// Proposals are what Propose found.
type Proposals struct {
	Items  []Proposal
	Texts  int // that were read
	Unread int // that fit no intent
}

// unread is a text that fits nothing.
type unread struct {
	at       int // among all texts
	closest  string
	language string
}

// Propose clusters the texts that the reader abstains on, or that a person said
// are about none of the intents, and names each cluster. The result depends on
// the texts alone, not on their order.
func (r *Reader) Propose(texts []ProposalText) Proposals {
	texts = slices.Clone(texts)
	slices.SortFunc(texts, func(a, b ProposalText) int { return b.ID.Compare(a.ID) }) // the newest first
	var rest []unread
	for i, t := range texts {
		if len(rest) == mostUnread {
			break
		}
		if u, ok := r.abstains(i, t); ok {
			rest = append(rest, u)
		}
	}
	out := Proposals{Texts: len(texts), Unread: len(rest)}
	// The catalogue tells what customers say everywhere, where the inbox is small.
	for _, e := range CatalogueExamples() {
		texts = append(texts, ProposalText{Text: e.Text})
	}
	vectors, hashes := vectorsOf(texts, rest)
	owner := make([]crm.ID, len(rest))
	for n, u := range rest {
		owner[n] = texts[u.at].Profile
	}
	groups, centres := cluster(vectors, owner, len(hashes)).groups()
	names := nameGroups(texts, rest, groups)
	for k, list := range groups {
		if len(names[k]) < 2 {
			continue // too little that several customers say
		}
		p := Proposal{Terms: names[k], Size: len(list), Centre: centreOf(centres[k], hashes)}
		p.describe(texts, rest, list)
		out.Items = append(out.Items, p)
	}
	slices.SortStableFunc(out.Items, func(a, b Proposal) int { return cmp.Compare(b.Size, a.Size) })
	out.Items = out.Items[:min(mostProposals, len(out.Items))]
	return out
}

// abstains reads a text and reports whether no intent fits it.
func (r *Reader) abstains(i int, t ProposalText) (unread, bool) {
	got := r.Read(Input{Subject: t.Subject, Text: t.Text, Channel: t.Channel, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: t.At})
	u := unread{at: i, language: got.Language.Name}
	for _, l := range got.Intents {
		if l.Name != noneIntent {
			u.closest = l.Name
			break
		}
	}
	none := len(got.Intents) > 0 && got.Intents[0].Name == noneIntent
	return u, got.Unknown || none
}

// noneIntent is what a person says of a text that none of the intents fits.
const noneIntent = "none"

// mostExamples is how many texts of a group are shown, and become examples.
const mostExamples = 10

// describe counts customers, languages and the closest intents, and chooses the
// texts that stand for the group.
func (p *Proposal) describe(texts []ProposalText, rest []unread, list []int) {
	customers, seen := map[crm.ID]bool{}, map[string]bool{}
	languages, closest := map[string]int{}, map[string]int{}
	for _, n := range list {
		t := texts[rest[n].at]
		languages[rest[n].language]++
		closest[rest[n].closest]++
		if said := crm.ReadingText(t.Subject, t.Text); !customers[t.Profile] && !seen[said] && len(p.Texts) < mostExamples {
			p.Texts = append(p.Texts, t.ID)
			seen[said] = true
		}
		customers[t.Profile] = true
	}
	p.Customers = len(customers)
	p.Language, _ = most(languages)
	name, n := most(closest)
	if share := float64(n) / float64(len(list)); name != "" && share >= .5 {
		p.Near, p.NearShare = name, share
	}
}

// most is the word that is counted most, the first of equals.
func most(counts map[string]int) (word string, n int) {
	for w, c := range counts {
		if c > n || c == n && w < word {
			word, n = w, c
		}
	}
	return word, n
}

// blockFeatures is how many features of each block a vector has: the rarest ones
// that other texts have, too.
const blockFeatures = 24

// vectorsOf makes a unit vector of each text that fits nothing, of features that
// at least two of those have, weighted by how rare they are among all texts, and
// lists what features there are.
func vectorsOf(texts []ProposalText, rest []unread) ([][]weighted, []uint64) {
	s := newScratch()
	load := func(i int) []feature {
		s.load(texts[i].Subject, texts[i].Text)
		return s.features.list
	}
	shared := map[uint64]int{} // texts that fit nothing
	for _, u := range rest {
		for _, f := range load(u.at) {
			shared[f.hash]++
		}
	}
	hashes := make([]uint64, 0, len(shared))
	for h, n := range shared {
		if n >= 2 {
			hashes = append(hashes, h)
		}
	}
	slices.Sort(hashes)
	at := make(map[uint64]int32, len(hashes))
	for f, h := range hashes {
		at[h] = int32(f) //nolint:gosec // a few hundred thousand
	}
	in := make([]int, len(hashes)) // texts
	for i := range texts {
		for _, f := range load(i) {
			if n, ok := at[f.hash]; ok {
				in[n]++
			}
		}
	}
	rare := make([]float32, len(hashes))
	for f, n := range in {
		rare[f] = float32(math.Log(float64(1+len(texts)) / float64(1+n)))
	}
	vectors := make([][]weighted, len(rest))
	for n, u := range rest {
		var blocks [2][]weighted
		list := load(u.at)
		if s.saying() < 2 {
			continue // "ok", "see below": nothing that makes a topic
		}
		for _, f := range list {
			if i, ok := at[f.hash]; ok && rare[i] > 0 {
				blocks[f.block] = append(blocks[f.block], weighted{i, weight(f.count) * rare[i]})
			}
		}
		var v []weighted
		for b := range blocks {
			v = append(v, strongest(blocks[b], blockFeatures)...)
		}
		vectors[n] = strongest(v, len(v)) // both blocks weigh the same
	}
	return vectors, hashes
}

// centreOf is the strongest features of a centre.
func centreOf(v []weighted, hashes []uint64) Centre {
	v = strongest(slices.Clone(v), 64)
	c := Centre{Hashes: make([]uint64, len(v)), Weights: make([]float32, len(v))}
	for i, w := range v {
		c.Hashes[i], c.Weights[i] = hashes[w.f], w.v // both are ascending
	}
	return c
}
