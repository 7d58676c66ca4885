package api_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/understand"
)

// callOf is a call of Jan Meijer to Anna de Vries.
func callOf(id string, at time.Time, transcript map[string]any) map[string]any {
	e := map[string]any{"source": "pbx", "external_id": id, "channel": "phone", "kind": "call", "occurred_at": at,
		"participants": []map[string]any{{"role": "from", "kind": "phone", "value": "+31612345678", "name": "Jan Meijer"},
			{"role": "agent", "kind": "email", "value": "anna@halden.example", "name": "Anna de Vries"}}}
	if transcript != nil {
		e["transcript"] = transcript
	}
	return e
}

const promised = `WEBVTT

NOTE recorded by the telephone system

1
00:00:01.000 --> 00:00:04.000 align:start
<v Anna>Halden Mobile, this is Anna, you sound terrible and furious!</v>

2
00:00:05.000 --> 00:00:09.500
<v Jan Meijer>My text plan has not been activated. When does it start?

00:00:10.000 --> 00:00:12.000
<v Anna>I will call you back tomorrow &amp; tell you.
`

const solved = `WEBVTT

00:01.000 --> 00:02.000
Speaker 1: When does my text plan start?

00:03.000 --> 00:04.000
Speaker 2: It has started just now, I have explained it in the mail.

00:05.000 --> 00:06.000
Speaker 1: Great, thank you.
`

func TestCallsAreReadBySpeaker(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		w := b.worker("anna@halden.example", access.Agent)
		sent := callOf("1", monday, map[string]any{"content_type": "text/vtt; charset=utf-8", "text": promised})
		got := as[api.Results](b.post("/v1/interactions", sent)).Results[0]
		if got.Status != flow.StatusNew || got.Reading == nil {
			b.t.Fatalf("%+v %+v", got, got.Problem)
		}
		if got.Reading.Sentiment.Name == "negative" || len(got.Reading.Emotions) > 0 || len(got.Reading.Asks) != 1 || len(got.Reading.Promises) != 1 {
			b.t.Errorf("reading: %+v", got.Reading)
		}
		i := as[api.Interaction](b.get("/v1/interactions/" + got.ID.String()))
		want := []string{"1000 agent Anna|Halden Mobile, this is Anna, you sound terrible and furious!",
			"5000 customer Jan Meijer|My text plan has not been activated. When does it start?", "10000 agent Anna|I will call you back tomorrow & tell you."}
		if len(i.Turns) != len(want) {
			b.t.Fatalf("turns: %+v", i.Turns)
		}
		for n, x := range i.Turns {
			if s := fmt.Sprintf("%d %s %s|%s", x.Start, x.Side, x.Speaker, i.Text[x.Span.From:x.Span.To]); s != want[n] {
				b.t.Errorf("turn %d: %q, want %q", n, s, want[n])
			}
		}
		if j := as[api.Journey](b.get("/v1/journeys/" + got.JourneyID.String())); j.State != crm.WaitingForUs {
			b.t.Errorf("a promise is open, the journey is %s: %s", j.State, j.StateReason)
		}

		// What came in is kept as it came, and gives the same again.
		raw := b.get("/v1/interactions/" + got.ID.String() + "/raw")
		if body, _ := json.Marshal(sent); !bytes.Equal(bytes.TrimSpace(raw.body), body) {
			b.t.Errorf("raw: %s", raw.body)
		}
		e, err := api.ParseJSON(raw.body, "pbx", "1")
		if err != nil {
			b.t.Fatal(err)
		}
		if err := capture.Normalise(&e, monday); err != nil {
			b.t.Fatal(err)
		}
		if err := capture.ReadTranscript(&e); err != nil || e.Text != i.Text || !reflect.DeepEqual(e.Turns, i.Turns) {
			b.t.Errorf("read again it is another call: %v, %q", err, e.Text)
		}
		if again := as[api.Results](b.post("/v1/interactions", sent)).Results[0]; again.Status != flow.StatusRepeated || again.ID != got.ID || !reflect.DeepEqual(again.Reading, got.Reading) {
			b.t.Errorf("sent again: %+v", again)
		}

		sum := as[api.Summary](w.call("GET", "/v1/journeys/"+got.JourneyID.String()+"/summary", nil))
		said := map[understand.Point]api.SummarySentence{}
		for _, s := range sum.Sentences {
			said[s.Kind] = s
		}
		if a, p := said[understand.Asked], said[understand.Promise]; a.Author != "Jan Meijer" || a.Direction != crm.In || p.Author != "Anna" || p.Direction != crm.Out || !p.At.Equal(monday.Add(10*time.Second)) {
			b.t.Errorf("summary: %+v", sum.Sentences)
		}

		// As a file, by a map of speakers, and answered there and then.
		next := callOf("2", monday.Add(24*time.Hour), map[string]any{"speakers": map[string]string{"Speaker 1": "customer", "Speaker 2": "agent"}})
		next["attachments"] = []map[string]any{{"name": "call.vtt", "content_type": "text/vtt", "data": base64.StdEncoding.EncodeToString([]byte(solved))}}
		second := as[api.Results](b.post("/v1/interactions", next)).Results[0]
		if second.JourneyID != got.JourneyID {
			b.t.Fatalf("the second call went elsewhere: %+v", second)
		}
		if j := as[api.Journey](b.get("/v1/journeys/" + got.JourneyID.String())); j.State == crm.WaitingForUs || len(j.Unanswered) != 0 {
			b.t.Errorf("it was answered, the journey is %s: %s, %+v", j.State, j.StateReason, j.Unanswered)
		}
		if f := b.get("/v1/interactions/" + second.ID.String() + "/attachments/0"); string(f.body) != solved {
			b.t.Errorf("the file: %d %s", f.status, f.body)
		}
		if r := w.call("POST", "/v1/interactions/"+second.ID.String()+"/move", map[string]any{}); r.status != 200 {
			b.t.Fatalf("move: %d %s", r.status, r.body)
		} else if j := as[api.Journey](r); j.State == crm.WaitingForUs {
			b.t.Errorf("measured again from its rows the journey is %s: %s", j.State, j.StateReason)
		}
	})
}

func TestBadTranscriptsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		srt := callOf("bad", monday, map[string]any{"text": "1\n00:00:01,000 --> 00:00:02,000\nHello"})
		refused := callOf("refused", monday, map[string]any{"text": promised, "content_type": "application/x-subrip"})
		results := as[api.Results](b.post("/v1/interactions", []any{srt, refused})).Results
		if r := results[0]; r.Status != flow.StatusQuarantined || r.Problem == nil || !strings.Contains(r.Problem.Detail, "WEBVTT") {
			b.t.Fatalf("%+v %+v", r, r.Problem)
		}
		if r := results[1]; r.Status != flow.StatusRefused || r.Problem.Pointer != "/transcript/content_type" {
			b.t.Errorf("%+v %+v", r, r.Problem)
		}
		for pointer, transcript := range map[string]any{"/transcript": 7, "/transcript/words": map[string]any{"words": "x"}, "/transcript/text": map[string]any{"text": 7},
			"/transcript/speakers": map[string]any{"text": promised, "speakers": []int{1}}} {
			e := callOf("x", monday, nil)
			e["transcript"] = transcript
			if r := as[api.Results](b.post("/v1/interactions", []any{e, callOf("none", monday, nil)})).Results[0]; r.Status != flow.StatusRefused || r.Problem.Pointer != pointer {
				b.t.Errorf("%s: %+v %+v", pointer, r, r.Problem)
			}
		}
		list := as[api.Page[api.QuarantineItem]](b.get("/v1/quarantine"))
		if len(list.Items) != 1 || !strings.Contains(list.Items[0].Reason, "WEBVTT") {
			b.t.Fatalf("%+v", list)
		}
		body, _ := json.Marshal(srt)
		if raw := b.get("/v1/quarantine/" + list.Items[0].ID.String() + "/raw"); !bytes.Equal(bytes.TrimSpace(raw.body), body) {
			b.t.Errorf("raw: %s", raw.body)
		}
		if r := as[api.Result](b.post("/v1/quarantine/"+list.Items[0].ID.String()+"/retry", "{}")); r.Status != flow.StatusQuarantined {
			b.t.Errorf("retry: %+v", r)
		}
	})
}

