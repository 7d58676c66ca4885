package understand

import (
	"fmt"
	"strconv"
	"strings"
)

// Blocks of the features of a step, each scaled to its own length.
const (
	blockHistory uint8 = iota
	blockLast          // words of the last customer turn
	blockChars         // its characters
	blockEarlier       // words of earlier customer turns
	blockCross         // words of the last two customer turns with the action before each
	blockFree          // words that the agent wrote freely just before
	blocks
)

// stepFactors are the lengths of the blocks.
var stepFactors = [blocks]float32{2.2, 1, .5, .5, .7, .5}

// maxEarlier is how much of the earlier customer turns is read, in bytes.
const maxEarlier = 1500

// stepReader makes the features of a moment in a dialogue: from the turns
// before it, never from what comes after.
type stepReader struct {
	s     *scratch
	bag   features
	parts []string
	named map[uint64]string // what the features are called, when somebody asks why
}

func newStepReader() *stepReader { return &stepReader{s: newScratch()} }

// tag is a feature of history: hashed like a word that no text can hold.
func (r *stepReader) tag(parts ...string) {
	h := tagged(fnvOffset, tagHistory)
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * fnvPrime
		}
		h *= fnvPrime // a byte of 0 ends a part
	}
	r.bag.add(h, blockHistory)
	r.call(h, parts...)
}

// call remembers the name of a feature that says something to a person.
func (r *stepReader) call(h uint64, parts ...string) {
	if r.named == nil {
		return
	}
	name, ok := toldAs[parts[0]]
	if !ok {
		return
	}
	r.named[h] = fmt.Sprintf(name, strings.Join(parts[1:], " → "))
}

// toldAs is how features of history are told to a person; the others say
// nothing that these do not.
var toldAs = map[string]string{
	"last": "last step: %s", "last 2": "last steps: %s", "last 3": "last steps: %s", "seen": "done: %s", "task": "about: %s",
	"result": "answer: %s", "value": "answer: %s", "word": "answer says: %s", "slot": "asked with: %s", "mentions": "customer names: %s",
}

const tagHistory = 4

// actionOf is the label under which a turn is an action, or "".
func actionOf(t *Turn) string {
	switch {
	case t.By != Agent:
		return ""
	case t.Kind == Query:
		return queryLabel
	case t.Kind == Act:
		return t.Label
	}
	return ""
}

// kindOf names an event for the history.
func kindOf(t *Turn) string {
	switch {
	case t.By == Customer:
		return "customer"
	case t.By == System:
		if t.Found == 0 || t.Text == "" {
			return "result none"
		}
		return "result"
	case t.Kind == Say:
		return "free"
	case t.Kind == Query:
		return queryLabel
	}
	return "action"
}

// read returns the features of the moment after the given turns; task is what
// the dialogue is about, when that is known. The list is valid until the next
// call.
func (r *stepReader) read(before []Turn, task string) []feature {
	r.bag.reset()
	r.history(before, task)
	last := -1
	for i := len(before) - 1; i >= 0 && last < 0; i-- {
		if before[i].By == Customer {
			last = i
		}
	}
	action := actionBefore(before)
	r.asked(before)
	if last >= 0 {
		r.mentions(before, before[last].Text, action)
		r.words(before[last].Text, blockLast, "")
		r.bag.addChars(r.s.folded.text, blockChars)
		fresh := "old"
		if last == len(before)-1 {
			fresh = "new"
		}
		r.words(before[last].Text, blockCross, fresh+" "+action)
		left := maxEarlier
		previous := false
		for i := last - 1; i >= 0 && left > 0; i-- {
			if before[i].By == Agent && before[i].Kind == Say && i > last-3 {
				r.words(before[i].Text, blockFree, "")
			}
			if before[i].By == Customer {
				if !previous {
					previous = true
					r.words(before[i].Text, blockCross, "before "+actionBefore(before[:i]))
				}
				text := before[i].Text
				if len(text) > left {
					text = strings.ToValidUTF8(text[len(text)-left:], "")
				}
				left -= len(text)
				r.words(text, blockEarlier, "")
			}
		}
	}
	return r.bag.list
}

// actionBefore is the last action of some turns.
func actionBefore(turns []Turn) string {
	for i := len(turns) - 1; i >= 0; i-- {
		if a := actionOf(&turns[i]); a != "" {
			return a
		}
	}
	return "start"
}

// words adds the words and pairs of a text to a block; crossed with a name when
// there is one, words alone.
func (r *stepReader) words(text string, block uint8, cross string) {
	r.s.loadTokens("", text)
	prefix := uint64(0)
	if cross != "" {
		prefix = tagged(fnvOffset, tagHistory)
		for i := range len(cross) {
			prefix = (prefix ^ uint64(cross[i])) * fnvPrime
		}
	}
	for n, t := range r.s.tokens {
		if cross != "" {
			r.bag.add(hashBytes(tagged(prefix, tagWord), r.s.folded.text[t.from:t.to]), block)
			continue
		}
		salt := uint64(block) << 56 // the same word of two blocks is two features
		r.bag.add(t.hash^salt, block)
		if r.named != nil && block == blockLast {
			r.named[t.hash^salt] = "customer says: " + string(r.s.folded.text[t.from:t.to])
		}
		if n > 0 {
			r.bag.add(t.pair^salt, block)
		}
	}
}

