package understand

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// The bounds of a catalogue.
const (
	MaxProducts    = 20_000
	maxProductName = 120 // runes
	maxSynonyms    = 20
)

// Reasons why a line of a catalogue is left out.
const (
	LineLong   = "long"       // a name, number or synonym of more than 120 characters or 12 words
	LineShort  = "short"      // fewer than two letters or digits, or a bare number below five digits
	LineCommon = "plain_word" // a name like "the" or "and"
	LineTwice  = "twice"      // the name stands above already
	LineBroken = "broken"     // quotes that never close, or no text
	LineMany   = "many"       // past the most that a catalogue holds
)

// LineProblem is a line of a catalogue that is left out.
type LineProblem struct {
	Line   int    `json:"line"`
	Text   string `json:"text"`
	Reason string `json:"reason" enum:"long,short,plain_word,twice,broken,many"`
}

// ReadCatalogue reads a pasted list or a CSV file: a name, then a stock keeping
// unit, then synonyms, which may share a column parted by | or ;. Commas,
// semicolons and tabs part the columns; a head line may give them another order.
func ReadCatalogue(text string) ([]Product, []LineProblem) {
	text = strings.TrimPrefix(text, "\ufeff")
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes, in.TrimLeadingSpace = columnMark(text), -1, true, true
	columns := map[string][]int{"name": {0}, "sku": {1}}
	var out []Product
	var problems []LineProblem
	seen := map[string]bool{}
	for first := true; ; first = false {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, problems
		}
		if err != nil {
			return out, append(problems, LineProblem{Reason: LineBroken})
		}
		line, _ := in.FieldPos(0)
		if first {
			if head := headOf(row); head != nil {
				columns = head
				continue
			}
		}
		p := productOf(row, columns)
		reason := p.problem()
		if reason == "" && seen[foldName(p.Name)] {
			reason = LineTwice
		}
		if reason == "" && len(out) == MaxProducts {
			reason = LineMany
		}
		if reason != "" {
			problems = append(problems, LineProblem{line, cutRunes(p.Name, maxProductName), reason})
			continue
		}
		seen[foldName(p.Name)] = true
		out = append(out, p)
	}
}

// columnMark is what parts the columns of most lines.
func columnMark(text string) rune {
	head := text[:min(len(text), 4000)]
	best, most := ',', 0
	for _, c := range []rune{'\t', ';', ','} {
		if n := strings.Count(head, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// headWords are what columns are called, in the languages of the console.
var headWords = map[string]string{
	"name": "name", "product": "name", "productname": "name", "title": "name", "produkt": "name", "bezeichnung": "name", "artikel": "name", "nombre": "name", "producto": "name", "nome": "name", "produto": "name",
	"sku": "sku", "number": "sku", "code": "sku", "articlenumber": "sku", "itemnumber": "sku", "artikelnummer": "sku", "artikelnr": "sku", "nummer": "sku", "referencia": "sku", "codigo": "sku",
	"synonyms": "synonyms", "synonym": "synonyms", "aliases": "synonyms", "alsocalled": "synonyms", "synonyme": "synonyms", "sinonimos": "synonyms", "aliasnamen": "synonyms",
}

// headOf reads a head line; nil when it is none.
func headOf(row []string) map[string][]int {
	out := map[string][]int{}
	for i, cell := range row {
		if role := headWords[foldName(cell)]; role != "" {
			out[role] = append(out[role], i)
		}
	}
	if len(out["name"]) == 0 || len(row) > 1 && len(out) < 2 {
		return nil
	}
	if out["synonyms"] == nil {
		out["synonyms"] = []int{}
	}
	return out
}

func productOf(row []string, columns map[string][]int) Product {
	cell := func(i int) string {
		if i < len(row) {
			return strings.Join(strings.Fields(row[i]), " ")
		}
		return ""
	}
	first := func(role string) string {
		if c := columns[role]; len(c) > 0 {
			return cell(c[0])
		}
		return ""
	}
	p := Product{Name: first("name"), SKU: first("sku"), Synonyms: []string{}}
	rest, headed := columns["synonyms"]
	if !headed {
		for i := 2; i < len(row); i++ {
			rest = append(rest, i)
		}
	}
	for _, i := range rest {
		for _, s := range strings.FieldsFunc(cell(i), func(r rune) bool { return r == '|' || r == ';' }) {
			if s = strings.TrimSpace(s); s != "" && !slices.Contains(p.Synonyms, s) && len(p.Synonyms) < maxSynonyms {
				p.Synonyms = append(p.Synonyms, s)
			}
		}
	}
	return p
}

// problem says why a product can't be taken, "" when it can. A synonym or stock
// keeping unit that would be found everywhere is dropped, not the product.
func (p *Product) problem() string {
	if reason := nameProblem(p.Name); reason != "" {
		return reason
	}
	if p.SKU != "" && nameProblem(p.SKU) != "" {
		p.SKU = ""
	}
	p.Synonyms = slices.DeleteFunc(p.Synonyms, func(s string) bool { return nameProblem(s) != "" })
	return ""
}

var plainWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(models.StopWords) {
		out[foldName(w)] = true
	}
	return out
})

func nameProblem(name string) string {
	words, letters, digits := 0, 0, 0
	for w := (wordReader{text: name}); w.scan(); {
		words++
	}
	for _, r := range name {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	switch {
	case words == 0:
		return LineBroken
	case words > maxProductWords || utf8.RuneCountInString(name) > maxProductName:
		return LineLong
	case letters+digits < 2 || letters == 0 && digits < 5:
		return LineShort
	case plainWords()[foldName(name)]:
		return LineCommon
	}
	return ""
}

// foldName is a name by which products are the same: no case, accents, blanks
// or marks.
func foldName(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteString(foldRune(r))
		}
	}
	return b.String()
}

func cutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
