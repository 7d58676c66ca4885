package understand

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// sample is a text as a training set sees it: rows of the vocabulary with their
// weights. Its length is √2, or 1 when only one block has known features.
type sample struct {
	rows   []int32
	values []float32
	norm   float32 // squared length
	weight float32 // of its loss; 0 stands for 1
}

func (x *sample) share() float64 {
	if x.weight == 0 {
		return 1
	}
	return float64(x.weight)
}

// each runs f(0) … f(n-1) on all processors. The calls are independent, so the
// result does not depend on their order.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// trainLogistic fits one label by logistic regression in the dual (Yu, Huang
// and Lin 2011): minimum of ½|w|² + C Σ log(1 + exp(-y w·x)), bias as a feature.
func trainLogistic(x []sample, y []int8, rows int, c float64, rng *rand.Rand) ([]float32, float32) {
	const (
		tolerance = .01
		passes    = 200
	)
	w := make([]float32, rows)
	var bias float32
	start := min(.001*c, 1e-8)
	alpha := make([]float64, len(x))
	order := make([]int, len(x))
	for i := range x {
		order[i], alpha[i] = i, start
		axpy(float32(start*float64(y[i])), &x[i], w)
		bias += float32(start * float64(y[i]))
	}
	inner := 1e-2
	for range passes {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		worst := 0.0
		for _, i := range order {
			label := float64(y[i])
			a := float64(x[i].norm) + 1
			b := label * float64(dot(&x[i], w)+bias)
			// The pair (alpha, C-alpha) is solved for the member that moves down.
			z0, sign := alpha[i], 1.0
			if .5*a*(c-2*z0)+b < 0 {
				z0, sign = c-z0, -1
			}
			z := z0
			if c-z < .5*c {
				z *= .1
			}
			gradient := a*(z-z0) + sign*b + math.Log(z/(c-z))
			worst = max(worst, math.Abs(gradient))
			moved := false
			for range 100 {
				if math.Abs(gradient) < inner {
					break
				}
				next := z - gradient/(a+c/((c-z)*z))
				if next <= 0 {
					next = z * .1
				}
				z, moved = next, true
				gradient = a*(z-z0) + sign*b + math.Log(z/(c-z))
			}
			if !moved {
				continue
			}
			step := float32(sign * (z - z0) * label)
			if alpha[i] = z; sign < 0 {
				alpha[i] = c - z
			}
			axpy(step, &x[i], w)
			bias += step
		}
		if worst < tolerance {
			break
		}
		inner = max(inner*.5, 1e-6)
	}
	return w, bias
}

func dot(x *sample, w []float32) float32 {
	var sum float32
	for n, row := range x.rows {
		sum += x.values[n] * w[row]
	}
	return sum
}

func axpy(a float32, x *sample, w []float32) {
	for n, row := range x.rows {
		w[row] += a * x.values[n]
	}
}
