package config

import "strings"

// didYouMean suggests the known word that is nearest to word, when one is near
// enough to be a slip of the finger.
func didYouMean(word string, known []string) string {
	best, distance := "", 4
	plain := strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(word))
	for _, k := range known {
		if d := edits(plain, k); d < distance && d <= (len(k)+1)/2 {
			best, distance = k, d
		}
	}
	if best == "" {
		return "; known keys: " + strings.Join(known, ", ")
	}
	return "; did you mean " + best + "?"
}

// edits is the Levenshtein distance in bytes; keys are ASCII.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
