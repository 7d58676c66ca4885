package understand

import (
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// maxAsks bounds the list of asks of one text.
const maxAsks = 10

// signal is what a rule of the Readings' tables says, by its name.
type signal uint8

const (
	noSignal signal = iota // a rule of other tables
	signalLeaving
	signalHigh
	signalCritical
	signalQuestion
	signalRequest
	signalNoAsk // a sentence that only looks like one
	signalPromise
	signalPositive
	signalNegative
	signalThanks
	signalEffort // the first of effortNames; the others come after it
)

var effortNames = [5]string{"repeat_contact", "no_answer", "long_wait", "transferred", "repeated_self"}

var signals = func() map[string]signal {
	m := map[string]signal{
		"leaving": signalLeaving, "urgency.high": signalHigh, "urgency.critical": signalCritical,
		"ask.question": signalQuestion, "ask.request": signalRequest, "ask.not": signalNoAsk, "promise": signalPromise,
		"sentiment.positive": signalPositive, "sentiment.negative": signalNegative, "sentiment.thanks": signalThanks,
	}
	for n, name := range effortNames {
		m["effort."+name] = signalEffort + signal(n)
	}
	return m
}()

// readSignals reads what only the customer's own words can say: urgency,
// effort, a threat to leave and asks, by rules with the matched words as
// evidence.
func (s *scratch) readSignals(out *crm.Reading) {
	s.matches = rules().find(s, out.Language.Name, s.matches[:0])
	out.Urgency = crm.Label{Name: "normal", Confidence: normalConfidence}
	var effort [5]crm.Label
	var leaving crm.Label
	for _, m := range s.matches {
		switch said := m.rule.signal; {
		case said == signalLeaving:
			s.note(&leaving, "leaving", m)
		case said == signalHigh:
			s.urgent(&out.Urgency, "high", m)
		case said == signalCritical:
			s.urgent(&out.Urgency, "critical", m)
		case said >= signalEffort:
			n := said - signalEffort
			s.note(&effort[n], effortNames[n], m)
		}
	}
	for _, e := range effort {
		if e.Name != "" {
			out.Effort = append(out.Effort, e)
		}
	}
	if leaving.Name != "" {
		out.Leaving = &leaving
		if out.Urgency.Name == "normal" { // somebody about to leave can't wait
			out.Urgency = crm.Label{Name: "high", Confidence: leaving.Confidence, Evidence: leaving.Evidence}
		}
	}
	s.readAsks(out)
}

// normalConfidence is what the absence of any rule is worth: rules miss things.
const normalConfidence = .8

// note adds a match to a label; overlapping evidence is joined.
func (s *scratch) note(l *crm.Label, name string, m ruleMatch) {
	from, _ := s.folded.original(int(s.tokens[m.from].from), int(s.tokens[m.from].to))
	_, to := s.folded.original(int(s.tokens[m.to-1].from), int(s.tokens[m.to-1].to))
	l.Name = name
	l.Confidence = max(l.Confidence, m.rule.confidence)
	if n := len(l.Evidence); n > 0 && from <= l.Evidence[n-1].To+1 {
		l.Evidence[n-1].To = max(l.Evidence[n-1].To, to)
		return
	}
	if len(l.Evidence) < 3 {
		l.Evidence = append(l.Evidence, crm.Span{From: from, To: to})
	}
}

// urgent keeps the highest level.
func (s *scratch) urgent(l *crm.Label, level string, m ruleMatch) {
	if l.Name == "critical" && level == "high" {
		return
	}
	if l.Name != level {
		*l = crm.Label{}
	}
	s.note(l, level, m)
}

// readAsks lists the sentences that ask or request something.
func (s *scratch) readAsks(out *crm.Reading) {
	const (
		asks = 1 << iota
		requests
		empty
	)
	if cap(s.marks) < len(s.sentences) {
		s.marks = make([]uint8, 2*len(s.sentences))
	}
	marks := s.marks[:len(s.sentences)]
	for n := range s.sentences {
		if marks[n] = 0; s.sentences[n].question {
			marks[n] = asks
		}
	}
	for _, m := range s.matches {
		n := s.tokens[m.from].sentence
		switch m.rule.signal {
		case signalQuestion:
			marks[n] |= asks
		case signalRequest:
			marks[n] |= requests
		case signalNoAsk:
			marks[n] |= empty
		}
	}
	room := 0
	for _, m := range marks {
		room += count(m != 0 && m < empty)
	}
	words := -1
	for _, t := range s.tokens {
		if int(t.sentence) == words || !t.word {
			continue
		}
		words = int(t.sentence) // the first word of a sentence
		m := marks[words]
		if m == 0 || m >= empty || len(out.Asks) == maxAsks {
			continue
		}
		if out.Asks == nil {
			out.Asks = make([]crm.Ask, 0, min(room, maxAsks))
		}
		st := s.sentences[words]
		out.Asks = append(out.Asks, crm.Ask{Text: s.full[st.from:st.to], Question: m&asks != 0, Span: crm.Span{From: st.from, To: st.to}})
	}
}

// readPromises lists the sentences that say what will be done. They are read on
// both sides: what the firm promised is owed. A question is none, and neither is
// a request that also begins with "will".
func (s *scratch) readPromises(out *crm.Reading) {
	last := int32(-1)
	for _, m := range s.matches {
		n := s.tokens[m.from].sentence
		if m.rule.signal != signalPromise || n == last || len(out.Promises) == maxAsks || s.sentences[n].question {
			continue
		}
		last = n
		st := s.sentences[n]
		asked := slices.ContainsFunc(out.Asks, func(a crm.Ask) bool { return a.Question && a.Span.From == st.from })
		if !asked {
			out.Promises = append(out.Promises, crm.Ask{Text: s.full[st.from:st.to], Span: crm.Span{From: st.from, To: st.to}})
		}
	}
}

// readWords is the sentiment of a language without a trained head: the words of
// a list, when they all point one way or one way leads. Thanks below a question
// end a letter.
func (s *scratch) readWords(out *crm.Reading) {
	var good, bad crm.Label
	goods, bads := 0, 0
	for _, m := range s.matches {
		switch said := m.rule.signal; {
		case said == signalPositive, said == signalThanks && len(out.Asks) == 0:
			goods++
			s.note(&good, "positive", m)
		case said == signalNegative:
			bads++
			s.note(&bad, "negative", m)
		}
	}
	switch {
	case goods > bads:
		out.Sentiment = good
	case bads > goods:
		out.Sentiment = bad
	}
}
