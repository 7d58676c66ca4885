package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// score is a piece's score in one language.
type score struct{ language, value byte }

var (
	quoted   = regexp.MustCompile(`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`)
	codes    = regexp.MustCompile(`(\d+):'([a-z]+)'`)
	oneGram  = regexp.MustCompile(`(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s,:{}'"]+)):\{([^}]*)\}`)
	errPiece = errors.New("the folder is not that of the npm package eld 2.1.0")
)

// leastScore is what the package takes off every score.
const leastScore = 53

// readPieces reads the large table of ELD: pieces of words, up to four bytes long
// with a blank where a word begins or ends, and their scores. The package writes
// bytes from 0x80 as one letter each; they are turned back. Only our languages
// are kept.
func readPieces(dir string) (map[string][]score, error) {
	dictionary, err := os.ReadFile(filepath.Join(dir, "src", "dictionary.js"))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPiece, err)
	}
	_, list, _ := strings.Cut(string(dictionary), "dictionary = [")
	bytesOf := map[rune]byte{}
	for b, m := range quoted.FindAllStringSubmatch(list, -1) {
		letter := []rune(strings.ReplaceAll(m[1]+m[2], `\'`, "'"))
		if b < 0x80 || len(letter) != 1 || letter[0] == ' ' {
			continue
		}
		if _, taken := bytesOf[letter[0]]; !taken {
			bytesOf[letter[0]] = byte(b)
		}
	}
	table, err := os.ReadFile(filepath.Join(dir, "src", "ngrams", "large.js"))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPiece, err)
	}
	head, body, ok := strings.Cut(string(table), "ngrams:{")
	if !ok || len(bytesOf) == 0 {
		return nil, errPiece
	}
	language := map[string]byte{}
	for _, m := range codes.FindAllStringSubmatch(head, -1) {
		code := m[2]
		if code == "no" {
			code = "nb"
		}
		if n := slices.Index(languages, code); n >= 0 {
			language[m[1]] = byte(n)
		}
	}
	out := map[string][]score{}
	for _, m := range oneGram.FindAllStringSubmatch(body, -1) {
		var scores []score
		for _, pair := range strings.Split(m[4], ",") {
			code, value, _ := strings.Cut(pair, ":")
			n, ok := language[code]
			v, err := strconv.Atoi(value)
			if err != nil {
				return nil, fmt.Errorf("%w: %q", errPiece, m[0])
			}
			if ok {
				scores = append(scores, score{n, byte(min(v+leastScore, 255))})
			}
		}
		if len(scores) == 0 {
			continue
		}
		var piece []byte
		for _, r := range strings.ReplaceAll(m[1]+m[2]+m[3], `\'`, "'") {
			if b, ok := bytesOf[r]; ok && !plain(r) {
				piece = append(piece, b)
			} else {
				piece = append(piece, string(r)...)
			}
		}
		sort.Slice(scores, func(i, j int) bool { return scores[i].language < scores[j].language })
		out[string(piece)] = scores
	}
	return out, nil
}

// plain letters stand for themselves in the table.
func plain(r rune) bool { return r == ' ' || r == '\'' || r == '`' || r >= 'a' && r <= 'z' }

// appendPieces writes the number of pieces, their ascending hashes, and for each
// the number of its scores with language and value.
func appendPieces(b []byte, pieces map[string][]score) []byte {
	byHash := map[uint32][]score{}
	for p, scores := range pieces {
		h := hash(p)
		if _, twice := byHash[h]; twice {
			scores = nil // two pieces of one hash: neither says anything
		}
		byHash[h] = scores
	}
	hashes := make([]uint32, 0, len(byHash))
	for h, scores := range byHash {
		if scores != nil {
			hashes = append(hashes, h)
		}
	}
	slices.Sort(hashes)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(hashes)))
	for _, h := range hashes {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	for _, h := range hashes {
		b = append(b, byte(len(byHash[h])))
		for _, s := range byHash[h] {
			b = append(b, s.language, s.value)
		}
	}
	return b
}
