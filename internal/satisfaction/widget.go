package satisfaction

import (
	"context"
	"database/sql"
	"errors"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Asked is a question as a widget shows it, with its words in the visitor's
// language: the widget carries none of them.
type Asked struct {
	ID       crm.ID  `json:"id"`
	Question string  `json:"question"`
	Scores   []int64 `json:"scores"`
	Low      string  `json:"low"` // what the first score means
	High     string  `json:"high"`
	Comment  string  `json:"comment"` // label of the field
	Send     string  `json:"send"`
	Thanks   string  `json:"thanks,omitempty"` // once it was answered
	Score    int64   `json:"score"`            // -1: not answered
	Text     string  `json:"text,omitempty"`   // the comment that was given
}

// Asked is the question that the widget of a conversation shows; nil: none. An
// unanswered one goes when the case is opened again.
func (s *Service) Asked(ctx context.Context, conversation crm.ID) (*Asked, error) {
	row, ok, err := s.Newest(ctx, conversation)
	if err != nil || !ok || row.Channel != inboxes.ByWidget || row.ExpiresAt <= crm.Micros(s.Clock()) {
		return nil, err
	}
	if row.AnsweredAt == 0 {
		c, err := s.DB.Read().CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: row.Bucket, ConversationID: conversation})
		if errors.Is(err, sql.ErrNoRows) || err == nil && c.Status != desk.Done {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return asked(&row)
}

func asked(row *Row) (*Asked, error) {
	t, err := textsOf(row.Language)
	if err != nil {
		return nil, err
	}
	a := &Asked{ID: row.ID, Question: row.Question, Scores: scales[row.Kind].Scores(), Comment: t.Comment, Send: t.Send, Score: row.Score, Text: row.Comment}
	a.Low, a.High = t.ends(row.Kind)
	if row.AnsweredAt > 0 {
		a.Send, a.Thanks = t.Change, t.Thanks
	}
	return a, nil
}

// AnswerIn is Answer for the widget of a conversation, which may answer its own
// newest question only.
func (s *Service) AnswerIn(ctx context.Context, conversation, id crm.ID, score int64, comment string) (*Asked, error) {
	row, ok, err := s.Newest(ctx, conversation)
	if err != nil {
		return nil, err
	}
	if !ok || row.ID != id || row.Channel != inboxes.ByWidget {
		return nil, crm.Errorf(crm.NotFound, "There is no such question.")
	}
	if row, _, err = s.Answer(ctx, id, score, comment); err != nil {
		return nil, err
	}
	return asked(&row)
}
