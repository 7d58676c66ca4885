package e2e

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/second/fake"
)

// TestKilledWhileASecondReaderReads kills the program when it has an answer of the
// endpoint and has not used it yet: the next one uses it, and pays nothing.
func TestKilledWhileASecondReaderReads(t *testing.T) {
	t.Parallel()
	endpoint := &fake.Endpoint{
		Answer: func(*fake.Request) fake.Reply {
			return fake.Reply{Content: `{"intent":"technical_fault","evidence":["hums all night"]}`, Tokens: 900}
		},
		Hear: func(*fake.Recording) fake.Spoken {
			return fake.Spoken{Seconds: 3, Segments: []fake.Segment{{End: 3, Text: "Where is my phone?"}}}
		}}
	model := httptest.NewServer(endpoint)
	defer model.Close()
	d := newDying(t, nil, newPlace(t, ""))
	s, c := d.boots("second reading kept")
	ask[api.SecondReader](c, "PUT", "/v1/second-reader", map[string]any{"base_url": model.URL, "timeout_s": 10, "languages": []string{}, "version": 0,
		"reading":       map[string]any{"on": true, "model": "small", "requests": 0, "units": 0},
		"transcription": map[string]any{"on": true, "model": "whisper-1", "requests": 0, "units": 0}})
	contact := func(kind crm.Kind, more map[string]any) map[string]any {
		e := map[string]any{"source": "pbx", "external_id": string(kind), "channel": "phone", "kind": kind, "occurred_at": time.Now().Add(-time.Minute),
			"participants": []map[string]any{{"role": "from", "kind": "phone", "value": "+31612345678"}}}
		for k, v := range more {
			e[k] = v
		}
		return e
	}
	// The answer to a contact may be lost with the program; sending it again tells.
	taken := func(c *client, e map[string]any) string {
		return ask[api.Results](c, "POST", "/v1/interactions", e).Results[0].ID.String()
	}
	until := func(c *client, id string, ok func(api.Interaction) bool) {
		t.Helper()
		for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
			if ok(ask[api.Interaction](c, "GET", "/v1/interactions/"+id, nil)) {
				return
			}
			if time.Now().After(end) {
				t.Fatal("what the endpoint said is lost")
			}
		}
	}
	unclear := contact(crm.KindMessage, map[string]any{"text": "The thing with the blue lamp hums all night and the neighbours dance to it."})
	_, _ = c.try("POST", "/v1/interactions", unclear)
	d.dies(s, "second reading kept")
	s, c = d.boots("transcript kept")
	until(c, taken(c, unclear), func(x api.Interaction) bool { return x.Reading != nil && x.Reading.Second != nil && !x.Reading.Unknown })
	wav := append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), make([]byte, 64)...)
	talk := contact(crm.KindCall, map[string]any{"attachments": []map[string]any{{"name": "call.wav", "content_type": "audio/wav", "data": wav}}})
	_, _ = c.try("POST", "/v1/interactions", talk)
	d.dies(s, "transcript kept")
	s, c = d.boots("")
	until(c, taken(c, talk), func(x api.Interaction) bool {
		return len(x.Turns) == 1 && x.Transcription != nil && x.Transcription.State == "done"
	})
	s.stop()
	asked := map[string]int{}
	for _, r := range endpoint.Requests() {
		asked[r.Path]++
	}
	// The talk has nobody's side, so what it is about may be asked, too.
	if asked["/v1/audio/transcriptions"] != 1 || asked["/v1/chat/completions"] > 2 || asked["/v1/chat/completions"] < 1 {
		t.Errorf("paid: %v", asked)
	}
}
