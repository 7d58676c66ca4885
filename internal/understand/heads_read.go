package understand

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// HeadNames is what a file of names says: the labels in the order of their
// numbers, and for each level the coarse labels with the fine ones below them.
type HeadNames struct {
	Labels []string
	Levels map[string]map[string][]string // "emotion", "group"
}

// ReadHeadNames reads a JSON object: "labels" is the list, every other field a
// level; "ekman" is our level of emotions.
func ReadHeadNames(data []byte) (*HeadNames, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("a file of label names is a JSON object: %w", err)
	}
	n := &HeadNames{Levels: map[string]map[string][]string{}}
	if err := json.Unmarshal(raw["labels"], &n.Labels); err != nil || len(n.Labels) == 0 {
		return nil, errors.New(`a file of label names has "labels", the list of names`)
	}
	for name, value := range raw {
		var level map[string][]string
		if name == "labels" || json.Unmarshal(value, &level) != nil {
			continue
		}
		if name == "ekman" {
			name = strings.TrimSuffix(emotionPrefix, ".")
		}
		n.Levels[name] = level
	}
	return n, nil
}

// EmotionNames are the labels of the embedded heads.
func EmotionNames() *HeadNames {
	n, err := ReadHeadNames(models.Emotions)
	if err != nil {
		panic(err) // an embedded file, read by every test
	}
	return n
}

// emotionTexts and emotionLabels are the names under which sets keep their labels.
var (
	emotionTexts  = []string{"text", "sentence", "comment", "tweet", "message", "content", "utterance"}
	emotionLabels = []string{"labels", "label", "emotions", "emotion", "target", "class", "category"}
)

// ReadHeads reads texts with one or several labels each: CSV, TSV or JSON Lines.
// Labels are names or numbers, separated by comma, semicolon, bar or blank, or a
// JSON list. A table whose columns are called like labels and hold 0 and 1 is
// read too. Numbers are looked up in names.
func ReadHeads(data []byte, names *HeadNames) (HeadSet, error) {
	var texts []string
	var labels [][]string
	var err error
	if first := strings.TrimLeft(string(data[:min(len(data), 64)]), " \t\r\n"); strings.HasPrefix(first, "{") {
		texts, labels, err = headsOfJSON(data)
	} else {
		texts, labels, err = headsOfTable(data, names)
	}
	if err != nil {
		return HeadSet{}, err
	}
	if len(texts) == 0 {
		return HeadSet{}, errors.New("there are no labelled texts in it")
	}
	return headSet(texts, labels, names)
}

func headsOfJSON(data []byte) (texts []string, labels [][]string, err error) {
	for n, line := range strings.Split(string(data), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		var o map[string]any
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			return nil, nil, fmt.Errorf("line %d is no JSON object: %w", n+1, err)
		}
		text, found := "", false
		for _, c := range emotionTexts {
			if v, ok := o[c].(string); ok && !found {
				text, found = v, true
			}
		}
		var list []string
		labelled := false
		for _, c := range emotionLabels {
			v, ok := o[c]
			if !ok || labelled {
				continue
			}
			labelled = true
			switch v := v.(type) {
			case []any:
				for _, e := range v {
					list = append(list, fmt.Sprint(e))
				}
			default:
				list = splitLabels(fmt.Sprint(v))
			}
		}
		if !found || !labelled {
			return nil, nil, fmt.Errorf("line %d has no text and labels", n+1)
		}
		texts, labels = append(texts, text), append(labels, list)
	}
	return texts, labels, nil
}

// headTable says where a table keeps what.
type headTable struct {
	text, label int
	flags       map[int]string // columns of 0 and 1, instead of a column of labels
	texts       []string
	labels      [][]string
}

