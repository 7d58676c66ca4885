package app

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/understand"
)

type evalIntentsCmd struct {
	Train      string   `required:"" type:"existingfile" help:"Labelled texts to train on." placeholder:"FILE"`
	Test       string   `required:"" type:"existingfile" help:"Labelled texts to measure on." placeholder:"FILE"`
	PerClass   int      `help:"Train on this many texts of each intent; the rest of the training file, without its labels, is the inbox." placeholder:"N"`
	Unlabelled []string `type:"existingfile" help:"Texts without labels to learn from, instead of the rest of the training file." placeholder:"FILE"`
	Alone      bool     `help:"With --per-class: learn from the labelled texts only, no inbox."`
	Seed       int64    `default:"1" help:"Seed of everything random. Default: 1." placeholder:"S"`
	Seeds      int      `default:"1" help:"Train this many times, with the seed and those after it, and print the mean. Default: 1." placeholder:"N"`
	JSON       bool     `name:"json" help:"Print one JSON object."`
}

// Validate implements kong's check of flags.
func (c *evalIntentsCmd) Validate() error {
	switch {
	case c.PerClass < 0:
		return fmt.Errorf("--per-class is %d: want the number of texts of each intent", c.PerClass)
	case c.Seeds < 1:
		return fmt.Errorf("--seeds is %d: want at least 1", c.Seeds)
	case c.Alone && len(c.Unlabelled) > 0:
		return fmt.Errorf("--alone and --unlabelled exclude each other")
	}
	return nil
}

// Run trains on one file and measures on the other.
func (c *evalIntentsCmd) Run(_ context.Context, r *runtime) error {
	train, err := labelled(c.Train)
	if err != nil {
		return err
	}
	test, err := labelled(c.Test)
	if err != nil {
		return err
	}
	if err := share(train, test); err != nil {
		return fmt.Errorf("%s and %s: %w", c.Train, c.Test, err)
	}
	var inbox []string
	for _, file := range c.Unlabelled {
		texts, err := eval.ReadUnlabelled(file)
		if err != nil {
			return err
		}
		inbox = append(inbox, texts...)
	}
	m := means{}
	for i := range c.Seeds {
		seed := c.Seed + int64(i)
		some, rest := train, inbox
		if c.PerClass > 0 {
			var left []string
			some, left = perClass(train, c.PerClass, seed)
			if len(inbox) == 0 && !c.Alone {
				rest = left
			}
		}
		r.say("Training on %d texts of %d intents, seed %d …", len(some), intentsOf(some), seed)
		model, _, err := understand.TrainIntentsWith(nil, some, understand.TrainOptions{Seed: seed, Unlabelled: rest})
		if err != nil {
			return err
		}
		f := understand.EvaluateIntents(model, test)
		alone := understand.EvaluateIntents(model.LinearAlone(), test)
		m.add("accuracy", f.Accuracy)
		m.add("svm", alone.Accuracy)
		m.add("ece", f.ECE)
		m.add("top_3", f.Top3)
		m.add("accepted", 1-f.Rejected)
		m.add("precision_accepted", f.Accepted)
		m.right = append(m.right, f.Right...)
		m.confusions = f.Confusions
	}
	title := fmt.Sprintf("Intents: trained on %s, measured on %s", c.Train, c.Test)
	if c.PerClass > 0 {
		title = fmt.Sprintf("Intents: trained on %d texts of each intent of %s, measured on %s", c.PerClass, c.Train, c.Test)
	}
	rep := eval.Report{Title: title, Details: map[string]any{"confusions": m.confusions}}
	rep.Figure = m.figure("accuracy", len(test), c.Seed, "hidden layer and linear SVM; the baseline is the SVM alone")
	rep.Baseline = eval.Baseline(m.mean("svm"))
	rep.Low, rep.High = eval.ShareInterval(m.right[:len(test)], uint64(c.Seed))
	rep.Seeds = m.seeds(c.Seed, c.Seeds)
	for _, x := range [][2]string{
		{"ece", "expected calibration error, 15 bins"}, {"top_3", "the truth is among the best three"},
		{"accepted", "not called unknown"}, {"precision_accepted", "right among those"},
	} {
		rep.Figures = append(rep.Figures, m.figure(x[0], len(test), c.Seed, x[1]))
	}
	return c.write(r, &rep)
}

