package second

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/guard"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
)

// fresh is how long a change of the settings may go unseen.
const fresh = 2 * time.Second

// Service asks the endpoint. Its fields are set before it is used.
type Service struct {
	DB      *store.DB
	Clock   crm.Clock
	Keys    *inboxes.Keys
	Inboxes *inboxes.Service
	Engine  *flow.Engine     // default: nil, until something is read
	Files   files.Attachment // reads recordings; default: nil, none can be read
	Client  *guard.Named     // default: guard.NewNamed()
	Log     *slog.Logger

	mu     sync.Mutex
	on     Settings  // as they were at seen
	seen   time.Time // zero: never
	pauses map[string]*pause
	plain  map[string]bool // endpoints and models that know no schema of an answer
}

// pause keeps a part from asking an endpoint that is in trouble.
type pause struct {
	until    time.Time
	failures int
}

// Register adds the handlers of the jobs.
func (s *Service) Register(r *jobs.Runner) {
	r.Register(readJob, jobs.Options{Workers: 2, Attempts: 6}, s.read)
	r.Register(transcribeJob, jobs.Options{Workers: 1, Attempts: 6}, s.transcribe)
}

func (s *Service) client() *guard.Named {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Client == nil {
		s.Client = guard.NewNamed()
	}
	return s.Client
}

// forget makes the next one look at the settings again.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen, s.pauses, s.plain = time.Time{}, nil, nil
}

// now are the settings from a look that is at most two seconds old.
func (s *Service) now(ctx context.Context) (Settings, error) {
	now := s.Clock()
	s.mu.Lock()
	on, known := s.on, !s.seen.IsZero() && now.Sub(s.seen) < fresh && !now.Before(s.seen)
	s.mu.Unlock()
	if known {
		return on, nil
	}
	set, err := s.load(ctx)
	if err != nil {
		return Settings{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on, s.seen = set.Settings, now
	return s.on, nil
}

// The pauses after a failure: doubled each time, up to the longest.
const (
	firstPause   = 10 * time.Second
	longestPause = 15 * time.Minute
)

// paused tells until when a part asks nothing; zero: it may ask.
func (s *Service) paused(part string) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pauses[part]; p != nil && p.until.After(s.Clock()) {
		return p.until
	}
	return time.Time{}
}

// trouble makes a part pause, for as long as the endpoint asks when it does.
func (s *Service) trouble(part string, asked time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pauses == nil {
		s.pauses = map[string]*pause{}
	}
	p := s.pauses[part]
	if p == nil {
		p = &pause{}
		s.pauses[part] = p
	}
	wait := firstPause << min(p.failures, 10)
	p.failures++
	if wait > longestPause {
		wait = longestPause
	}
	if asked > 0 {
		wait = min(asked, 24*time.Hour)
	}
	p.until = s.Clock().Add(wait)
	return p.until
}

func (s *Service) well(part string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.pauses, part)
}

// spread keeps jobs that wait for the same moment from coming all at once.
func spread(until time.Time) time.Time {
	return until.Add(time.Duration(rand.Int64N(int64(5 * time.Second))))
}
