package understand

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

const (
	wordBlock uint8 = iota
	charBlock
)

// feature is one distinct feature of a text with how often it occurs.
type feature struct {
	hash, spread uint64 // spread is the hash, finalised
	count        uint32
	block        uint8
}

// occurrence is one place of a feature in the folded text.
type occurrence struct{ feature, from, to int32 }

// features are the distinct features of a text, in the order in which they first
// occur, and all places of them. Places are noted first and counted together. It
// is reused from text to text.
type features struct {
	list  []feature
	occ   []occurrence
	noted []uint64 // hashes of the last places, whose features are not known yet
	slots []int32  // open addressing: index into list plus one, 0 is free
}

// featureSlots is enough for nearly all texts and not much to clear.
const featureSlots = 4096

func (f *features) reset() {
	f.list, f.occ, f.noted = f.list[:0], f.occ[:0], f.noted[:0]
	f.clear(featureSlots)
}

func (f *features) clear(slots int) {
	f.slots = sized(f.slots, slots)
	clear(f.slots)
}

// add adds a feature that has no place.
func (f *features) add(h uint64, block uint8) {
	f.note(h, 0, 0)
	f.count(block)
}

// note adds a place to those that count counts.
func (f *features) note(h uint64, from, to int32) {
	f.noted = append(f.noted, h)
	f.occ = append(f.occ, occurrence{from: from, to: to})
}

// count finds the features of the noted places, which are of one block.
func (f *features) count(block uint8) {
	known := len(f.list)
	f.reserve(len(f.noted))
	list := f.list[:known+len(f.noted)+1]
	f.list = list[:countPlaces(list, known, f.slots, f.noted, f.occ[len(f.occ)-len(f.noted):], block)]
	f.noted = f.noted[:0]
}

// countPlaces is the loop of count: how many features are known then. It has no
// branch but for two features that want the same slot: nobody can guess which
// places are the first of their feature.
func countPlaces(list []feature, known int, slots []int32, noted []uint64, places []occurrence, block uint8) int {
	places = places[:len(noted)]
	for i, h := range noted {
		e := &list[known]
		e.hash, e.spread, e.count, e.block = h, finalise(h), 0, block // unless it is there already
		at := int(e.spread) & (len(slots) - 1)                        //nolint:gosec // its low bits
		n := int(slots[at]) - 1
		free := n >> 63 // all bits where nobody has the slot, else none
		n += (known - n) & free
		for list[n].hash != h {
			at = (at + 1) & (len(slots) - 1)
			n = int(slots[at]) - 1
			free = n >> 63
			n += (known - n) & free
		}
		slots[at] = int32(n + 1) //nolint:gosec // some thousands
		list[n].count++
		places[i].feature = int32(n) //nolint:gosec // some thousands
		known -= free
	}
	return known
}

// reserve makes room for n more features, and one that isn't there.
func (f *features) reserve(n int) {
	f.list = slices.Grow(f.list, n+1)
	slots := len(f.slots)
	for slots < 4*(len(f.list)+n) {
		slots *= 2
	}
	if slots == len(f.slots) {
		return
	}
	f.clear(slots)
	mask := uint64(slots - 1)
	for n, e := range f.list {
		at := e.spread & mask
		for f.slots[at] != 0 {
			at = (at + 1) & mask
		}
		f.slots[at] = int32(n + 1) //nolint:gosec // some thousands
	}
}

// addWords adds every token and every pair of neighbours.
func (f *features) addWords(toks []token) {
	for n := range toks {
		t := &toks[n]
		f.note(t.hash, t.from, t.to)
		if n > 0 {
			f.note(t.pair, toks[n-1].from, t.to)
		}
	}
	f.count(wordBlock)
}

// places are those of the words and pairs of a text of so many tokens, which
// addWords added first, and those of its characters.
func (f *features) places(tokens int) (words, chars []occurrence) {
	n := max(2*tokens-1, 0)
	return f.occ[:n], f.occ[n:]
}

// maxPiece is where a run without blanks is cut, in bytes.
const maxPiece = 200

