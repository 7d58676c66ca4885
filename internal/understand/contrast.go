package understand

import "math"

// contrastOf is how strongly each feature tells texts with a label from texts
// without it: |log ratio| of its shares, as in NB-SVM (Wang and Manning 2012).
// A feature's value is scaled by 1-g+g·ratio before training, so that what tells
// nothing is held down harder. The scales fold into the weights afterwards.
func contrastOf(x []sample, y []int8, rows int, g float64) []float32 {
	with, without := make([]float64, rows), make([]float64, rows)
	n, m := 0.0, 0.0
	for i := range x {
		to := without
		if y[i] > 0 {
			to = with
			n++
		} else {
			m++
		}
		for _, row := range x[i].rows {
			to[row]++
		}
	}
	out := make([]float32, rows)
	for row := range out {
		ratio := math.Log((with[row] + 1) / (n + 2) * (m + 2) / (without[row] + 1))
		out[row] = float32(1 - g + g*math.Abs(ratio))
	}
	return out
}

// contrasted trains with scaled features and returns weights for unscaled ones.
func contrasted(x []sample, y []int8, rows int, g float64, train func(x []sample) ([]float32, float32)) ([]float32, float32) {
	scale := contrastOf(x, y, rows, g)
	total := 0
	for i := range x {
		total += len(x[i].rows)
	}
	values := make([]float32, 0, total)
	scaled := make([]sample, len(x))
	for i := range x {
		from := len(values)
		s := sample{rows: x[i].rows}
		for n, row := range x[i].rows {
			v := float32(x[i].values[n] * scale[row])
			values = append(values, v)
			s.norm += float32(v * v)
		}
		s.values = values[from:]
		scaled[i] = s
	}
	w, bias := train(scaled)
	for row := range w {
		w[row] *= scale[row]
	}
	return w, bias
}
