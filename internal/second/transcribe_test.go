package second_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/second"
	"github.com/rapport-crm/rapport/internal/second/fake"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// wav is the beginning of a recording of a second.
var wav = append([]byte("RIFF\x24\x7d\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data\x00\x7d\x00\x00"), make([]byte, 32000)...)

var talk = fake.Spoken{Language: "english", Seconds: 61.5, Segments: []fake.Segment{{Start: 0, End: 4, Speaker: "A", Text: " Halden Mobile, this is Anna & co, you sound terrible and furious!"},
	{Start: 4.5, End: 9.25, Speaker: "B", Text: " My text plan has not been activated. When does it start?"}, {Start: 10, End: 12, Speaker: "A", Text: " I will call you back tomorrow <and> tell you."}}}

// hears switches transcription on.
func (w *world) hears(change func(*second.EndpointPart)) {
	w.t.Helper()
	w.set(func(s *second.Settings) {
		s.Reading.On = false
		s.Transcription = second.EndpointPart{On: true, Model: "gpt-4o-transcribe-diarize"}
		if change != nil {
			change(&s.Transcription)
		}
	})
}

func (w *world) call(external, note string, sound []byte) flow.Result {
	w.t.Helper()
	e := crm.Envelope{Source: "pbx", ExternalID: external, Channel: crm.Phone, Kind: crm.KindCall, Direction: crm.In, OccurredAt: monday, Text: note,
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.PhoneNumber, Value: "+31612345678", Name: "Jan Meijer"}, {Role: crm.Agent, Kind: crm.Email, Value: "anna@halden.example", Name: "Anna"}},
		Attachments:  []crm.Attachment{{Name: "call.wav", ContentType: "audio/wav", Data: sound}}}
	raw, err := json.Marshal(e)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := w.engine.Submit(w.t.Context(), []crm.Item{{Envelope: e, Raw: raw, RawType: "application/json"}})
	if err != nil || res[0].Status != flow.StatusNew {
		w.t.Fatalf("%v %+v", err, res)
	}
	return res[0]
}

// said is the text of a talk, and its turns: side, speaker and words.
func (w *world) said(r flow.Result) (string, []string) {
	w.t.Helper()
	x, err := w.db.Read().InteractionForSecond(w.t.Context(), sqlgen.InteractionForSecondParams{Bucket: r.ID.RowBucket(), ID: r.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	var a capture.Attrs
	if err := json.Unmarshal([]byte(x.Attrs), &a); err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, t := range a.Turns {
		out = append(out, string(t.Side)+" "+t.Speaker+": "+x.Text[t.Span.From:t.Span.To])
	}
	return x.Text, out
}

func (w *world) transcript(r flow.Result) sqlgen.TranscriptRow {
	w.t.Helper()
	row, err := w.db.Read().Transcript(w.t.Context(), sqlgen.TranscriptParams{Bucket: r.ID.RowBucket(), InteractionID: r.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	return row
}

func TestRecordingsAreWrittenDownAndReadBySpeaker(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		w.hears(nil)
		var heard *fake.Recording
		w.endpoint.Hear = func(r *fake.Recording) fake.Spoken { heard = r; return talk }
		r := w.call("1", "He called from abroad.", wav)
		if row := w.transcript(r); row.State != second.Waiting {
			w.t.Errorf("%+v", row)
		}
		w.run()
		if heard == nil || heard.Format != "diarized_json" || heard.Chunking != "auto" || string(heard.Audio) != string(wav) || heard.Name != "call.wav" {
			w.t.Fatalf("%+v", heard)
		}
		text, turns := w.said(r)
		want := []string{"agent A: Halden Mobile, this is Anna & co, you sound terrible and furious!", "customer B: My text plan has not been activated. When does it start?",
			"agent A: I will call you back tomorrow <and> tell you."}
		if !strings.HasPrefix(text, "He called from abroad.\n\nA: Halden") || !slices.Equal(turns, want) {
			w.t.Errorf("%q %q", text, turns)
		}
		got, version := w.reading(r)
		if version != 2 || len(got.Asks) != 1 || len(got.Promises) != 1 || got.Sentiment.Name == "negative" || len(got.Emotions) > 0 {
			w.t.Errorf("%d %+v", version, got)
		}
		if j := w.journey(r); j.State != string(crm.WaitingForUs) {
			w.t.Errorf("a promise is open, the journey is %s", j.State)
		}
		if u := w.usageOf(second.Transcription); u.Requests != 1 || u.Units != 62 {
			w.t.Errorf("%+v", u)
		}
		// The other way round, and not paid again.
		if err := w.service.Sides(w.t.Context(), r.ID, map[string]crm.Side{"A": crm.CustomerSide, "B": crm.AgentSide}); err != nil {
			w.t.Fatal(err)
		}
		if again, turns := w.said(r); again != text || !strings.HasPrefix(turns[0], "customer A") {
			w.t.Errorf("%q %q", again, turns)
		}
		if got, version = w.reading(r); version != 3 || got.Sentiment.Name != "negative" {
			w.t.Errorf("%d %+v", version, got)
		}
		if n := len(w.endpoint.Requests()); n != 1 {
			w.t.Errorf("paid %d times", n)
		}
	})
}

func (w *world) usageOf(part string) second.EndpointUsage {
	w.t.Helper()
	all, err := w.service.Used(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return all[slices.IndexFunc(all, func(u second.EndpointUsage) bool { return u.Part == part })]
}

func TestPoorerEndpointsTranscribe(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		for model, want := range map[string]string{"whisper-1": " : Halden Mobile", "gpt-4o-transcribe": " : Halden Mobile", "gpt-4o-transcribe-diarize": "customer A: Halden"} {
			w.hears(func(p *second.EndpointPart) { p.Model = model })
			w.endpoint.Hear = func(*fake.Recording) fake.Spoken { return talk }
			e := w.call(model, "", wav)
			if model == "gpt-4o-transcribe-diarize" {
				if err := w.service.Sides(w.t.Context(), e.ID, map[string]crm.Side{"A": crm.AgentSide}); crm.CodeOf(err) != crm.NotFound {
					w.t.Errorf("sides before there is a transcript: %v", err)
				}
				want = "agent A: Halden"
			}
			w.run()
			if _, turns := w.said(e); len(turns) == 0 || !strings.HasPrefix(turns[0], want) {
				w.t.Errorf("%s: %q", model, turns)
			}
		}
	})
}

func TestNothingIsLostWhileTheEndpointIsDown(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		w.hears(nil)
		w.endpoint.Hear = func(*fake.Recording) fake.Spoken { return fake.Spoken{Status: http.StatusServiceUnavailable} }
		r := w.call("1", "", wav)
		w.run()
		if row := w.transcript(r); row.State != second.Waiting || row.Error != string(second.Busy) {
			w.t.Errorf("%+v", row)
		}
		w.later.Add(int64(4 * 24 * time.Hour))
		w.run()
		if row := w.transcript(r); row.State != second.Failed {
			w.t.Errorf("%+v", row)
		}
		w.endpoint.Hear = func(*fake.Recording) fake.Spoken { return talk }
		if err := w.service.Again(w.t.Context(), r.ID); err != nil {
			w.t.Fatal(err)
		}
		if row := w.transcript(r); row.State != second.Waiting {
			w.t.Errorf("%+v", row)
		}
		w.later.Add(int64(time.Hour))
		w.run()
		if _, turns := w.said(r); len(turns) != 3 {
			w.t.Errorf("%q", turns)
		}
	})
}

