package app

import (
	"fmt"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/understand"
)

// starFile is the checksum of the file that the baselines were measured on.
const starFile = "b6a6652326d124e99c5d1d24940a15d847c5084c2ca64c4e854e7a94c5bb0978"

// evalReading are the measurements of what is read off texts and dialogues.
type evalReading struct {
	Emotions   evalEmotionsCmd   `cmd:"" help:"Emotions and sentiment, several labels a text."`
	Language   evalLanguageCmd   `cmd:"" help:"The language of texts."`
	Speed      evalSpeedCmd      `cmd:"" help:"How long one Reading takes."`
	NextAction evalNextActionCmd `cmd:"" name:"nextaction" help:"What an agent does next, at every step of dialogues."`
	Resolution evalResolutionCmd `cmd:"" help:"Whether dialogues were resolved."`
}

func readDialogues(file string) ([]understand.Dialogue, eval.Source, error) {
	data, err := eval.ReadFile(file)
	if err != nil {
		return nil, eval.Source{}, err
	}
	dialogues, err := understand.ReadDialogues(data)
	if err != nil {
		return nil, eval.Source{}, fmt.Errorf("%s: %w", file, err)
	}
	source, err := eval.NewSource(file, len(dialogues))
	return dialogues, source, err
}

type evalResolutionCmd struct {
	File  string `arg:"" type:"existingfile" help:"Dialogues that say whether they were resolved, JSON Lines."`
	Test  string `type:"existingfile" placeholder:"FILE" help:"Dialogues of another place to measure on, from words only; all of the first file is trained on. Default: five folds of the first file."`
	Seed  uint64 `default:"1" help:"Seed of everything random. Default: 1."`
	Seeds int    `default:"1" help:"Train this many times, with the seed and those after it, and print the mean. Default: 1." placeholder:"N"`
	JSON  bool   `name:"json" help:"Print one JSON object."`
}

// elsewhere measures on dialogues of another place.
func (c *evalResolutionCmd) elsewhere(r *runtime, train []understand.Dialogue, source eval.Source) error {
	test, other, err := readDialogues(c.Test)
	if err != nil {
		return err
	}
	f, err := understand.EvaluateOutcomeOn(train, test, c.Seed)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	figure := func(name string, v float64) eval.Figure {
		return eval.Figure{Name: name, Value: v, N: f.Dialogues, Seed: c.Seed}
	}
	report := &eval.Report{Title: "Resolution: was it solved, on dialogues of another place, words only", Data: []eval.Source{source, other}, Figure: figure("auroc", f.AUROC)}
	report.Low, report.High = eval.Bootstrap(f.Dialogues, c.Seed, f.AUROCOf)
	report.Figures = []eval.Figure{figure("ap_open", f.APOpen), figure("ece", f.ECE), figure("open_share", f.Open)}
	return report.Write(r.Stdout, c.JSON)
}

// Run measures by five folds of the dialogues, or on those of another place.
func (c *evalResolutionCmd) Run(r *runtime) error {
	dialogues, source, err := readDialogues(c.File)
	if err != nil {
		return err
	}
	if c.Test != "" {
		return c.elsewhere(r, dialogues, source)
	}
	report := &eval.Report{Title: "Resolution: was it solved, five folds by dialogue", Data: []eval.Source{source}}
	var auroc, ap, ece, words float64
	var first *understand.OutcomeFigures
	for i := range max(c.Seeds, 1) {
		seed := c.Seed + uint64(i) //nolint:gosec // counts
		f, err := understand.EvaluateOutcome(dialogues, true, seed)
		if err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		spoken, err := understand.EvaluateOutcome(dialogues, false, seed)
		if err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		if first == nil {
			first = f
		}
		auroc, ap, ece, words = auroc+f.AUROC, ap+f.APOpen, ece+f.ECE, words+spoken.AUROC
		report.Seeds = append(report.Seeds, seed)
	}
	n := float64(len(report.Seeds))
	figure := func(name string, sum float64) eval.Figure {
		return eval.Figure{Name: name, Value: sum / n, N: first.Dialogues, Seed: c.Seed}
	}
	report.Figure = figure("auroc", auroc)
	report.Low, report.High = eval.Bootstrap(first.Dialogues, c.Seed, first.AUROCOf)
	report.Figures = []eval.Figure{figure("auroc_words_only", words), figure("ap_open", ap), figure("ece", ece), figure("open_share", first.Open*n)}
	if source.SHA256 == starFile {
		report.Baseline = eval.Baseline(.946)
		report.Figures[0].Baseline, report.Figures[1].Baseline = eval.Baseline(.936), eval.Baseline(.871)
	}
	if len(report.Seeds) == 1 {
		report.Seeds = nil
	}
	return report.Write(r.Stdout, c.JSON)
}

