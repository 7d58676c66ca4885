package understand

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// byAllLetters is best without steps.
func byAllLetters(t *languageTable, s *scratch, prior string) (int, float64) {
	var sum, pieces [maxLanguages]int32
	var grams, parts lookups
	letters := 0
	for _, tok := range s.tokens {
		if word := s.folded.text[tok.from:tok.to]; tok.word && letters < maxLanguageLetters {
			grams.addWord(word)
			parts.addPieces(word)
			letters += len(word)
		}
	}
	if t.sum(&grams, &sum)+t.pieces.sum(&parts, &pieces) == 0 {
		return -1, 0
	}
	return t.choose(&sum, &pieces, prior)
}

// Whoever stops early says what all letters say, with the locale of the language,
// of another one and with none. Who has a doubt looks at all of them.
func TestLanguageBySteps(t *testing.T) {
	t.Parallel()
	table, err := loadLanguages(models.Languages)
	if err != nil {
		t.Fatal(err)
	}
	s := newScratch()
	doubts := 0
	// Of a text in two languages the answer may be either.
	check := func(text string, either ...string) {
		s.loadTokens("", text)
		for _, prior := range []string{"", "en", "de", "nl"} {
			got, confidence := table.best(s, prior)
			want, sure := byAllLetters(table, s, prior)
			if got != want && !slices.Contains(either, table.names[got]) {
				t.Errorf("with locale %q read as %s (%f), by all letters as %s (%f): %q", prior, table.names[got], confidence, table.names[want], sure, text)
			}
			if confidence < beyondDoubt {
				doubts++
				if confidence != sure {
					t.Errorf("with locale %q sure to %f, by all letters to %f: %q", prior, confidence, sure, text)
				}
			}
		}
	}
	for _, text := range SpeedTexts(200) {
		check(text)
	}
	starter := Starter()
	for i, e := range starter {
		check(e.Text)
		other := starter[i*7919%len(starter)]
		check(e.Text+". "+other.Text, e.Language, other.Language)
	}
	if doubts < 100 {
		t.Errorf("only %d texts leave a doubt", doubts)
	}
}

// The first letters are not always in the language of the text.
func TestLanguageBehindASubject(t *testing.T) {
	t.Parallel()
	table, err := loadLanguages(models.Languages)
	if err != nil {
		t.Fatal(err)
	}
	s := newScratch()
	for _, c := range []struct{ subject, text, want string }{
		{"Re: Your order has been shipped with tracking", "Guten Tag, leider ist das Paket bis heute nicht bei mir angekommen. Können Sie bitte nachsehen, wo es geblieben ist?", "de"},
		{"Thank you for shopping with us", "Bonjour, je n'ai toujours pas reçu ma commande. Pouvez-vous me dire quand elle sera livrée à mon domicile ?", "fr"},
		{"Antwort: Ihre Rechnung für den Vertrag", "Hello, the amount on this invoice is not what we agreed on when I called you last week. Please check it.", "en"},
	} {
		s.loadTokens(c.subject, c.text)
		if got := table.detect(s, ""); got.Name != c.want {
			t.Errorf("%q and %q are %v, want %s", c.subject, c.text, got, c.want)
		}
	}
}

// Words of every length in ASCII and with other letters are counted, up to the
// end of the memory.
func TestCountScripts(t *testing.T) {
	t.Parallel()
	for n := range 20 {
		for _, c := range []string{"a", "z", "é", "ж", "7"} {
			text := strings.Repeat("x1", n/2) + c + strings.Repeat("b", n%2) + " q7" + c
			s := &scratch{}
			s.loadTokens("", text)
			s.folded.text = append(make([]byte, 0, len(s.folded.text)), s.folded.text...)
			wantWords, wantLetters := 0, 0
			for _, word := range strings.Fields(text) {
				before := wantLetters
				for _, r := range word {
					wantLetters += count(unicode.IsLetter(r))
				}
				wantWords += count(wantLetters > before)
			}
			words, letters, counts := countScripts(s)
			if words != wantWords || letters != wantLetters || c == "ж" && counts[9] != 2 {
				t.Errorf("%q: %d words, %d letters, %v; want %d and %d", text, words, letters, counts, wantWords, wantLetters)
			}
		}
	}
}
