package understand

import "strings"

// Blocks of the features of a whole dialogue.
const (
	outcomeCustomer uint8 = iota
	outcomeAgent
	outcomeActions
	outcomeEnd // the last words of both sides
	outcomeBlocks
)

// outcomeFactors are the lengths of the blocks.
var outcomeFactors = [outcomeBlocks]float32{1.2, 2, 2, .8}

// readOutcome makes the features of a dialogue as a whole: what both sides said,
// what was done, and how it ended. Actions may be missing: then the words carry
// it alone.
func (r *stepReader) readOutcome(turns []Turn) []feature {
	r.bag.reset()
	last := [2]int{-1, -1}
	a, b := "-", "-"
	closing := "-" // what a system answered last
	for i := range turns {
		t := &turns[i]
		switch {
		case t.By == Customer:
			r.wordsTagged(t.Text, outcomeCustomer)
			last[0] = i
		case t.By == System:
			closing = kindOf(t)
			r.act("result", t.Label, closing)
			r.fields(t)
			continue
		case t.Kind != Query:
			r.wordsTagged(t.Text, outcomeAgent)
			last[1] = i
		}
		if name := actionOf(t); name != "" {
			if t.Kind == Query {
				name += " " + t.Label
			}
			r.act("did", name)
			r.act("did 2", b, name)
			r.act("after", closing, name)
			a, b = b, name
		}
	}
	r.act("last", b)
	r.act("last 2", a, b)
	r.act("answer", closing)
	for _, i := range last {
		if i >= 0 {
			r.wordsTagged(turns[i].Text, outcomeEnd)
		}
	}
	return r.bag.list
}

// fields adds the short values of an answer: a status says more than a name.
func (r *stepReader) fields(t *Turn) {
	for _, line := range strings.Split(t.Text, "\n") {
		name, value, ok := strings.Cut(line, "=")
		if ok && len(value) <= maxValue && !strings.EqualFold(name, "id") {
			r.act("field", t.Label, name, value)
		}
	}
}

func (r *stepReader) act(parts ...string) {
	h := tagged(fnvOffset, tagHistory)
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * fnvPrime
		}
		h *= fnvPrime // a byte of 0 ends a part
	}
	r.bag.add(h, outcomeActions)
}

func (r *stepReader) wordsTagged(text string, block uint8) { r.words(text, block, "") }
