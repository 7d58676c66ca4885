package app

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// json prints one value as one line, which programs can read as it comes.
func (r *runtime) json(v any) error {
	e := json.NewEncoder(r.Stdout)
	e.SetEscapeHTML(false) // links in it are read by people too
	return e.Encode(v)
}

// table prints rows under a heading; cells that are empty show a dash.
func (r *runtime) table(heading []string, rows [][]string) error {
	w := tabwriter.NewWriter(r.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(heading, "\t"))
	for _, row := range rows {
		for i, cell := range row {
			if cell == "" {
				row[i] = "-"
			}
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

// day shows a time in the tables of the command line.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}
