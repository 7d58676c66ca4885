package understand

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// turnJSON is an event in Rapport's own spelling.
type turnJSON struct {
	By    string `json:"by"`
	Kind  string `json:"kind"`
	Label string `json:"label"`
	Text  string `json:"text"`
	Found *int   `json:"found"`
}

// readTurn reads an event: an object, or STAR's list of time, kind and values.
// Events that say nothing (a playbook was opened, the end) give ok false.
func readTurn(raw json.RawMessage) (t Turn, ok bool, err error) {
	if len(raw) > 0 && raw[0] == '{' {
		var j turnJSON
		if err := json.Unmarshal(raw, &j); err != nil {
			return t, false, fmt.Errorf("%w: %w", ErrDialogue, err)
		}
		return j.turn()
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || len(list) < 2 {
		return t, false, fmt.Errorf("%w: an event is an object, or a list of time, kind and values", ErrDialogue)
	}
	text := func(n int) (s string) {
		if n < len(list) {
			_ = json.Unmarshal(list[n], &s) // what is no text stays empty
		}
		return s
	}
	switch text(1) {
	case "user":
		return Turn{By: Customer, Kind: Say, Text: text(2)}, true, nil
	case "wizard":
		return Turn{By: Agent, Kind: Say, Text: text(2)}, true, nil
	case "action":
		return Turn{By: Agent, Kind: Act, Label: text(2), Text: text(3)}, true, nil
	case "query":
		t = Turn{By: Agent, Kind: Query, Label: text(2)}
		if len(list) > 3 {
			t.Text = flatten(list[3])
		}
		return t, true, nil
	case "result":
		t = Turn{By: System, Kind: Result, Label: text(2), Found: -1}
		if len(list) > 3 {
			t.Text = flatten(list[3])
		}
		if len(list) > 4 {
			_ = json.Unmarshal(list[4], &t.Found)
		}
		return t, true, nil
	case "":
		return t, false, fmt.Errorf("%w: the second value of an event is its kind", ErrDialogue)
	}
	return t, false, nil
}

func (j *turnJSON) turn() (Turn, bool, error) {
	t := Turn{Label: j.Label, Text: j.Text, Found: -1}
	switch strings.ToLower(j.By) {
	case "customer", "user", "client":
		t.By = Customer
	case "agent", "wizard", "assistant", "service":
		t.By = Agent
	case "system":
		t.By = System
	default:
		return t, false, fmt.Errorf("%w: by is customer, agent or system, not %q", ErrDialogue, j.By)
	}
	switch strings.ToLower(j.Kind) {
	case "", "say", "text":
		if t.Kind = Say; t.Label != "" && t.By == Agent {
			t.Kind = Act
		}
	case "act", "action":
		t.Kind = Act
	case "query":
		t.Kind = Query
	case "result":
		t.Kind = Result
	default:
		return t, false, fmt.Errorf("%w: kind is say, action, query or result, not %q", ErrDialogue, j.Kind)
	}
	if j.Found != nil {
		t.Found = *j.Found
	}
	return t, true, nil
}

// turn of ABCD: an action turn carries its button, other turns are said.
func (a *abcdTurn) turn() Turn {
	switch a.Speaker {
	case "customer":
		return Turn{By: Customer, Kind: Say, Text: a.Text}
	case "action":
		t := Turn{By: Agent, Kind: Act, Text: a.Text}
		if len(a.Targets) > 2 {
			t.Label, _ = a.Targets[2].(string)
		}
		return t
	}
	return Turn{By: Agent, Kind: Say, Text: a.Text}
}

// flatten writes the fields and values of a JSON value as words, in the order
// of the names.
func flatten(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	var b strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			names := make([]string, 0, len(x))
			for k := range x {
				names = append(names, k)
			}
			sort.Strings(names)
			for _, k := range names {
				b.WriteString(k)
				b.WriteByte('=')
				walk(x[k])
				b.WriteByte('\n')
			}
		case []any:
			for _, e := range x {
				walk(e)
				b.WriteByte(' ')
			}
		default:
			fmt.Fprint(&b, x)
		}
	}
	walk(v)
	return b.String()
}
