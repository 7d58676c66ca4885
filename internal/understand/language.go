package understand

import (
	"encoding/binary"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

const (
	undetermined = "und" // ISO 639-2

	// A shorter text than this says too little; then the channel's locale decides.
	minLanguageWords   = 3
	minLanguageLetters = 12
	// maxLanguageLetters bounds the time: more letters change nothing.
	maxLanguageLetters = 120
	// priorConfidence marks a language that only the locale speaks for.
	priorConfidence = .5
	// localePrior is added to the log-probability of the locale's language.
	localePrior = 3.0
	// languageSure is the confidence below which the answer is und.
	languageSure = .5
	// languageScale turns the table's int8 values into logarithms, divided by
	// the five orders in which every letter is counted.
	languageScale = 1 / (9.5 * 5)
)

// languageTable holds, for the most frequent n-grams of all languages, the
// joint log-probability in each language.
type languageTable struct {
	names  []string
	hashes []uint32
	rows   []byte   // int8, hashes × names
	table  []uint32 // row plus one
}

func loadLanguages(data []byte) (*languageTable, error) {
	const stamp = "RAPLANG1"
	if len(data) < len(stamp)+1 || string(data[:len(stamp)]) != stamp {
		return nil, errModel
	}
	r := reader{rest: data[len(stamp):]}
	t := &languageTable{}
	for range r.take(1)[0] {
		t.names = append(t.names, string(r.take(2)))
	}
	n := r.count(maxRows, 4+len(t.names))
	raw := r.take(4 * n)
	t.rows = r.take(n * len(t.names))
	if r.bad || len(r.rest) != 0 || len(t.names) > maxLanguages {
		return nil, errModel
	}
	size := 4
	for size < 2*n {
		size *= 2
	}
	t.table = make([]uint32, size)
	t.hashes = make([]uint32, n)
	for i := range n {
		h := binary.LittleEndian.Uint32(raw[4*i:])
		t.hashes[i] = h
		at := h * 0x9e3779b1 & uint32(size-1)
		for t.table[at] != 0 {
			at = (at + 1) & uint32(size-1)
		}
		t.table[at] = uint32(i + 1)
	}
	return t, nil
}

const maxLanguages = 32

func (t *languageTable) add(h uint64, sum *[maxLanguages]int32) bool {
	key := uint32(h>>32) ^ uint32(h)
	mask := uint32(len(t.table) - 1)
	for at := key * 0x9e3779b1 & mask; ; at = (at + 1) & mask {
		row := t.table[at]
		if row == 0 {
			return false
		}
		if t.hashes[row-1] == key {
			n := len(t.names)
			for i, v := range t.rows[int(row-1)*n:][:n] {
				sum[i] += int32(int8(v))
			}
			return true
		}
	}
}

// detect names the language of a folded text. The script decides where it can,
// else the table with the locale as prior.
func (t *languageTable) detect(s *scratch, locale string) crm.Label {
	prior := primary(locale)
	words, letters, counts := countScripts(s)
	if name := byScript(counts, letters); name != "" {
		return crm.Label{Name: name, Confidence: 1}
	}
	if words < minLanguageWords || letters < minLanguageLetters {
		if prior != "" {
			return crm.Label{Name: prior, Confidence: priorConfidence}
		}
		return crm.Label{Name: undetermined}
	}
	var sum [maxLanguages]int32
	known, left := 0, maxLanguageLetters
	for _, tok := range s.tokens {
		if !tok.word || left <= 0 {
			continue
		}
		n := t.addWord(s.folded.text[tok.from:tok.to], &sum)
		known += n
		left -= int(tok.to - tok.from)
	}
	if known == 0 {
		return crm.Label{Name: undetermined}
	}
	var score [maxLanguages]float64
	best := 0
	for i, name := range t.names {
		score[i] = float64(sum[i]) * languageScale
		if name == prior {
			score[i] += localePrior
		}
		if score[i] > score[best] {
			best = i
		}
	}
	total := 0.0
	for i := range t.names {
		total += math.Exp(score[i] - score[best])
	}
	confidence := 1 / total
	if confidence < languageSure {
		return crm.Label{Name: undetermined}
	}
	return crm.Label{Name: t.names[best], Confidence: round(float32(confidence))}
}

// addWord adds the n-grams of order 1 to 5 inside the runs of letters of a word.
func (t *languageTable) addWord(word []byte, sum *[maxLanguages]int32) (known int) {
	for i := 0; i < len(word); {
		h := uint64(fnvOffset)
		first := 0
		for j, n := i, 0; j < len(word) && n < 5; n++ {
			r, size := utf8.DecodeRune(word[j:])
			if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
				break
			}
			h = hashBytes(h, word[j:j+size])
			j += size
			if n == 0 {
				first = size
			}
			if t.add(h, sum) {
				known++
			}
		}
		if first == 0 {
			_, first = utf8.DecodeRune(word[i:])
		}
		i += first
	}
	return known
}

