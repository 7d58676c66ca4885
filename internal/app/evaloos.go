package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/understand"
)

type evalOOSCmd struct {
	Train   string   `required:"" type:"existingfile" help:"Labelled texts to train on." placeholder:"FILE"`
	Test    string   `required:"" type:"existingfile" help:"Labelled texts to measure on; some labels may say unknown." placeholder:"FILE"`
	Unknown []string `help:"Labels that say unknown. Default: oos, oop, ood, unknown, none, out_of_scope, out-of-scope, out of scope, out_of_domain, other_unknown." placeholder:"LABEL"`
	HoldOut int      `help:"Take every N-th intent, in the order of their names, as unknown. Default: 4 when no label says unknown." placeholder:"N"`
	Seed    int64    `default:"1" help:"Seed of everything random. Default: 1." placeholder:"S"`
	Seeds   int      `default:"1" help:"Train this many times, with the seed and those after it, and print the mean. Default: 1." placeholder:"N"`
	JSON    bool     `name:"json" help:"Print one JSON object."`
}

// Validate implements kong's check of flags.
func (c *evalOOSCmd) Validate() error {
	switch {
	case c.HoldOut < 0 || c.HoldOut == 1:
		return fmt.Errorf("--hold-out is %d: want 2 or more", c.HoldOut)
	case c.Seeds < 1:
		return fmt.Errorf("--seeds is %d: want at least 1", c.Seeds)
	}
	return nil
}

var unknownLabels = []string{"oos", "oop", "ood", "unknown", "none", "out_of_scope", "out-of-scope", "out of scope", "out_of_domain", "other_unknown"}

// Run trains on the known intents and measures how unknown ones are told.
func (c *evalOOSCmd) Run(_ context.Context, r *runtime) error {
	train, err := labelled(c.Train)
	if err != nil {
		return err
	}
	test, err := labelled(c.Test)
	if err != nil {
		return err
	}
	names := unknownLabels
	if len(c.Unknown) > 0 {
		names = c.Unknown
	}
	unknown := map[string]bool{}
	for _, e := range test {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, e.Intent) }) {
			unknown[e.Intent] = true
		}
	}
	for _, e := range train {
		if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, e.Intent) }) {
			unknown[e.Intent] = true
		}
	}
	how := "the labels of the file say which texts are unknown"
	every := c.HoldOut
	if every == 0 && len(unknown) == 0 && len(c.Unknown) == 0 {
		every = 4
	}
	if every > 0 {
		var all []string
		for _, e := range train {
			if !unknown[e.Intent] {
				all = append(all, e.Intent)
			}
		}
		slices.Sort(all)
		for i, name := range slices.Compact(all) {
			if i%every == 0 {
				unknown[name] = true
			}
		}
		how = fmt.Sprintf("every intent that is number 1, %d, %d … by name is unknown", 1+every, 1+2*every)
	}
	train = slices.DeleteFunc(train, func(e understand.Example) bool { return unknown[e.Intent] })
	var known []understand.Example
	var strange []string
	for _, e := range test {
		if unknown[e.Intent] {
			strange = append(strange, e.Text)
		} else {
			known = append(known, e)
		}
	}
	if len(strange) == 0 || len(known) == 0 {
		return fmt.Errorf("%s: %d texts are unknown and %d known, and both are needed; --unknown names the labels, --hold-out takes intents away", c.Test, len(strange), len(known))
	}
	if err := share(train, known); err != nil {
		return fmt.Errorf("%s and %s: %w", c.Train, c.Test, err)
	}
	m := means{}
	for i := range c.Seeds {
		seed := c.Seed + int64(i)
		r.say("Training on %d texts of %d intents, seed %d …", len(train), intentsOf(train), seed)
		model, _, err := understand.TrainIntents(nil, train, seed)
		if err != nil {
			return err
		}
		f := understand.EvaluateUnknown(model, known, strange)
		m.add("auroc", f.AUROC)
		m.add("svm", understand.EvaluateUnknown(model.LinearAlone(), known, strange).AUROC)
		m.add("false_alarms_at_95_recall", f.FalseAlarms)
		m.add("known_lost", f.Lost)
		m.add("unknown_caught", f.Caught)
		m.add("accuracy_known", f.Accuracy)
		m.add("accuracy_known_accepted", f.Accepted)
	}
	rep := eval.Report{Title: "Unknown intents: " + how}
	rep.Figure = m.figure("auroc", len(test), c.Seed, "unknown against known; the baseline is the entropy of the SVM alone")
	rep.Baseline = eval.Baseline(m.mean("svm"))
	rep.Seeds = m.seeds(c.Seed, c.Seeds)
	for _, x := range []struct {
		name string
		n    int
		note string
	}{
		{"false_alarms_at_95_recall", len(known), "known texts called unknown where 95 % of the unknown are caught"},
		{"known_lost", len(known), "called unknown, at the threshold that out-of-fold texts gave"},
		{"unknown_caught", len(strange), "called unknown, at the same threshold"},
		{"accuracy_known", len(known), "nothing abstained"},
		{"accuracy_known_accepted", len(known), "right and not called unknown"},
	} {
		rep.Figures = append(rep.Figures, m.figure(x.name, x.n, c.Seed, x.note))
	}
	if err := sources(&rep, c.Train, c.Test); err != nil {
		return err
	}
	return rep.Write(r.Stdout, c.JSON)
}
