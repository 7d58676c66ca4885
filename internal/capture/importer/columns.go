package importer

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/capture/email"
	"github.com/rapport-crm/rapport/internal/crm"
)

// column is one column of a table: field is a name of the package comment, or
// "" for a trait.
type column struct{ name, field string }

var identityFields = []string{"email", "phone", "user_id", "anonymous_id"}

var tableFields = append([]string{"source", "external_id", "channel", "kind", "direction", "occurred_at", "name", "subject", "text", "html",
	"locale", "thread_key", "message_id", "in_reply_to", "automatic"}, identityFields...)

// header reads the first row and gives every column its meaning.
func (t *table) header() error {
	var text string
	for text == "" {
		raw, open, long, err := t.record(false)
		switch {
		case errors.Is(err, io.EOF):
			return errors.New("the table is empty: its first row must name the columns")
		case err != nil:
			return err
		case open || long:
			return errors.New("the first row, which must name the columns, has a quote that never closes")
		}
		t.offset += int64(len(raw))
		text = strings.TrimSpace(t.text(raw))
		// Excel's first line that says what separates the columns.
		if rest, ok := strings.CutPrefix(strings.ToLower(text), "sep="); ok {
			if len(rest) == 1 {
				t.delim = rest[0]
			}
			text = ""
		}
	}
	t.sniff(text)
	if err := t.name(fields(text, t.delim)); err != nil {
		return err
	}
	return t.seek(t.offset)
}

// sniff takes the delimiter that is most frequent in the header; a comma when
// there is only one column.
func (t *table) sniff(header string) {
	best := strings.Count(header, string(t.delim))
	for _, d := range []byte{',', ';', '\t', '|'} {
		if n := strings.Count(header, string(d)); n > best {
			t.delim, best = d, n
		}
	}
}

// name matches the header with the fields, strictly: a table without what every
// interaction needs is refused before a row is read.
func (t *table) name(names []string) error {
	renamed := map[string]string{}
	for from, to := range t.o.Columns {
		if to = strings.ToLower(strings.TrimSpace(to)); !slices.Contains(tableFields, to) {
			return fmt.Errorf("the column map gives %q the name %q; the names are %s", from, to, strings.Join(tableFields, ", "))
		}
		renamed[columnKey(from)] = to
	}
	for field := range t.o.Defaults {
		if !slices.Contains(tableFields, field) {
			return fmt.Errorf("there is no field %q to give a default; the fields are %s", field, strings.Join(tableFields, ", "))
		}
	}
	have := map[string]bool{}
	for _, n := range names {
		c := column{name: cleanText(n)}
		key := columnKey(n)
		if to, ok := renamed[key]; ok {
			c.field = to
			delete(renamed, key)
		} else if slices.Contains(tableFields, key) {
			c.field = key
		}
		if c.field != "" && have[c.field] {
			return fmt.Errorf("two columns of the table give the field %q", c.field)
		}
		have[c.field] = true
		t.columns = append(t.columns, c)
	}
	for from := range renamed {
		return fmt.Errorf("the column map names %q, but the table has only %s", from, strings.Join(names, ", "))
	}
	for field := range t.o.Defaults {
		have[field] = true
	}
	var missing []string
	for _, f := range []string{"channel", "occurred_at"} {
		if !have[f] {
			missing = append(missing, f)
		}
	}
	if !slices.ContainsFunc(identityFields, func(f string) bool { return have[f] }) {
		missing = append(missing, "one of "+strings.Join(identityFields, ", "))
	}
	if missing != nil {
		return fmt.Errorf("the table has no column for %s; its columns are %s", strings.Join(missing, " and "), strings.Join(names, ", "))
	}
	return nil
}

// columnKey folds the ways to write one name: "Occurred at" is occurred_at.
func columnKey(name string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(name)))
}

