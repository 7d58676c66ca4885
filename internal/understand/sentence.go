package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentence is a span of the full text that a reader would take as one. What
// follows a colon counts as a sentence of its own: "nobody answered: when does
// it start?" asks only the second half.
type sentence struct {
	from, to int
	question bool   // ends with a question mark
	begin    uint64 // of its tokens, as element.begin
}

// wrapped is the length from which a line end inside a paragraph is a mail
// program's wrap and not the end of a sentence.
const wrapped = 50

// abbreviations end with a full stop that ends no sentence.
var abbreviations = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("mr mrs ms dr prof st no nr art approx etc vs incl excl tel fax ext inc ltd co dept fig vol ca bzw ggf evtl inkl zzgl usw str hr fr tgl min std bijv o.a m.b.t i.v.m dhr mevr mw blz evt resp m mme mlle av env sr sra ud uds pág jan feb mar apr jun jul aug sep sept oct okt nov dec dez") {
		m[w] = true
	}
	return m
}()

// longestAbbreviation is in bytes, with room for capitals that are longer than
// their small letters: no longer word is looked up.
const longestAbbreviation = 8

// split finds the sentences and tells every token which one it is in.
func (s *scratch) split() {
	s.sentences = s.sentences[:0]
	for _, r := range s.regions {
		s.splitRegion(r.from, r.to)
	}
	n, mark, marks := 0, 0, s.folded.marks
	for i := range s.tokens {
		t := &s.tokens[i]
		for mark+1 < len(marks) && marks[mark+1].at <= int(t.from) {
			mark++
		}
		at := marks[mark].start(int(t.from))
		for n+1 < len(s.sentences) && at >= s.sentences[n].to {
			n++
		}
		t.sentence = int32(n) //nolint:gosec // a few thousand
		s.sentences[n].begin |= beginBit(t.hash)
	}
}

// ending are the bytes that a sentence can end with, or a rune that ends one
// begin with.
var ending = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= utf8.RuneSelf || strings.IndexByte(".!?:\n", byte(c)) >= 0 //nolint:gosec // a byte
	}
	return t
}()

func (s *scratch) splitRegion(from, to int) {
	text := s.full
	start, line := from, from // of the sentence, of the line
	end := func(at int, question bool) {
		a, b := start, at
		for a < b && blank(text[a]) {
			a++
		}
		for b > a && blank(text[b-1]) {
			b--
		}
		if b > a {
			s.sentences = append(s.sentences, sentence{from: a, to: b, question: question})
		}
		start = at
	}
	for i := from; i < to; {
		if !ending[text[i]] {
			i++
			continue
		}
		switch c := text[i]; c {
		case '.', '!', '?':
			j, question := i, false
			for j < to && strings.IndexByte(".!?)\"'", text[j]) >= 0 {
				question = question || text[j] == '?'
				j++
			}
			if (j == to || blank(text[j])) && (c != '.' || j > i+1 || !abbreviated(text[start:i], text[j:to])) {
				end(j, question)
			}
			i = j
		case ':':
			if i++; i < to && blank(text[i]) {
				end(i, false)
			}
		case '\n':
			next := i + 1
			short := i-line < wrapped
			if next >= to || short || text[next] == '\n' || text[next] == '\r' || strings.IndexByte("-*>", text[next]) >= 0 {
				end(i, false)
			}
			i, line = next, next
		default:
			r, size := utf8.DecodeRuneInString(text[i:to])
			i += size
			switch r {
			case '。', '！', '…':
				end(i, false)
			case '？', '؟':
				end(i, true)
			}
		}
	}
	end(to, false)
}

// abbreviated reports whether the full stop after before belongs to its last
// word: an abbreviation, an initial, or a German ordinal such as "5. März".
func abbreviated(before, after string) bool {
	at := len(before)
	for at > 0 && !beforeWord(before[at-1]) {
		at--
	}
	word := before[at:]
	if word == "" {
		return false
	}
	if isDigit(word[len(word)-1]) {
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(after, " \t\n"))
		return len(word) <= 2 && strings.TrimLeft(after, "0123456789 ") != "" && (unicode.IsLower(next) || startsWithMonth(after))
	}
	if len(word) == 1 && isLetter(word[0]) && word != "I" {
		return true
	}
	return len(word) <= 5 && strings.Contains(word, ".") || len(word) <= longestAbbreviation && abbreviations[strings.ToLower(word)]
}

func beforeWord(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '(' }

func startsWithMonth(s string) bool {
	s = strings.TrimLeft(s, " ")
	word, _, _ := strings.Cut(s, " ")
	return dateWords()[hashWord(strings.ToLower(strings.TrimRight(word, ".,!?;\r\n")))].kind == dateMonth
}
