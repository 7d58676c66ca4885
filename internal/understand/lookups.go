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
	again []int32
	found []int32  // positions of the known ones
	first []uint32 // where the scores of pieces begin
}

// find fills found with the positions of the keys that a table has, in any
// order. As in linear.look, there is no branch at the first look.
func (l *lookups) find(table slots, hashes []uint32) {
	n := len(l.keys)
	if cap(l.found) < n {
		l.found, l.again, l.first = make([]int32, 2*n), make([]int32, 2*n), make([]uint32, 2*n)
	}
	l.found = l.found[:0]
	if len(hashes) == 0 {
		return
	}
	found, again, mask, from, known, retry := l.found[:n], l.again[:n], uint64(len(table)-1), 0, 0, 0
	if hasAVX512 && n >= 8 {
		from = n &^ 7
		known, retry = findAVX512(&l.keys[0], from, &table[0], mask, &hashes[0], &found[0], &again[0])
	}
	for i := from; i < n; i++ {
		key := l.keys[i]
		h := finalise(uint64(key))
		at := table[h&mask]
		taken := nonZero(uint64(at))
		same := 1 ^ nonZero(uint64(at>>checkShift^checkOf(h)))
		p := (uint64(at&slotMask) - taken) & -same
		same &= taken &^ nonZero(uint64(hashes[p]^key))
		found[known], again[retry] = int32(p), int32(i) //nolint:gosec // below maxRows
		known += int(same)                              //nolint:gosec // 0 or 1
		retry += int(uint64(at/moreBit&1) &^ same)      //nolint:gosec // 0 or 1
	}
	for _, i := range again[:retry] {
		key := l.keys[i]
		h := finalise(uint64(key))
		for at := h + 1; ; at++ {
			slot := table[at&mask]
			if slot == 0 {
				break
			}
			if p := slot&slotMask - 1; slot>>checkShift == checkOf(h) && hashes[p] == key {
				found[known] = int32(p) //nolint:gosec // below maxRows
				known++
				break
			}
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
