package understand

import (
	"slices"
	"strconv"
	"strings"
)

// IntentState is one intent as a firm has it: built in or its own.
type IntentState struct {
	Intent
	Packs      []string // starter packs that it is part of; empty: the firm's own
	Own        bool
	Retired    bool   // put away by a person
	MergedInto string // the name of the intent that took its place
	Chosen     bool   // its own, or of a pack that is in use
}

// Active reports whether texts can be read as this intent.
func (s *IntentState) Active() bool { return s.Chosen && !s.Retired && s.MergedInto == "" }

// FirmTaxonomy is the intents of a firm. It is immutable.
type FirmTaxonomy struct {
	Packs  []string // chosen; empty: those of the built-in model
	states []IntentState
	at     map[string]int
}

// IntentRow is what a firm changed about an intent, or an intent of its own.
type IntentRow struct {
	Name        string `json:"name"`
	Label       string `json:"label"`
	Description string `json:"description"`
	Own         bool   `json:"own"`
	Retired     bool   `json:"retired"`
	MergedInto  string `json:"merged_into"`
}

// NewTaxonomy lays the firm's rows over the catalogue.
func NewTaxonomy(packs []string, rows []IntentRow) *FirmTaxonomy {
	t := &FirmTaxonomy{Packs: packs, at: map[string]int{}}
	chosen := packs
	if len(chosen) == 0 {
		chosen = builtInPacks
	}
	for _, i := range Catalogue() {
		of := PacksOf(i)
		t.put(IntentState{Intent: i, Packs: of, Chosen: slices.ContainsFunc(of, func(p string) bool { return slices.Contains(chosen, p) })})
	}
	for _, r := range rows {
		s := IntentState{Intent: Intent{Name: r.Name, Group: "Own"}, Own: true, Chosen: true}
		if n, ok := t.at[r.Name]; ok {
			s = t.states[n]
		}
		if r.Label != "" {
			s.Label = r.Label
		}
		if r.Description != "" {
			s.Description = r.Description
		}
		s.Retired, s.MergedInto = r.Retired, r.MergedInto
		t.put(s)
	}
	return t
}

func (t *FirmTaxonomy) put(s IntentState) {
	if n, ok := t.at[s.Name]; ok {
		t.states[n] = s
		return
	}
	t.at[s.Name] = len(t.states)
	t.states = append(t.states, s)
}

// All is every intent, also those that are not in use. The caller must not change it.
func (t *FirmTaxonomy) All() []IntentState { return t.states }

// Get finds an intent by its name.
func (t *FirmTaxonomy) Get(name string) (IntentState, bool) {
	n, ok := t.at[name]
	if !ok {
		return IntentState{}, false
	}
	return t.states[n], true
}

// Target follows merges: the intent that a label means today. It is empty when
// that one is not in use; a name that the taxonomy does not know, of a model of
// the firm's own files, means itself.
func (t *FirmTaxonomy) Target(name string) string {
	for range len(t.states) + 1 {
		s, ok := t.Get(name)
		switch {
		case !ok:
			return name
		case s.MergedInto != "":
			name = s.MergedInto
		case s.Active():
			return name
		default:
			return ""
		}
	}
	return "" // a circle, which merging refuses
}

// Label is how people call an intent; one that was merged has the name of what
// took its place, so that old readings show it.
func (t *FirmTaxonomy) Label(name string) string {
	if target := t.Target(name); target != "" {
		name = target
	}
	s, _ := t.Get(name)
	return s.Label
}

// Map is the examples under the intents of today; those of intents that are not
// in use are left out.
func (t *FirmTaxonomy) Map(examples []Example) []Example {
	out := make([]Example, 0, len(examples))
	for _, e := range examples {
		if e.Intent = t.Target(e.Intent); e.Intent != "" {
			out = append(out, e)
		}
	}
	return out
}

// Base is the built-in examples of the intents in use.
func (t *FirmTaxonomy) Base() []Example { return t.Map(CatalogueExamples()) }

// reserved names are never those of an own intent: what a correction says of a
// text that fits none, and addresses beside the intents in the API.
var reserved = []string{noneIntent, "changes", "packs", "proposals", "read", "train"}

// KeyOf makes the name of an own intent from its label: lower case letters and
// digits with underscores, never one that is taken.
func (t *FirmTaxonomy) KeyOf(label string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(label) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	key := strings.Trim(b.String(), "_")
	key = strings.TrimRight(key[:min(len(key), 48)], "_")
	if key == "" {
		key = "intent"
	}
	name := key
	for n := 2; ; n++ {
		if _, taken := t.at[name]; !taken && !slices.Contains(reserved, name) {
			return name
		}
		name = key + "_" + strconv.Itoa(n)
	}
}

// WithTaxonomy is the same reader under a firm's taxonomy: an intent that was
// merged is read as the one that took its place, one that is not in use is
// never said. Training makes the model itself so; this holds until then.
func (r *Reader) WithTaxonomy(t *FirmTaxonomy) *Reader {
	out := *r
	out.taxonomy, out.names, out.moves = t, nil, nil
	labels := r.intents.linear.labels
	first := map[string]int{}
	for k, l := range labels {
		if t.Target(l) == l {
			first[l] = k
		}
	}
	names, moves, differs := make([]string, len(labels)), make([]int, len(labels)), false
	for k, l := range labels {
		target := t.Target(l)
		names[k], moves[k] = target, k
		switch to, ok := first[target]; {
		case target == "":
			moves[k] = -1
		case ok:
			moves[k] = to
		default:
			first[target] = k
		}
		differs = differs || target != l
	}
	if differs {
		out.names, out.moves = names, moves
	}
	return &out
}

// Taxonomy is the firm's intents that the reader was given; without it the
// built-in ones.
func (r *Reader) Taxonomy() *FirmTaxonomy {
	if r.taxonomy == nil {
		return builtInTaxonomy()
	}
	return r.taxonomy
}

// move applies merges and what is not in use to the probabilities of labels.
func (r *Reader) move(p []float32) {
	if r.moves == nil {
		return
	}
	var sum float32
	for k, to := range r.moves {
		if to >= 0 {
			sum += p[k]
		}
	}
	if sum < 1e-6 {
		return
	}
	for k, to := range r.moves {
		if to == k {
			continue
		}
		if to >= 0 {
			p[to] += p[k]
		}
		p[k] = 0
	}
	for k := range p {
		p[k] /= sum
	}
}

// nameOf is what label k is called today.
func (r *Reader) nameOf(k int) string {
	if r.names != nil && r.names[k] != "" {
		return r.names[k]
	}
	return r.intents.linear.labels[k]
}

// HasPack reports whether a starter pack is in use.
func (t *FirmTaxonomy) HasPack(name string) bool {
	if len(t.Packs) == 0 {
		return slices.Contains(builtInPacks, name)
	}
	return slices.Contains(t.Packs, name)
}