// history adds what happened: actions, their order, results.
func (r *stepReader) history(before []Turn, task string) {
	actions := r.parts[:0]
	since, queries, results, misses := 0, 0, 0, 0
	for i := range before {
		t := &before[i]
		if a := actionOf(t); a != "" {
			actions = append(actions, a)
			since = 0
			r.tag("seen", a)
			if t.Kind == Query {
				queries++
				r.tag("asked", t.Label)
			}
		}
		switch {
		case t.By == Customer:
			since++
		case t.By == System:
			results++
			if t.Text == "" || t.Found == 0 {
				misses++
			}
		}
	}
	r.parts = actions
	back := func(n int) string {
		if n < len(actions) {
			return actions[len(actions)-1-n]
		}
		return "-"
	}
	kind := "start"
	if n := len(before); n > 0 {
		kind = kindOf(&before[n-1])
		t := &before[n-1]
		switch {
		case t.By == System:
			r.result(t, back(0))
		case t.By == Agent && t.Kind == Say:
			r.tag("free after", back(0))
		}
		if n > 1 {
			r.tag("kinds", kindOf(&before[n-2]), kind)
			r.tag("kinds and last", kindOf(&before[n-2]), kind, back(0))
		}
	}
	r.tag("last", back(0))
	r.tag("last 2", back(1), back(0))
	r.tag("last 3", back(2), back(1), back(0))
	r.tag("before", back(1))
	r.tag("kind", kind)
	r.tag("kind and last", kind, back(0))
	r.tag("kind and last 2", kind, back(1), back(0))
	r.tag("actions", strconv.Itoa(min(len(actions), 12)))
	r.tag("since", strconv.Itoa(min(since, 3)))
	r.tag("since and last", strconv.Itoa(min(since, 3)), back(0))
	r.tag("queries", strconv.Itoa(min(queries, 5)), strconv.Itoa(min(misses, 3)))
	if task != "" {
		r.tag("task", task)
		r.tag("task and last", task, back(0))
		r.tag("task, kind and last", task, kind, back(0))
	}
}

// result adds what a system answered: fields with short values as they are, the
// words of long ones, alone and with the last action.
func (r *stepReader) result(t *Turn, last string) {
	found := "some"
	switch {
	case t.Text == "" || t.Found == 0:
		found = "none"
	case t.Found == 1:
		found = "one"
	case t.Found < 0:
		found = "unknown"
	}
	r.tag("result", t.Label, found)
	r.tag("result", found, last)
	for line := range strings.SplitSeq(t.Text, "\n") {
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.EqualFold(name, "id") {
			continue
		}
		r.tag("field", t.Label, name)
		if len(value) <= maxValue {
			r.tag("value", t.Label, name, value)
			r.tag("value", name, value, last)
			continue
		}
		r.s.loadTokens("", value)
		for _, tok := range r.s.tokens {
			word := string(r.s.folded.text[tok.from:tok.to])
			r.tag("word", t.Label, word)
			r.tag("word and last", word, last)
		}
	}
}

// maxValue is the length up to which a value is one of few.
const maxValue = 24

// asked adds what the last question to a system held: which fields, and values
// that say what kind of question it was.
func (r *stepReader) asked(before []Turn) {
	for i := len(before) - 1; i >= 0; i-- {
		t := &before[i]
		if t.Kind != Query {
			continue
		}
		for line := range strings.SplitSeq(t.Text, "\n") {
			name, value, ok := strings.Cut(strings.TrimSpace(line), "=")
			if !ok {
				continue
			}
			r.tag("slot", t.Label, name)
			if !strings.ContainsAny(value, "0123456789") && len(value) <= maxValue {
				r.tag("slot", t.Label, name, value)
			}
		}
		return
	}
}

// mentions adds which fields of the last answer the customer's last words
// repeat, and whether they hold a number.
func (r *stepReader) mentions(before []Turn, text, action string) {
	folded := strings.ToLower(text)
	if strings.ContainsAny(folded, "0123456789") {
		r.tag("number", action)
	}
	for i := len(before) - 1; i >= 0; i-- {
		t := &before[i]
		if t.Kind != Result {
			continue
		}
		for line := range strings.SplitSeq(t.Text, "\n") {
			name, value, ok := strings.Cut(line, "=")
			if !ok || len(value) < 2 || len(value) > 2*maxValue {
				continue
			}
			if strings.Contains(folded, strings.ToLower(value)) {
				r.tag("mentions", t.Label, name)
			} else {
				r.tag("mentions not", t.Label, name)
			}
		}
		return
	}
}