// item makes an envelope of one row; what is wrong with the row is its Problem.
func (t *table) item(raw []byte, text string, at int64) crm.Item {
	values := fields(text, t.delim)
	for len(values) > len(t.columns) && values[len(values)-1] == "" {
		values = values[:len(values)-1]
	}
	row := map[string]string{}
	for f, v := range t.o.Defaults {
		row[f] = cleanText(v)
	}
	traits := map[string]json.RawMessage{}
	for i, c := range t.columns {
		if i >= len(values) || values[i] == "" {
			continue
		}
		v := cleanText(values[i])
		if c.field != "" {
			row[c.field] = v
		} else if c.name != "" {
			traits[c.name], _ = json.Marshal(v)
		}
	}
	e, problem := envelope(row)
	if len(values) != len(t.columns) {
		problem = fmt.Sprintf("The row has %d columns; the header has %d.", len(values), len(t.columns))
	}
	if len(traits) > 0 {
		e.Traits = traits
	}
	if e.Source == "" {
		e.Source = t.o.Source
	}
	if e.ExternalID == "" {
		e.ExternalID = rowID(raw, at)
	}
	if e.OccurredAt.IsZero() {
		e.OccurredAt = t.o.Now().UTC()
	}
	return crm.Item{Envelope: e, Raw: raw, RawType: "text/csv", Problem: problem}
}

// envelope fills the fields of a row in and says the first thing that is wrong.
func envelope(row map[string]string) (crm.Envelope, string) {
	e := crm.Envelope{
		Source: row["source"], ExternalID: row["external_id"], Channel: crm.Channel(strings.ToLower(row["channel"])), Kind: crm.Kind(strings.ToLower(row["kind"])),
		Direction: crm.Direction(strings.ToLower(row["direction"])), Subject: row["subject"], Text: row["text"], HTML: row["html"], Locale: row["locale"],
		Thread: crm.Thread{Key: row["thread_key"], MessageID: strings.Trim(row["message_id"], "<>"), InReplyTo: strings.Trim(row["in_reply_to"], "<>")},
	}
	problem := defaults(&e)
	role := crm.From
	if e.Direction == crm.Out {
		role = crm.To
	}
	for _, kind := range identityFields {
		if v := row[kind]; v != "" {
			e.Participants = append(e.Participants, crm.Participant{Role: role, Kind: crm.IdentifierKind(kind), Value: v, Name: row["name"]})
		}
	}
	if len(e.Participants) == 0 && problem == "" {
		problem = "The row names nobody: " + strings.Join(identityFields, ", ") + " are all empty."
	}
	at, ok := parseTime(row["occurred_at"])
	if e.OccurredAt = at; !ok && problem == "" {
		problem = fmt.Sprintf("The time %q is not like 2026-03-01T12:00:00Z, 2026-03-01 12:00:00 or Unix seconds.", row["occurred_at"])
	}
	switch strings.ToLower(row["automatic"]) {
	case "true", "yes", "1":
		e.Automatic = true
	case "", "false", "no", "0":
	default:
		if problem == "" {
			problem = fmt.Sprintf("The field automatic is %q; it is true or false.", row["automatic"])
		}
	}
	if e.Channel == crm.Mail && e.Text != "" {
		e.Text, e.Quoted = email.StripReply(e.Text)
	}
	return e, problem
}

// defaults fills kind and direction in and checks the closed lists.
func defaults(e *crm.Envelope) string {
	if e.Kind == "" {
		e.Kind = crm.KindMessage
	}
	if e.Direction == "" {
		e.Direction = crm.In
	}
	switch {
	case e.Channel == "":
		return "The channel is missing."
	case !slices.Contains(crm.Channels, e.Channel):
		return fmt.Sprintf("There is no channel %q; the channels are %s.", e.Channel, join(crm.Channels))
	case !slices.Contains(crm.Kinds, e.Kind):
		return fmt.Sprintf("There is no kind %q; the kinds are %s.", e.Kind, join(crm.Kinds))
	case e.Direction != crm.In && e.Direction != crm.Out && e.Direction != crm.Inside:
		return fmt.Sprintf("There is no direction %q; it is in, out or internal.", e.Direction)
	}
	return ""
}

func join[T ~string](list []T) string {
	s := make([]string, len(list))
	for i, v := range list {
		s[i] = string(v)
	}
	return strings.Join(s, ", ")
}

// parseTime reads the forms that have one meaning everywhere. 02/03/2026 has
// two, and is refused. Without a zone a time is UTC.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999 Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), t.Year() > 0
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	switch {
	case err != nil || n < 0 || len(s) < 8:
		return time.Time{}, false
	case n < 100_000_000_000: // seconds until the year 5138
		return time.Unix(n, 0).UTC(), true
	case n < math.MaxInt64/1_000_000:
		return time.UnixMilli(n).UTC(), n < 100_000_000_000_000
	}
	return time.Time{}, false
}

// cleanText makes a value fit for storage: valid UTF-8 without NUL, line ends
// as \n.
func cleanText(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.NewReplacer("\x00", "", "\r\n", "\n", "\r", "\n").Replace(s)
}