// addChars adds the character n-grams of folded text to a block: 3 and 4 runes
// inside every piece between blanks, padded with one blank on each side, and 1
// and 2 as well for scripts that write without blanks.
func (f *features) addChars(text []byte, block uint8) {
	for i := 0; i < len(text); {
		plain := plainPieces(text[i:])
		f.notePlain(text, i, i+plain)
		i += plain
		for i < len(text) && blank(text[i]) {
			i++
		}
		j := i
		for j < len(text) && !blank(text[j]) && j-i < maxPiece {
			j++
		}
		for j < len(text) && j > i+1 && !utf8.RuneStart(text[j]) {
			j--
		}
		f.notePiece(text, i, j)
		i = j
	}
	f.count(block)
}

func (f *features) notePiece(text []byte, from, to int) {
	// at walks the starts of n-grams: from-1 stands for the blank in front.
	for at := from - 1; at < to; {
		h := tagged(fnvOffset, tagChars)
		end, runes, first := at, 0, 1
		dense := false
		for runes < 4 && end <= to {
			if end == from-1 || end == to {
				h = (h ^ ' ') * fnvPrime
				end++
			} else if c := text[end]; c < utf8.RuneSelf {
				h = (h ^ uint64(c)) * fnvPrime
				end++
			} else {
				r, size := utf8.DecodeRune(text[end:to])
				h = hashBytes(h, text[end:end+size])
				if runes == 0 {
					first, dense = size, unspaced(r)
				}
				end += size
			}
			if runes++; runes >= 3 || dense {
				f.note(h, int32(max(at, from)), int32(min(end, to)))
			}
		}
		if runes < 3 && !dense {
			return // no later start is longer
		}
		at += first
	}
}

// plain reports whether text is ASCII.
func plain(text []byte) bool {
	var all byte
	for _, c := range text {
		all |= c
	}
	return all < utf8.RuneSelf
}

// plainPieces is the length of what text begins with whole pieces of ASCII, none
// of which has to be cut.
func plainPieces(text []byte) int {
	to := plainLength(text)
	for from := 0; ; {
		next := min(from+maxPiece, to)
		if next == len(text) {
			return next
		}
		for next > from && !blank(text[next-1]) {
			next--
		}
		if next == from {
			return from
		}
		from = next
	}
}

// plainLength is how many bytes of ASCII text begins with, or a few fewer.
func plainLength(text []byte) int {
	const high = 0x80808080_80808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if binary.LittleEndian.Uint64(text[i:])&high != 0 {
			return i
		}
	}
	if plain(text[i:]) {
		return len(text)
	}
	return i
}

// spaced is a byte of ASCII, and one blank for all.
var spaced = func() (t [256]uint8) {
	for c := range t {
		if t[c] = byte(c); blank(t[c]) { //nolint:gosec // a byte
			t[c] = ' '
		}
	}
	return t
}()

// notePlain is notePiece of all pieces in text[from:to], which is ASCII: every rune
// is a byte. It has no branch for the ends of words, which nobody can guess: an
// n-gram with a blank inside is written, and the next one over it.
func (f *features) notePlain(text []byte, from, to int) {
	if from == to {
		return
	}
	before, most := len(f.noted), 2*(to-from+1)
	f.noted, f.occ = slices.Grow(f.noted, most), slices.Grow(f.occ, most)
	hashes, occ, n := f.noted[before:before+most], f.occ[len(f.occ):len(f.occ)+most], 0
	at := func(i int) uint64 {
		if i < to {
			return uint64(spaced[text[i]])
		}
		return ' '
	}
	start := tagged(fnvOffset, tagChars)
	a, b, c := uint64(' '), at(from), at(from+1)
	noA, noB, noC := int32(1), isBlank(b), isBlank(c)
	for i := from - 1; i+2 <= to; i++ {
		d := at(i + 3)
		noD := isBlank(d)
		h := (((start^a)*fnvPrime^b)*fnvPrime ^ c) * fnvPrime
		first := int32(i) + noA                                                //nolint:gosec // a few thousand runes
		hashes[n], occ[n] = h, occurrence{from: first, to: int32(i) + 3 - noC} //nolint:gosec // as above
		n += int(1 - noB)
		hashes[n], occ[n] = (h^d)*fnvPrime, occurrence{from: first, to: int32(i) + 4 - noD} //nolint:gosec // as above
		n += int((1 - noB) & (1 - noC))
		a, b, c, noA, noB, noC = b, c, d, noB, noC, noD
	}
	f.noted, f.occ = f.noted[:before+n], f.occ[:len(f.occ)+n]
}

// isBlank is 1 for the blank.
func isBlank(c uint64) int32 { return int32(count(c == ' ')) } //nolint:gosec // 0 or 1
