package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rapport-crm/rapport/internal/understand"
)

// coarse names the labels of GoEmotions and how they group.
type coarse struct {
	Labels []string            `json:"labels"`
	Ekman  map[string][]string `json:"ekman"`
	Group  map[string][]string `json:"group"`
}

// goEmotions reads a part of GoEmotions as Ekman's seven classes and three
// sentiments. A text that is ambiguous or of mixed feelings has no sentiment.
func goEmotions(dir, name string) ([]understand.HeadExample, error) {
	var c coarse
	data, err := os.ReadFile(filepath.Join(dir, "labels.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	var out []understand.HeadExample
	lines := bufio.NewScanner(in)
	for n := 0; lines.Scan(); n++ {
		text, ids, ok := strings.Cut(lines.Text(), "\t")
		if n == 0 || !ok {
			continue
		}
		e := understand.HeadExample{Text: text}
		var groups []string
		for _, id := range strings.Split(ids, ",") {
			k, err := strconv.Atoi(id)
			if err != nil || k < 0 || k >= len(c.Labels) {
				return nil, fmt.Errorf("%s: line %d: bad label %q", name, n+1, id)
			}
			if l := "emotion." + nameOf(c.Ekman, c.Labels[k]); !slices.Contains(e.Labels, l) {
				e.Labels = append(e.Labels, l)
			}
			if g := nameOf(c.Group, c.Labels[k]); !slices.Contains(groups, g) {
				groups = append(groups, g)
			}
		}
		if len(groups) == 1 && groups[0] != "ambiguous" {
			e.Labels = append(e.Labels, "sentiment."+groups[0])
		}
		out = append(out, e)
	}
	return out, lines.Err()
}

func nameOf(groups map[string][]string, label string) string {
	for name, labels := range groups {
		if slices.Contains(labels, label) {
			return name
		}
	}
	return label // neutral names itself
}
