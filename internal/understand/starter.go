package understand

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// Intent is one entry of the taxonomy.
type Intent struct {
	Name        string   `json:"name"`        // snake_case, never changes its meaning
	Label       string   `json:"label"`       // as a support manager says it
	Group       string   `json:"group"`       // heading in lists
	Description string   `json:"description"` // one sentence
	Adjacent    []string `json:"adjacent"`    // intents that often follow or continue it in one journey
}

type starterData struct {
	intents  []Intent
	examples []Example
}

// starter parses the embedded files. They are part of the program: an error in
// them is caught by the tests, so here it may panic.
func starter() (d starterData) {
	d.parseAll(models.Starter, "starter/*.txt")
	return d
}

func (d *starterData) parseAll(files embed.FS, pattern string) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		if err := d.parse(string(text)); err != nil {
			panic(fmt.Sprintf("understand: %s: %v", name, err))
		}
	}
}

// parse reads one starter file:
//
//	= name | label | group | description
//	~ adjacent, adjacent
//	en: an example | another
//	& name (of an intent that stands before or in an earlier file: more examples)
func (d *starterData) parse(text string) error {
	lines := bufio.NewScanner(strings.NewReader(text))
	name := ""
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		head, rest, _ := strings.Cut(line, " ")
		rest = strings.TrimSpace(rest)
		switch {
		case line == "":
		case head == "=":
			f := strings.Split(rest, " | ")
			if len(f) != 4 {
				return fmt.Errorf("line %d: want name | label | group | description", n)
			}
			d.intents = append(d.intents, Intent{Name: f[0], Label: f[1], Group: f[2], Description: f[3]})
			name = f[0]
		case head == "&":
			if !slices.ContainsFunc(d.intents, func(i Intent) bool { return i.Name == rest }) {
				return fmt.Errorf("line %d: there is no intent %q to go on with", n, rest)
			}
			name = rest
		case name == "":
			return fmt.Errorf("line %d: text before the first intent", n)
		case head == "~":
			for _, a := range strings.Split(rest, ",") {
				last := &d.intents[len(d.intents)-1]
				last.Adjacent = append(last.Adjacent, strings.TrimSpace(a))
			}
		case len(head) == 3 && head[2] == ':':
			for _, text := range strings.Split(rest, " | ") {
				d.examples = append(d.examples, Example{Text: strings.TrimSpace(text), Intent: name, Language: head[:2], Origin: "starter"})
			}
		default:
			return fmt.Errorf("line %d: %q", n, line)
		}
	}
	return lines.Err()
}

// Taxonomy is the starter intents, grouped. The caller must not change it.
var Taxonomy = sync.OnceValue(func() []Intent { return starter().intents })

// Starter is the examples that the embedded intent model is trained on. They are
// parsed at each call: a server rarely needs them, and they take a megabyte.
func Starter() []Example { return starter().examples }

// starterTexts adds the label of each intent as one more text of it: people
// search and click by those words.
func starterTexts() []Example {
	d := starter()
	out := d.examples
	for _, i := range d.intents {
		label, _, _ := strings.Cut(i.Label, " (from us)")
		out = append(out, Example{Text: label, Intent: i.Name, Language: "en", Origin: "label"})
	}
	return out
}

// StarterSum is the SHA-256 of the starter files, in hexadecimal: what the
// embedded model was made of.
func StarterSum() string {
	h := sha256.New()
	names, err := fs.Glob(models.Starter, "starter/*.txt")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := models.Starter.ReadFile(name)
		if err != nil {
			panic(err)
		}
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// TrainStarter fits the model that is embedded as models.Intents. One network,
// and features of two texts at least, make it a quarter as large and as dear to
// read as the default, for .7 points of accuracy out of fold.
func TrainStarter() (*IntentModel, Report, error) {
	return TrainIntentsWith(starterTexts(), nil, TrainOptions{Seed: 1, Networks: 1, Minimum: 2})
}
