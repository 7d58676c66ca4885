package understand

import (
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// NumberKinds are what a firm's own numbers can count: kinds of crm.Entity.
var NumberKinds = []string{"order", "invoice", "contract", "customer", "ticket", "booking", "claim", "return", "tracking", "serial", "article", "reference"}

// Kinds of a Part.
const (
	PartFixed     = "fixed"     // these characters, in any case
	PartYear      = "year"      // four digits from 1990 to 2059
	PartDigits    = "digits"    // Min to Max digits
	PartLetters   = "letters"   // Min to Max letters
	PartMixed     = "mixed"     // Min to Max letters and digits, at least one a digit
	PartSeparator = "separator" // Text, and what else examples have in its place
)

// Part is a stretch of a Shape.
type Part struct {
	Kind string `json:"kind" enum:"fixed,year,digits,letters,mixed,separator"`
	Text string `json:"text" doc:"Of a fixed part its characters; of a separator the usual one, empty: nothing"`
	Also string `json:"also" doc:"Of a separator: other characters that stand there, a blank among them"`
	Open bool   `json:"open" doc:"Of a separator: nothing may stand there as well"`
	Min  int    `json:"min" doc:"Of digits, letters and mixed parts: fewest characters"`
	Max  int    `json:"max" doc:"Most characters"`
}

// Shape is the form of one kind of number, learned from examples.
type Shape struct {
	Parts []Part `json:"parts"`
	Check string `json:"check" enum:",luhn,mod97,mod11,mod11_2" doc:"How the digits check themselves: ISO/IEC 7812-1 (Luhn), ISO 7064 MOD 97-10 or MOD 11-2, or weights 2, 3, 4 … modulo 11; empty: not"`
	Last  bool   `json:"last" doc:"The check is over the last part, not over all digits"`
}

// Reasons why a form is refused.
const (
	ShapeFew        = "few"         // fewer than two examples
	ShapeCharacters = "characters"  // other characters than letters A to Z, digits and separators
	ShapeForms      = "forms"       // the examples have no common form
	ShapeLong       = "long"        // more than 40 characters
	ShapeWords      = "plain_words" // without a digit: it would take plain words
	ShapeGeneral    = "too_general" // so short that prices, years and house numbers have it too
	ShapeOften      = "too_often"   // too many of the last messages have something of this form
	ShapeElse       = "mostly_else" // most of what has this form is a date, a phone number, an amount …
)

// The bounds of examples.
const (
	minNumberExamples = 2
	maxNumberExamples = 50
	maxNumberLength   = 40
)

// separators may stand between the parts of a number.
const separators = "-/._: "

// run is a stretch of an example of one class, with the separator before it.
type run struct {
	letters bool
	text    string
	gap     string
}

// LearnShape finds the form that all examples share. When there is none, or none
// that could be told from plain text, the second value says why.
func LearnShape(examples []string) (Shape, string) {
	var list [][]run
	var seen []string
	for _, e := range examples {
		e = strings.ToUpper(strings.Join(strings.Fields(strings.NewReplacer("–", "-", "—", "-", "‑", "-").Replace(e)), " "))
		e = strings.Trim(e, "#"+separators)
		if e == "" || slices.Contains(seen, e) {
			continue
		}
		if len(e) > maxNumberLength {
			return Shape{}, ShapeLong
		}
		runs, ok := runsOf(e)
		if !ok {
			return Shape{}, ShapeCharacters
		}
		seen, list = append(seen, e), append(list, runs)
	}
	if len(seen) < minNumberExamples || len(seen) > maxNumberExamples {
		return Shape{}, ShapeFew
	}
	parts, ok := align(list)
	if !ok {
		return Shape{}, ShapeForms
	}
	s := Shape{Parts: parts}
	s.Check, s.Last = learnCheck(seen)
	return s, s.general()
}

// runsOf cuts an example, upper case, into runs of letters and of digits.
func runsOf(e string) ([]run, bool) {
	var out []run
	gap := ""
	for i := 0; i < len(e); {
		j := i
		switch {
		case isLetter(e[i]):
			for j < len(e) && isLetter(e[j]) {
				j++
			}
		case isDigit(e[i]):
			for j < len(e) && isDigit(e[j]) {
				j++
			}
		case strings.IndexByte(separators, e[i]) >= 0 && gap == "":
			for j < len(e) && strings.IndexByte(separators, e[j]) >= 0 {
				j++
			}
			if gap = strings.TrimSpace(e[i:j]); gap == "" {
				gap = " "
			}
			if len(gap) > 1 {
				return nil, false
			}
			i = j
			continue
		default:
			return nil, false
		}
		out = append(out, run{isLetter(e[i]), e[i:j], gap})
		gap, i = "", j
	}
	return out, true
}

// align puts the runs of all examples under each other. Where their classes
// differ, what stands between two separators becomes one mixed part.
func align(list [][]run) ([]Part, bool) {
	if sameClasses(list) {
		return strict(list), true
	}
	cut := make([][][]run, len(list))
	for i, runs := range list {
		for n, r := range runs {
			if n == 0 || r.gap != "" {
				cut[i] = append(cut[i], nil)
			}
			last := len(cut[i]) - 1
			cut[i][last] = append(cut[i][last], r)
		}
		if len(cut[i]) != len(cut[0]) {
			return nil, false
		}
	}
	var out []Part
	for c := range cut[0] {
		column := make([][]run, len(list))
		for i := range cut {
			column[i] = cut[i][c]
		}
		if sameClasses(column) {
			out = append(out, strict(column)...)
		} else {
			out = append(out, mixed(column)...)
		}
	}
	return out, true
}

func sameClasses(list [][]run) bool {
	for _, runs := range list {
		if len(runs) != len(list[0]) {
			return false
		}
		for n, r := range runs {
			if r.letters != list[0][n].letters {
				return false
			}
		}
	}
	return true
}

// strict makes the parts of examples whose runs have the same classes.
func strict(list [][]run) []Part {
	var out []Part
	for n := range list[0] {
		texts, gaps := make([]string, len(list)), make([]string, len(list))
		for i := range list {
			texts[i], gaps[i] = list[i][n].text, list[i][n].gap
		}
		if p, ok := separatorOf(gaps); ok {
			out = append(out, p)
		}
		if list[0][n].letters {
			out = append(out, lettersOf(texts))
		} else {
			out = append(out, digitsPart(texts)...)
		}
	}
	return out
}

// separatorOf is what stands between two runs: the most frequent one first.
func separatorOf(gaps []string) (Part, bool) {
	counts := map[string]int{}
	for _, g := range gaps {
		counts[g]++
	}
	if counts[""] == len(gaps) {
		return Part{}, false
	}
	p := Part{Kind: PartSeparator, Open: counts[""] > 0}
	var all []string
	for g := range counts {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(b, a) // something before nothing
	})
	p.Text = all[0]
	p.Also = strings.Join(all[1:], "")
	return p, true
}

