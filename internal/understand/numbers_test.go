package understand

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// words says a shape as people would, for the tables below.
func (s *Shape) words() string {
	var out []string
	for _, p := range s.Parts {
		w := p.Kind
		switch p.Kind {
		case PartFixed:
			w = p.Text
		case PartSeparator:
			w = "[" + p.Text + p.Also
			if p.Open {
				w += "?"
			}
			w += "]"
		case PartDigits, PartLetters, PartMixed:
			w = fmt.Sprintf("%s%d", p.Kind, p.Min)
			if p.Max != p.Min {
				w += fmt.Sprintf("–%d", p.Max)
			}
		}
		out = append(out, w)
	}
	if s.Check != "" {
		out = append(out, "check:"+s.Check)
		if s.Last {
			out = append(out, "last")
		}
	}
	return strings.Join(out, " ")
}

func TestLearnShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ examples, want, refused string }{
		{"HM-2024-00123, HM-2023-00077", "HM [-] year [-] digits5", ""},
		{"hm–2024–123, HM-2023-00077", "HM [-] year [-] digits3–5", ""},
		{"#4471, #4472", "digits4", ShapeGeneral},
		{"447100, 447231", "digits6", ""},
		{"700123, 700456, 700987", "700 digits3", ""},
		{"100234, 100567, 101001", "digits6", ""}, // a counter: its front will change
		{"RE 2026/17, RE 2026/118", "RE [ ] year [/] digits2–3", ""},
		{"AB-1234, ABC 5678, AB9012", "letters2–3 [- ?] digits4", ""},
		{"3SABCD1234567, 3SXYZ77654321", "digits1 letters4–5 digits7–8", ""},
		{"C02XL0GZJGH5, C02ZK1TYLVDQ", "mixed12", ""},
		{"DMX-4F9A, DMX-A7B2", "DMX [-] mixed4", ""},
		{"Premium, Basic", "letters5–7", ShapeWords},
		{"A1, B2", "letters1 digits1", ShapeGeneral},
		{"HM-1", "", ShapeFew},
		{"HM-1, hm-1", "", ShapeFew},
		{"HM--1, HM--2", "", ShapeCharacters},
		{"Größe-1, Größe-2", "", ShapeCharacters},
		{"HM-1-2, HM-1", "", ShapeForms},
		{strings.Repeat("1", 41) + ", 12", "", ShapeLong},
		{"49927398716, 79927398713, 17893729974", "digits11 check:luhn", ""},
		{"49927398716, 79927398713", "digits11", ""}, // two of them are right by chance too often
		{"DE-0306406152, DE-0131103628, DE-0201633612", "DE [-] digits10 check:mod11", ""},
		{"10044, 10141", "digits5", ""},
	} {
		s, reason := LearnShape(strings.Split(c.examples, ", "))
		if got := s.words(); got != c.want || reason != c.refused {
			t.Errorf("%s: %s (%s), want %s (%s)", c.examples, got, reason, c.want, c.refused)
		}
	}
}

func form(t *testing.T, kind, examples string) NumberForm {
	t.Helper()
	s, reason := LearnShape(strings.Split(examples, ", "))
	if reason != "" {
		t.Fatalf("%s: %s", examples, reason)
	}
	return NumberForm{Kind: kind, Shape: s}
}

// own lists what a reader finds, and checks that every span holds its text.
func own(t *testing.T, r *Reader, text string) string {
	t.Helper()
	got := r.Read(Input{Text: text, OccurredAt: when, Direction: crm.In})
	var list []string
	for _, e := range got.Entities {
		list = append(list, e.Kind+" "+e.Value)
		if e.Kind != "card" && text[e.Span.From:e.Span.To] != e.Text {
			t.Errorf("%q: span %v is not %q", text, e.Span, e.Text)
		}
	}
	return strings.Join(list, ", ")
}

