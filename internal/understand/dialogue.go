package understand

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Dialogue is a conversation with what the people who served it did: what the
// heads of next action and resolution learn from.
type Dialogue struct {
	ID       string
	Task     string // what it was about; empty: not known, or several
	Split    string // "train", "dev", "test"; empty: by the hash of the id
	Complete bool   // it came to its end
	Resolved *bool  // the customer's own answer; nil: not asked
	Turns    []Turn
}

// Turn is one event of a Dialogue, in order.
type Turn struct {
	By    Speaker
	Kind  TurnKind
	Label string // of an Act or a Query: which one
	Text  string // what was said; of a Result: its fields and values
	Found int    // of a Result: number of matches; -1 when not known
}

// Speaker is who made a turn.
type Speaker uint8

// The speakers of a dialogue.
const (
	Customer Speaker = iota
	Agent
	System
)

// TurnKind is what a turn is.
type TurnKind uint8

// A turn is said in free words, an action out of a closed list, a question to a
// system, or its answer.
const (
	Say TurnKind = iota
	Act
	Query
	Result
)

// queryLabel is the action of asking a system, whichever it is.
const queryLabel = "query"

// ErrDialogue is the cause of every error of ReadDialogues.
var ErrDialogue = errors.New("this is not a file of dialogues")

// ReadDialogues reads JSON Lines, one dialogue a line, or one JSON document: a
// list of dialogues, or an object of such lists by split. Three spellings of a
// dialogue are understood (docs/eval.md): the events of Rapport and of STAR, and
// the turns of ABCD. What can't be read is an error that names its line.
func ReadDialogues(data []byte) ([]Dialogue, error) {
	trimmed := bytes.TrimSpace(data)
	if len(trimmed) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrDialogue)
	}
	if trimmed[0] == '[' {
		return readDialogueList(trimmed, "")
	}
	var out []Dialogue
	lines := bufio.NewScanner(bytes.NewReader(trimmed))
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		d, err := readDialogue(line)
		if err != nil && n == 1 {
			if splits, err := readSplits(trimmed); err == nil {
				return splits, nil
			}
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		out = append(out, d)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDialogue, err)
	}
	return out, nil
}

func readSplits(data []byte) ([]Dialogue, error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDialogue, err)
	}
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	sort.Strings(names)
	var out []Dialogue
	for _, name := range names {
		list, err := readDialogueList(parts[name], name)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func readDialogueList(data []byte, split string) ([]Dialogue, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDialogue, err)
	}
	out := make([]Dialogue, 0, len(list))
	for n, raw := range list {
		d, err := readDialogue(raw)
		if err != nil {
			return nil, fmt.Errorf("dialogue %d: %w", n+1, err)
		}
		if d.Split == "" {
			d.Split = split
		}
		out = append(out, d)
	}
	return out, nil
}

// dialogueJSON is every spelling at once; what is missing is zero.
type dialogueJSON struct {
	ID        json.RawMessage   `json:"id"`
	ConvoID   json.RawMessage   `json:"convo_id"`
	Task      string            `json:"task"`
	Tasks     []string          `json:"tasks"`
	Split     string            `json:"split"`
	Level     *string           `json:"level"`
	Complete  *bool             `json:"complete"`
	MultiTask bool              `json:"multi_task"`
	Resolved  *bool             `json:"resolved"`
	Answers   [][]any           `json:"user_answers"`
	Events    []json.RawMessage `json:"events"`
	Turns     []json.RawMessage `json:"turns"`
	Delexed   []abcdTurn        `json:"delexed"`
}

type abcdTurn struct {
	Speaker string `json:"speaker"`
	Text    string `json:"text"`
	Targets []any  `json:"targets"`
}

func readDialogue(data []byte) (Dialogue, error) {
	var j dialogueJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return Dialogue{}, fmt.Errorf("%w: %w", ErrDialogue, err)
	}
	d := Dialogue{ID: idText(j.ID), Task: j.Task, Split: j.Split, Resolved: j.Resolved, Complete: true}
	if d.ID == "" {
		d.ID = idText(j.ConvoID)
	}
	if d.Task == "" && len(j.Tasks) == 1 && !j.MultiTask {
		d.Task = j.Tasks[0]
	}
	if j.Level != nil {
		d.Complete = *j.Level == "Complete"
	}
	if j.Complete != nil {
		d.Complete = *j.Complete
	}
	if d.Resolved == nil {
		d.Resolved = goalAnswer(j.Answers)
	}
	events := j.Events
	if events == nil {
		events = j.Turns
	}
	if events == nil && j.Delexed == nil {
		return d, fmt.Errorf("%w: it has neither events nor turns", ErrDialogue)
	}
	for n, raw := range events {
		t, ok, err := readTurn(raw)
		if err != nil {
			return d, fmt.Errorf("event %d: %w", n+1, err)
		}
		if ok {
			d.Turns = append(d.Turns, t)
		}
	}
	for _, a := range j.Delexed {
		d.Turns = append(d.Turns, a.turn())
		if d.Task == "" && len(a.Targets) > 0 {
			d.Task, _ = a.Targets[0].(string)
		}
	}
	return d, nil
}

// idText is an id as its digits or its text: the split hashes it.
func idText(raw json.RawMessage) string { return strings.Trim(string(raw), `"`) }

// goalAnswer is the answer to the first question about the goal itself, not
// about the manner of the service person.
func goalAnswer(answers [][]any) *bool {
	for _, a := range answers {
		if len(a) < 2 {
			continue
		}
		question, _ := a[0].(string)
		said, ok := a[1].(bool)
		if q := strings.ToLower(question); !ok || strings.Contains(q, "calm") || strings.Contains(q, "enjoy") {
			continue
		}
		return &said
	}
	return nil
}

// split is the part of a dialogue: its own, or by the first byte of the
// SHA-256 of its id, modulo 10: 0 is test, 1 is dev, the rest is train.
func (d *Dialogue) split() string {
	if d.Split != "" {
		return d.Split
	}
	switch hashByte(d.ID) % 10 {
	case 0:
		return "test"
	case 1:
		return "dev"
	}
	return "train"
}

func hashByte(id string) int {
	sum := sha256.Sum256([]byte(id))
	return int(sum[0])
}