func lengths(texts []string) (least, most int) {
	least = len(texts[0])
	for _, t := range texts {
		least, most = min(least, len(t)), max(most, len(t))
	}
	return least, most
}

func lettersOf(texts []string) Part {
	if allSame(texts) {
		return Part{Kind: PartFixed, Text: texts[0]}
	}
	p := Part{Kind: PartLetters}
	p.Min, p.Max = lengths(texts)
	return p
}

func allSame(texts []string) bool {
	return !slices.ContainsFunc(texts, func(t string) bool { return t != texts[0] })
}

// enoughToFix is how many examples it takes to say that digits never change.
const enoughToFix = 3

// digitsPart makes the parts of a run of digits. Digits that all examples begin
// with are fixed only when what follows them varies at once: the slow digits of
// a counter will change.
func digitsPart(texts []string) []Part {
	least, most := lengths(texts)
	if least == 4 && most == 4 && !slices.ContainsFunc(texts, func(t string) bool { return !isYear(t) }) {
		return []Part{{Kind: PartYear}}
	}
	if len(texts) < enoughToFix {
		return []Part{{Kind: PartDigits, Min: least, Max: most}}
	}
	if allSame(texts) {
		return []Part{{Kind: PartFixed, Text: texts[0]}}
	}
	n := commonPrefix(texts)
	next := map[byte]bool{}
	for _, t := range texts {
		if n < len(t) {
			next[t[n]] = true
		}
	}
	if n < 2 || least-n < 2 || len(next) < enoughToFix {
		return []Part{{Kind: PartDigits, Min: least, Max: most}}
	}
	return []Part{{Kind: PartFixed, Text: texts[0][:n]}, {Kind: PartDigits, Min: least - n, Max: most - n}}
}