func TestOwnNumbers(t *testing.T) {
	t.Parallel()
	r := defaultReader(t).WithVocabulary(NewVocabulary([]NumberForm{
		form(t, "order", "HM-2024-00123, HM-2023-00077"),
		form(t, "invoice", "447100, 447231"),
		form(t, "serial", "49927398716, 79927398713, 17893729974"),
		form(t, "tracking", "0612345678, 0687654321"),
	}, nil))
	for _, c := range []struct{ text, want string }{
		{"Where is HM-2024-00123?", "order HM-2024-00123"},
		{"hm-2024-00123 and HM-2024-00123", "order HM-2024-00123, order HM-2024-00123"},
		{"HM 2024 00123, HM202400123, HM–2024–00123", "order HM-2024-00123, order HM-2024-00123, order HM-2024-00123"},
		{"hm 2024 00123", ""}, // in small letters only as the firm writes it
		{"“HM-2024-00123” — naïve Größe HM-2024-00124…", "order HM-2024-00123, order HM-2024-00124"},
		{"号码HM-2024-00123号码 и HM-2024-00124ж", "reference HM-2024-00124"},
		{"号码：HM-2024-00123。", "order HM-2024-00123"},
		{"HM-2024-001234 and HM-2024-00123-4", "reference HM-2024-001234, reference HM-2024-00123-4"},
		{"https://shop.example/HM-2024-00123", ""},
		{"It is 447100", "invoice 447100"},
		{"order 447100. It cost € 447100 or 447100 euros, 4471000, 447100.50", "order 447100, amount EUR 447100.00, amount EUR 447100.00"},
		{"number 49927398716, not 49927398717", "serial 49927398716"},
		{"call 0612345678", "phone 0612345678"},
		{"tracking 0612345678", "tracking 0612345678"},
	} {
		if got := own(t, r, c.text); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestProducts(t *testing.T) {
	t.Parallel()
	r := defaultReader(t).WithVocabulary(NewVocabulary(nil, []Product{
		{Name: "Fiber", Synonyms: []string{"Glasfaser"}},
		{Name: "Fiber 200", SKU: "FB-20200/X"},
		{Name: "Fiber 200 Plus"},
		{Name: "Café Crème Maschine"},
		{Name: "Straßenlader"},
		{Name: "小米手机"},
	}))
	for _, c := range []struct{ text, want string }{
		{"fiber", "product Fiber"},
		{"My FIBER 200 is slow, the fiber-200 plus too", "product Fiber 200, product Fiber 200 Plus"},
		{"Fiber 200. Plus I pay", "product Fiber 200"},
		{"Fiber 200\nPlus", "product Fiber 200 Plus"},
		{"fibers and Fibera", ""},
		{"Meine GLASFASER, fb 20200 x, FB-20200/X", "product Fiber, product Fiber 200, product Fiber 200"},
		{"äöü: die cafe creme maschine, Cafe\u0301 Cre\u0300me-Maschine", "product Café Crème Maschine, product Café Crème Maschine"},
		{"STRASSENLADER", "product Straßenlader"},
		{"我的小米手机坏了", "product 小米手机"},
		{"Fiber 250", "product Fiber"},
	} {
		if got := own(t, r, c.text); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestReadCatalogue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, problems string }{
		{"Text Plus\nFiber 200\n", "Text Plus//,Fiber 200//", ""},
		{"\ufeffArtikelnummer;Bezeichnung;Synonyme\nA-1;Text Plus;TP|TextPlus\nA-22222;\"Fiber; 200\";\n", "Text Plus/A-1/TP+TextPlus,Fiber; 200/A-22222/", ""},
		{"Text Plus,SKU1,TP,The Plus\n", "Text Plus/SKU1/TP+The Plus", ""},
		{"Text Plus\tT-1\tthe\n", "Text Plus/T-1/", ""},
		{"Text Plus\ntext-plus\nthe\nX\n1234\n?\n" + strings.Repeat("word ", 13) + "\n", "Text Plus//", "2 twice, 3 plain_word, 4 short, 5 short, 6 broken, 7 long"},
	} {
		products, problems := ReadCatalogue(c.text)
		var got, bad []string
		for _, p := range products {
			got = append(got, p.Name+"/"+p.SKU+"/"+strings.Join(p.Synonyms, "+"))
		}
		for _, p := range problems {
			bad = append(bad, fmt.Sprint(p.Line, " ", p.Reason))
		}
		if strings.Join(got, ",") != c.want || strings.Join(bad, ", ") != c.problems {
			t.Errorf("%q: %s (%s)", c.text, strings.Join(got, ","), strings.Join(bad, ", "))
		}
	}
}

// Any bytes may come in, as examples, as a catalogue and as a text.
func FuzzOwn(f *testing.F) {
	f.Add("HM-2024-00123\nHM-2023-00077", "Größe,A-1", "HM-2024-00123 größe")
	f.Add("\xff-1\n0", "\"", "\xe2\x80")
	r, err := Default()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, examples, list, text string) {
		var forms []NumberForm
		if s, reason := LearnShape(strings.Split(examples, "\n")); reason == "" {
			forms = []NumberForm{{Kind: "order", Shape: s}}
			for _, e := range strings.Split(examples, "\n") {
				e = strings.ToUpper(strings.Trim(strings.Join(strings.Fields(e), " "), "#"+separators))
				if e != "" && !strings.ContainsAny(e, "–—‑") {
					if _, end := s.match(e, 0); end == 0 {
						t.Errorf("%q is no example of %s", e, s.words())
					}
				}
			}
		}
		products, _ := ReadCatalogue(list)
		for _, e := range r.WithVocabulary(NewVocabulary(forms, products)).Read(Input{Text: text, OccurredAt: when, Direction: crm.In}).Entities {
			if e.Kind != "card" && text[e.Span.From:e.Span.To] != e.Text {
				t.Errorf("span %v is not %q", e.Span, e.Text)
			}
		}
	})
}

