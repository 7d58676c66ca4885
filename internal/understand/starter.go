package understand

import (
	"bufio"
	"fmt"
	"io/fs"
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

// starter parses the embedded files once. They are part of the program: an
// error in them is caught by the tests, so here it may panic.
var starter = sync.OnceValue(func() starterData {
	var d starterData
	names, err := fs.Glob(models.Starter, "starter/*.txt")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		text, err := models.Starter.ReadFile(name)
		if err != nil {
			panic(err)
		}
		if err := d.parse(string(text)); err != nil {
			panic(fmt.Sprintf("understand: %s: %v", name, err))
		}
	}
	return d
})

// parse reads one starter file:
//
//	= name | label | group | description
//	~ adjacent, adjacent
//	en: an example
func (d *starterData) parse(text string) error {
	lines := bufio.NewScanner(strings.NewReader(text))
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
		case len(d.intents) == 0:
			return fmt.Errorf("line %d: text before the first intent", n)
		case head == "~":
			for _, a := range strings.Split(rest, ",") {
				last := &d.intents[len(d.intents)-1]
				last.Adjacent = append(last.Adjacent, strings.TrimSpace(a))
			}
		case len(head) == 3 && head[2] == ':':
			d.examples = append(d.examples, Example{rest, d.intents[len(d.intents)-1].Name, head[:2], "starter"})
		default:
			return fmt.Errorf("line %d: %q", n, line)
		}
	}
	return lines.Err()
}

// Taxonomy is the starter intents, grouped. The caller must not change it.
func Taxonomy() []Intent { return starter().intents }

// Starter is the examples that the embedded intent model is trained on. The
// caller must not change them.
func Starter() []Example { return starter().examples }

// starterTexts adds the label of each intent as one more text of it: people
// search and click by those words.
func starterTexts() []Example {
	d := starter()
	out := d.examples[:len(d.examples):len(d.examples)]
	for _, i := range d.intents {
		label, _, _ := strings.Cut(i.Label, " (from us)")
		out = append(out, Example{label, i.Name, "en", "label"})
	}
	return out
}

// TrainStarter fits the model that is embedded as models.Intents.
func TrainStarter() (*IntentModel, Report, error) { return TrainIntents(starterTexts(), nil, 1) }
