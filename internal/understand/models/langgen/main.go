package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

// languages that are written with Latin letters; the others are known by their
// script. lingua calls Bokmål nb.
var languages = strings.Fields("en de nl fr es it pt sv da nb pl cs ro tr vi fi hu")

var orders = []string{"unigrams", "bigrams", "trigrams", "quadrigrams", "fivegrams"}

func main() {
	out := flag.String("out", "../languages.bin", "file to write")
	keep := flag.Int("keep", 1500, "n-grams kept per language and order")
	eld := flag.String("eld", "", "folder of the unpacked npm package eld 2.1.0")
	flag.Parse()
	if err := run(*out, *eld, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "langgen:", err)
		os.Exit(1)
	}
}

func run(out, eld string, keep int) error {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/pemistahl/lingua-go").Output()
	if err != nil {
		return fmt.Errorf("run go mod download first: %w", err)
	}
	models := filepath.Join(strings.TrimSpace(string(dir)), "language-models")
	joint := make([]map[string]float64, len(languages))
	union := map[string]bool{}
	for i, l := range languages {
		if joint[i], err = load(filepath.Join(models, l)); err != nil {
			return fmt.Errorf("%s: %w", l, err)
		}
		for n := 1; n <= len(orders); n++ {
			for _, g := range best(joint[i], n, keep) {
				union[g] = true
			}
		}
	}
	rows := map[uint32][]byte{}
	for g := range union {
		h := hash(g)
		if rows[h] != nil {
			delete(union, g) // two n-grams of one hash: neither says anything
			delete(rows, h)
			continue
		}
		row := make([]byte, len(languages))
		for i := range languages {
			v := -124.0
			if p, ok := joint[i][g]; ok {
				v = math.Round(9.5 * max(p, -13))
			}
			row[i] = byte(int8(v))
		}
		rows[h] = row
	}
	pieces, err := readPieces(eld)
	if err != nil {
		return err
	}
	return os.WriteFile(out, appendPieces(encode(rows), pieces), 0o644)
}

// encode writes the stamp, the languages, the number of rows, the ascending
// hashes and the rows.
func encode(rows map[uint32][]byte) []byte {
	hashes := make([]uint32, 0, len(rows))
	for h := range rows {
		hashes = append(hashes, h)
	}
	sort.Slice(hashes, func(i, j int) bool { return hashes[i] < hashes[j] })
	b := []byte("RAPLANG2")
	b = append(b, byte(len(languages)))
	for _, l := range languages {
		b = append(b, l...)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(hashes)))
	for _, h := range hashes {
		b = binary.LittleEndian.AppendUint32(b, h)
	}
	for _, h := range hashes {
		b = append(b, rows[h]...)
	}
	return b
}

// hash is FNV-1a of 64 bits, folded to 32.
func hash(s string) uint32 {
	h := fnv.New64a()
	io.WriteString(h, s)
	v := h.Sum64()
	return uint32(v>>32) ^ uint32(v)
}

// best are the n-grams of n runes with the largest joint probability.
func best(joint map[string]float64, n, keep int) []string {
	var list []string
	for g := range joint {
		if len([]rune(g)) == n {
			list = append(list, g)
		}
	}
	sort.Slice(list, func(i, j int) bool {
		if joint[list[i]] != joint[list[j]] {
			return joint[list[i]] > joint[list[j]]
		}
		return list[i] < list[j]
	})
	return list[:min(keep, len(list))]
}

// load reads the five files of a language and multiplies the conditional
// probabilities along the prefixes; an n-gram without all its prefixes is left
// out.
func load(dir string) (map[string]float64, error) {
	joint := map[string]float64{}
	for _, order := range orders {
		conditional, err := read(filepath.Join(dir, order+".pb.bin.zip"))
		if err != nil {
			return nil, err
		}
		for g, p := range conditional {
			runes := []rune(g)
			prefix := 0.0
			if len(runes) > 1 {
				var ok bool
				if prefix, ok = joint[string(runes[:len(runes)-1])]; !ok {
					continue
				}
			}
			joint[g] = prefix + math.Log(p)
		}
	}
	return joint, nil
}

func read(path string) (map[string]float64, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer z.Close()
	if len(z.File) != 1 {
		return nil, errors.New("want one file in " + path)
	}
	f, err := z.File[0].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, f); err != nil {
		return nil, err
	}
	out := map[string]float64{}
	err = fields(b.Bytes(), func(number int, value []byte) error {
		if number != 4 { // ngram_sets
			return nil
		}
		p := 0.0
		var grams []string
		err := fields(value, func(number int, value []byte) error {
			switch number {
			case 1:
				p = math.Float64frombits(binary.LittleEndian.Uint64(value))
			case 2:
				grams = append(grams, string(value))
			}
			return nil
		})
		for _, g := range grams {
			out[g] = p
		}
		return err
	})
	return out, err
}

// fields calls f for each field of a protocol buffer message.
func fields(b []byte, f func(number int, value []byte) error) error {
	bad := errors.New("damaged protocol buffer")
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			return bad
		}
		b = b[n:]
		size := 0
		switch key & 7 {
		case 0:
			_, size = binary.Uvarint(b)
		case 1:
			size = 8
		case 2:
			length, n := binary.Uvarint(b)
			if n <= 0 || length > uint64(len(b)) {
				return bad
			}
			b, size = b[n:], int(length)
		default:
			return bad
		}
		if size < 0 || size > len(b) {
			return bad
		}
		if err := f(int(key>>3), b[:size]); err != nil {
			return err
		}
		b = b[size:]
	}
	return nil
}
