package capture

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// call is a call of Jan Meijer to Anna de Vries with a transcript.
func call(vtt string) crm.Envelope {
	e := valid()
	e.Channel, e.Kind = crm.Phone, crm.KindCall
	e.Participants = []crm.Participant{{Role: crm.From, Kind: crm.PhoneNumber, Value: "+31612345678", Name: "Jan Meijer"},
		{Role: crm.Agent, Kind: crm.Email, Value: "anna@halden.example", Name: "Anna de Vries"}}
	e.Transcript = &crm.Transcript{Text: vtt}
	return e
}

// tell writes turns as "side speaker: words".
func tell(e *crm.Envelope) string {
	full := crm.ReadingText(e.Subject, e.Text)
	var b strings.Builder
	for _, t := range e.Turns {
		fmt.Fprintf(&b, "%d %s %s: %s\n", t.Start, t.Side, t.Speaker, full[t.Span.From:t.Span.To])
	}
	return b.String()
}

func TestReadTranscript(t *testing.T) {
	t.Parallel()
	const head = "WEBVTT\n\n"
	for name, c := range map[string]struct {
		change     func(*crm.Envelope)
		vtt, want  string
		text, what string
	}{
		"by the names of those who took part": {vtt: "00:01.000 --> 00:02.000\n<v Jan Meijer>My line is down.\n\n00:03.000 --> 00:04.000\n<v ANNA>Let me see.",
			want: "1000 customer Jan Meijer: My line is down.\n3000 agent ANNA: Let me see.\n",
			text: "Jan Meijer: My line is down.\nANNA: Let me see."},
		"by what the sender says of them": {change: func(e *crm.Envelope) {
			e.Transcript.Speakers = map[string]crm.Side{"Speaker 1": crm.AgentSide, "speaker  2": crm.CustomerSide}
		}, vtt: "00:01.000 --> 00:02.000\n<v Speaker 1>Hello.\n\n00:03.000 --> 00:04.000\n<v Speaker 2>Hi.\n\n00:05.000 --> 00:06.000\n<v Speaker 3>Hey.",
			want: "1000 agent Speaker 1: Hello.\n3000 customer Speaker 2: Hi.\n5000  Speaker 3: Hey.\n"},
		"a name on both sides says nothing": {change: func(e *crm.Envelope) { e.Participants[0].Name = "Anna Meijer" },
			vtt: "00:01.000 --> 00:02.000\n<v Anna>Hello.\n\n00:03.000 --> 00:04.000\n<v Anna Meijer>Hi.", want: "1000  Anna: Hello.\n3000 customer Anna Meijer: Hi.\n"},
		"by custom": {vtt: "00:01.000 --> 00:02.000\n<v Agent>Hello.\n\n00:03.000 --> 00:04.000\n<v Caller>Hi.", want: "1000 agent Agent: Hello.\n3000 customer Caller: Hi.\n"},
		"on the way out": {change: func(e *crm.Envelope) { e.Direction, e.Participants[0].Role = crm.Out, crm.To },
			vtt: "00:01.000 --> 00:02.000\n<v Jan>Hello?", want: "1000 customer Jan: Hello?\n"},
		"names before a colon, where they are known": {vtt: "00:01.000 --> 00:02.000\nJan Meijer: My line is down.\n\n00:03.000 --> 00:04.000\nRemember: it was fine.",
			want: "1000 customer Jan Meijer: My line is down.\n3000  : Remember: it was fine.\n", text: "Jan Meijer: My line is down.\nRemember: it was fine."},
		"what one says in several cues is one turn": {vtt: "00:01.000 --> 00:02.000\n<v Jan>My line\n\n00:02.000 --> 00:03.000\n<v Jan>is down.\n\n01:00.000 --> 01:01.000\n<v Jan>Hello?",
			want: "1000 customer Jan: My line is down.\n60000 customer Jan: Hello?\n"},
		"below a note and a subject": {change: func(e *crm.Envelope) { e.Subject, e.Text = "A call", "He was upset." },
			vtt: "00:01.000 --> 00:02.000\n<v Jan>Ünglaublich.", want: "1000 customer Jan: Ünglaublich.\n", text: "He was upset.\n\nJan: Ünglaublich."},
		"from a file": {change: func(e *crm.Envelope) {
			e.Attachments = []crm.Attachment{{Name: "notes.txt", Data: []byte("x")}, {Name: "call.VTT", ContentType: "application/octet-stream", Data: []byte(e.Transcript.Text)}}
			e.Transcript = nil
		}, vtt: "00:01.000 --> 00:02.000\n<v Jan>Hello.", want: "1000 customer Jan: Hello.\n"},
		"bad parts are left out and told": {vtt: "00:01 --> 00:02.000\nx\n\n00:03.000 --> 00:04.000\n<v Jan>Hello.", want: "3000 customer Jan: Hello.\n", what: "1 parts of the transcript have times"},
	} {
		e := call(head + c.vtt)
		if c.change != nil {
			c.change(&e)
		}
		if err := Normalise(&e, received); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := ReadTranscript(&e); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := tell(&e); got != c.want || c.text != "" && e.Text != c.text || !strings.Contains(e.Truncated, c.what) || (c.what == "") != (e.Truncated == "") {
			t.Errorf("%s: %q, %q\n%swant\n%s", name, e.Text, e.Truncated, got, c.want)
		}
	}
}

