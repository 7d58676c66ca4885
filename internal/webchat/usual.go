package webchat

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// What the expected answer time is said from: recent chats that began while
// somebody was there, enough of them, and what four of five waited at most. One
// that still waits counts as the longest.
const (
	usualWindow = 28 * 24 * time.Hour
	usualChats  = 500
	usualEnough = 20
	usualMost   = 24 * time.Hour // beyond it nothing is said
	usualFor    = 10 * time.Minute
)

type usual struct {
	at   time.Time
	wait time.Duration
}

// expected is how long an answer in this inbox takes, of four in five; zero: it
// is not known well enough to be said.
func (s *Server) expected(ctx context.Context, inbox *inboxes.Inbox) (time.Duration, error) {
	now := s.Clock()
	s.mu.Lock()
	known, ok := s.waits[inbox.ID]
	s.mu.Unlock()
	if ok && now.Sub(known.at) < usualFor {
		return known.wait, nil
	}
	schedule, err := s.Desk.Schedule(ctx, inbox.ID)
	if err != nil {
		return 0, err
	}
	rows, err := s.DB.Read().ChatAnswers(ctx, sqlgen.ChatAnswersParams{InboxID: inbox.ID, Since: crm.Micros(now.Add(-usualWindow)), MaxRows: usualChats})
	if err != nil {
		return 0, err
	}
	var waits []time.Duration
	for _, r := range rows {
		began := crm.FromMicros(r.OpenedAt)
		if next, ok := schedule.NextOpen(began); !ok || !next.Equal(began) {
			continue
		}
		switch {
		case r.FirstAnswerAt > 0:
			waits = append(waits, crm.FromMicros(r.FirstAnswerAt).Sub(began))
		case now.Sub(began) > usualFor:
			waits = append(waits, usualMost+1) // who still waits is not left out
		}
	}
	var wait time.Duration
	if len(waits) >= usualEnough {
		slices.Sort(waits)
		if wait = waits[(len(waits)*4+4)/5-1]; wait > usualMost {
			wait = 0
		} else {
			wait = max(wait, time.Second) // zero says that it is not known
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waits == nil {
		s.waits = map[crm.ID]usual{}
	}
	s.waits[inbox.ID] = usual{now, wait}
	return wait, nil
}