// scripts that name a language by themselves, in the order of the test.
var scripts = []struct {
	table *unicode.RangeTable
	name  string
}{
	{unicode.Hangul, "ko"}, {unicode.Hiragana, "ja"}, {unicode.Katakana, "ja"}, {unicode.Han, "zh"}, {unicode.Thai, "th"}, {unicode.Greek, "el"},
	{unicode.Hebrew, "he"}, {unicode.Georgian, "ka"}, {unicode.Armenian, "hy"}, {unicode.Cyrillic, "ru"}, {unicode.Arabic, "ar"},
	{unicode.Devanagari, "hi"}, {unicode.Tamil, "ta"}, {unicode.Telugu, "te"}, {unicode.Bengali, "bn"}, {unicode.Khmer, "km"},
}

// countScripts counts words and letters, and for text outside ASCII how many
// letters each script has. Ukrainian and Persian are told from their relatives
// by the letters that only they have, counted behind the scripts.
func countScripts(s *scratch) (words, letters int, counts [18]int) {
	for _, tok := range s.tokens {
		if !tok.word {
			continue
		}
		word := false
		for _, r := range string(s.folded.text[tok.from:tok.to]) {
			if r < utf8.RuneSelf {
				if r >= 'a' {
					letters++
					word = true
				}
				continue
			}
			if !unicode.IsLetter(r) {
				continue
			}
			letters++
			word = true
			if r < 0x0370 {
				continue
			}
			for i := range scripts {
				if unicode.Is(scripts[i].table, r) {
					counts[i]++
					break
				}
			}
			switch r {
			case 'і', 'ї', 'є', 'ґ':
				counts[16]++
			case 'پ', 'چ', 'ژ', 'گ':
				counts[17]++
			}
		}
		if word {
			words++
		}
	}
	return words, letters, counts
}

// byScript is the language of the script that most letters have, or "" for
// Latin letters.
func byScript(counts [18]int, letters int) string {
	kana := counts[1] + counts[2]
	best := 0
	for i := range scripts {
		if counts[i] > counts[best] {
			best = i
		}
	}
	if counts[best] == 0 || 2*counts[best] < letters && 2*(counts[best]+kana) < letters {
		return ""
	}
	switch name := scripts[best].name; {
	case name == "zh" && kana > 0:
		return "ja"
	case name == "ru" && counts[16] > 0:
		return "uk"
	case name == "ar" && counts[17] > 0:
		return "fa"
	default:
		return name
	}
}

// primary is the language of a locale: "nl" of "nl-NL" or "nl_NL.UTF-8".
func primary(locale string) string {
	l, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(locale), "_", "-"), "-")
	l, _, _ = strings.Cut(l, ".")
	if len(l) < 2 || len(l) > 3 || l == undetermined || strings.IndexFunc(l, func(r rune) bool { return r < 'a' || r > 'z' }) >= 0 {
		return ""
	}
	if l == "no" {
		return "nb"
	}
	return l
}

// speaks reports whether rules of a language apply to a text: it is written in
// it, or nobody knows what it is written in.
func speaks(language, rule string) bool {
	return language == rule || language == undetermined || rule == ""
}