type evalNextActionCmd struct {
	File  string `arg:"" type:"existingfile" help:"Dialogues with the actions of the agents, JSON Lines."`
	Part  string `default:"test" enum:"test,dev" help:"Part that is measured: test or dev. Default: test."`
	Whole bool   `name:"whole-only" help:"Learn from whole dialogues of one task alone, as published figures do. Default: from all."`
	Seed  uint64 `default:"1" help:"Seed of everything random. Default: 1."`
	Seeds int    `default:"1" help:"Train this many times, with the seed and those after it, and print the mean. Default: 1." placeholder:"N"`
	JSON  bool   `name:"json" help:"Print one JSON object."`
}

// Run trains on one part of the dialogues and measures on another, without and
// with the task.
func (c *evalNextActionCmd) Run(r *runtime) error {
	dialogues, source, err := readDialogues(c.File)
	if err != nil {
		return err
	}
	report := &eval.Report{Title: "Next action of the agent, at every step", Data: []eval.Source{source}}
	unknown, err := c.measure(r, dialogues, false)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	known := source.SHA256 == starFile && c.Part == "test"
	report.Figure, report.Figures = unknown.figure("accuracy", unknown.accuracy, c.Seed), unknown.figures("", c.Seed)
	first := unknown.first
	report.Low, report.High = first.Interval(c.Seed)
	if first.Tasks {
		with, err := c.measure(r, dialogues, true)
		if err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
		f := with.figure("accuracy_task_known", with.accuracy, c.Seed)
		f.Low, f.High = with.first.Interval(c.Seed)
		if known {
			f.Baseline = eval.Baseline(.776)
		}
		report.Figures = append(append(report.Figures, f), with.figures("_task_known", c.Seed)...)
	}
	if known {
		report.Baseline = eval.Baseline(.773)
	}
	report.Figures = append(report.Figures,
		eval.Figure{Name: "dialogues_learned", Value: float64(first.Train), N: first.Train, Seed: c.Seed, Note: "of the training part"},
		eval.Figure{Name: "majority", Value: first.Majority, N: first.Steps, Seed: c.Seed, Note: "always the most frequent action"},
		eval.Figure{Name: "last_two", Value: first.LastTwo, N: first.Steps, Seed: c.Seed, Note: "a table on the last two actions"})
	if c.Seeds > 1 {
		for i := range c.Seeds {
			report.Seeds = append(report.Seeds, c.Seed+uint64(i)) //nolint:gosec // counts
		}
	}
	return report.Write(r.Stdout, c.JSON)
}

// actionMeans are sums over seeds.
type actionMeans struct {
	first                    *understand.ActionFigures
	seeds                    float64
	accuracy, top3, f1, ece  float64
	whole, coverage80, at20s float64
}

func (c *evalNextActionCmd) measure(r *runtime, dialogues []understand.Dialogue, tasks bool) (*actionMeans, error) {
	m := &actionMeans{}
	for i := range max(c.Seeds, 1) {
		seed := c.Seed + uint64(i) //nolint:gosec // counts
		r.say("Training, task known: %v, seed %d …", tasks, seed)
		f, err := understand.EvaluateActions(dialogues, understand.ActionEvaluation{Part: c.Part, Tasks: tasks, WholeOnly: c.Whole, Seed: seed})
		if err != nil {
			return nil, err
		}
		if m.first == nil {
			m.first = &f
		}
		m.seeds++
		m.accuracy, m.top3, m.f1, m.ece = m.accuracy+f.Accuracy, m.top3+f.Top3, m.f1+f.WeightedF1, m.ece+f.ECE
		m.whole, m.coverage80, m.at20s = m.whole+f.Complete, m.coverage80+f.Coverage[1], m.at20s+f.Coverage[4]
	}
	return m, nil
}

func (m *actionMeans) figure(name string, sum float64, seed uint64) eval.Figure {
	return eval.Figure{Name: name, Value: sum / m.seeds, N: m.first.Steps, Seed: seed}
}

func (m *actionMeans) figures(suffix string, seed uint64) []eval.Figure {
	whole := m.figure("dialogues_all_right"+suffix, m.whole, seed)
	whole.N = m.first.Dialogues
	return []eval.Figure{
		m.figure("top_3"+suffix, m.top3, seed), m.figure("weighted_f1"+suffix, m.f1, seed), m.figure("ece"+suffix, m.ece, seed),
		m.figure("accuracy_surest_80"+suffix, m.coverage80, seed), m.figure("accuracy_surest_20"+suffix, m.at20s, seed), whole,
	}
}
