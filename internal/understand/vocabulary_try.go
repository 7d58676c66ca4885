package understand

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// What a trial reads, and where a form is too general. A form with nothing of
// its own in a fifth of all messages is no order number; one with letters that
// never change may well be in most of them.
const (
	tryPerBucket  = 20 // newest texts of each of the 256 buckets
	trySamples    = 12
	tryAround     = 40 // bytes on each side of a match
	tryEnough     = 20 // messages below which shares say nothing
	tryLooseShare = .2
	tryFirmShare  = .6
	tryMuchElse   = 3 // matches that are something else, from which on they can refuse a form
)

// Match is a number found in what a customer wrote.
type Match struct {
	InteractionID crm.ID `json:"interaction_id"`
	Before        string `json:"before" doc:"The words right before it"`
	Text          string `json:"text" doc:"As written"`
	After         string `json:"after"`
	Value         string `json:"value" doc:"As it would be kept; empty when it is left alone"`
	Else          string `json:"else" doc:"What it is read as today, such as phone, date or order; empty: nothing"`
}

// Trial is what a form of number would find in the last contacts.
type Trial struct {
	Refused  string  `json:"refused" enum:",few,characters,forms,long,plain_words,too_general,too_often,mostly_else" doc:"Why the form can't be used; empty: it can"`
	Shape    Shape   `json:"shape"`
	Firm     bool    `json:"firm" doc:"It has letters that never change or a check digit; without, it gives way to dates, phone numbers and amounts"`
	Texts    int     `json:"texts" doc:"Messages of customers of the last 90 days that were looked at, 5,120 at most"`
	With     int     `json:"with" doc:"Messages in which something was found"`
	Found    []Match `json:"found" nullable:"false" doc:"Different numbers that would be taken, 12 at most"`
	Numbers  int     `json:"numbers" doc:"Different numbers in all"`
	Leaves   []Match `json:"leaves" nullable:"false" doc:"What has the form and is left alone since it is better known as something else, 12 at most"`
	Left     int     `json:"left" doc:"How many of those there are"`
	Replaces int     `json:"replaces" doc:"Of what would be taken, how much is read as a date, a phone number or another kind of number today"`
}

// TryNumber learns a form and looks what it would find. Nothing is kept. Texts
// of restricted inboxes are not read.
func TryNumber(ctx context.Context, db *store.DB, r *Reader, now time.Time, n NewNumber) (Trial, error) {
	out := Trial{Found: []Match{}, Leaves: []Match{}, Shape: Shape{Parts: []Part{}}}
	shape, reason := LearnShape(n.Examples)
	if out.Refused = reason; shape.Parts != nil {
		out.Shape, out.Firm = shape, shape.Firm()
	}
	if shape.Parts == nil || reason == ShapeWords {
		return out, nil
	}
	texts, err := newestTexts(ctx, db, now, tryPerBucket)
	if err != nil {
		return out, err
	}
	form := NumberForm{Kind: n.Kind, Shape: shape}
	r.try(&out, &form, texts)
	if out.Refused == "" {
		out.Refused = out.tooMuch()
	}
	return out, nil
}

func (t *Trial) tooMuch() string {
	limit := tryLooseShare
	if t.Firm {
		limit = tryFirmShare
	}
	switch {
	case t.Texts >= tryEnough && float64(t.With) > limit*float64(t.Texts):
		return ShapeOften
	case t.Left >= tryMuchElse && t.Left > t.Numbers:
		return ShapeElse
	}
	return ""
}

// try looks for one form alone in the texts.
func (r *Reader) try(out *Trial, form *NumberForm, texts []ProposalText) {
	alone := newNumbers([]NumberForm{*form})
	today := *r
	today.catalogue = nil
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	values, left := map[string]bool{}, map[string]bool{}
	for _, x := range texts {
		out.Texts++
		s.loadTokens(x.Subject, x.Text)
		if found := alone.find(s, nil); len(found) > 0 {
			out.With++
			read := today.readEntities(s, Input{OccurredAt: x.At})
			for _, c := range found {
				m := s.matchAt(x.ID, c.from, c.to, read)
				m.Value = c.value
				out.Replaces += count(m.Else != "" && m.Else != form.Kind && m.Else != "reference")
				if !values[c.value] {
					values[c.value] = true
					out.Found = keep(out.Found, m)
				}
			}
		}
		for _, c := range alone.leaves(s) {
			if !left[c.value] {
				left[c.value] = true
				m := s.matchAt(x.ID, c.from, c.to, nil)
				m.Else = c.kind
				out.Leaves = keep(out.Leaves, m)
			}
		}
	}
	out.Numbers, out.Left = len(values), len(left)
}

