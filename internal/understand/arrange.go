package understand

import "slices"

// The rows of a model are in the order of how many texts of its training have
// their feature. Few features make up most of any text: their rows, scales and
// hashes then lie beside one another, and the processor fetches a few pages over
// and over instead of all of them.

// byFrequency is the rows of a vocabulary in that order; those of as many texts
// stay as they are.
func byFrequency(x []sample, rows int) []int {
	texts, order := make([]int, rows), make([]int, rows)
	for i := range x {
		for _, row := range x[i].rows {
			texts[row]++
		}
	}
	for row := range order {
		order[row] = row
	}
	slices.SortStableFunc(order, func(a, b int) int { return texts[b] - texts[a] })
	return order
}

// arranged is a matrix of so many columns with its rows in another order.
func arranged[T any](matrix []T, columns int, order []int) []T {
	out := make([]T, 0, len(matrix))
	for _, row := range order {
		out = append(out, matrix[row*columns:][:columns]...)
	}
	return out
}

func (m *linear) arrange(order []int) {
	m.hashes, m.scale, m.weights = arranged(m.hashes, 1, order), arranged(m.scale, 1, order), arranged(m.weights, m.stride(), order)
	m.index()
}

func (m *hiddenModel) arrange(order []int) {
	m.scale, m.in = arranged(m.scale, 1, order), arranged(m.in, m.units, order)
}

func (m *IntentModel) arrange(order []int) {
	m.linear.arrange(order)
	m.hidden.arrange(order)
	if m.novelty != nil {
		m.novelty.hidden.arrange(order)
	}
}

func (h *headsModel) arrange(order []int) {
	h.linear.arrange(order)
	h.hidden.arrange(order)
}
