package webchat

import (
	"context"

	"golang.org/x/time/rate"
)

// Unlimited lifts the pace of one address: in a benchmark all visitors share one.
func (s *Server) Unlimited() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits[""] = rate.NewLimiter(rate.Inf, 0)
}

// Tidy is what happens every hour.
func (s *Server) Tidy(ctx context.Context) error { return s.tidy(ctx) }
