package eval

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
)

// Figure is one measurement.
type Figure struct {
	Name  string  `json:"name"`  // what was measured, such as "accuracy"
	Value float64 `json:"value"` // shares lie in 0 … 1
	N     int     `json:"n"`     // cases that it was measured on
	Seed  uint64  `json:"seed"`  // of everything random; the first one of several

	Low  float64 `json:"low,omitempty"` // 95 % interval, when there is one
	High float64 `json:"high,omitempty"`

	Baseline *float64 `json:"baseline,omitempty"` // the figure to beat, measured the same way
	Note     string   `json:"note,omitempty"`     // how it was measured, in a few words
}

// Report is what one evaluation found. Its JSON is one object: the fields of
// the main figure at the top, everything else below "figures".
type Report struct {
	Figure
	Title   string   `json:"title"`
	Data    []Source `json:"data"`
	Seeds   []uint64 `json:"seeds,omitempty"` // when the value is a mean over several
	Figures []Figure `json:"figures"`         // the others, in the order of the table
	Details any      `json:"details,omitempty"`
}

// Source is a file that was read, with its checksum: a figure without its data
// says nothing.
type Source struct {
	File   string `json:"file"` // base name
	SHA256 string `json:"sha256"`
	N      int    `json:"n"` // rows
}

// NewSource names a file and its checksum.
func NewSource(file string, n int) (Source, error) {
	f, err := os.Open(file)
	if err != nil {
		return Source{}, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return Source{}, err
	}
	return Source{File: filepath.Base(file), SHA256: hex.EncodeToString(h.Sum(nil)), N: n}, nil
}

// Write prints the report as a table, or as one line of JSON.
func (r *Report) Write(w io.Writer, asJSON bool) error {
	if r.Figures == nil {
		r.Figures = []Figure{}
	}
	if r.Data == nil {
		r.Data = []Source{}
	}
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(r)
	}
	fmt.Fprintln(w, r.Title)
	for _, s := range r.Data {
		fmt.Fprintf(w, "  %s, %d rows, sha256 %.12s\n", s.File, s.N, s.SHA256)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "figure\tvalue\t95 %\tbaseline\tdifference\tn\tseed\t")
	for _, f := range append([]Figure{r.Figure}, r.Figures...) {
		interval, baseline, difference := "-", "-", "-"
		if f.High > f.Low {
			interval = fmt.Sprintf("%.4f–%.4f", f.Low, f.High)
		}
		if f.Baseline != nil {
			baseline, difference = fmt.Sprintf("%.4f", *f.Baseline), fmt.Sprintf("%+.4f", f.Value-*f.Baseline)
		}
		fmt.Fprintf(t, "%s\t%.4f\t%s\t%s\t%s\t%d\t%d\t%s\n", f.Name, f.Value, interval, baseline, difference, f.N, f.Seed, f.Note)
	}
	return t.Flush()
}

// Baseline is the figure to beat, for the field of that name.
func Baseline(v float64) *float64 { return &v }
