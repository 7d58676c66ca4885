package cluster

import "math"

// oneToOne is the largest number of items in common when each gold group is
// paired with at most one system group. Groups that share no item are
// independent, so each connected part is solved alone; parts are small.
func oneToOne(both map[[2]int]float64) float64 {
	cells := ordered(both)
	parent := map[int]int{} // gold groups as 2k, system groups as 2k+1
	var find func(int) int
	find = func(x int) int {
		if p, ok := parent[x]; !ok || p == x {
			parent[x] = x
			return x
		}
		parent[x] = find(parent[x])
		return parent[x]
	}
	for _, c := range cells {
		parent[find(2*c.key[0])] = find(2*c.key[1] + 1)
	}
	parts := map[int][]cell{}
	var order []int
	for _, c := range cells {
		root := find(2 * c.key[0])
		if parts[root] == nil {
			order = append(order, root)
		}
		parts[root] = append(parts[root], c)
	}
	total := 0.0
	for _, root := range order {
		total += bestPairing(parts[root])
	}
	return total
}

// bestPairing solves one part exactly by the Hungarian method, in the form with
// potentials (Kuhn 1955; Jonker and Volgenant 1987).
func bestPairing(cells []cell) float64 {
	rows, cols := map[int]int{}, map[int]int{}
	for _, c := range cells {
		if _, ok := rows[c.key[0]]; !ok {
			rows[c.key[0]] = len(rows) + 1
		}
		if _, ok := cols[c.key[1]]; !ok {
			cols[c.key[1]] = len(cols) + 1
		}
	}
	n, m := len(rows), len(cols)
	flip := n > m
	if flip {
		n, m = m, n
	}
	cost := make([][]float64, n+1)
	for i := range cost {
		cost[i] = make([]float64, m+1)
	}
	for _, c := range cells {
		i, j := rows[c.key[0]], cols[c.key[1]]
		if flip {
			i, j = j, i
		}
		cost[i][j] = -c.n
	}
	u, v := make([]float64, n+1), make([]float64, m+1)
	match, way := make([]int, m+1), make([]int, m+1)
	for i := 1; i <= n; i++ {
		match[0] = i
		j0 := 0
		least := make([]float64, m+1)
		used := make([]bool, m+1)
		for j := range least {
			least[j] = math.Inf(1)
		}
		for {
			used[j0] = true
			i0, delta, j1 := match[j0], math.Inf(1), 0
			for j := 1; j <= m; j++ {
				if used[j] {
					continue
				}
				if d := cost[i0][j] - u[i0] - v[j]; d < least[j] {
					least[j], way[j] = d, j0
				}
				if least[j] < delta {
					delta, j1 = least[j], j
				}
			}
			for j := range used {
				if used[j] {
					u[match[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			if j0 = j1; match[j0] == 0 {
				break
			}
		}
		for j0 != 0 {
			match[j0] = match[way[j0]]
			j0 = way[j0]
		}
	}
	total := 0.0
	for j := 1; j <= m; j++ {
		if match[j] > 0 {
			total -= cost[match[j]][j]
		}
	}
	return total
}
