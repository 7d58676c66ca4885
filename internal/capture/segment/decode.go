package segment

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// RawType is the media type of an event's kept bytes.
const RawType = "application/vnd.segment.event+json"

// request is a decoded call: its events, and the write key in its body.
type request struct {
	writeKey string
	events   []*event
}

// event is one event with all of its fields, known and unknown.
type event struct {
	call   string // identify, track, page, screen, group, alias; "" is unknown
	fields map[string]json.RawMessage
	sentAt string
	raw    []byte
}

// decode reads the body of a call. Its errors are those that the vendor answers
// with 400: no JSON, too many events, an event that is too large.
func decode(call string, body []byte) (*request, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return nil, &crm.Error{Code: crm.Invalid, Message: "The body is not a JSON object.", Err: err}
	}
	req := &request{writeKey: text(fields["writeKey"])}
	if call != "batch" {
		req.events = []*event{{call: call, fields: fields, sentAt: text(fields["sentAt"]), raw: bytes.Clone(body)}}
		return req, nil
	}
	var list []json.RawMessage
	if raw := fields["batch"]; raw != nil {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, &crm.Error{Code: crm.Invalid, Pointer: "/batch", Message: "The batch is not an array.", Err: err}
		}
	}
	if len(list) > maxEvents {
		return nil, crm.Errorf(crm.Invalid, "A batch has at most %d events.", maxEvents)
	}
	for _, raw := range list {
		if len(raw) > maxEvent {
			return nil, crm.Errorf(crm.Invalid, "An event has at most %d KB.", maxEvent>>10)
		}
		e := &event{raw: bytes.Clone(raw), sentAt: text(fields["sentAt"])}
		if json.Unmarshal(raw, &e.fields) == nil {
			e.call = kindOf(e.fields)
			// What the batch says for all events holds where an event is silent.
			for _, name := range []string{"context", "integrations"} {
				if e.fields != nil && e.fields[name] == nil && fields[name] != nil {
					e.fields[name] = fields[name]
				}
			}
		}
		req.events = append(req.events, e)
	}
	return req, nil
}

// kindOf reads the type of an event in a batch.
func kindOf(fields map[string]json.RawMessage) string {
	switch t := strings.ToLower(text(fields["type"])); t {
	case "identify", "track", "page", "screen", "group", "alias":
		return t
	}
	return ""
}

// Parse reads the kept bytes of an event again, for a retry out of quarantine.
func Parse(raw []byte, source, externalID string) (crm.Envelope, error) {
	e := &event{raw: raw}
	if err := json.Unmarshal(raw, &e.fields); err != nil {
		return crm.Envelope{}, &crm.Error{Code: crm.Invalid, Message: "The event is not a JSON object.", Err: err}
	}
	e.call, e.sentAt = kindOf(e.fields), text(e.fields["sentAt"])
	if e.call == "" && e.fields["type"] == nil {
		e.call = guess(e.fields)
	}
	item := e.item(source, time.Time{})
	item.Envelope.ExternalID = externalID
	if item.Problem != "" {
		return item.Envelope, crm.Errorf(crm.Invalid, "%s", item.Problem)
	}
	return item.Envelope, nil
}

// guess tells the call of an event that was sent to a route of its own and so
// names no type, by the field that only that call has.
func guess(fields map[string]json.RawMessage) string {
	for _, g := range [][2]string{{"event", "track"}, {"previousId", "alias"}, {"groupId", "group"}, {"traits", "identify"}, {"properties", "page"}} {
		if fields[g[0]] != nil {
			return g[1]
		}
	}
	return ""
}

// externalID is the messageId, or a hash of what the event says when it has
// none. The time of sending is left out, because a retry changes it.
func (e *event) externalID() string {
	if id := text(e.fields["messageId"]); id != "" {
		return id
	}
	canonical := e.raw
	if e.fields != nil {
		copied := make(map[string]json.RawMessage, len(e.fields))
		for k, v := range e.fields {
			if k != "sentAt" && k != "writeKey" {
				copied[k] = v
			}
		}
		// Marshal sorts the keys and removes the space between values.
		if b, err := json.Marshal(copied); err == nil {
			canonical = append(b, e.call...)
		}
	}
	h := sha256.Sum256(canonical)
	return "sha256:" + hex.EncodeToString(h[:])
}

// text is a string or number as text, "" for anything else.
func text(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	if raw[0] == '"' {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return strings.TrimSpace(s)
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		return string(raw)
	}
	return ""
}

// object reads the fields of an object; nil for anything else.
func object(raw json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

// moment reads a time as the libraries write it.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// cut keeps the first n bytes, at a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