func headsOfTable(data []byte, names *HeadNames) (texts []string, labels [][]string, err error) {
	t := &headTable{label: 1}
	first, _, _ := strings.Cut(string(data), "\n")
	if strings.Contains(first, "\t") {
		// Tab-separated sets of forum texts hold lone quotation marks: no quoting.
		for n, line := range strings.Split(string(data), "\n") {
			if line = strings.TrimSuffix(line, "\r"); line == "" {
				continue
			}
			if err := t.add(strings.Split(line, "\t"), n+1, names); err != nil {
				return nil, nil, err
			}
		}
		return t.texts, t.labels, nil
	}
	r := csv.NewReader(strings.NewReader(string(data)))
	r.FieldsPerRecord = -1
	for n := 1; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return t.texts, t.labels, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if err := t.add(row, n, names); err != nil {
			return nil, nil, err
		}
	}
}

// add adds a row; the first one may be a heading.
func (t *headTable) add(row []string, n int, names *HeadNames) error {
	if n == 1 && t.heading(row, names) {
		return nil
	}
	if len(row) <= max(t.text, t.label) {
		return fmt.Errorf("row %d has %d columns, and the text and its labels are columns %d and %d", n, len(row), t.text+1, t.label+1)
	}
	var list []string
	if t.flags == nil {
		list = splitLabels(row[t.label])
	}
	for c, name := range t.flags {
		if c < len(row) && strings.TrimSpace(row[c]) == "1" {
			list = append(list, name)
		}
	}
	if len(list) > 0 {
		sort.Strings(list)
		t.texts, t.labels = append(t.texts, row[t.text]), append(t.labels, list)
	}
	return nil
}

func (t *headTable) heading(row []string, names *HeadNames) bool {
	text, label := columnOf(row, emotionTexts), columnOf(row, emotionLabels)
	if text < 0 {
		return false
	}
	if label >= 0 {
		t.text, t.label = text, label
		return true
	}
	flags := map[int]string{}
	for c, name := range row {
		if name = strings.ToLower(strings.TrimSpace(name)); names != nil && slices.Contains(names.Labels, name) {
			flags[c] = name
		}
	}
	if len(flags) < 2 {
		return false
	}
	t.text, t.label, t.flags = text, text, flags
	return true
}

func columnOf(row, names []string) int {
	for _, name := range names {
		if i := slices.IndexFunc(row, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), name) }); i >= 0 {
			return i
		}
	}
	return -1
}

func splitLabels(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return r == ',' || r == ';' || r == '|' || r == ' ' || r == '[' || r == ']' || r == '\'' || r == '"'
	})
}

// headSet turns names or numbers into labels with levels.
func headSet(texts []string, labels [][]string, names *HeadNames) (HeadSet, error) {
	set := HeadSet{Parts: map[string][]string{}}
	above := map[string][]string{} // fine label to its coarse ones
	known := names != nil
	for _, list := range labels {
		for _, l := range list {
			known = known && names.index(l) >= 0
		}
	}
	if known {
		for level, coarse := range names.Levels {
			for name, parts := range coarse {
				for _, p := range parts {
					above[p] = append(above[p], level+"."+name)
					set.Parts[level+"."+name] = append(set.Parts[level+"."+name], finePrefix+p)
				}
			}
		}
	}
	for i, text := range texts {
		e := HeadExample{Text: text}
		for _, l := range labels[i] {
			if !known {
				e.Labels = append(e.Labels, l)
				continue
			}
			name := names.Labels[names.index(l)]
			e.Labels = append(e.Labels, finePrefix+name)
			e.Labels = append(e.Labels, above[name]...)
		}
		sort.Strings(e.Labels)
		e.Labels = slices.Compact(e.Labels)
		set.Examples = append(set.Examples, e)
	}
	return set, nil
}

func (n *HeadNames) index(label string) int {
	if k, err := strconv.Atoi(label); err == nil {
		if k < 0 || k >= len(n.Labels) {
			return -1
		}
		return k
	}
	return slices.Index(n.Labels, strings.ToLower(label))
}