func (c *evalIntentsCmd) write(r *runtime, rep *eval.Report) error {
	if err := sources(rep, append([]string{c.Train, c.Test}, c.Unlabelled...)...); err != nil {
		return err
	}
	return rep.Write(r.Stdout, c.JSON)
}

// means collects figures over seeds.
type means struct {
	sums       map[string]float64
	n          map[string]int
	right      []bool
	confusions []understand.Pair
}

func (m *means) add(name string, v float64) {
	if m.sums == nil {
		m.sums, m.n = map[string]float64{}, map[string]int{}
	}
	m.sums[name] += v
	m.n[name]++
}

func (m *means) mean(name string) float64 { return m.sums[name] / float64(max(m.n[name], 1)) }

func (m *means) figure(name string, n int, seed int64, note string) eval.Figure {
	return eval.Figure{Name: name, Value: m.mean(name), N: n, Seed: uint64(seed), Note: note}
}

// seeds lists them when there are several.
func (m *means) seeds(first int64, n int) (out []uint64) {
	for i := range n {
		if n > 1 {
			out = append(out, uint64(first+int64(i)))
		}
	}
	return out
}

// labelled reads a file of texts with intents; texts without words or without a
// label are refused, because a figure over part of a file misleads.
func labelled(file string) ([]understand.Example, error) {
	texts, err := eval.ReadTexts(file)
	if err != nil {
		return nil, err
	}
	out := make([]understand.Example, len(texts))
	for i, t := range texts {
		label := strings.TrimSpace(t.Label)
		if strings.TrimSpace(t.Text) == "" || label == "" {
			return nil, fmt.Errorf("%s: row %d has no text or no label", file, i+1)
		}
		out[i] = understand.Example{Text: t.Text, Intent: label, Origin: "file"}
	}
	return out, nil
}

// share refuses two files that have no label in common: most likely a column
// was taken for another.
func share(train, test []understand.Example) error {
	known := map[string]bool{}
	for _, e := range train {
		known[e.Intent] = true
	}
	if len(known) < 2 {
		return fmt.Errorf("the first has texts of %d intents, and two are needed", len(known))
	}
	for _, e := range test {
		if known[e.Intent] {
			return nil
		}
	}
	return fmt.Errorf("no intent is in both; is the label in a column named label, intent or category?")
}

// perClass takes n texts of each intent at random and the texts of the others.
func perClass(train []understand.Example, n int, seed int64) (some []understand.Example, rest []string) {
	order := rand.New(rand.NewPCG(uint64(seed), 99)).Perm(len(train)) //nolint:gosec // reproducible, not secret
	taken := map[string]int{}
	for _, i := range order {
		e := train[i]
		if taken[e.Intent] < n {
			taken[e.Intent]++
			some = append(some, e)
		} else {
			rest = append(rest, e.Text)
		}
	}
	return some, rest
}

func intentsOf(list []understand.Example) int {
	var names []string
	for _, e := range list {
		names = append(names, e.Intent)
	}
	slices.Sort(names)
	return len(slices.Compact(names))
}

// sources adds the files with their checksums.
func sources(rep *eval.Report, files ...string) error {
	for _, file := range files {
		n := 0
		if texts, err := eval.ReadTexts(file); err == nil {
			n = len(texts)
		} else if texts, err := eval.ReadUnlabelled(file); err == nil {
			n = len(texts)
		}
		s, err := eval.NewSource(file, n)
		if err != nil {
			return err
		}
		rep.Data = append(rep.Data, s)
	}
	return nil
}