func TestRecordingsThatCantBeWrittenDownSayWhy(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		w.endpoint.Hear = func(*fake.Recording) fake.Spoken { return talk }
		none := w.call("off", "", wav)
		w.run()
		if _, err := w.db.Read().Transcript(w.t.Context(), sqlgen.TranscriptParams{Bucket: none.ID.RowBucket(), InteractionID: none.ID}); err == nil || len(w.endpoint.Requests()) != 0 {
			w.t.Error("a recording left without anybody having set it up")
		}
		if err := w.service.Again(w.t.Context(), none.ID); crm.CodeOf(err) != crm.Conflict {
			w.t.Errorf("again while it is off: %v", err)
		}
		w.hears(nil)
		for want, sound := range map[second.Trouble][]byte{second.Rejected: []byte("this is no sound"), second.Unusable: wav} {
			w.endpoint.Hear = func(*fake.Recording) fake.Spoken {
				return fake.Spoken{Seconds: 1, Segments: []fake.Segment{{End: 1, Text: "  "}}}
			}
			r := w.call(string(want), "A note.", sound)
			w.run()
			if row := w.transcript(r); row.State != second.Failed || row.Error != string(want) {
				w.t.Errorf("%s: %+v", want, row)
			}
			if text, turns := w.said(r); text != "A note." || turns != nil {
				w.t.Errorf("%q %q", text, turns)
			}
		}
		// One that came while it was off is written down when somebody asks.
		w.endpoint.Hear = func(*fake.Recording) fake.Spoken { return talk }
		if err := w.service.Again(w.t.Context(), none.ID); err != nil {
			w.t.Fatal(err)
		}
		w.run()
		if _, turns := w.said(none); len(turns) != 3 {
			w.t.Errorf("%q", turns)
		}
		// Seconds of the budget: 62 are used by one, and 2 of the silent one.
		w.hears(func(p *second.EndpointPart) { p.Units = 64 })
		r := w.call("budget", "", wav)
		w.run()
		if row := w.transcript(r); row.State != second.Waiting || row.Error != "spent" {
			w.t.Errorf("%+v, used %+v", row, w.usageOf(second.Transcription))
		}
	})
}

func TestATranscriptLeavesWhatAPersonSaid(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		w.hears(nil)
		w.endpoint.Hear = func(*fake.Recording) fake.Spoken { return talk }
		r := w.call("1", "He called.", wav)
		intent := w.anIntent("refund")
		if err := w.engine.Correct(w.t.Context(), r.ID, intent, "olga"); err != nil {
			w.t.Fatal(err)
		}
		w.run()
		if got, version := w.reading(r); got.Intent() != intent || version != 3 || len(got.Asks) != 1 {
			w.t.Errorf("%d %+v", version, got)
		}
	})
}
