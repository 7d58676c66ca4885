package api

import (
	"context"
	"net/http"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
)

// takeEvents hands events of the tracking API to the stages. What became of
// each is nobody's business there: a write key is public.
func (s *server) takeEvents(ctx context.Context, items []crm.Item) error {
	_, err := s.submit(ctx, items)
	return err
}

// writeKey finds the name that events of a key are kept under.
func (s *server) writeKey(ctx context.Context, secret string) (string, error) {
	p, err := s.Access.Authenticate(ctx, secret)
	if err != nil {
		return "", err
	}
	if err := access.Check(access.With(ctx, p), access.Track); err != nil {
		return "", err
	}
	if p.Source != "" {
		return p.Source, nil
	}
	return p.Name, nil
}

func (s *server) failEvents(w http.ResponseWriter, r *http.Request, status int, err error) {
	err = s.classify(err)
	if status != 0 {
		p := problemOf(err)
		p = &Problem{Type: p.Type, Title: http.StatusText(status), Status: status, Code: p.Code, Detail: p.Detail, Pointer: p.Pointer}
		err = p
	}
	s.problem(w, r, err)
}
