package capture

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

var received = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func valid() crm.Envelope {
	return crm.Envelope{Source: "shop", ExternalID: "1", Channel: crm.Web, OccurredAt: received,
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "a@b.example"}}}
}

func TestNormaliseSaysWhereItIsWrong(t *testing.T) {
	t.Parallel()
	for pointer, spoil := range map[string]func(*crm.Envelope){
		"/source":              func(e *crm.Envelope) { e.Source = " " },
		"/external_id":         func(e *crm.Envelope) { e.ExternalID = strings.Repeat("x", 1001) },
		"/channel":             func(e *crm.Envelope) { e.Channel = "pigeon" },
		"/kind":                func(e *crm.Envelope) { e.Kind = "shout" },
		"/direction":           func(e *crm.Envelope) { e.Direction = "up" },
		"/participants/0/role": func(e *crm.Envelope) { e.Participants[0].Role = "" },
		"/participants/0/kind": func(e *crm.Envelope) { e.Participants[0].Kind = "~name_mail" },
		"/participants":        func(e *crm.Envelope) { e.Participants = make([]crm.Participant, 501) },
		"/attachments":         func(e *crm.Envelope) { e.Attachments = make([]crm.Attachment, 501) },
		"/traits": func(e *crm.Envelope) {
			e.Traits = map[string]json.RawMessage{"big": json.RawMessage(`"` + strings.Repeat("x", 300<<10) + `"`)}
		},
	} {
		e := valid()
		spoil(&e)
		if err := Normalise(&e, received); err == nil || err.Pointer != pointer || err.Code != crm.Invalid {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	e := valid()
	if err := Normalise(&e, received); err != nil || e.Kind != crm.KindMessage || e.Direction != crm.In {
		t.Errorf("a good envelope: %v, %+v", err, e)
	}
}

func TestNormaliseFitsTheStore(t *testing.T) {
	t.Parallel()
	e := valid()
	e.Subject, e.Text = "a\x00b\nc", "x\xffy"
	e.OccurredAt = received.Add(1000 * 24 * time.Hour)
	e.HTML = strings.Repeat("é", maxHTML)
	e.Traits = map[string]json.RawMessage{"a": json.RawMessage(`"x\u0000y"`), "b": json.RawMessage(`"x\\u0000y"`), "c": json.RawMessage(`"\\\u0000"`)}
	if err := Normalise(&e, received); err != nil {
		t.Fatal(err)
	}
	if e.Subject != "ab c" || e.Text != "x\uFFFDy" || !e.OccurredAt.Equal(received) {
		t.Errorf("%q %q %v", e.Subject, e.Text, e.OccurredAt)
	}
	if len(e.HTML) > maxHTML || !utf8.ValidString(e.HTML) || e.Truncated == "" {
		t.Errorf("%d bytes of HTML, truncated: %q", len(e.HTML), e.Truncated)
	}
	for name, want := range map[string]string{"a": `"xy"`, "b": `"x\\u0000y"`, "c": `"\\"`} {
		if got := string(e.Traits[name]); got != want || !json.Valid(e.Traits[name]) {
			t.Errorf("trait %s: %s, want %s", name, got, want)
		}
	}
}

func TestRawIDTellsPartsApart(t *testing.T) {
	t.Parallel()
	if RawID("a", "bc") == RawID("ab", "c") {
		t.Error("(a, bc) and (ab, c) must have different keys")
	}
	if id := RawID("shop", "1"); id.RowBucket() != crm.KeyBucket("shop", "1") {
		t.Error("the id must carry its bucket")
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add([]byte(`{"source":"s","external_id":"1","channel":"mail","text":"\u0000","traits":{"a":"\\u0000"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var e crm.Envelope
		if json.Unmarshal(data, &e) != nil || Normalise(&e, received) != nil {
			return
		}
		for _, s := range []string{e.Source, e.ExternalID, e.Subject, e.Text, e.Quoted, e.HTML, e.Locale, e.Thread.Key} {
			if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
				t.Errorf("%q does not fit the store", s)
			}
		}
		for name, v := range e.Traits {
			if !json.Valid(v) {
				t.Errorf("trait %q is no JSON any more: %s", name, v)
			}
		}
		again := e
		if err := Normalise(&again, received); err != nil {
			t.Errorf("a normalised envelope is refused: %v", err)
		}
	})
}
