package journey

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/eval"
)

// labelledColumns are the fields of a file of contacts with their true
// journeys, each with the names under which it is found.
var labelledColumns = map[string][]string{
	"journey":      {"journey", "journey_id", "chain", "chain_id", "true_journey", "gold", "cluster", "case", "case_id", "issue_id"},
	"customer":     {"customer", "customer_id", "user", "user_id", "person", "person_id", "caller", "client", "client_id", "account"},
	"time":         {"time", "at", "occurred_at", "timestamp", "date", "datetime", "created_at"},
	"channel":      {"channel", "medium"},
	"direction":    {"direction", "dir"},
	"kind":         {"kind", "type"},
	"automatic":    {"automatic", "auto"},
	"text":         {"text", "message", "body", "content", "utterance"},
	"subject":      {"subject", "title"},
	"intent":       {"intent", "reason", "topic", "category"},
	"conversation": {"conversation", "conversation_id", "thread", "thread_id"},
	"reference":    {"reference", "order", "order_id", "ticket", "invoice", "number"},
}

// ReadFunc reads the text of a contact that has no intent in the file.
type ReadFunc func(c *Contact) crm.Reading

// readLabelled reads contacts with their true journeys: CSV with a heading, or
// JSON objects, one a line. Needed are journey, customer and time.
func readLabelled(file string, read ReadFunc) ([]told, error) {
	data, err := eval.ReadFile(file)
	if err != nil {
		return nil, err
	}
	rows, err := labelledRows(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	b := labelledBuilder{read: read, chains: map[string]int{}, conversations: map[string]crm.ID{}}
	var all []told
	for i, row := range rows {
		t, err := b.contact(i, row)
		if err != nil {
			return nil, fmt.Errorf("%s, contact %d: %w", file, i+1, err)
		}
		all = append(all, t)
	}
	if len(all) < 2 {
		return nil, fmt.Errorf("%s: there are no contacts in it", file)
	}
	slices.SortStableFunc(all, func(a, b told) int { return a.c.At.Compare(b.c.At) })
	return all, nil
}

func labelledRows(data []byte) ([]map[string]string, error) {
	var rows []map[string]string
	if first := bytes.TrimSpace(data); len(first) > 0 && first[0] == '{' {
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
			row := map[string]string{}
			for k, v := range o {
				if v != nil {
					row[strings.ToLower(k)] = fmt.Sprint(v)
				}
			}
			rows = append(rows, row)
		}
		return rows, lines.Err()
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	if line, _, _ := bytes.Cut(data, []byte("\n")); bytes.Count(line, []byte("\t")) > bytes.Count(line, []byte(",")) {
		r.Comma = '\t'
	}
	all, err := r.ReadAll()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, v := range line {
			if i < len(all[0]) {
				row[strings.ToLower(strings.TrimSpace(all[0][i]))] = v
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

type labelledBuilder struct {
	read          ReadFunc
	chains        map[string]int
	conversations map[string]crm.ID
}

func (b *labelledBuilder) contact(n int, row map[string]string) (t told, err error) {
	get := func(field string) string {
		for _, name := range labelledColumns[field] {
			if v := strings.TrimSpace(row[name]); v != "" {
				return v
			}
		}
		return ""
	}
	for _, field := range []string{"journey", "customer", "time"} {
		if get(field) == "" {
			return t, fmt.Errorf("it has no %s (columns: %s)", field, strings.Join(labelledColumns[field], ", "))
		}
	}
	at, err := labelledTime(get("time"))
	if err != nil {
		return t, err
	}
	id := crm.DerivedID(syntheticStart, "labelled", get("customer"))
	p := Profile{Bucket: id.Bucket(), ID: id}
	c := &Contact{Profile: p, CustomerID: id, Members: []Profile{p}, At: at, Subject: get("subject"), Text: get("text"),
		Channel: crm.Channel(cmp.Or(strings.ToLower(get("channel")), string(crm.Mail))), Kind: crm.Kind(strings.ToLower(get("kind"))), Direction: crm.In}
	c.ID = crm.DerivedID(at, "labelled", strconv.Itoa(n)).InBucket(p.Bucket)
	if d := strings.ToLower(get("direction")); strings.HasPrefix(d, "out") || d == "agent" {
		c.Direction = crm.Out
	}
	if !slices.Contains(crm.Kinds, c.Kind) {
		if c.Kind = crm.KindMessage; c.Channel == crm.Phone {
			c.Kind = crm.KindCall
		}
	}
	c.Automatic, _ = strconv.ParseBool(get("automatic"))
	conversation := cmp.Or(get("conversation"), "alone "+strconv.Itoa(n))
	if _, ok := b.conversations[conversation]; !ok {
		b.conversations[conversation] = crm.DerivedID(at, "conversation", conversation).InBucket(p.Bucket)
	} else {
		c.Continued = true
	}
	c.ConversationID = b.conversations[conversation]
	switch intent := get("intent"); {
	case intent != "":
		c.Reading = &crm.Reading{Intents: []crm.Label{{Name: intent, Confidence: .9}}}
	case b.read != nil && c.Text+c.Subject != "":
		r := b.read(c)
		c.Reading = &r
	default:
		c.Reading = &crm.Reading{Unknown: true}
	}
	if ref := get("reference"); ref != "" {
		c.Reading.Entities = append(c.Reading.Entities, crm.Entity{Kind: "case", Value: ref})
	}
	truth := get("journey")
	if b.chains[truth] == 0 {
		b.chains[truth] = len(b.chains) + 1
	}
	return told{c: c, chain: b.chains[truth]}, nil
}

func labelledTime(s string) (time.Time, error) {
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		if n > 1e11 { // milliseconds
			n /= 1000
		}
		return time.Unix(int64(n), 0).UTC(), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time; write 2026-03-02T10:00:00Z", s)
}
