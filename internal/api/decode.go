package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// maxItems is how many interactions one request may hold.
const maxItems = 1000

// splitItems cuts the body of POST /v1/interactions into its items: one object,
// an array, or {"items": […]}. Nothing inside an item is looked at, so that a
// bad one is refused alone.
func splitItems(body []byte) (items []json.RawMessage, err error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0:
		return nil, unparsable("The body is empty.", nil)
	case body[0] == '[':
		if err := json.Unmarshal(body, &items); err != nil {
			return nil, unparsable("The body is not valid JSON.", err)
		}
	case body[0] == '{':
		var batch struct {
			Items *[]json.RawMessage `json:"items"`
		}
		// An envelope has no items, so the key decides; a wrong type in it is
		// told by its own pointer.
		if err := json.Unmarshal(body, &batch); err != nil {
			if json.Valid(body) {
				return nil, &crm.Error{Code: crm.Invalid, Pointer: "/items", Message: "Items must be an array."}
			}
			return nil, unparsable("The body is not valid JSON.", err)
		}
		if batch.Items == nil {
			return []json.RawMessage{body}, nil
		}
		items = *batch.Items
	default:
		return nil, unparsable("Send one interaction, an array of them, or {\"items\": […]}.", nil)
	}
	if len(items) == 0 {
		return nil, crm.Errorf(crm.Invalid, "There is no interaction in it.")
	}
	if len(items) > maxItems {
		return nil, &crm.Error{Code: crm.Invalid, Pointer: fmt.Sprintf("/%d", maxItems),
			Message: fmt.Sprintf("One request may hold %d interactions; send the rest in another one.", maxItems)}
	}
	return items, nil
}

// unparsable is 400: the request is not what its media type says.
func unparsable(message string, cause error) error {
	p := newProblem(400, crm.Invalid, message)
	var s *json.SyntaxError
	if errors.As(cause, &s) {
		p.Detail += fmt.Sprintf(" The first fault is at byte %d.", s.Offset)
	}
	return p
}

// decodeEnvelope reads one item strictly: an unknown field is a mistake that
// the sender would want to know, not something to lose silently.
func decodeEnvelope(raw json.RawMessage) (crm.Envelope, *crm.Error) {
	var e crm.Envelope
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(&e)
	if err == nil {
		if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
			return e, nil
		}
		return crm.Envelope{}, &crm.Error{Code: crm.Invalid, Message: "An interaction must be an object."}
	}
	// encoding/json says where only in part, so the place is searched for.
	if fault := locate(raw, reflect.TypeFor[crm.Envelope](), ""); fault != nil {
		return crm.Envelope{}, fault
	}
	return crm.Envelope{}, &crm.Error{Code: crm.Invalid, Message: "The interaction could not be read.", Err: err}
}

// locate walks raw beside the type and gives the first place that doesn't fit.
func locate(raw json.RawMessage, t reflect.Type, pointer string) *crm.Error {
	if t.Kind() == reflect.Pointer {
		if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
			return nil
		}
		t = t.Elem()
	}
	fault := func(format string, args ...any) *crm.Error {
		return &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: fmt.Sprintf(format, args...)}
	}
	if json.Unmarshal(raw, reflect.New(t).Interface()) != nil || t.Kind() == reflect.Struct || t.Kind() == reflect.Slice {
		switch {
		case t == reflect.TypeFor[time.Time]():
			if json.Unmarshal(raw, new(time.Time)) != nil {
				return fault("A time must be written as in RFC 3339, such as 2026-03-01T12:00:00Z.")
			}
			return nil
		case t.Kind() == reflect.Struct:
			return locateField(raw, t, pointer, fault)
		case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
			var list []json.RawMessage
			if json.Unmarshal(raw, &list) != nil {
				return fault("This must be an array.")
			}
			for i, item := range list {
				if f := locate(item, t.Elem(), fmt.Sprintf("%s/%d", pointer, i)); f != nil {
					return f
				}
			}
			return nil
		case json.Unmarshal(raw, reflect.New(t).Interface()) == nil:
			return nil
		case t.Kind() == reflect.Slice:
			return fault("This must be base64.")
		case t.Kind() == reflect.Map:
			return fault("This must be an object.")
		case t.Kind() == reflect.Bool:
			return fault("This must be true or false.")
		case t.Kind() == reflect.String:
			return fault("This must be a string.")
		}
		return fault("This must be a number.")
	}
	return nil
}

func locateField(raw json.RawMessage, t reflect.Type, pointer string, fault func(string, ...any) *crm.Error) *crm.Error {
	if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) && pointer != "" {
		return nil
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return fault("This must be an object.")
	}
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" {
			continue // nothing that a sender can say
		}
		fields[name] = t.Field(i).Type
		// The decoder takes names in any case, so a name that differs only in
		// case is not the fault.
		fields[strings.ToLower(name)] = t.Field(i).Type
	}
	// Known fields first and in the type's order, so that the answer is always
	// the same one.
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if v, ok := object[name]; ok {
			if f := locate(v, t.Field(i).Type, pointer+"/"+name); f != nil {
				return f
			}
		}
	}
	unknown := ""
	for name := range object {
		if _, ok := fields[strings.ToLower(name)]; !ok && (unknown == "" || name < unknown) {
			unknown = name
		}
	}
	if unknown == "" {
		return nil
	}
	if len(unknown) > 200 {
		unknown = unknown[:200]
	}
	return &crm.Error{Code: crm.Invalid, Pointer: pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(strings.ToValidUTF8(unknown, "")),
		Message: "There is no such field. What the channel knows beside the fields goes into traits."}
}
