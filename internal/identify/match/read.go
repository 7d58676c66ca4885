package match

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/rapport-crm/rapport/internal/eval"
)

// Labelled is a table of which the truth is known, for scoring only.
type Labelled struct {
	Table
	Truth  []int  // row to its true entity
	Entity string // the column that told it
	Skip   []int  // columns that are not compared: it and the ids of records
}

// entityColumns name the true entity in public sets, in the order in which they
// are looked for.
var entityColumns = []string{"entity", "entity_id", "true_entity", "true_id", "truth", "gold", "cluster", "cluster_id", "clusterid", "person_id", "ent_id", "group", "group_id", "duplicate_group", "class", "label"}

// recordID is the scheme of FEBRL: rec-12-org, rec-12-dup-0.
var recordID = regexp.MustCompile(`^rec-(\d+)-(?:org|dup(?:-\d+)?)$`)

// Read reads CSV files with a heading (comma, semicolon or tab; plain or gzip).
// Several files are one table: their columns are put together by name. entity
// names the column that tells who is who; empty: the ids of the FEBRL scheme,
// else a column with a usual name.
func Read(files []string, entity string) (*Labelled, []eval.Source, error) {
	l := &Labelled{}
	var sources []eval.Source
	for _, file := range files {
		heading, rows, err := readCSV(file)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", file, err)
		}
		source, err := eval.NewSource(file, len(rows))
		if err != nil {
			return nil, nil, err
		}
		sources = append(sources, source)
		at := make([]int, len(heading))
		for i, name := range heading {
			if at[i] = slices.Index(l.Columns, name); at[i] < 0 {
				at[i] = len(l.Columns)
				l.Columns = append(l.Columns, name)
			}
		}
		for _, row := range rows {
			out := make([]string, len(l.Columns))
			for i, v := range row {
				out[at[i]] = v
			}
			l.Rows = append(l.Rows, out)
		}
	}
	if err := l.findTruth(entity); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", strings.Join(files, ", "), err)
	}
	return l, sources, nil
}

func readCSV(file string) (heading []string, rows [][]string, err error) {
	data, err := eval.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.TrimLeadingSpace, r.LazyQuotes, r.FieldsPerRecord = true, true, -1
	first, _, _ := bytes.Cut(data, []byte("\n"))
	for _, comma := range ",;\t|" {
		if bytes.Count(first, []byte(string(comma))) > bytes.Count(first, []byte(string(r.Comma))) {
			r.Comma = comma
		}
	}
	all, err := r.ReadAll()
	if err != nil {
		return nil, nil, err
	}
	if len(all) < 3 {
		return nil, nil, fmt.Errorf("a heading and at least two records are needed")
	}
	heading = all[0]
	for i, name := range heading {
		heading[i] = strings.TrimSpace(name)
	}
	for i, row := range all[1:] {
		if len(row) > len(heading) {
			return nil, nil, fmt.Errorf("line %d has %d columns, the heading has %d", i+2, len(row), len(heading))
		}
	}
	return heading, all[1:], nil
}

func (l *Labelled) findTruth(entity string) error {
	at, scheme := -1, false
	switch {
	case entity != "":
		if at = l.column(entity); at < 0 {
			return fmt.Errorf("there is no column %q; the columns are %s", entity, strings.Join(l.Columns, ", "))
		}
	default:
		for i := range l.Columns {
			if l.all(i, recordID.MatchString) {
				at, scheme = i, true
			}
		}
		for _, name := range entityColumns {
			if at < 0 {
				at = l.column(name)
			}
		}
		if at < 0 {
			return fmt.Errorf("no column tells which records are the same; name it with --entity (columns: %s)", strings.Join(l.Columns, ", "))
		}
	}
	scheme = scheme || l.all(at, recordID.MatchString)
	number := map[string]int{}
	for _, row := range l.Rows {
		key := strings.TrimSpace(row[at])
		if scheme {
			key = recordID.FindStringSubmatch(key)[1]
		}
		if key == "" { // nothing is known: nobody else
			key = fmt.Sprintf("\x00%d", len(l.Truth))
		}
		if _, ok := number[key]; !ok {
			number[key] = len(number)
		}
		l.Truth = append(l.Truth, number[key])
	}
	l.Entity = l.Columns[at]
	l.Skip = append(l.Skip, at)
	for i, name := range l.Columns {
		if i != at && l.recordIDs(i, name) {
			l.Skip = append(l.Skip, i)
		}
	}
	return nil
}

func (l *Labelled) column(name string) int {
	return slices.IndexFunc(l.Columns, func(c string) bool { return strings.EqualFold(c, name) })
}

func (l *Labelled) all(at int, is func(string) bool) bool {
	for _, row := range l.Rows {
		if at >= len(row) || !is(strings.TrimSpace(row[at])) {
			return false
		}
	}
	return true
}

// recordIDs reports whether a column numbers the records: each value once, and
// either a number or a name that says so. It tells nothing about who is who,
// but their order often does, and that would be cheating.
func (l *Labelled) recordIDs(at int, name string) bool {
	name = strings.ToLower(name)
	named := name == "" || name == "id" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "id") && len(name) <= 8 || strings.HasPrefix(name, "unnamed")
	seen := map[string]bool{}
	for _, row := range l.Rows {
		if at >= len(row) {
			return false
		}
		v := strings.TrimSpace(row[at])
		if v == "" || seen[v] {
			return false
		}
		seen[v] = true
		if !named && strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsDigit(r) }) {
			return false
		}
	}
	return true
}
