package match

// JaroWinkler is the similarity of two strings, 0…1: Jaro's, raised by up to
// four equal first characters with scale .1 (Winkler 1990; figures in
// relationship science, MARTHA/MARHTA .9611). Two empty strings have nothing in
// common.
func JaroWinkler(a, b string) float64 { return jaroWinkler([]rune(a), []rune(b)) }

func jaroWinkler(s, t []rune) float64 {
	const longest = 128 // quadratic, and no name is longer
	s, t = s[:min(len(s), longest)], t[:min(len(t), longest)]
	if len(s) == 0 || len(t) == 0 {
		return 0
	}
	window := max(max(len(s), len(t))/2-1, 0)
	var inT [longest]bool
	var matched [longest]rune
	n := 0
	for i, r := range s {
		for j := max(0, i-window); j < min(len(t), i+window+1); j++ {
			if !inT[j] && t[j] == r {
				inT[j] = true
				matched[n] = r
				n++
				break
			}
		}
	}
	if n == 0 {
		return 0
	}
	transposed, k := 0, 0
	for j := range t {
		if inT[j] {
			if t[j] != matched[k] {
				transposed++
			}
			k++
		}
	}
	m := float64(n)
	jaro := (m/float64(len(s)) + m/float64(len(t)) + (m-float64(transposed/2))/m) / 3
	prefix := 0
	for prefix < 4 && prefix < len(s) && prefix < len(t) && s[prefix] == t[prefix] {
		prefix++
	}
	return jaro + float64(prefix)*.1*(1-jaro)
}

// oneOff reports whether two different strings differ by one slip of the
// finger: a character more, less or another one, or two neighbours swapped.
func oneOff(s, t []rune) bool {
	if len(s) > len(t) {
		s, t = t, s
	}
	if len(t)-len(s) > 1 {
		return false
	}
	i := 0
	for i < len(s) && s[i] == t[i] {
		i++
	}
	if len(s) < len(t) {
		return equalRunes(s[i:], t[i+1:])
	}
	if i == len(s) {
		return false // the same
	}
	if equalRunes(s[i+1:], t[i+1:]) {
		return true
	}
	return i+1 < len(s) && s[i] == t[i+1] && s[i+1] == t[i] && equalRunes(s[i+2:], t[i+2:])
}

func equalRunes(a, b []rune) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// LevenshteinSimilarity is 1 − distance / longer length.
func LevenshteinSimilarity(a, b string) float64 {
	s, t := []rune(a), []rune(b)
	if len(s) == 0 && len(t) == 0 {
		return 0
	}
	row := make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range s {
		corner := row[0]
		row[0] = i + 1
		for j, q := range t {
			cost := corner
			if r != q {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return 1 - float64(row[len(t)])/float64(max(len(s), len(t)))
}
