package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/understand"
)

type evalEmotionsCmd struct {
	Train string `type:"existingfile" help:"Texts with labels to train on. Without it the built-in model is measured." placeholder:"FILE"`
	Dev   string `required:"" type:"existingfile" help:"Texts with labels to measure on." placeholder:"FILE"`
	Names string `type:"existingfile" help:"JSON with the names of numbered labels and the levels above them. Default: labels.json beside the file, else the built-in 28." placeholder:"FILE"`
	Seed  uint64 `default:"1" help:"Seed of everything random. Default: 1."`
	Seeds int    `default:"1" help:"Train this many times, with the seed and those after it, and print the mean. Default: 1." placeholder:"N"`
	JSON  bool   `name:"json" help:"Print one JSON object."`
}

// Validate implements kong's check of flags.
func (c *evalEmotionsCmd) Validate() error {
	if c.Seeds < 1 {
		return fmt.Errorf("--seeds is %d: want at least 1", c.Seeds)
	}
	return nil
}

// Run trains on one file, chooses thresholds on folds of it, and measures on
// the other.
func (c *evalEmotionsCmd) Run(r *runtime) error {
	dev, devSource, err := readHeads(c.Dev, c.Names)
	if err != nil {
		return err
	}
	report := &eval.Report{Title: "Emotions: several labels a text, a threshold for each", Data: []eval.Source{devSource}}
	var train understand.HeadSet
	if c.Train != "" {
		var source eval.Source
		if train, source, err = readHeads(c.Train, c.Names); err != nil {
			return err
		}
		report.Data = append(report.Data, source)
	}
	var all []*understand.HeadFigures
	for i := range c.Seeds {
		seed := c.Seed + uint64(i) //nolint:gosec // counts
		var f *understand.HeadFigures
		if c.Train == "" {
			f, err = understand.EvaluateEmbeddedHeads(dev.Examples)
		} else {
			r.say("Training on %d texts, seed %d …", len(train.Examples), seed)
			f, err = understand.EvaluateHeads(train, dev.Examples, seed)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.Train, err)
		}
		all = append(all, f)
		if report.Seeds = append(report.Seeds, seed); c.Train == "" {
			break
		}
	}
	if len(all) == 1 {
		report.Seeds = nil
	}
	if err := c.fill(report, all, devSource.SHA256 == goEmotionsDev); err != nil {
		return fmt.Errorf("%s: %w", c.Dev, err)
	}
	return report.Write(r.Stdout, c.JSON)
}

// goEmotionsDev is the checksum of the file that the baselines were measured on.
const goEmotionsDev = "f8814bcb8d2b10af1ae90ee120b5c73b95c40589c0bdced6ca46124d5f10d448"

// emotionBaselines are logistic regressions on the same features, by level.
var emotionBaselines = map[string]float64{"fine": .480, "emotion": .586, "group": .660}

// levelNames are the levels as they are printed.
var levelNames = map[string]string{"fine": "macro_f1_28", "emotion": "macro_f1_ekman", "group": "macro_f1_group", "": "macro_f1"}

func (c *evalEmotionsCmd) fill(report *eval.Report, all []*understand.HeadFigures, known bool) error {
	first := all[0]
	at := -1
	for n := range first.Levels {
		if first.Positives(n) > 0 && (at < 0 || first.Levels[n].Name == "fine") {
			at = n
		}
	}
	if at < 0 {
		return errors.New("none of its labels is known to the model; train on a file with the same labels (--train)")
	}
	mean := func(f func(h *understand.HeadFigures) float64) float64 {
		sum := 0.0
		for _, h := range all {
			sum += f(h)
		}
		return sum / float64(len(all))
	}
	figure := func(name string, f func(h *understand.HeadFigures) float64) eval.Figure {
		return eval.Figure{Name: name, Value: mean(f), N: first.Texts, Seed: c.Seed}
	}
	macro := func(n int) eval.Figure {
		level := first.Levels[n].Name
		name, ok := levelNames[level]
		if !ok {
			name = "macro_f1_" + level
		}
		out := figure(name, func(h *understand.HeadFigures) float64 { return h.Levels[n].MacroF1 })
		out.Low, out.High = eval.Bootstrap(first.Texts, c.Seed, func(drawn []int) float64 { return first.MacroF1(level, drawn) })
		if b, ok := emotionBaselines[level]; ok && known {
			out.Baseline = eval.Baseline(b)
		}
		return out
	}
	report.Figure = macro(at)
	for n := range first.Levels {
		if n != at && first.Positives(n) > 0 {
			report.Figures = append(report.Figures, macro(n))
		}
	}
	suffix := func(name string, n int) string {
		if l := first.Levels[n].Name; l != "" {
			return name + "_" + l
		}
		return name
	}
	for n := range first.Levels {
		if first.Positives(n) == 0 {
			continue
		}
		report.Figures = append(report.Figures,
			figure(suffix("micro_f1", n), func(h *understand.HeadFigures) float64 { return h.Levels[n].MicroF1 }),
			figure(suffix("mean_ap", n), func(h *understand.HeadFigures) float64 { return h.Levels[n].MeanAP }),
			figure(suffix("best_right", n), func(h *understand.HeadFigures) float64 { return h.Levels[n].BestRight }))
	}
	if first.SentimentTexts > 0 {
		right := figure("sentiment_accuracy", func(h *understand.HeadFigures) float64 { return h.SentimentRight })
		f1 := figure("sentiment_macro_f1", func(h *understand.HeadFigures) float64 { return h.SentimentMacroF1 })
		right.N, f1.N = first.SentimentTexts, first.SentimentTexts
		if known {
			right.Baseline, f1.Baseline = eval.Baseline(.737), eval.Baseline(.72)
		}
		report.Figures = append(report.Figures, right, f1)
	}
	size := figure("model_bytes", func(h *understand.HeadFigures) float64 { return float64(h.Bytes) })
	report.Figures = append(report.Figures, size)
	report.Details = first.Levels
	return nil
}

// readHeads reads a file of texts with labels and the names beside it.
func readHeads(file, names string) (understand.HeadSet, eval.Source, error) {
	data, err := eval.ReadFile(file)
	if err != nil {
		return understand.HeadSet{}, eval.Source{}, err
	}
	known := understand.EmotionNames()
	if names == "" {
		if beside := filepath.Join(filepath.Dir(file), "labels.json"); exists(beside) {
			names = beside
		}
	}
	if names != "" {
		raw, err := os.ReadFile(names)
		if err != nil {
			return understand.HeadSet{}, eval.Source{}, err
		}
		if known, err = understand.ReadHeadNames(raw); err != nil {
			return understand.HeadSet{}, eval.Source{}, fmt.Errorf("%s: %w", names, err)
		}
	}
	set, err := understand.ReadHeads(data, known)
	if err != nil {
		return understand.HeadSet{}, eval.Source{}, fmt.Errorf("%s: %w", file, err)
	}
	source, err := eval.NewSource(file, len(set.Examples))
	return set, source, err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