// tenThousand is a catalogue of the size that a shop has, many names sharing
// their first words.
func tenThousand() []Product {
	brands := []string{"Halden", "Nordlicht", "Kestrel", "Aurora", "Vela"}
	things := []string{"Router", "Kettle", "Fiber", "Charger", "Case"}
	var out []Product
	for i := range 10_000 {
		out = append(out, Product{Name: fmt.Sprintf("%s %s %d %s", brands[i%5], things[i/5%5], i/25, []string{"Plus", "Mini", "Pro"}[i%3]), SKU: fmt.Sprintf("SK-%05d", i), Synonyms: []string{fmt.Sprintf("%s %d", things[i/5%5], i)}})
	}
	return out
}

// BenchmarkOwn reads messages of sixty words with nothing of the firm's own, with
// five kinds of numbers, and with ten thousand products as well.
func BenchmarkOwn(b *testing.B) {
	r, err := Default()
	if err != nil {
		b.Fatal(err)
	}
	var forms []NumberForm
	for _, e := range []string{"HM-2024-00123, HM-2023-00077", "447100, 447231", "RE 2026/17, RE 2026/118", "C02XL0GZJGH5, C02ZK1TYLVDQ", "AB-1234, ABC-1234"} {
		s, _ := LearnShape(strings.Split(e, ", "))
		forms = append(forms, NumberForm{Kind: "order", Shape: s})
	}
	texts := SpeedTexts(40)
	for _, c := range []struct {
		name string
		r    *Reader
	}{{"none", r}, {"numbers", r.WithVocabulary(NewVocabulary(forms, nil))}, {"numbers and 10,000 products", r.WithVocabulary(NewVocabulary(forms, tenThousand()))}} {
		b.Run(c.name, func(b *testing.B) {
			i := 0
			for b.Loop() {
				c.r.Read(Input{Text: texts[i%len(texts)], Direction: crm.In, OccurredAt: when})
				i++
			}
		})
	}
	b.Run("index 10,000 products", func(b *testing.B) {
		list := tenThousand()
		for b.Loop() {
			NewProductIndex(list)
		}
	})
}
