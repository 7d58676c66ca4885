package understand

import (
	"unicode"
	"unicode/utf8"
)

// lookups are the n-grams or the pieces of words of one text: working memory.
// They are gathered first and looked up together, so that the processor waits
// for the memory of many of them at once.
type lookups struct {
	keys  []uint32
	first []uint32 // slots
	again []int32
	found []int32 // positions of the known ones
}

// look reads the first slot of every key.
func (l *lookups) look(table slots) {
	n := len(l.keys)
	if cap(l.first) < n {
		l.first, l.found, l.again = make([]uint32, 2*n), make([]int32, 2*n), make([]int32, 2*n)
	}
	mask := uint64(len(table) - 1)
	l.first = l.first[:n]
	for i, key := range l.keys {
		l.first[i] = table[finalise(uint64(key))&mask]
	}
}

// find fills found with the positions of the keys that a table has, in any
// order, after look. As in linear.lookUp, there is no branch at the first look.
func (l *lookups) find(table slots, hashes []uint32) {
	l.found = l.found[:0]
	if len(hashes) == 0 {
		return
	}
	found, again, known, retry := l.found[:len(l.keys)], l.again[:len(l.keys)], 0, 0
	for i, at := range l.first {
		key := l.keys[i]
		taken := nonZero(uint64(at))
		same := 1 ^ nonZero(uint64(at>>slotBits)^finalise(uint64(key))>>(64-checkBits))
		p := (uint64(at&slotMask) - taken) & -same
		same &= taken &^ nonZero(uint64(hashes[p]^key))
		found[known], again[retry] = int32(p), int32(i) //nolint:gosec // below maxRows
		known += int(same)                              //nolint:gosec // 0 or 1
		retry += int(taken &^ same)                     //nolint:gosec // 0 or 1
	}
	mask := uint64(len(table) - 1)
	for _, n := range again[:retry] {
		key, at := l.keys[n], l.first[n]
		h := finalise(uint64(key))
		for i := h; at != 0; at = table[i&mask] {
			if p := at&slotMask - 1; at>>slotBits == uint32(h>>(64-checkBits)) && hashes[p] == key {
				found[known] = int32(p) //nolint:gosec // below maxRows
				known++
				break
			}
			i++
		}
	}
	l.found = found[:known]
}

// add takes a hash of 64 bits, folded to the 32 of the tables.
func (l *lookups) add(h uint64) { l.keys = append(l.keys, uint32(h>>32)^uint32(h)) }

// languageLetter is the rune at i, if it belongs to a run of letters.
func languageLetter(word []byte, i int) (size int, ok bool) {
	if c := word[i]; c < utf8.RuneSelf {
		return 1, c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	r, size := utf8.DecodeRune(word[i:])
	return size, unicode.IsLetter(r) || unicode.Is(unicode.Mn, r)
}

// addWord adds the n-grams of order 1 to 5 inside the runs of letters of a word.
func (l *lookups) addWord(word []byte) {
	if plain(word) {
		l.addPlainWord(word)
		return
	}
	for i := 0; i < len(word); {
		h := uint64(fnvOffset)
		first := 0
		for j, n := i, 0; j < len(word) && n < 5; n++ {
			size, ok := languageLetter(word, j)
			if n == 0 {
				first = size
			}
			if !ok {
				break
			}
			h = hashBytes(h, word[j:j+size])
			j += size
			l.add(h)
		}
		i += first
	}
}

// addPlainWord is addWord of ASCII.
func (l *lookups) addPlainWord(word []byte) {
	keys := l.keys
	for i := range word {
		h := uint64(fnvOffset)
		for _, c := range word[i:min(i+5, len(word))] {
			if low := c | 0x20; low < 'a' || low > 'z' {
				break
			}
			h = (h ^ uint64(c)) * fnvPrime
			keys = append(keys, uint32(h>>32)^uint32(h)) //nolint:gosec // as in add
		}
	}
	l.keys = keys
}

const (
	pieceSize = 4
	pieceStep = 3
	maxRun    = 70 // bytes of a run that are looked at
)

// addPieces adds the pieces of the runs of letters of a word.
func (l *lookups) addPieces(word []byte) {
	for i := 0; i < len(word); {
		j := i
		for j < len(word) {
			size, ok := languageLetter(word, j)
			if !ok {
				break
			}
			j += size
		}
		if j == i {
			_, size := utf8.DecodeRune(word[i:])
			i += size
			continue
		}
		l.addRun(word[i:j])
		i = j
	}
}

// addRun adds a piece every three bytes, and the last one.
func (l *lookups) addRun(run []byte) {
	if len(run) > maxRun {
		run = run[:maxRun]
	}
	j := 0
	for ; j+pieceSize < len(run); j += pieceStep {
		h := uint64(fnvOffset)
		if j == 0 {
			h = (h ^ ' ') * fnvPrime
		}
		l.add(hashBytes(h, run[j:j+pieceSize]))
	}
	h := uint64(fnvOffset)
	if j == 0 {
		h = (h ^ ' ') * fnvPrime
	}
	l.add((hashBytes(h, run[max(len(run)-pieceSize, 0):]) ^ ' ') * fnvPrime)
}