func commonPrefix(texts []string) int {
	n := 0
	for n < len(texts[0]) && !slices.ContainsFunc(texts, func(t string) bool { return n >= len(t) || t[n] != texts[0][n] }) {
		n++
	}
	return n
}

func isYear(s string) bool { return s >= "1990" && s <= "2059" }

// mixed makes the parts of chunks in which letters and digits change places; two
// letters or more that all begin with are fixed.
func mixed(column [][]run) []Part {
	texts, gaps := make([]string, len(column)), make([]string, len(column))
	for i, runs := range column {
		gaps[i] = runs[0].gap
		for _, r := range runs {
			texts[i] += r.text
		}
	}
	var out []Part
	if p, ok := separatorOf(gaps); ok {
		out = append(out, p)
	}
	least, most := lengths(texts)
	n := commonPrefix(texts)
	for n > 0 && isDigit(texts[0][n-1]) {
		n--
	}
	if n >= 2 && least > n {
		out = append(out, Part{Kind: PartFixed, Text: texts[0][:n]})
		least, most = least-n, most-n
	}
	return append(out, Part{Kind: PartMixed, Min: least, Max: most})
}

// counts of what a shape has at least.
func (s *Shape) counts() (digits, letters, fixed, mixed int) {
	for _, p := range s.Parts {
		switch p.Kind {
		case PartFixed:
			for i := range len(p.Text) {
				if isLetter(p.Text[i]) {
					fixed++
				} else {
					digits++
				}
			}
		case PartYear:
			digits += 4
		case PartDigits:
			digits += p.Min
		case PartLetters:
			letters += p.Min
		case PartMixed:
			mixed += p.Min
		}
	}
	return digits, letters, fixed, mixed
}

// Firm reports whether the shape can be told from other numbers by itself: by
// letters that never change or by a check digit. One that is not gives way to
// what looks like a date, a phone number or an amount.
func (s *Shape) Firm() bool {
	_, _, fixed, _ := s.counts()
	return s.Check != "" || fixed > 0
}

// general says why a shape is too general, "" when it is not.
func (s *Shape) general() string {
	digits, letters, fixed, mixed := s.counts()
	total := digits + letters + fixed + mixed
	switch {
	case digits+mixed == 0:
		return ShapeWords
	case s.Firm() && total >= 4 && digits+mixed >= 2:
		return ""
	case mixed > 0 && mixed >= 7, letters > 0 && digits >= 4, digits >= 5:
		return ""
	}
	return ShapeGeneral
}

// refused makes an error of a reason.
func refused(reason string) error {
	said := map[string]string{
		ShapeFew:        "Give two to fifty different examples.",
		ShapeCharacters: "Examples have letters from A to Z, digits, and one separator at a time: - / . _ : or a blank.",
		ShapeForms:      "The examples have no form in common. Save them as two kinds.",
		ShapeLong:       "An example is longer than 40 characters.",
		ShapeWords:      "Without a digit this would take plain words.",
		ShapeGeneral:    "This is too general: years, prices and house numbers have this form too.",
		ShapeOften:      "This is too general: too many of the last messages have something of this form.",
		ShapeElse:       "Most of what has this form in the last messages is something else.",
	}
	return &crm.Error{Code: crm.Invalid, Pointer: "/examples", Message: said[reason]}
}
