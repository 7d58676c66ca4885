package understand

import (
	"os"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

func TestLanguage(t *testing.T) {
	t.Parallel()
	table, err := loadLanguages(models.Languages)
	if err != nil {
		t.Fatal(err)
	}
	s := newScratch()
	for _, c := range []struct{ text, locale, want string }{
		{"", "", "und"}, {"", "nl-NL", "nl"}, {"ok", "", "und"}, {"ok!", "de_DE", "de"}, {"12345 99", "", "und"},
		{"When does my text plan start?", "", "en"},
		{"Ab wann gilt mein neuer Tarif?", "", "de"},
		{"Wanneer gaat mijn abonnement in?", "", "nl"},
		{"Je n'ai toujours pas reçu ma commande", "", "fr"},
		{"Todavía no he recibido mi pedido", "", "es"},
		{"Non ho ancora ricevuto il mio ordine", "", "it"},
		{"Ainda não recebi a minha encomenda", "", "pt"},
		{"Jag har fortfarande inte fått min beställning", "", "sv"},
		{"Jeg har stadig ikke modtaget min bestilling", "", "da"},
		{"Nadal nie otrzymałem mojego zamówienia", "", "pl"},
		{"Где мой заказ?", "", "ru"}, {"Де моє замовлення?", "", "uk"}, {"私の注文はどこですか", "", "ja"}, {"我的订单在哪里", "", "zh"},
		{"Πού είναι η παραγγελία μου", "", "el"}, {"أين طلبي", "", "ar"}, {"주문이 어디에 있나요", "", "ko"},
		{"When does my text plan start?", "nl-NL", "en"},
	} {
		s.loadTokens("", c.text)
		if got := table.detect(s, c.locale); got.Name != c.want {
			t.Errorf("%q with locale %q is %v, want %s", c.text, c.locale, got, c.want)
		}
	}
}

// The starter examples are short and full of names of services, so this is a
// floor, not a figure to quote.
func TestLanguageOfStarter(t *testing.T) {
	t.Parallel()
	table, err := loadLanguages(models.Languages)
	if err != nil {
		t.Fatal(err)
	}
	s := newScratch()
	said, right := map[string]int{}, map[string]int{}
	for _, e := range Starter() {
		s.loadTokens("", e.Text)
		got := table.detect(s, "").Name
		if got == undetermined {
			continue
		}
		said[e.Language]++
		if got == e.Language {
			right[e.Language]++
		} else {
			t.Logf("%s read as %s: %q", e.Language, got, e.Text)
		}
	}
	for l, n := range said {
		if share := float64(right[l]) / float64(n); share < .93 {
			t.Errorf("%s: %d of %d right", l, right[l], n)
		} else {
			t.Logf("%s: %d of %d right", l, right[l], n)
		}
	}
}

// Short messages as people write them. All of them must be told, and nearly all
// from their first four words.
func TestLanguagesOfMessages(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/languages.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var examples []Example
	for line := range strings.Lines(string(data)) {
		l, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if l != "language" {
			examples = append(examples, Example{Text: text, Intent: l})
		}
	}
	f, err := EvaluateLanguages(examples)
	if err != nil {
		t.Fatal(err)
	}
	if share(f.Right) < .98 || share(f.RightFour) < .95 || len(f.Languages) != 14 {
		t.Errorf("%d texts in %d languages: %.3f, four words %.3f; %v", f.N, len(f.Languages), share(f.Right), share(f.RightFour), f.Confusions)
	}
}

func TestLoadLanguagesRefuses(t *testing.T) {
	t.Parallel()
	for n := range len(models.Languages) {
		if n%50021 == 0 {
			if _, err := loadLanguages(models.Languages[:n]); err == nil {
				t.Fatalf("%d bytes were taken for a table", n)
			}
		}
	}
}
