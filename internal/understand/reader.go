package understand

import (
	"fmt"
	"hash/crc32"
	"slices"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand/models"
)

// Input is one contact's own text with what the channel knows about it.
type Input struct {
	Subject, Text string
	Channel       crm.Channel
	Kind          crm.Kind
	Direction     crm.Direction
	Automatic     bool
	Locale        string     // of the channel, such as "nl-NL": prior for the language, order of day and month
	OccurredAt    time.Time  // what "tomorrow" counts from; zero: relative dates are left out
	Turns         []crm.Turn // of a talk: who says what in Text, in its order
}

// Reader reads texts. It is immutable and safe for concurrent use.
type Reader struct {
	intents     *IntentModel
	ours        []float32   // per intent label: 1, or 0 when only a customer says it
	theirs      []float32   // per intent label: 1, or 0 when only the firm says it
	chat        []bool      // per intent label: greetings, thanks and the like
	heads       *headsModel // of English
	languages   *languageTable
	corrections *corrections
	numbers     *numbers      // of the firm; nil: it taught none
	catalogue   *ProductIndex // of the firm; nil: it has none
	own         string        // names the two before
	model       string

	taxonomy *FirmTaxonomy // of the firm; nil: the built-in one
	names    []string      // per intent label: what it is called today; nil: as it is
	moves    []int         // per intent label: where its probability goes, -1: nowhere
}

// Default is the reader with the embedded models, which are parsed once.
func Default() (*Reader, error) { return embedded() }

var embedded = sync.OnceValues(func() (*Reader, error) {
	r, err := loadEmbedded()
	if err != nil {
		return nil, err
	}
	m, h := r.intents, r.heads
	settle(slices.Concat(m.linear.residents(), m.hidden.residents(), h.linear.residents(), h.hidden.residents(), r.languages.residents()))
	for _, file := range [][]byte{models.Intents, models.Heads, models.Languages} {
		release(file)
	}
	return r, nil
})

// loadEmbedded parses the embedded models, which takes a few milliseconds.
func loadEmbedded() (*Reader, error) {
	m, err := LoadIntents(models.Intents)
	if err != nil {
		return nil, err
	}
	heads, err := loadHeads(models.Heads, kindHeads, linearShare)
	if err != nil {
		return nil, err
	}
	languages, err := loadLanguages(models.Languages)
	if err != nil {
		return nil, err
	}
	rules()
	dateWords()
	referenceWords()
	return (&Reader{heads: heads, languages: languages}).WithIntents(m), nil
}

// WithIntents is the same reader with another intent model.
func (r *Reader) WithIntents(m *IntentModel) *Reader {
	out := *r
	out.intents = m
	groups := map[string]string{}
	for _, i := range Catalogue() {
		groups[i.Name] = i.Group
	}
	out.ours, out.theirs = make([]float32, len(m.linear.labels)), make([]float32, len(m.linear.labels))
	out.chat = make([]bool, len(m.linear.labels))
	for k, l := range m.linear.labels {
		out.chat[k] = groups[l] == "Conversation"
		out.ours[k], out.theirs[k] = 1, 1
		switch groups[l] {
		case "", "Automatic": // an intent of the firm's own file has no group
		case "From the firm":
			out.theirs[k] = 0
		default:
			out.ours[k] = 0
		}
	}
	out.model = out.version()
	if r.taxonomy != nil {
		return out.WithTaxonomy(r.taxonomy)
	}
	return &out
}

// WithVocabulary is the same reader that also finds a firm's own numbers and
// products.
func (r *Reader) WithVocabulary(v *Vocabulary) *Reader {
	out := *r
	out.numbers, out.catalogue, out.own = v.numbers, v.catalogue, ""
	if v.numbers != nil || v.catalogue != nil {
		out.own = fmt.Sprintf(" numbers-%d products-%d", v.Numbers, v.Products)
	}
	out.model = out.version()
	return &out
}

// version names all models that a Reading depends on.
func (r *Reader) version() string {
	return fmt.Sprintf("x%d %s %s rules-%08x%s", ExtractorVersion, r.intents.id, sums(), rules().sum, r.own)
}

// sums tell the versions of the embedded models that every reader has.
var sums = sync.OnceValue(func() string {
	return fmt.Sprintf("heads-%08x languages-%08x", crc32.ChecksumIEEE(models.Heads), crc32.ChecksumIEEE(models.Languages))
})

// Read says what a text says. It is a pure function and takes microseconds.
func (r *Reader) Read(in Input) crm.Reading {
	if len(in.Turns) > 0 {
		return r.readTurns(in)
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.load(in.Subject, in.Text)
	s.split()
	out := crm.Reading{Model: r.model, Language: r.languages.detect(s, in.Locale)}
	if in.Kind == crm.KindEvent {
		// A program wrote these words ("Signed in"): they name things, but
		// nobody says anything with them.
		out.Unknown, out.Urgency.Name = true, "normal"
		out.Entities = r.readEntities(s, in)
		return out
	}
	theirs := in.Direction == crm.In && !in.Automatic
	if theirs {
		s.readSignals(&out)
	} else {
		out.Urgency.Name = "normal"
		if !in.Automatic {
			s.matches = rules().find(s, out.Language.Name, s.matches[:0])
		}
	}
	if !in.Automatic {
		s.readPromises(&out)
	}
	r.readIntents(s, in, &out)
	r.corrections.apply(s, &out)
	out.Entities = r.readEntities(s, in)
	if !theirs {
		return out
	}
	if out.Language.Name == "en" {
		r.heads.read(s, &out)
		dropCuriosity(&out)
	} else {
		s.readWords(&out)
	}
	return out
}

// dropCuriosity removes surprise from a text that asks something: the class was
// learned from texts that are labelled curious or confused, and most questions
// of customers are neither.
func dropCuriosity(out *crm.Reading) {
	for _, a := range out.Asks {
		if a.Question {
			out.Emotions = slices.DeleteFunc(out.Emotions, func(l crm.Label) bool { return l.Name == "surprise" })
			return
		}
	}
}

// round keeps four digits: a Reading is stored and read by people.
func round(v float32) float64 { return float64(int(v*10000+.5)) / 10000 }
