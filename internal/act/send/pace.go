package send

import (
	"errors"
	"math/rand/v2"
	"time"

	"golang.org/x/time/rate"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// pace is how fast an inbox sends, and until when its server is left alone.
type pace struct {
	limit    *rate.Limiter
	perMin   int
	failures int
	until    time.Time
}

// turn takes a turn of the inbox: within its rate, and not while its server is in
// trouble. The other messages then wait together instead of failing one by one.
func (t *Mail) turn(i *inboxes.Inbox) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	perMin := i.Settings.MessagesPerMinute
	if perMin <= 0 {
		perMin = 60
	}
	if t.paces == nil {
		t.paces = map[crm.ID]*pace{}
	}
	p := t.paces[i.ID]
	if p == nil || p.perMin != perMin {
		p = &pace{limit: rate.NewLimiter(rate.Limit(float64(perMin)/60), perMin), perMin: perMin}
		t.paces[i.ID] = p
	}
	now := t.Clock()
	if now.Before(p.until) {
		return &act.Wait{Until: p.until, Reason: "The mail server is in trouble; it is tried again soon."}
	}
	if r := p.limit.ReserveN(now, 1); r.DelayFrom(now) > 0 {
		wait := r.DelayFrom(now)
		r.CancelAt(now)
		return &act.Wait{Until: now.Add(wait), Reason: "It waits for its turn: the inbox sends only so many messages a minute."}
	}
	return nil
}

// trouble notes a failure, and gives the time of the next try when it was the
// server's: then the inbox pauses, for longer each time.
func (t *Mail) trouble(inbox crm.ID, err error) time.Time {
	var rejected *act.Rejected
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.paces[inbox]
	if p == nil || errors.As(err, &rejected) {
		return time.Time{}
	}
	p.failures++
	pause := min(5*time.Second<<min(p.failures-1, 7), 5*time.Minute)
	p.until = t.Clock().Add(pause + time.Duration(rand.Int64N(int64(pause)/4+1)))
	return p.until
}

func (t *Mail) fine(inbox crm.ID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.paces[inbox]; p != nil {
		p.failures, p.until = 0, time.Time{}
	}
}
