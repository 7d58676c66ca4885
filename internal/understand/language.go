package understand

import (
	"encoding/binary"
	"math"
	"math/bits"
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
	// languageStep is how many letters are looked at, from all over these, before
	// it is asked whether they leave a doubt. Only then are more looked at.
	languageStep = 30
	// beyondDoubt is so strict that the other letters hardly ever change the
	// answer, even with the locale of another language.
	beyondDoubt = .9999999
	// priorConfidence marks a language that only the locale speaks for.
	priorConfidence = .5
	// localePrior is added to the log-probability of the locale's language.
	localePrior = 3.0
	// languageSure is the confidence below which the answer is und.
	languageSure = .5
	// languageScale turns the table's int8 values into logarithms, divided by
	// the five orders in which every letter is counted.
	languageScale = 1 / (9.5 * 5)
	// pieceScale is what a score of a piece is worth beside a logarithm.
	pieceScale = .04
	// languageSharpness is the inverse temperature: n-grams overlap, so their
	// sum is surer than it should be.
	languageSharpness = .5
)

// languageTable holds, for the most frequent n-grams of all languages, the
// joint log-probability in each language, and pieces of words with a score in
// the languages that have them.
type languageTable struct {
	names  []string
	hashes []uint32
	rows   []byte // int8, hashes × names
	table  slots
	pieces pieceTable
}

func loadLanguages(data []byte) (*languageTable, error) {
	const stamp = "RAPLANG2"
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
	if r.bad || len(t.names) > maxLanguages || !t.pieces.load(&r, len(t.names)) || len(r.rest) != 0 {
		return nil, errModel
	}
	t.table = newSlots(n)
	t.hashes = make([]uint32, n)
	for i := range n {
		h := binary.LittleEndian.Uint32(raw[4*i:])
		t.hashes[i] = h
		t.table.put(finalise(uint64(h)), i)
	}
	return t, nil
}

const maxLanguages = 32

// sum adds the rows of the n-grams that the table knows.
func (t *languageTable) sum(s *lookups, sum *[maxLanguages]int32) (known int) {
	s.find(t.table, t.hashes)
	prefetchRows(len(t.names), t.rows, s.found)
	n := len(t.names)
	if hasAVX512 {
		for from := 0; from < len(s.found); from += 256 {
			part := s.found[from:min(from+256, len(s.found))]
			if inside(t.rows, part, n) {
				sumRowsAVX512(&sum[0], n, &t.rows[0], &part[0], len(part))
			}
		}
		return len(s.found)
	}
	var even, odd [maxLanguages / 8]uint64
	words := n / 8
	for from := 0; from < len(s.found); from += 256 {
		// Eight languages at a time, made positive, in lanes of 16 bits: 256
		// rows fill none of them.
		const lanes, flip = 0x00ff00ff_00ff00ff, 0x80808080_80808080
		clear(even[:])
		clear(odd[:])
		part := s.found[from:min(from+256, len(s.found))]
		for _, at := range part {
			row := t.rows[int(at)*n:][:n]
			for w := range words {
				x := binary.LittleEndian.Uint64(row[8*w:]) ^ flip
				even[w] += x & lanes
				odd[w] += x >> 8 & lanes
			}
			for i := 8 * words; i < n; i++ {
				sum[i] += int32(int8(row[i]))
			}
		}
		for i := range 8 * words {
			lane := even[i/8]
			if i%2 == 1 {
				lane = odd[i/8]
			}
			sum[i] += int32(lane>>(i%8/2*16)&0xffff) - int32(128*len(part)) //nolint:gosec // at most 256
		}
	}
	return len(s.found)
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
	best, confidence := t.best(s, prior)
	if best < 0 || confidence < languageSure {
		return crm.Label{Name: undetermined}
	}
	return crm.Label{Name: t.names[best], Confidence: round(float32(confidence))}
}

// best is the most probable language of a text in Latin letters, however short
// it is, and its probability; -1 when nothing in it is known.
func (t *languageTable) best(s *scratch, prior string) (int, float64) {
	var sum, pieces [maxLanguages]int32
	end, letters := 0, 0
	for ; end < len(s.tokens) && letters < maxLanguageLetters; end++ {
		if tok := &s.tokens[end]; tok.word {
			letters += int(tok.to - tok.from)
		}
	}
	// A step takes every fourth word of a long text and not the first words, which
	// may be a subject, a greeting or a quotation in another language.
	grams, parts, steps := &s.grams, &s.parts, max(min(letters, maxLanguageLetters)/languageStep, 1)
	best, confidence, known := -1, 0., 0
	for step := 0; step < steps && confidence < beyondDoubt; step++ {
		grams.keys, parts.keys = grams.keys[:0], parts.keys[:0]
		for i := step; i < end; i += steps {
			if tok := &s.tokens[i]; tok.word {
				word := s.folded.text[tok.from:tok.to]
				grams.addWord(word)
				parts.addPieces(word)
			}
		}
		known += t.sum(grams, &sum) + t.pieces.sum(parts, &pieces)
		if known > 0 {
			best, confidence = t.choose(&sum, &pieces, prior)
		}
	}
	return best, confidence
}

// choose is the most probable language by the sums of a text, and its probability.
func (t *languageTable) choose(sum, pieces *[maxLanguages]int32, prior string) (int, float64) {
	var score [maxLanguages]float64
	best := 0
	for i, name := range t.names {
		score[i] = languageSharpness * (float64(sum[i])*languageScale + float64(pieces[i])*pieceScale)
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
	return best, 1 / total
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
		text := s.folded.text[tok.from:tok.to]
		if n, ok := shortLetters(text); ok {
			letters += n
			words += count(n > 0)
			continue
		}
		before := letters
		for i := 0; i < len(text); {
			if c := text[i]; c < utf8.RuneSelf {
				letters += count(c >= 'a')
				i++
				continue
			}
			r, size := utf8.DecodeRune(text[i:])
			i += size
			if !unicode.IsLetter(r) {
				continue
			}
			letters++
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
		words += count(letters > before)
	}
	return words, letters, counts
}

// shortLetters counts the letters of a folded word in ASCII of up to eight bytes,
// all of them at once.
func shortLetters(word []byte) (int, bool) {
	const high, belowA = 0x80808080_80808080, 0x1f1f1f1f_1f1f1f1f
	if len(word) > 8 || cap(word) < 8 {
		return 0, false
	}
	x := binary.LittleEndian.Uint64(word[:8]) << (8 * (8 - len(word)))
	return bits.OnesCount64((x + belowA) & high), x&high == 0
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
