package capture

import (
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/capture/webvtt"
	"github.com/rapport-crm/rapport/internal/crm"
)

// The shape of a transcript as it is kept. Words of one voice that follow each
// other are one turn until they are long and a sentence ends, or a pause does.
const (
	maxSpeakers = 200
	maxTurns    = 5_000
	longTurn    = 600 // bytes
	pause       = 30 * time.Second
)

const vttType = "text/vtt"

// takeTranscript checks what an envelope says of its transcript. Without words in
// it, the first attached WebVTT file is the transcript.
func takeTranscript(e *crm.Envelope) *crm.Error {
	spoken := e.Kind == crm.KindCall || e.Kind == crm.KindVisit || e.Kind == crm.KindMeeting
	t := crm.Transcript{}
	switch {
	case e.Transcript != nil && !spoken:
		return invalid("/transcript", "Only a call, a visit or a meeting has a transcript.")
	case e.Transcript != nil:
		t = *e.Transcript
	case !spoken:
		return nil
	}
	if kind, _, err := mime.ParseMediaType(t.ContentType); t.ContentType != "" && (err != nil || kind != vttType) {
		return invalid("/transcript/content_type", "A transcript is WebVTT: text/vtt.")
	}
	if len(t.Speakers) > maxSpeakers {
		return invalid("/transcript/speakers", fmt.Sprintf("A transcript names at most %d speakers.", maxSpeakers))
	}
	for _, name := range slices.Sorted(maps.Keys(t.Speakers)) {
		if side := t.Speakers[name]; side != crm.CustomerSide && side != crm.AgentSide {
			return invalid("/transcript/speakers/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(short(name)),
				fmt.Sprintf("Not a side: %q. Use customer or agent.", short(string(side))))
		}
	}
	for i := range e.Attachments {
		if a := &e.Attachments[i]; t.Text == "" && len(a.Data) > 0 && isVTT(a) {
			t.Text = string(a.Data)
		}
	}
	if t.Text == "" {
		if e.Transcript != nil {
			return invalid("/transcript/text", "Give the text of the transcript, or attach it as text/vtt.")
		}
		return nil
	}
	e.Transcript = &t
	return nil
}

func isVTT(a *crm.Attachment) bool {
	kind, _, err := mime.ParseMediaType(a.ContentType)
	return err == nil && kind == vttType || strings.HasSuffix(strings.ToLower(a.Name), ".vtt")
}

// ReadTranscript makes text and turns of the transcript of a normalised envelope,
// below what the text says already, which is somebody's note. The error is a
// crm.Error with a JSON pointer; the envelope is then as it was.
func ReadTranscript(e *crm.Envelope) *crm.Error {
	if e.Transcript == nil {
		return nil
	}
	f, err := webvtt.Parse([]byte(e.Transcript.Text))
	if err != nil {
		return &crm.Error{Code: crm.Invalid, Pointer: "/transcript/text", Message: "The transcript can't be read: " + err.Error() + ".", Err: err}
	}
	cast := castOf(e)
	var turns []talk
	over := f.Over
	for _, c := range f.Cues {
		for _, s := range c.Spans {
			voice, words := cast.named(s)
			if n := len(turns); n > 0 && turns[n-1].takes(voice, c.Start) {
				turns[n-1].words += " " + words
				turns[n-1].end = max(turns[n-1].end, c.End)
				continue
			}
			if len(turns) == maxTurns {
				over++
				continue
			}
			turns = append(turns, talk{voice, words, c.Start, c.End})
		}
	}
	var b strings.Builder
	if b.WriteString(e.Text); e.Text != "" {
		b.WriteString("\n\n")
	}
	offset := len(crm.ReadingText(e.Subject, ""))
	var out []crm.Turn
	for i, t := range turns {
		head := ""
		if t.voice != "" {
			head = t.voice + ": "
		}
		if b.Len()+len(head)+len(t.words)+1 > maxText {
			over += len(turns) - i
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(head)
		from := offset + b.Len()
		b.WriteString(t.words)
		out = append(out, crm.Turn{Speaker: t.voice, Side: cast.side(t.voice), Start: t.start.Milliseconds(), End: t.end.Milliseconds(),
			Span: crm.Span{From: from, To: from + len(t.words)}})
	}
	e.Text, e.Turns = b.String(), out
	for _, n := range []struct {
		count int
		why   string
	}{{f.Broken, "have times that can't be read"}, {over, "are too many"}} {
		if n.count > 0 {
			e.Truncated = strings.TrimSpace(fmt.Sprintf("%s %d parts of the transcript %s and were left out; the raw view has them.", e.Truncated, n.count, n.why))
		}
	}
	return nil
}

// talk is a turn before it has its place.
type talk struct {
	voice, words string
	start, end   time.Duration
}

// takes reports whether words of a voice that begin at a time go on with the turn.
func (t *talk) takes(voice string, at time.Duration) bool {
	return t.voice == voice && at-t.end < pause && (len(t.words) < longTurn || !strings.ContainsAny(t.words[len(t.words)-1:], ".!?"))
}

// cast tells the sides of voices.
type cast struct {
	people   map[string]crm.Side // by name; empty: one on each side has it
	speakers map[string]crm.Side
}

// customs are voices that stand for a side wherever they are used.
var customs = map[string]crm.Side{"customer": crm.CustomerSide, "caller": crm.CustomerSide, "client": crm.CustomerSide, "agent": crm.AgentSide}

// castOf names everybody who took part: the customer is who the contact is from,
// or to on the way out.
func castOf(e *crm.Envelope) *cast {
	c := &cast{map[string]crm.Side{}, map[string]crm.Side{}}
	add := func(name string, side crm.Side) {
		if name = voiceKey(name); name == "" {
			return
		}
		if old, ok := c.people[name]; ok && old != side {
			side = ""
		}
		c.people[name] = side
	}
	for _, p := range e.Participants {
		side := crm.AgentSide
		if p.Role == crm.From && e.Direction == crm.In || p.Role == crm.To && e.Direction == crm.Out {
			side = crm.CustomerSide
		} else if p.Role == crm.Cc {
			continue
		}
		add(p.Name, side)
		add(p.Value, side)
		if first, _, more := strings.Cut(voiceKey(p.Name), " "); more {
			add(first, side)
		}
	}
	for name, side := range e.Transcript.Speakers {
		c.speakers[voiceKey(name)] = side
	}
	return c
}

func (c *cast) side(voice string) crm.Side {
	key := voiceKey(voice)
	for _, m := range []map[string]crm.Side{c.people, c.speakers, customs} {
		if side := m[key]; side != "" {
			return side
		}
	}
	return ""
}

// maxPrefix bounds a name in front of words, in bytes.
const maxPrefix = 80

// named gives a span its voice: that of its tag, or the known name before a colon,
// as programs write it that know no tags.
func (c *cast) named(s webvtt.Span) (voice, words string) {
	if s.Voice != "" {
		return s.Voice, s.Text
	}
	if at := strings.Index(s.Text[:min(len(s.Text), maxPrefix)], ":"); at > 0 {
		name, rest := strings.TrimSpace(s.Text[:at]), strings.TrimSpace(s.Text[at+1:])
		if rest != "" && c.side(name) != "" {
			return name, rest
		}
	}
	return "", s.Text
}

// voiceKey is a name as it is compared.
func voiceKey(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
