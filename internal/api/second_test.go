package api_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/second/fake"
)

func TestSecondReaderIsSetUpByAdministrators(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		const key = "sk-never-shown-again"
		endpoint := &fake.Endpoint{Key: key, Answer: func(*fake.Request) fake.Reply {
			return fake.Reply{Content: `{"intent":"none","evidence":[]}`, Tokens: 700}
		}}
		server := httptest.NewServer(endpoint)
		defer server.Close()
		admin, agent := b.worker("olga@halden.example", access.Administrator), b.worker("bea@halden.example", access.Agent)
		got := as[api.SecondReader](admin.call("GET", "/v1/second-reader", nil))
		if got.Reading.On || got.HasKey || got.Version != 0 || len(got.Usage) == 0 {
			b.t.Errorf("at first: %+v", got)
		}
		if a := admin.call("POST", "/v1/second-reader/test", map[string]any{}); len(as[api.SecondReaderTrial](a).Parts) != 0 {
			b.t.Errorf("nothing is set up, and tried: %s", a.body)
		}
		set := map[string]any{"base_url": server.URL, "timeout_s": 10, "languages": []string{"en"}, "key": key, "version": 0,
			"reading":       map[string]any{"on": true, "model": "small", "requests": 100, "units": 50000},
			"transcription": map[string]any{"on": false, "model": "", "requests": 0, "units": 0}}
		if a := agent.call("PUT", "/v1/second-reader", set); a.status != 403 {
			b.t.Errorf("an agent: %d", a.status)
		}
		a := admin.call("PUT", "/v1/second-reader", set)
		if got = as[api.SecondReader](a); !got.HasKey || got.Version != 1 || got.BaseURL != server.URL+"/v1" || !got.Reading.On || got.UpdatedBy == "" {
			b.t.Errorf("%+v", got)
		}
		if a = admin.call("PUT", "/v1/second-reader", set); a.status != 409 {
			b.t.Errorf("an old version: %d %s", a.status, a.body)
		}
		trial := as[api.SecondReaderTrial](admin.call("POST", "/v1/second-reader/test", map[string]any{}))
		if len(trial.Parts) != 1 || !trial.Parts[0].OK || trial.Parts[0].Units != 700 {
			b.t.Errorf("%+v", trial)
		}
		a = admin.call("GET", "/v1/second-reader", nil)
		if got = as[api.SecondReader](a); got.Usage[0].Requests != 1 || got.Usage[0].Units != 700 || strings.Contains(string(a.body), key) {
			b.t.Errorf("%s", a.body)
		}
		if strings.Contains(b.log.String(), key) {
			b.t.Error("the key is in the log")
		}
		audit := admin.call("GET", "/v1/audit", nil)
		if !strings.Contains(string(audit.body), "second reader "+server.URL) || strings.Contains(string(audit.body), key) {
			b.t.Errorf("audit: %s", audit.body)
		}
		bad := map[string]any{"base_url": "http://169.254.169.254/v1", "languages": []string{}, "version": 1, "reading": map[string]any{"on": true, "model": "x", "requests": 0, "units": 0}, "timeout_s": 0,
			"transcription": map[string]any{"on": false, "model": "", "requests": 0, "units": 0}}
		if a := admin.call("PUT", "/v1/second-reader", bad); a.status != 422 || !strings.Contains(string(a.body), `"pointer":"/base_url"`) {
			b.t.Errorf("%d %s", a.status, a.body)
		}
	})
}

// A call with a recording is kept as it is; what writes it down is a job of the
// program, and by hand when it failed.
func TestCallsWithARecording(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		w := b.worker("anna@halden.example", access.Agent)
		jan := as[api.Results](b.post("/v1/interactions", envelope("a@x", monday, "jan@postvak.example", "Jan Meijer", "", "Hello"))).Results[0]
		path := "/v1/customers/" + jan.CustomerID.String() + "/calls"
		sound := append([]byte("RIFF\x24\x00\x00\x00WAVEfmt "), make([]byte, 100)...)
		call := map[string]any{"recording": map[string]any{"name": "../call.wav", "data": sound}, "idempotency_key": "k"}
		got := as[api.Interaction](w.call("POST", path, call))
		if len(got.Attachments) != 1 || got.Attachments[0].ContentType != "audio/wav" || got.Attachments[0].Name != "call.wav" || got.Transcription != nil {
			b.t.Fatalf("%+v", got)
		}
		if f := b.get("/v1/interactions/" + got.ID.String() + "/attachments/0"); string(f.body) != string(sound) {
			b.t.Errorf("the recording: %d", f.status)
		}
		if ids := as[api.Customer](b.get("/v1/customers/" + jan.CustomerID.String())).IdentifierList; len(ids) != 1 || ids[0].Kind != crm.Email {
			b.t.Errorf("a call that was logged says nothing of who somebody is: %+v", ids)
		}
		if again := as[api.Interaction](w.call("POST", path, call)); again.ID != got.ID {
			b.t.Errorf("logged twice")
		}
		at := "/v1/interactions/" + got.ID.String() + "/transcription"
		if a := w.call("POST", at, map[string]any{}); a.status != 409 {
			b.t.Errorf("nothing is set up: %d %s", a.status, a.body)
		}
		for pointer, body := range map[string]map[string]any{
			"/recording/data": {"recording": map[string]any{"name": "x.wav", "data": []byte("<html>")}},
			"/text":           {"text": ""},
		} {
			if a := w.call("POST", path, body); a.status != 422 || !strings.Contains(string(a.body), `"pointer":"`+pointer+`"`) {
				b.t.Errorf("%s: %d %s", pointer, a.status, a.body)
			}
		}
		endpoint := &fake.Endpoint{Hear: func(*fake.Recording) fake.Spoken { return fake.Spoken{} }}
		server := httptest.NewServer(endpoint)
		defer server.Close()
		admin := b.worker("olga@halden.example", access.Administrator)
		off := map[string]any{"on": false, "model": "", "requests": 0, "units": 0}
		set := map[string]any{"base_url": server.URL, "timeout_s": 10, "languages": []string{}, "version": 0, "reading": off,
			"transcription": map[string]any{"on": true, "model": "whisper-1", "requests": 0, "units": 3600}}
		if a := admin.call("PUT", "/v1/second-reader", set); a.status != 200 {
			b.t.Fatalf("%d %s", a.status, a.body)
		}
		if tried := as[api.SecondReaderTrial](admin.call("POST", "/v1/second-reader/test", map[string]any{})).Parts; len(tried) != 1 || !tried[0].OK || tried[0].Part != "transcription" {
			b.t.Errorf("%+v", tried)
		}
		if got = as[api.Interaction](w.call("POST", at, map[string]any{})); got.Transcription == nil || got.Transcription.State != "waiting" {
			b.t.Errorf("%+v", got.Transcription)
		}
		if a := w.call("POST", at, map[string]any{"speakers": map[string]string{"A": "boss"}}); a.status != 422 {
			b.t.Errorf("%d %s", a.status, a.body)
		}
		if a := w.call("POST", "/v1/interactions/"+jan.ID.String()+"/transcription", map[string]any{}); a.status != 422 {
			b.t.Errorf("a mail has no recording: %d %s", a.status, a.body)
		}
	})
}
