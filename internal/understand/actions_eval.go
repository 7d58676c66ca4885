package understand

import (
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/eval"
)

// actionFigures are the single steps of an evaluation.
type actionFigures struct {
	confidence []float64
	right      []bool
	in3        []bool
	truth      []string
	said       []string
	dialogue   []int
}

func (f *actionFigures) accuracy() float64 { return share(f.right) }
func (f *actionFigures) top3() float64     { return share(f.in3) }

func share(list []bool) float64 {
	n := 0
	for _, b := range list {
		n += count(b)
	}
	return float64(n) / float64(max(len(list), 1))
}

func (m *ActionModel) measure(s *steps) *actionFigures {
	f := &actionFigures{truth: s.labels, dialogue: s.dialogue}
	var w actionState
	for i, list := range s.lists {
		p := m.probabilities(list, &w)
		best := top3(p)
		f.confidence = append(f.confidence, float64(p[best[0]]))
		f.said = append(f.said, m.linear.labels[best[0]])
		f.right = append(f.right, m.linear.labels[best[0]] == s.labels[i])
		in3 := slices.ContainsFunc(best[:min(3, len(p))], func(k int) bool { return m.linear.labels[k] == s.labels[i] })
		f.in3 = append(f.in3, in3)
	}
	return f
}

// ActionFigures is how well a model names the next action.
type ActionFigures struct {
	Steps, Dialogues, Train int
	Accuracy, Top3          float64
	WeightedF1, ECE         float64
	Complete                float64   // share of dialogues with every step right
	Coverage                []float64 // accuracy of the most certain 90, 80, 60, 40 and 20 %
	Tasks                   bool      // the dialogues say what they are about
	perDialogue             [][2]int  // right and all steps of each dialogue
	Majority                float64   // the baseline that always says the most frequent action
	LastTwo                 float64   // the baseline of a table on the last two actions
}

// ActionEvaluation says how the naming of the next action is measured.
type ActionEvaluation struct {
	Part      string // that is measured: "test" or "dev"
	Tasks     bool   // the task of a dialogue is known
	WholeOnly bool   // learn from whole dialogues of one task alone, as published figures do
	Seed      uint64
}

// EvaluateActions trains on the training part of dialogues and measures on
// another one, at every step of it. Parts come from the file, or from the hash of
// the id. Only whole dialogues of one task are measured, where the file says so;
// what an agent did in the others is learned from all the same.
func EvaluateActions(dialogues []Dialogue, o ActionEvaluation) (ActionFigures, error) {
	var train, test []Dialogue
	named := hasTask(dialogues)
	for _, d := range dialogues {
		whole := d.Complete && (d.Task != "" || !named)
		switch split := d.split(); {
		case split == o.Part && whole:
			test = append(test, d)
		case split == "train" && (whole || !o.WholeOnly):
			train = append(train, d)
		}
	}
	m, _, err := TrainActions(train, o.Tasks, o.Seed)
	if err != nil {
		return ActionFigures{}, err
	}
	s := stepsOf(test, o.Tasks)
	f := m.measure(s)
	out := ActionFigures{Steps: len(s.labels), Dialogues: len(test), Train: len(train), Accuracy: f.accuracy(), Top3: f.top3(), Tasks: named}
	out.WeightedF1 = weightedF1(f.truth, f.said)
	out.ECE = calibrationError(f.confidence, f.right)
	out.perDialogue = make([][2]int, len(test))
	for i, n := range f.dialogue {
		out.perDialogue[n][1]++
		out.perDialogue[n][0] += count(f.right[i])
	}
	whole := 0
	for _, d := range out.perDialogue {
		whole += count(d[1] > 0 && d[0] == d[1])
	}
	out.Complete = float64(whole) / float64(max(len(test), 1))
	order := make([]int, len(f.right))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case f.confidence[a] > f.confidence[b]:
			return -1
		case f.confidence[a] < f.confidence[b]:
			return 1
		}
		return 0
	})
	for _, c := range []float64{.9, .8, .6, .4, .2} {
		n := int(c * float64(len(order)))
		hits := 0
		for _, i := range order[:n] {
			hits += count(f.right[i])
		}
		out.Coverage = append(out.Coverage, float64(hits)/float64(max(n, 1)))
	}
	out.Majority, out.LastTwo = tableBaselines(train, test)
	return out, nil
}

// Interval of the accuracy: the bootstrap draws dialogues, not steps.
func (f *ActionFigures) Interval(seed uint64) (low, high float64) {
	return eval.Bootstrap(len(f.perDialogue), seed, func(drawn []int) float64 {
		right, all := 0, 0
		for _, i := range drawn {
			right += f.perDialogue[i][0]
			all += f.perDialogue[i][1]
		}
		return float64(right) / float64(max(all, 1))
	})
}

// hasTask reports whether the dialogues say what they are about: then those of
// several tasks are not measured, as in the published figures.
func hasTask(dialogues []Dialogue) bool {
	return slices.ContainsFunc(dialogues, func(d Dialogue) bool { return d.Task != "" })
}

// weightedF1 is the F1 of each label, weighted by how often it is true.
func weightedF1(truth, said []string) float64 {
	counts := map[string]*counts3{}
	at := func(l string) *counts3 {
		if counts[l] == nil {
			counts[l] = &counts3{}
		}
		return counts[l]
	}
	for i := range truth {
		if truth[i] == said[i] {
			at(truth[i]).hit++
		} else {
			at(truth[i]).miss++
			at(said[i]).alarm++
		}
	}
	sum := 0.0
	for _, l := range truth {
		sum += counts[l].f1()
	}
	return sum / float64(max(len(truth), 1))
}

// tableBaselines are what needs no learning: the most frequent action, and the
// most frequent one after the last two.
func tableBaselines(train, test []Dialogue) (majority, lastTwo float64) {
	after := map[string]map[string]int{}
	say := func(context string) string {
		best := ""
		for l, n := range after[context] {
			if best == "" || n > after[context][best] || n == after[context][best] && l < best {
				best = l
			}
		}
		return best
	}
	walk := func(list []Dialogue, f func(contexts []string, label string)) {
		for _, d := range list {
			a, b := "-", "-"
			for i := range d.Turns {
				if l := actionOf(&d.Turns[i]); l != "" {
					f([]string{strings.Join([]string{a, b}, "\x00"), b, ""}, l)
					a, b = b, l
				}
			}
		}
	}
	walk(train, func(contexts []string, label string) {
		for _, c := range contexts {
			if after[c] == nil {
				after[c] = map[string]int{}
			}
			after[c][label]++
		}
	})
	best := map[string]string{}
	for c := range after {
		best[c] = say(c)
	}
	n := 0
	walk(test, func(contexts []string, label string) {
		n++
		majority += float64(count(best[""] == label))
		for _, c := range contexts {
			if b, ok := best[c]; ok {
				lastTwo += float64(count(b == label))
				break
			}
		}
	})
	return majority / float64(max(n, 1)), lastTwo / float64(max(n, 1))
}
