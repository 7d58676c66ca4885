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
	// Loop50 and Loop99 are of a loop that touches no memory and takes as long as
	// a Reading when nothing disturbs it, run between the Readings: what the
	// machine adds by itself.
	Loop50, Loop99 time.Duration
	Allocs         float64 // memory blocks of one Reading
	Bytes          float64 // of them
	Growth         float64 // bytes of one Reading in the last quarter over the first, minus 1
}

// MeasureSpeed reads texts on one core, in rounds. Each text is read twice before,
// so that working memory has its size. No measured time is left out.
func (r *Reader) MeasureSpeed(texts []string, rounds int) SpeedFigures {
	f := SpeedFigures{Texts: len(texts) * rounds}
	if len(texts) == 0 {
		return f
	}
	at := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	read := func(t string) {
		r.Read(Input{Text: t, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, Locale: "en-GB", OccurredAt: at})
	}
	took, loops := make([]time.Duration, 0, f.Texts), make([]time.Duration, 0, f.Texts)
	for _, t := range texts {
		f.Words += float64(len(strings.Fields(t))) / float64(len(texts))
		read(t)
	}
	for _, t := range texts {
		start := time.Now()
		read(t)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	turns := turnsOf(took[len(took)/2])
	took = took[:0]
	sum := uint64(0)
	var before, after runtime.MemStats
	var quarter [4]float64
	for round := range rounds {
		runtime.ReadMemStats(&before)
		for _, t := range texts {
			start := time.Now()
			read(t)
			took = append(took, time.Since(start))
			start = time.Now()
			sum += spin(turns)
			loops = append(loops, time.Since(start))
		}
		runtime.ReadMemStats(&after)
		quarter[4*round/rounds] += float64(after.TotalAlloc - before.TotalAlloc)
		f.Allocs += float64(after.Mallocs-before.Mallocs) / float64(max(f.Texts, 1))
		f.Bytes += float64(after.TotalAlloc-before.TotalAlloc) / float64(max(f.Texts, 1))
	}
	runtime.KeepAlive(sum)
	slices.Sort(took)
	slices.Sort(loops)
	if n := len(took); n > 0 {
		f.P50, f.P99, f.Loop50, f.Loop99 = took[n/2], took[n*99/100], loops[n/2], loops[n*99/100]
	}
	if quarter[0] > 0 {
		f.Growth = quarter[3]/quarter[0] - 1
	}
	return f
}

// spin computes for a time that depends on turns alone.
func spin(turns int) uint64 {
	x := uint64(1)
	for range turns {
		x = x*fnvPrime + 1
	}
	return x
}

// turnsOf is how many turns of spin take a time.
func turnsOf(want time.Duration) int {
	const turns = 10_000
	best, sum := time.Hour, uint64(0)
	for range 100 {
		start := time.Now()
		sum += spin(turns)
		best = min(best, time.Since(start))
	}
	runtime.KeepAlive(sum)
	return int(turns * want / max(best, 1))
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
