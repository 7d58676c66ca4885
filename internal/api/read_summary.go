package api

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// Summary are the sentences that carry a conversation or a journey, as their
// writers wrote them.
type Summary struct {
	Sentences []SummarySentence `json:"sentences" doc:"At most six, in order of time; none when nothing in it carries it"`
	Contacts  int               `json:"contacts" doc:"How many were read: the newest 1,000 at most"`
}

// SummarySentence is one of them, with its source.
type SummarySentence struct {
	Text          string           `json:"text" doc:"As written, blanks joined; a very long sentence is cut"`
	Kind          understand.Point `json:"kind" enum:"problem,ask,promise,agreed,leaving,outcome" doc:"Why it was chosen"`
	InteractionID crm.ID           `json:"interaction_id"`
	Start         int              `json:"start" doc:"First byte in the text of a reading: the subject and a line break, if there is a subject, then the text"`
	End           int              `json:"end" doc:"The byte after it"`
	Author        string           `json:"author" doc:"Who said it; empty: the firm, nobody by name"`
	Direction     crm.Direction    `json:"direction" enum:"in,out,internal" doc:"in: the customer said it; internal: it stands in a note"`
	Internal      bool             `json:"internal" doc:"It stands in an internal note, which the customer never sees"`
	Channel       crm.Channel      `json:"channel"`
	At            time.Time        `json:"at"`
}

// maxSummarised is how many contacts are read for a summary, the newest ones.
const maxSummarised = 1000

// caseSummary reads what the caller sees of a conversation.
func (s *server) caseSummary(ctx context.Context, id crm.ID) (Summary, error) {
	c, err := s.oneCase(ctx, id)
	if err != nil {
		return Summary{}, err
	}
	var list []Interaction
	for at := ""; len(list) < maxSummarised; {
		page, err := s.thread(ctx, id, 200, at)
		if err != nil {
			return Summary{}, err
		}
		for _, item := range page.Items {
			if item.Message != nil {
				list = append(list, item.Message.Interaction)
			}
		}
		if at = page.Next; at == "" {
			break
		}
	}
	return summarise(list, c.CustomerName), nil
}

// journeySummary reads what the caller sees of a journey.
func (s *server) journeySummary(ctx context.Context, id crm.ID) (Summary, error) {
	j, err := s.read.journey(ctx, id)
	if err != nil {
		return Summary{}, err
	}
	found, err := s.DB.Read().JourneyInteractions(ctx, sqlgen.JourneyInteractionsParams{Bucket: id.RowBucket(), JourneyID: id, MaxRows: maxSummarised})
	if err != nil {
		return Summary{}, err
	}
	rows := convert(found, func(row sqlgen.JourneyInteractionsRow) sqlgen.TimelineRow { return sqlgen.TimelineRow(row) })
	list, err := s.read.describeInteractions(ctx, visible(ctx, rows), func(crm.ID) crm.ID { return j.CustomerID })
	if err != nil {
		return Summary{}, err
	}
	return summarise(list, j.CustomerName), nil
}

// summarise takes contacts as they are read, the newest first.
func summarise(list []Interaction, customer string) Summary {
	slices.Reverse(list)
	said := convert(list, func(i Interaction) understand.Statement {
		return understand.Statement{At: i.OccurredAt, Direction: i.Direction, Kind: i.Kind, Automatic: i.Automatic,
			Subject: i.Subject, Text: i.Text, Turns: i.Turns, Reading: i.Reading}
	})
	out := Summary{Sentences: []SummarySentence{}, Contacts: len(list)}
	for _, x := range understand.Summarise(said) {
		i := &list[x.Said]
		s := SummarySentence{Text: x.Text, Kind: x.Point, InteractionID: i.ID, Start: x.Span.From, End: x.Span.To,
			Author: authorOf(i, customer), Direction: i.Direction, Internal: i.Direction == crm.Inside || i.Kind == crm.KindNote,
			Channel: i.Channel, At: i.OccurredAt}
		for _, t := range i.Turns {
			if x.Span.From >= t.Span.From && x.Span.From < t.Span.To {
				s.spoken(t, customer)
			}
		}
		out.Sentences = append(out.Sentences, s)
	}
	return out
}

// spoken makes a turn of a talk the source of a sentence.
func (s *SummarySentence) spoken(t crm.Turn, customer string) {
	s.Author, s.At = t.Speaker, s.At.Add(time.Duration(t.Start)*time.Millisecond)
	switch t.Side {
	case crm.CustomerSide:
		s.Direction = crm.In
		if customer != "" {
			s.Author = customer
		}
	case crm.AgentSide:
		s.Direction = crm.Out
	}
}

// authorOf names who wrote a contact.
func authorOf(i *Interaction, customer string) string {
	role := crm.Agent
	if i.Direction == crm.In {
		role = crm.From
	}
	at := slices.IndexFunc(i.Participants, func(p crm.Participant) bool { return p.Role == role })
	switch {
	case at >= 0 && i.Participants[at].Name != "":
		return i.Participants[at].Name
	case i.Direction == crm.In:
		return customer
	case at >= 0:
		return i.Participants[at].Value
	}
	return ""
}
