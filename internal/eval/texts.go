package eval

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text is one labelled text of a file.
type Text struct {
	Text  string
	Label string
}

// Names under which public sets keep the text and its label, lower-cased, in
// the order in which they are tried.
var (
	textColumns  = []string{"text", "utterance", "sentence", "query", "question", "message", "content", "tweet"}
	labelColumns = []string{"label", "intent", "category", "class", "labels", "target", "label_text", "lang", "language", "emotion"}
)

// ReadTexts reads a file of labelled texts: CSV or TSV with or without a heading,
// or JSON objects, one a line; each of them plain or gzip. Without a heading
// the first column is the text and the second the label. A bad line is an error
// that names it.
func ReadTexts(file string) ([]Text, error) {
	data, err := ReadFile(file)
	if err != nil {
		return nil, err
	}
	var texts []Text
	if first := bytes.TrimLeft(data, " \t\r\n"); len(first) > 0 && first[0] == '{' {
		texts, err = jsonTexts(data)
	} else {
		texts, err = tableTexts(data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("%s: no labelled texts in it", file)
	}
	return texts, nil
}

// ReadFile reads a file, unpacked when it is gzip, without a byte order mark.
func ReadFile(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if data, err = io.ReadAll(z); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: not UTF-8 text", file)
	}
	return data, nil
}

func jsonTexts(data []byte) ([]Text, error) {
	var texts []Text
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var o map[string]any
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			return nil, fmt.Errorf("line %d is no JSON object: %w", n, err)
		}
		t, ok := field(o, textColumns)
		l, ok2 := field(o, labelColumns)
		if !ok || !ok2 {
			return nil, fmt.Errorf("line %d has no text and label (text: %s; label: %s)", n, strings.Join(textColumns, ", "), strings.Join(labelColumns, ", "))
		}
		texts = append(texts, Text{t, l})
	}
	return texts, lines.Err()
}

func field(o map[string]any, names []string) (string, bool) {
	for _, name := range names {
		switch v := o[name].(type) {
		case string:
			return v, true
		case float64:
			return fmt.Sprint(v), true
		}
	}
	return "", false
}

func tableTexts(data []byte) ([]Text, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.Count(line, []byte("\t")) > 0 {
		r.Comma, r.LazyQuotes = '\t', true
	}
	at, label := 0, 1
	var texts []Text
	for first := true; ; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return texts, nil
		}
		if err != nil {
			return nil, err
		}
		if first {
			if t, l := column(row, textColumns), column(row, labelColumns); t >= 0 && l >= 0 {
				at, label = t, l
				continue
			}
		}
		if len(row) <= max(at, label) {
			n, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d has %d columns, and the text and its label are columns %d and %d", n, len(row), at+1, label+1)
		}
		texts = append(texts, Text{row[at], strings.TrimSpace(row[label])})
	}
}

func column(row, names []string) int {
	for _, name := range names {
		if i := slices.IndexFunc(row, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), name) }); i >= 0 {
			return i
		}
	}
	return -1
}
