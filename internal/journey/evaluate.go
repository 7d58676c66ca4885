package journey

import (
	"fmt"
	"math"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/eval/cluster"
)

// linked runs the linker over all contacts, without SQL, and returns the
// cluster of each; journeys that repeat one another are one chain.
func (l linker) linked(all []told) cluster.Groups {
	people := map[crm.ID]*person{}
	chain := map[crm.ID]int{}
	out := make(cluster.Groups, len(all))
	for i, t := range all {
		p := people[t.c.CustomerID]
		if p == nil {
			p = &person{}
			people[t.c.CustomerID] = p
		}
		l.take(p, t.c, t.c.At)
		if t.c.JourneyID.IsZero() {
			out[i] = -1 - i
			continue
		}
		if _, ok := chain[t.c.JourneyID]; !ok {
			chain[t.c.JourneyID] = len(chain) + 1
			if of := p.journeys[len(p.journeys)-1].Data.Repeat.Of; !of.IsZero() {
				chain[t.c.JourneyID] = chain[of]
			}
		}
		out[i] = chain[t.c.JourneyID]
	}
	return out
}

// sameIntent is the baseline: a contact goes with the latest one of the same
// customer and the same intent within 7 days. What we say has no intent of the
// customer, so it goes with the latest contact.
func sameIntent(all []told) cluster.Groups {
	return latest(all, func(c, before *Contact) bool {
		return c.Direction == crm.Out || before.Direction != crm.Out && c.Reading.Intent() == before.Reading.Intent()
	})
}

// bridged is a more generous baseline: an answer of ours joins whatever stands
// on its two sides.
func bridged(all []told) cluster.Groups {
	return latest(all, func(c, before *Contact) bool {
		return c.Direction == crm.Out || before.Direction == crm.Out || c.Reading.Intent() == before.Reading.Intent()
	})
}

// sameCustomer7 goes with the latest contact within 7 days, whatever it is about.
func sameCustomer7(all []told) cluster.Groups {
	return latest(all, func(_, _ *Contact) bool { return true })
}

func latest(all []told, agree func(c, before *Contact) bool) cluster.Groups {
	out := make(cluster.Groups, len(all))
	of := map[crm.ID][]int{}
	for i, t := range all {
		out[i] = i + 1
		list := of[t.c.CustomerID]
		for k := len(list) - 1; k >= 0; k-- {
			j := list[k]
			if t.c.At.Sub(all[j].c.At) > 7*day {
				break
			}
			if agree(t.c, all[j].c) {
				out[i] = out[j]
				break
			}
		}
		of[t.c.CustomerID] = append(list, i)
	}
	return out
}

