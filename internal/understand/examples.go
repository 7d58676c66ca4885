package understand

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a file of examples.
const (
	maxExamples    = 2_000_000
	maxExampleText = 64 << 10
)

// ReadExamples reads labelled texts: "csv" or "tsv" with a header that names
// the columns text and intent (also category or label) and perhaps language;
// or "ndjson" with one object of those fields a line. Any fault is an error
// with its line number: a file that is half read trains a wrong model.
func ReadExamples(in io.Reader, format string) ([]Example, error) {
	var out []Example
	var err error
	switch format {
	case "csv":
		out, err = readTable(in, ',')
	case "tsv":
		out, err = readTable(in, '\t')
	case "ndjson":
		out, err = readObjects(in)
	default:
		return nil, fmt.Errorf("unknown format %q: want csv, tsv or ndjson", format)
	}
	if err == nil && len(out) == 0 {
		err = errors.New("the file holds no examples")
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func readTable(in io.Reader, comma rune) ([]Example, error) {
	r := csv.NewReader(skipMark(in))
	r.Comma = comma
	r.LazyQuotes = comma == '\t'
	r.ReuseRecord = true
	head, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	column := func(names ...string) int {
		return slices.IndexFunc(head, func(h string) bool {
			return slices.Contains(names, strings.ToLower(strings.TrimSpace(h)))
		})
	}
	text, intent, language := column("text", "utterance", "message"), column("intent", "category", "label"), column("language", "lang")
	if text < 0 || intent < 0 {
		return nil, errors.New("line 1: the header must name the columns text and intent")
	}
	var out []Example
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err // carries its line
		}
		line, _ := r.FieldPos(0)
		e := Example{Text: strings.Clone(row[text]), Intent: strings.Clone(row[intent]), Origin: "file"}
		if language >= 0 {
			e.Language = strings.Clone(row[language])
		}
		if out, err = appendExample(out, e, line); err != nil {
			return nil, err
		}
	}
}

func readObjects(in io.Reader) ([]Example, error) {
	lines := bufio.NewScanner(skipMark(in))
	lines.Buffer(nil, 2*maxExampleText)
	var out []Example
	line := 0
	for lines.Scan() {
		line++
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var e Example
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		e.Origin = "file"
		var err error
		if out, err = appendExample(out, e, line); err != nil {
			return nil, err
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", line+1, err)
	}
	return out, nil
}

func appendExample(out []Example, e Example, line int) ([]Example, error) {
	e.Text, e.Intent, e.Language = strings.TrimSpace(e.Text), strings.TrimSpace(e.Intent), strings.TrimSpace(e.Language)
	switch {
	case e.Text == "":
		return nil, fmt.Errorf("line %d: the text is empty", line)
	case e.Intent == "":
		return nil, fmt.Errorf("line %d: the intent is empty", line)
	case len(e.Intent) > maxName:
		return nil, fmt.Errorf("line %d: the intent is longer than %d bytes", line, maxName)
	case len(e.Text) > maxExampleText:
		return nil, fmt.Errorf("line %d: the text is longer than %d bytes", line, maxExampleText)
	case !utf8.ValidString(e.Text) || !utf8.ValidString(e.Intent):
		return nil, fmt.Errorf("line %d: not UTF-8", line)
	case len(out) == maxExamples:
		return nil, fmt.Errorf("line %d: more than %d examples", line, maxExamples)
	}
	return append(out, e), nil
}

// skipMark drops the byte order mark that spreadsheets put in front.
func skipMark(in io.Reader) io.Reader {
	b := bufio.NewReader(in)
	if head, err := b.Peek(3); err == nil && string(head) == "\ufeff" {
		_, _ = b.Discard(3) // it was just peeked
	}
	return b
}
