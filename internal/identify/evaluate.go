package identify

import (
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/identify/match"
)

// EvaluateQuestions scores what people are asked about likely doubles, on the
// synthetic customer file: whoever writes from an address is a customer by that
// alone, and the comparison must find the other addresses of the same person
// and leave strangers alone.
func EvaluateQuestions(seeds []uint64, people int) []eval.Figure {
	var t tally
	customers := 0
	for _, seed := range seeds {
		q := newQuestions(seed, people)
		for i := range q.people {
			q.count(i, &t)
		}
		customers += len(q.people)
	}
	figure := func(name string, v, of float64, note string) eval.Figure {
		return eval.Figure{Name: name, Value: v / max(of, 1), N: customers, Seed: seeds[0], Note: note}
	}
	return []eval.Figure{
		figure("questions_per_stranger", t.bothered, t.strangers, "wrong suggestions for a customer without a double"),
		figure("questions_precision", t.right, t.right+t.wrong, "suggested pairs that are one person"),
		figure("questions_recall", t.right, t.doubles, "customers of one person that are suggested, pairs"),
		figure("questions_compared", t.compared, t.doubles, "those that are compared at all"),
	}
}

// tally counts pairs once, from the first of the two.
type tally struct {
	strangers, bothered             float64
	doubles, compared, right, wrong float64
}

// count adds a customer and those who come after it.
func (q *questions) count(i int, t *tally) {
	alone := len(q.same[q.truth[i]]) == 1
	if alone {
		t.strangers++
	}
	for _, j := range q.same[q.truth[i]] {
		if j > i {
			t.doubles++
		}
	}
	for _, j := range q.candidates(i) {
		same, likely := q.truth[i] == q.truth[j], q.likely(i, j)
		if alone && likely {
			t.bothered++
		}
		if j < i {
			continue
		}
		switch {
		case same && likely:
			t.compared++
			t.right++
		case same:
			t.compared++
		case likely:
			t.wrong++
		}
	}
}

// questions are the customers of a synthetic file as a firm would know them.
type questions struct {
	people  []match.Person
	truth   []int
	same    map[int][]int // person to customers
	keys    [][]string
	holders map[string][]int
	model   *match.PersonModel
}

func newQuestions(seed uint64, people int) *questions {
	t, truth := match.Synthetic(seed, people)
	q := &questions{same: map[int][]int{}, holders: map[string][]int{}}
	known := map[string]bool{}
	for i, row := range t.Rows {
		p := match.Person{Name: row[0]}
		if row[1] != "" {
			if known[row[1]] {
				continue // one address is one customer
			}
			known[row[1]] = true
			p.Mails = []string{row[1]}
		}
		if row[2] != "" {
			p.Phones = []string{row[2]}
		}
		n := len(q.people)
		keys := match.Keys(p)
		q.people, q.truth, q.keys = append(q.people, p), append(q.truth, truth[i]), append(q.keys, keys)
		q.same[truth[i]] = append(q.same[truth[i]], n)
		for _, k := range keys {
			q.holders[k] = append(q.holders[k], n)
		}
	}
	model := *match.Persons()
	model.People = len(q.people)
	q.model = &model
	return q
}

// candidates are those whom Compare would compare a customer with.
func (q *questions) candidates(i int) (out []int) {
	for _, k := range q.keys[i] {
		if h := q.holders[k]; match.Compared(k) && len(h) <= largestShare {
			out = append(out, h...)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(j int) bool { return j == i })
}

func (q *questions) likely(i, j int) bool {
	a, b := q.people[i], q.people[j]
	if differentPeople(a.Name, b.Name) {
		return false
	}
	bits, _ := q.model.Compare(a, b, q.bearers(i))
	return match.Probability(bits) >= worthAsking
}

// bearers is how many have the customer's name.
func (q *questions) bearers(i int) int {
	for _, k := range q.keys[i] {
		if strings.HasPrefix(k, match.NameKey) {
			return len(q.holders[k])
		}
	}
	return 0
}