// Evaluate measures the linker on synthetic chains, or on a file of contacts
// with their true journeys when one is given; read tells the intent of contacts
// that have none.
func Evaluate(file string, seeds []uint64, customers int, read ReadFunc, adjacent func(a, b string) bool) (*eval.Report, error) {
	report := &eval.Report{Title: "Journeys: linking on synthetic chains", Seeds: seeds}
	sets := map[uint64][]told{}
	for _, seed := range seeds {
		sets[seed], _ = generate(seed, customers)
	}
	if file != "" {
		all, err := readLabelled(file, read)
		if err != nil {
			return nil, err
		}
		source, err := eval.NewSource(file, len(all))
		if err != nil {
			return nil, err
		}
		report = &eval.Report{Title: "Journeys: linking of a labelled file", Data: []eval.Source{source}}
		seeds, sets = []uint64{0}, map[uint64][]told{0: all}
	}
	var ours, same, generous, any, reach cluster.Score
	n, about, right := 0, 0, 0
	var fcrError float64
	k := float64(len(seeds))
	for _, seed := range seeds {
		all := sets[seed]
		n += len(all)
		gold := make(cluster.Groups, len(all))
		for i, t := range all {
			gold[i] = t.chain
		}
		system := linker{adjacent: adjacent}.linked(all)
		ours = add(ours, cluster.Compare(gold, system), k)
		same = add(same, cluster.Compare(gold, sameIntent(all)), k)
		generous = add(generous, cluster.Compare(gold, bridged(all)), k)
		any = add(any, cluster.Compare(gold, sameCustomer7(all)), k)
		reach = add(reach, cluster.Compare(gold, reachable(all)), k)
		a, r := aboutTheUnanswered(all)
		about, right = about+a, right+r
		fcrError += math.Abs(chainFCR(all, system)-chainFCR(all, reachable(all))) / k
	}
	figure := func(name string, v float64, base *float64, note string) eval.Figure {
		return eval.Figure{Name: name, Value: v, N: n, Seed: seeds[0], Baseline: base, Note: note}
	}
	b := eval.Baseline
	report.Figure = figure("pairwise_f1", ours.F, b(same.F), "baseline: same customer, same intent, 7 days")
	report.Figures = []eval.Figure{
		figure("b_cubed_f1", ours.BF, b(same.BF), ""),
		figure("pairwise_precision", ours.P, b(same.P), ""), figure("pairwise_recall", ours.R, b(same.R), ""),
		figure("one_minus_vi", ours.OneMinusVI, b(same.OneMinusVI), ""), figure("one_to_one", ours.OneToOne, b(same.OneToOne), ""),
		figure("adjusted_rand", ours.Rand, b(same.Rand), ""), figure("exact_f1", ours.ExactF, b(same.ExactF), "whole journeys of two or more contacts"),
		figure("pairwise_f1_generous", ours.F, b(generous.F), "baseline: the same, and an answer of ours joins both sides"),
		figure("b_cubed_f1_generous", ours.BF, b(generous.BF), ""),
		figure("pairwise_f1_customer", ours.F, b(any.F), "baseline: same customer, 7 days"),
		figure("b_cubed_f1_reachable", reach.BF, nil, "the most that any linker can reach: unknown people can't be linked"),
		figure("fcr_error", fcrError, nil, "of first contact resolution, against links without a fault"),
	}
	if about > 0 {
		report.Figures = append(report.Figures, eval.Figure{Name: "about_unanswered_precision", Value: float64(right) / float64(about), N: about, Seed: seeds[0],
			Note: "calls said with .95 to be about an unanswered mail"})
	}
	return report, nil
}

// add sums the shares of scores, each divided by k.
func add(a, s cluster.Score, k float64) cluster.Score {
	a.P, a.R, a.F, a.Rand = a.P+s.P/k, a.R+s.R/k, a.F+s.F/k, a.Rand+s.Rand/k
	a.BF, a.OneMinusVI, a.OneToOne, a.ExactF = a.BF+s.BF/k, a.OneMinusVI+s.OneMinusVI/k, a.OneToOne+s.OneToOne/k, a.ExactF+s.ExactF/k
	return a
}

// aboutTheUnanswered counts the calls that are surely about an unanswered mail,
// and how many of them are. That is as sure as the link of the call and the link
// of the mail, unless the mail opened the journey.
func aboutTheUnanswered(all []told) (about, right int) {
	open := map[crm.ID]*told{} // journey to its mail that nobody answered
	began := map[crm.ID]*told{}
	for i := range all {
		t := &all[i]
		j := t.c.JourneyID
		if began[j] == nil {
			began[j] = t
		}
		switch {
		case t.c.byPerson():
			delete(open, j)
		case !t.c.byCustomer():
		case t.c.Channel == crm.Mail:
			open[j] = t
		case t.c.Channel == crm.Phone && open[j] != nil:
			sure := t.c.Link.Confidence
			if open[j] != began[j] {
				sure *= open[j].c.Link.Confidence
			}
			if sure < .95 {
				continue
			}
			about++
			if open[j].chain == t.chain {
				right++
			}
		}
	}
	return about, right
}

// reachable are the chains as far as identity reaches: a contact of an unknown
// person is a chain of its own for any linker.
func reachable(all []told) cluster.Groups {
	number := map[string]int{}
	out := make(cluster.Groups, len(all))
	for i, t := range all {
		key := fmt.Sprint(t.chain, t.c.CustomerID)
		if number[key] == 0 {
			number[key] = len(number) + 1
		}
		out[i] = number[key]
	}
	return out
}

// chainFCR is the share of chains whose first contact of the customer was not
// followed by another within 7 days.
func chainFCR(all []told, c cluster.Groups) float64 {
	first := map[int]time.Time{}
	repeated := map[int]bool{}
	for i, t := range all {
		if !t.c.byCustomer() {
			continue
		}
		if at, ok := first[c[i]]; !ok {
			first[c[i]] = t.c.At
		} else if g := t.c.At.Sub(at); g >= forwardedWithin && g <= 7*day {
			repeated[c[i]] = true
		}
	}
	return 1 - float64(len(repeated))/float64(len(first))
}
