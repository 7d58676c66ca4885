package understand

import (
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The bounds of a talk. What one side says is read in parts for its questions,
// promises and values: a Reader looks only at the ends of a long text.
const (
	partBytes = headRunes + tailRunes // never more runes than bytes
	maxParts  = 16
	maxListed = 30 // questions, and promises
)

// voice is what one side of a talk says, as one text with the way back.
type voice struct {
	text   strings.Builder
	pieces []piece
}

// piece is a stretch of a voice's text and where it stands in the whole one.
type piece struct{ at, from, n int }

func (v *voice) add(full string, from, to int) {
	if from = max(from, 0); to > len(full) || from >= to {
		return
	}
	if v.text.Len() > 0 {
		v.text.WriteString("\n\n") // what somebody says next is another sentence
	}
	v.pieces = append(v.pieces, piece{v.text.Len(), from, to - from})
	v.text.WriteString(full[from:to])
}

// back moves a span of v.text[base:] to its place in the whole text. A span that
// runs into the next piece is cut.
func (v *voice) back(base int, s *crm.Span) {
	n, found := slices.BinarySearchFunc(v.pieces, s.From+base, func(p piece, at int) int { return p.at - at })
	if !found {
		n--
	}
	p := v.pieces[max(n, 0)]
	from := min(max(s.From+base-p.at, 0), p.n)
	s.From, s.To = p.from+from, p.from+min(max(s.To+base-p.at, from), p.n)
}

// parts cuts the text between pieces. A piece that is longer is a part alone.
func (v *voice) parts() (cuts [][2]int) {
	whole := v.text.Len()
	start := 0
	for i, p := range v.pieces {
		end := p.at + p.n
		if i+1 == len(v.pieces) {
			return append(cuts, [2]int{start, whole})
		}
		if next := v.pieces[i+1]; next.at+next.n-start > partBytes && len(cuts) < maxParts-1 {
			cuts = append(cuts, [2]int{start, end})
			start = next.at
		}
	}
	return cuts
}

// readTurns reads a talk by speaker: what moves intent, emotion, urgency and the
// like are the customer's words alone. What the firm says counts for promises and
// values, and what nobody is known to have said for values.
func (r *Reader) readTurns(in Input) crm.Reading {
	full := crm.ReadingText(in.Subject, in.Text)
	var theirs, ours, unknown voice
	theirs.add(full, 0, len(in.Subject))
	body, covered := len(full)-len(in.Text), len(full)
	for _, t := range in.Turns {
		covered = min(covered, t.Span.From)
		switch t.Side {
		case crm.CustomerSide:
			theirs.add(full, t.Span.From, t.Span.To)
		case crm.AgentSide:
			ours.add(full, t.Span.From, t.Span.To)
		default:
			unknown.add(full, t.Span.From, t.Span.To)
		}
	}
	// What stands above the first turn is somebody's note.
	if note := strings.LastIndex(full[body:max(body, covered)], "\n\n"); note > 0 {
		ours.add(full, body, body+note)
	}
	side := func(d crm.Direction) Input {
		out := in
		out.Subject, out.Text, out.Turns, out.Direction = "", "", nil, d
		return out
	}
	out := r.readVoice(&theirs, side(crm.In))
	other := r.readVoice(&ours, side(crm.Out))
	if out.Language.Name == undetermined {
		out.Language = other.Language
	}
	out.Promises = append(out.Promises, other.Promises...)
	out.Entities = append(append(out.Entities, other.Entities...), r.readVoice(&unknown, side(crm.Out)).Entities...)
	slices.SortStableFunc(out.Promises, func(a, b crm.Ask) int { return a.Span.From - b.Span.From })
	slices.SortStableFunc(out.Entities, func(a, b crm.Entity) int { return a.Span.From - b.Span.From })
	out.Promises, out.Entities = out.Promises[:min(len(out.Promises), maxListed)], out.Entities[:min(len(out.Entities), maxEntities)]
	return out
}

// readVoice reads what one side says; the spans are in the whole text.
func (r *Reader) readVoice(v *voice, in Input) crm.Reading {
	if v.text.Len() == 0 {
		return r.Read(in)
	}
	in.Text = v.text.String()
	out := r.Read(in)
	v.place(0, &out)
	cuts := v.parts()
	if len(cuts) < 2 {
		return out
	}
	out.Asks, out.Promises, out.Entities = nil, nil, nil
	for _, c := range cuts {
		part := in
		part.Text = v.text.String()[c[0]:c[1]]
		p := r.Read(part)
		v.place(c[0], &p)
		out.Asks, out.Promises, out.Entities = append(out.Asks, p.Asks...), append(out.Promises, p.Promises...), append(out.Entities, p.Entities...)
		if out.Leaving == nil {
			out.Leaving = p.Leaving
		}
		for _, e := range p.Effort {
			if !slices.ContainsFunc(out.Effort, func(l crm.Label) bool { return l.Name == e.Name }) {
				out.Effort = append(out.Effort, e)
			}
		}
	}
	out.Asks, out.Promises, out.Entities = out.Asks[:min(len(out.Asks), maxListed)], out.Promises[:min(len(out.Promises), maxListed)], out.Entities[:min(len(out.Entities), maxEntities)]
	return out
}

// place moves all spans of a Reading of v.text[base:].
func (v *voice) place(base int, r *crm.Reading) {
	labels := func(list []crm.Label) {
		for i := range list {
			list[i].Evidence = slices.Clone(list[i].Evidence) // labels may share theirs
			for k := range list[i].Evidence {
				v.back(base, &list[i].Evidence[k])
			}
		}
	}
	for _, one := range []*crm.Label{&r.Language, &r.Sentiment, &r.Urgency, r.Leaving} {
		if one != nil {
			list := []crm.Label{*one}
			labels(list)
			*one = list[0]
		}
	}
	labels(r.Intents)
	labels(r.Emotions)
	labels(r.Effort)
	for i := range r.Asks {
		v.back(base, &r.Asks[i].Span)
	}
	for i := range r.Promises {
		v.back(base, &r.Promises[i].Span)
	}
	for i := range r.Entities {
		v.back(base, &r.Entities[i].Span)
	}
}
