package eval

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ReadUnlabelled reads texts without labels: JSON objects, one a line, with a
// text; a table with a heading that names the text; or, when neither is there,
// one text a line. Labels that are there are not looked at.
func ReadUnlabelled(file string) ([]string, error) {
	data, err := ReadFile(file)
	if err != nil {
		return nil, err
	}
	texts, err := unlabelled(data)
	if err == nil && len(texts) == 0 {
		err = errors.New("no texts in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return texts, nil
}

func unlabelled(data []byte) ([]string, error) {
	var texts []string
	if first := bytes.TrimLeft(data, " \t\r\n"); len(first) > 0 && first[0] == '{' {
		err := eachLine(data, func(n int, line []byte) error {
			var o map[string]any
			if err := json.Unmarshal(line, &o); err != nil {
				return fmt.Errorf("line %d is no JSON object: %w", n, err)
			}
			t, ok := field(o, textColumns)
			if !ok {
				return fmt.Errorf("line %d has no text (%s)", n, strings.Join(textColumns, ", "))
			}
			texts = append(texts, t)
			return nil
		})
		return texts, err
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	if line, _, _ := bytes.Cut(data, []byte("\n")); bytes.Contains(line, []byte("\t")) {
		r.Comma, r.LazyQuotes = '\t', true
	}
	head, err := r.Read()
	at := column(head, textColumns)
	if err != nil || at < 0 {
		err := eachLine(data, func(_ int, line []byte) error {
			texts = append(texts, string(line))
			return nil
		})
		return texts, err
	}
	for {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return texts, nil
		case err != nil:
			return nil, err
		case len(row) <= at:
			n, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d has %d columns, and the text is column %d", n, len(row), at+1)
		}
		texts = append(texts, row[at])
	}
}

// eachLine calls f with every line that is not blank, counted from 1.
func eachLine(data []byte, f func(n int, line []byte) error) error {
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 {
			if err := f(n, line); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}