func TestCallsAreLoggedByHand(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		w := b.worker("anna@halden.example", access.Agent)
		jan := as[api.Results](b.post("/v1/interactions", envelope("a@x", monday, "jan@postvak.example", "Jan Meijer", "", "Hello"))).Results[0]
		path := "/v1/customers/" + jan.CustomerID.String() + "/calls"
		transcript := map[string]any{"text": strings.ReplaceAll(promised, "<v Anna>", "<v Voice 1>"), "speakers": map[string]string{"Voice 1": "agent"}}
		call := map[string]any{"occurred_at": monday.Add(time.Hour), "text": "He called from abroad.", "transcript": transcript, "idempotency_key": "k"}
		got := as[api.Interaction](w.call("POST", path, call))
		if got.CustomerID != jan.CustomerID || got.Kind != crm.KindCall || got.Direction != crm.In || len(got.Turns) != 3 || !strings.HasPrefix(got.Text, "He called from abroad.\n\nVoice 1: ") ||
			got.Turns[0].Side != crm.AgentSide || got.Turns[1].Side != crm.CustomerSide || !got.OccurredAt.Equal(monday.Add(time.Hour)) {
			b.t.Errorf("%+v", got)
		}
		if again := as[api.Interaction](w.call("POST", path, call)); again.ID != got.ID {
			b.t.Errorf("logged twice: %s and %s", got.ID, again.ID)
		}
		if raw := b.get("/v1/interactions/" + got.ID.String() + "/raw"); !bytes.Contains(raw.body, []byte("NOTE recorded by the telephone system")) {
			b.t.Errorf("raw: %s", raw.body)
		}
		for pointer, body := range map[string]map[string]any{
			"/text":                    {"text": " "},
			"/transcript/text":         {"transcript": map[string]any{"text": "1\n00:00:01,000 --> 00:00:02,000\nHello"}},
			"/transcript/speakers/a":   {"transcript": map[string]any{"text": promised, "speakers": map[string]string{"a": "boss"}}},
			"/transcript/content_type": {"transcript": map[string]any{"text": promised, "content_type": "audio/wav"}},
		} {
			if a := w.call("POST", path, body); a.status != 422 || !strings.Contains(string(a.body), `"pointer":"`+pointer+`"`) {
				b.t.Errorf("%s: %d %s", pointer, a.status, a.body)
			}
		}
		if list := as[api.Page[api.QuarantineItem]](b.get("/v1/quarantine")); len(list.Items) != 0 {
			b.t.Errorf("quarantined: %+v", list)
		}
		out := as[api.Interaction](w.call("POST", path, map[string]any{"direction": "out", "text": "Told him that it starts today."}))
		if out.Direction != crm.Out || out.CustomerID != jan.CustomerID || out.Turns != nil {
			b.t.Errorf("%+v", out)
		}
	})
}

// What comes in can't name an uploaded file: whoever sends it need not be allowed
// to read that file.
func TestWhatComesInBringsItsOwnBytes(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		for _, source := range []string{"note", "inbox:support", "shop"} {
			e := envelope("file@x", monday, "jan@postvak.example", "Jan Meijer", "", "Hello")
			e["source"], e["attachments"] = source, []map[string]any{{"name": "a", "content_id": "file:" + crm.NewID(monday).String()}}
			if a := b.post("/v1/interactions", e); !strings.Contains(string(a.body), `"pointer":"/attachments/0/content_id"`) {
				b.t.Errorf("%s: %d %s", source, a.status, a.body)
			}
		}
	})
}