func keep(list []Match, m Match) []Match {
	if len(list) < trySamples {
		return append(list, m)
	}
	return list
}

// leaves is what has a form and is better known as something else.
func (n *numbers) leaves(s *scratch) []claim {
	var out []claim
	for _, h := range s.hits {
		for k := range n.forms {
			f := &n.forms[k]
			if value, end := f.Shape.match(s.full[:h.to], h.from); end == h.to {
				if other := s.elseKind(f, h.from, end); other != "" {
					out = append(out, claim{from: h.from, to: end, kind: other, value: value})
				}
			}
		}
	}
	return out
}

// matchAt cuts a match out of its text, with what is read in its place.
func (s *scratch) matchAt(id crm.ID, from, to int, read []crm.Entity) Match {
	start, end := max(from-tryAround, 0), min(to+tryAround, len(s.full))
	for start > 0 && !utf8.RuneStart(s.full[start]) {
		start--
	}
	for end < len(s.full) && !utf8.RuneStart(s.full[end]) {
		end++
	}
	m := Match{InteractionID: id, Before: oneLine(s.full[start:from]), Text: s.full[from:to], After: oneLine(s.full[to:end])}
	if n := slices.IndexFunc(read, func(e crm.Entity) bool { return e.Span.From < to && from < e.Span.To }); n >= 0 {
		m.Else = read[n].Kind
	}
	return m
}

func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
}

// ProductUse is how often a product would be found.
type ProductUse struct {
	Name  string `json:"name"`
	Texts int    `json:"texts" doc:"Messages with it"`
	Often bool   `json:"often" doc:"More than a tenth of all messages have it: its name may be a plain word"`
}

// ProductTrial is what a catalogue would find in the last contacts.
type ProductTrial struct {
	Products []Product     `json:"products" nullable:"false" doc:"The first ten that were read"`
	Total    int           `json:"total"`
	Problems []LineProblem `json:"problems" nullable:"false" doc:"Lines that are left out, 20 at most"`
	Left     int           `json:"left" doc:"How many lines are left out"`
	Texts    int           `json:"texts" doc:"Messages of customers of the last 90 days that were looked at, 5,120 at most"`
	With     int           `json:"with" doc:"Messages with a product"`
	Found    []ProductUse  `json:"found" nullable:"false" doc:"The most frequent ten"`
}

// often is the share of messages from which on a product's name may be a word.
const often = .1

// TryProducts reads a catalogue and looks what it would find. Nothing is kept.
func TryProducts(ctx context.Context, db *store.DB, now time.Time, text string) (ProductTrial, error) {
	products, problems := ReadCatalogue(text)
	out := ProductTrial{Products: products[:min(len(products), 10)], Total: len(products), Problems: problems[:min(len(problems), 20)], Left: len(problems), Found: []ProductUse{}}
	if len(products) == 0 {
		out.Products = []Product{}
		return out, nil
	}
	texts, err := newestTexts(ctx, db, now, tryPerBucket)
	if err != nil {
		return out, err
	}
	c := NewProductIndex(products)
	uses := map[string]int{}
	for _, x := range texts {
		full := crm.ReadingText(x.Subject, x.Text)
		seen := map[string]bool{}
		for _, f := range c.find(full, 0, len(full), nil) {
			if !seen[f.value] {
				seen[f.value] = true
				uses[f.value]++
			}
		}
		out.Texts, out.With = out.Texts+1, out.With+count(len(seen) > 0)
	}
	for name, n := range uses {
		out.Found = append(out.Found, ProductUse{name, n, out.Texts >= tryEnough && float64(n) > often*float64(out.Texts)})
	}
	sort.Slice(out.Found, func(i, j int) bool {
		a, b := out.Found[i], out.Found[j]
		return a.Texts > b.Texts || a.Texts == b.Texts && a.Name < b.Name
	})
	out.Found = out.Found[:min(len(out.Found), 10)]
	return out, nil
}
