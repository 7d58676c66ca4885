package email

import (
	"bytes"
	"encoding/json"
	"errors"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

const defaultDeadline = 2 * time.Second

// Options says how to read a message.
type Options struct {
	// Source goes into Envelope.Source as it is.
	Source string
	// Own reports whether an address is one of the firm's: a message from it
	// is outbound. Nil means that none is; every message is inbound.
	Own func(addr string) bool
	// Now is when the message was received. It is the time of a message that
	// has no usable one of its own.
	Now time.Time
	// Deadline bounds the work on one message; when it is over, what was read
	// is kept and Envelope.Truncated says so. Default 2 s.
	Deadline time.Duration
}

// Errors of Parse: sentences for people, who see them in quarantine. Every other
// message, however damaged, is read.
var (
	ErrEmpty  = errors.New("The mail is empty.")
	ErrBinary = errors.New("This is binary data without a mail header, not a mail.")
)

// Parse reads one message. See the package comment for what it promises.
func Parse(raw []byte, o Options) (crm.Envelope, error) {
	if o.Deadline <= 0 {
		o.Deadline = defaultDeadline
	}
	b := newBudget(o.Deadline)
	e := crm.Envelope{Source: clean(o.Source), Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: o.Now}
	raw = lineEnds(raw)
	pos := skipPreface(raw)
	if pos == len(raw) {
		return e, ErrEmpty
	}
	limits := map[string]bool{}
	root := walk(raw, pos, b, limits)
	h := root.header
	if isBinary(raw[pos:], h) {
		return e, ErrBinary
	}
	m := message{h: h, o: o, e: &e, traits: map[string]any{}}
	m.identity(raw, pos)
	m.people()
	m.bounce = bounced(h, root, m.senderText())
	e.OccurredAt = occurredAt(h, o.Now)
	e.Subject = oneLine(decodeWords(h.get("subject")), maxSubject)
	m.body(root, b, limits)
	m.facts(root)
	if b.over {
		limits["Reading it took too long; the rest was left out."] = true
	}
	e.Truncated = sentences(limits)
	for k, v := range m.traits {
		if e.Traits == nil {
			e.Traits = map[string]json.RawMessage{}
		}
		if j, err := json.Marshal(v); err == nil {
			e.Traits[k] = j
		}
	}
	return e, nil
}

// lineEnds gives a message of bare carriage returns line feeds; every other one
// is returned as it is.
func lineEnds(raw []byte) []byte {
	if bytes.IndexByte(raw, '\n') < 0 && bytes.IndexByte(raw, '\r') >= 0 {
		return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	}
	return raw
}

// skipPreface passes what stands before the header in damaged files: a byte
// order mark, empty lines, an mbox "From " line.
func skipPreface(raw []byte) int {
	pos := 0
	if bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
		pos = 3
	}
	for pos < len(raw) && (raw[pos] == '\n' || raw[pos] == '\r') {
		pos++
	}
	if bytes.HasPrefix(raw[pos:], []byte("From ")) || bytes.HasPrefix(raw[pos:], []byte(">From ")) {
		i := bytes.IndexByte(raw[pos:], '\n')
		// "From : a@example.com" is a field of the obsolete syntax.
		if i >= 0 {
			if _, _, isField := fieldName(raw[pos : pos+i]); !isField {
				pos += i + 1
			}
		}
	}
	if len(bytes.TrimSpace(raw[pos:min(len(raw), pos+4096)])) == 0 && len(bytes.TrimSpace(raw[pos:])) == 0 {
		return len(raw)
	}
	return pos
}

// isBinary reports data that a person would not call a mail: no field that
// mail has, and a start full of bytes that text never has.
func isBinary(raw []byte, h header) bool {
	for _, f := range h {
		if known[f.name] {
			return false
		}
	}
	head := raw[:min(len(raw), 4096)]
	if bytes.IndexByte(head, 0) >= 0 {
		return true
	}
	bad := 0
	for i := 0; i < len(head); {
		r, n := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError && n == 1 && len(head)-i >= utf8.UTFMax || r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != 0x1b && r != '\f' {
			bad++
		}
		i += n
	}
	// Text in an old 8-bit charset has up to every letter above ASCII, but
	// no control characters; files have both.
	return bad*10 > len(head)*3 && bytes.ContainsAny(head, "\x01\x02\x03\x04\x05\x06\x07\x10\x11\x12\x13")
}

// occurredAt is when the message was written, by its own account when that can
// be true, else when the nearest server got it.
func occurredAt(h header, now time.Time) time.Time {
	usable := func(t time.Time) bool {
		return t.Year() >= 1980 && (now.IsZero() || t.Before(now.Add(24*time.Hour)))
	}
	for _, v := range h.all("date") {
		if t, ok := parseDate(v); ok && usable(t) {
			return t
		}
	}
	for _, v := range h.all("received") {
		if i := strings.LastIndexByte(v, ';'); i >= 0 {
			if t, ok := parseDate(v[i+1:]); ok && usable(t) {
				return t
			}
		}
	}
	return now
}

func sentences(limits map[string]bool) string {
	var list []string
	for s := range limits {
		list = append(list, s)
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}