func TestTranscriptSaysWhereItIsWrong(t *testing.T) {
	t.Parallel()
	for pointer, spoil := range map[string]func(*crm.Envelope){
		"/transcript":               func(e *crm.Envelope) { e.Kind = crm.KindMessage },
		"/transcript/content_type":  func(e *crm.Envelope) { e.Transcript.ContentType = "text/plain" },
		"/transcript/text":          func(e *crm.Envelope) { e.Transcript.Text = "" },
		"/transcript/speakers/a~1b": func(e *crm.Envelope) { e.Transcript.Speakers = map[string]crm.Side{"a/b": "boss"} },
		"/transcript/speakers": func(e *crm.Envelope) {
			e.Transcript.Speakers = map[string]crm.Side{}
			for i := range maxSpeakers + 1 {
				e.Transcript.Speakers[fmt.Sprint(i)] = crm.AgentSide
			}
		},
	} {
		e := call("WEBVTT\n\n00:01.000 --> 00:02.000\nHello")
		spoil(&e)
		if err := Normalise(&e, received); err == nil || err.Pointer != pointer {
			t.Errorf("%s: %v", pointer, err)
		}
	}
	// A file that is no WebVTT is no breach of the contract: it is told after it was kept.
	e := call("1\n00:00:01,000 --> 00:00:02,000\nHello")
	e.Text = "A note"
	if err := Normalise(&e, received); err != nil {
		t.Fatal(err)
	}
	if err := ReadTranscript(&e); err == nil || err.Pointer != "/transcript/text" || !strings.Contains(err.Message, "WEBVTT") || e.Text != "A note" || e.Turns != nil {
		t.Errorf("%v, %q", err, e.Text)
	}
}

func TestLongTranscriptsAreCut(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	for i := range maxTurns + 10 {
		fmt.Fprintf(&b, "\n%02d:%02d:00.000 --> %02d:%02d:01.000\n<v Jan>Line %d, %s.\n", i/60, i%60, i/60, i%60, i, strings.Repeat("é", 50))
	}
	e := call(b.String())
	if err := Normalise(&e, received); err != nil {
		t.Fatal(err)
	}
	if err := ReadTranscript(&e); err != nil {
		t.Fatal(err)
	}
	if len(e.Turns) != maxTurns || len(e.Text) > maxText || !strings.Contains(e.Truncated, "10 parts of the transcript are too many") {
		t.Errorf("%d turns, %d bytes, %q", len(e.Turns), len(e.Text), e.Truncated)
	}
}

func FuzzReadTranscript(f *testing.F) {
	f.Add("Subject", "A note", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Jan>Hello\n\n00:03.000 --> 00:04.000\nAnna: Hi <v X>you")
	f.Fuzz(func(t *testing.T, subject, note, vtt string) {
		e := call(vtt)
		e.Subject, e.Text = subject, note
		if Normalise(&e, received) != nil || ReadTranscript(&e) != nil {
			return
		}
		full, last := crm.ReadingText(e.Subject, e.Text), 0
		for _, x := range e.Turns {
			if x.Span.From < last || x.Span.From >= x.Span.To || x.Span.To > len(full) || !utf8.ValidString(full[x.Span.From:x.Span.To]) {
				t.Fatalf("%+v after %d, of %d bytes", x, last, len(full))
			}
			last = x.Span.To
		}
		if len(e.Turns) == 0 || len(e.Text) > maxText+len(note) || !utf8.ValidString(e.Text) || strings.ContainsRune(e.Text, 0) {
			t.Fatalf("%d turns of %d bytes", len(e.Turns), len(e.Text))
		}
	})
}
