package understand

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// LanguageFigures is how well languages are told.
type LanguageFigures struct {
	N             int
	Right         []bool  // the most probable language of the whole text
	RightFour     []bool  // of its first four words
	MacroF1       float64 // over the languages of the file, whole texts
	ECE           float64
	Answered      float64 // share of whole texts that get an answer, and not "und"
	AnsweredRight float64 // share right of those
	Languages     []LabelFigures
	Confusions    []Pair
}

// mentions are names of accounts, which say nothing about the language.
var mentions = regexp.MustCompile(`(^|\s)[@#]\S+`)

// EvaluateLanguages measures the recogniser on texts whose Intent is the ISO 639-1
// code of their language. Names of accounts and links are left out. Only the text
// is read: no locale, no restriction to the languages of the file.
func EvaluateLanguages(examples []Example) (*LanguageFigures, error) {
	t, err := loadLanguages(models.Languages)
	if err != nil {
		return nil, err
	}
	s := newScratch()
	f := &LanguageFigures{N: len(examples)}
	var truth, said []string
	var sure []float64
	confused := map[[2]string]int{}
	answered, right := 0, 0
	for _, e := range examples {
		text := mentions.ReplaceAllString(e.Text, " ")
		s.loadTokens("", text)
		name, p := t.guess(s)
		truth, said, sure = append(truth, e.Intent), append(said, name), append(sure, p)
		f.Right = append(f.Right, name == e.Intent)
		if name != e.Intent {
			confused[[2]string{e.Intent, name}]++
		}
		if l := t.detect(s, "").Name; l != undetermined {
			answered++
			right += count(l == e.Intent)
		}
		words := strings.Fields(text)
		s.loadTokens("", strings.Join(words[:min(4, len(words))], " "))
		name, _ = t.guess(s)
		f.RightFour = append(f.RightFour, name == e.Intent)
	}
	f.MacroF1 = macroOf(truth, said)
	f.ECE = calibrationError(sure, f.Right)
	f.Answered = float64(answered) / float64(max(f.N, 1))
	f.AnsweredRight = float64(right) / float64(max(answered, 1))
	for _, l := range slices.Compact(slices.Sorted(slices.Values(truth))) {
		var c counts3
		for i := range truth {
			c.add(said[i] == l, truth[i] == l)
		}
		f.Languages = append(f.Languages, LabelFigures{Name: l, Texts: int(c.hit + c.miss), F1: c.f1(),
			Precision: c.hit / max(c.hit+c.alarm, 1), Recall: c.hit / max(c.hit+c.miss, 1)})
	}
	for pair, n := range confused {
		f.Confusions = append(f.Confusions, Pair{pair[0], pair[1], n})
	}
	sort.Slice(f.Confusions, func(i, j int) bool {
		a, b := f.Confusions[i], f.Confusions[j]
		if a.Count != b.Count {
			return a.Count > b.Count
		}
		return a.Truth+" "+a.Said < b.Truth+" "+b.Said
	})
	f.Confusions = f.Confusions[:min(10, len(f.Confusions))]
	return f, nil
}

// guess is the most probable language, however short the text is.
func (t *languageTable) guess(s *scratch) (string, float64) {
	_, letters, counts := countScripts(s)
	if name := byScript(counts, letters); name != "" {
		return name, 1
	}
	best, p := t.best(s, "")
	if best < 0 {
		return undetermined, 0
	}
	return t.names[best], p
}
