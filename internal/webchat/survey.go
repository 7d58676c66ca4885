package webchat

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/satisfaction"
)

// asked is the question that the visitor of a conversation is asked; nil: none.
func (s *Server) asked(ctx context.Context, conversation crm.ID) (*satisfaction.Asked, error) {
	if s.Surveys == nil || conversation.IsZero() {
		return nil, nil
	}
	return s.Surveys.Asked(ctx, conversation)
}

// survey takes the answer of the visitor.
func (s *Server) survey(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	v, _, err := s.visitorOf(r.Context(), inbox, token(r))
	if err != nil {
		return err
	}
	var in struct {
		ID      crm.ID `json:"id"`
		Score   *int64 `json:"score"`
		Comment string `json:"comment"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	if in.Score == nil {
		return crm.Errorf(crm.Invalid, "Choose a number.")
	}
	if !s.pace("visitor:" + v.row.AnonymousID) {
		return crm.Errorf(crm.Busy, "Too fast. Try again in a moment.")
	}
	if s.Surveys == nil || v.conversation().IsZero() {
		return crm.Errorf(crm.NotFound, "There is no such question.")
	}
	a, err := s.Surveys.AnswerIn(r.Context(), v.conversation(), in.ID, *in.Score, trimmed(in.Comment, satisfaction.MaxComment))
	if err != nil {
		return err
	}
	return answer(w, a)
}

// told remembers the question that a widget was told, so that each change is told once.
type told struct{ last string }

// news reports whether a question, or none, is another one than was told last.
func (t *told) news(a *satisfaction.Asked) (changed bool, err error) {
	data, err := json.Marshal(a)
	if err != nil || string(data) == t.last {
		return false, err
	}
	t.last = string(data)
	return true, nil
}
