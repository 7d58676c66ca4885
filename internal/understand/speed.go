package understand

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// SpeedFigures is how long one Reading takes.
type SpeedFigures struct {
	Texts    int
	Words    float64 // mean words of a text
	P50, P99 time.Duration
	Allocs   float64 // memory blocks of one Reading
	Bytes    float64 // of them
	Growth   float64 // bytes of one Reading in the last quarter over the first, minus 1
}

// MeasureSpeed reads texts on one core, in rounds. Each text is read once before,
// so that working memory has its size.
func (r *Reader) MeasureSpeed(texts []string, rounds int) SpeedFigures {
	f := SpeedFigures{Texts: len(texts) * rounds}
	at := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	read := func(t string) {
		r.Read(Input{Text: t, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, Locale: "en-GB", OccurredAt: at})
	}
	for _, t := range texts {
		f.Words += float64(len(strings.Fields(t))) / float64(max(len(texts), 1))
		read(t)
	}
	took := make([]time.Duration, 0, f.Texts)
	var before, after runtime.MemStats
	var quarter [4]float64
	for round := range rounds {
		runtime.ReadMemStats(&before)
		for _, t := range texts {
			start := time.Now()
			read(t)
			took = append(took, time.Since(start))
		}
		runtime.ReadMemStats(&after)
		quarter[4*round/rounds] += float64(after.TotalAlloc - before.TotalAlloc)
		f.Allocs += float64(after.Mallocs-before.Mallocs) / float64(max(f.Texts, 1))
		f.Bytes += float64(after.TotalAlloc-before.TotalAlloc) / float64(max(f.Texts, 1))
	}
	slices.Sort(took)
	if len(took) > 0 {
		f.P50, f.P99 = took[len(took)/2], took[len(took)*99/100]
	}
	if quarter[0] > 0 {
		f.Growth = quarter[3]/quarter[0] - 1
	}
	return f
}

// SpeedTexts are messages of about sixty words, made of the starter examples in
// English, German and Dutch, the same ones every time.
func SpeedTexts(n int) []string {
	const words = 60
	byLanguage := map[string][]string{}
	for _, e := range Starter() {
		byLanguage[e.Language] = append(byLanguage[e.Language], e.Text)
	}
	languages := []string{"en", "en", "de", "nl"}
	next := map[string]int{}
	var out []string
	for i := range n {
		l := languages[i%len(languages)]
		var b strings.Builder
		for count := 0; count < words; {
			list := byLanguage[l]
			sentence := list[next[l]*7%len(list)]
			next[l]++
			if b.Len() > 0 {
				b.WriteString(". ")
			}
			b.WriteString(sentence)
			count += len(strings.Fields(sentence))
		}
		out = append(out, b.String())
	}
	return out
}
