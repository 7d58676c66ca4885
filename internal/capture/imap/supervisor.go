package imap

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// Part names the reader in the health of an inbox, BackfillPart what takes old
// mail beside it.
const (
	Part         = "imap"
	BackfillPart = "backfill"
)

// The pace of a reader.
const (
	pollEvery   = time.Minute      // IDLE may stop without a word
	reconnect   = 25 * time.Minute // servers drop idle connections after half an hour
	lookEvery   = 2 * time.Second  // for inboxes that were changed
	firstPause  = time.Second
	longestWait = 5 * time.Minute
	leaseFor    = 15 * time.Second
	renewEvery  = 5 * time.Second
)

// Limits of one batch.
const (
	batchMessages = 50
	batchBytes    = 32 << 20
	maxMessage    = 64 << 20 // a larger one is taken with its header only
)

// Mail is one mail as it lies in a mailbox.
type Mail struct {
	Raw      []byte
	Received time.Time // when the server got it
	Silent   bool      // older than the inbox: nobody waits for an answer
	Cut      bool      // only its header was fetched
}

// Options of a Supervisor.
type Options struct {
	Inboxes *inboxes.Service
	// Take hands mails of an inbox to the flow and returns once they are on disk.
	Take func(ctx context.Context, inbox *inboxes.Inbox, mails []Mail) error
	// Token gives a fresh OAuth access token. Default: nil, OAuth is refused.
	Token func(ctx context.Context, inbox *inboxes.Inbox) (string, error)
	// Owner names this process among those that share a database: only one of
	// them reads a mailbox. Default: a random name.
	Owner string
	// Quiet is how long a server may be silent while it owes an answer. Default:
	// 45 s.
	Quiet time.Duration
	Clock crm.Clock
	Log   *slog.Logger
}

// Supervisor keeps one reader for every mailbox.
type Supervisor struct {
	o Options

	mu    sync.Mutex
	kicks map[crm.ID]chan struct{} // asks a reader to look now
}

// New makes a supervisor; Run makes it work.
func New(o Options) *Supervisor {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Owner == "" {
		o.Owner = rand.Text()
	}
	if o.Quiet == 0 {
		o.Quiet = 45 * time.Second
	}
	return &Supervisor{o: o, kicks: map[crm.ID]chan struct{}{}}
}

// Run reads all mailboxes until ctx ends.
func (s *Supervisor) Run(ctx context.Context) {
	type running struct {
		version int64
		stop    context.CancelFunc
		done    chan struct{}
	}
	readers := map[crm.ID]*running{}
	defer func() {
		for _, r := range readers {
			r.stop()
		}
		for _, r := range readers {
			<-r.done
		}
	}()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	changed, forget := s.o.Inboxes.Watch()
	defer forget()
	for {
		all, err := s.o.Inboxes.All(ctx)
		if err != nil && ctx.Err() == nil {
			s.o.Log.Error("the inboxes could not be read", "err", err)
		}
		wanted := map[crm.ID]*inboxes.Inbox{}
		for _, i := range all {
			if i.Kind == inboxes.Mail && i.Settings.IMAP.Host != "" && i.State == inboxes.Active {
				wanted[i.ID] = i
			}
		}
		for id, r := range readers {
			if i := wanted[id]; err == nil && (i == nil || i.Version != r.version) {
				r.stop()
				<-r.done
				delete(readers, id)
			}
		}
		for id, i := range wanted {
			if readers[id] != nil {
				continue
			}
			own, stop := context.WithCancel(ctx)
			r := &running{i.Version, stop, make(chan struct{})}
			readers[id] = r
			go func() {
				defer close(r.done)
				s.lead(own, i)
			}()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-changed:
		}
	}
}

// Look asks the reader of an inbox to look for mail now.
func (s *Supervisor) Look(inbox crm.ID) {
	select {
	case s.kick(inbox) <- struct{}{}:
	default:
	}
}

func (s *Supervisor) kick(inbox crm.ID) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kicks[inbox] == nil {
		s.kicks[inbox] = make(chan struct{}, 1)
	}
	return s.kicks[inbox]
}

// lead reads a mailbox while no other process does, until ctx ends.
func (s *Supervisor) lead(ctx context.Context, i *inboxes.Inbox) {
	lease := func() bool {
		ok, err := s.o.Inboxes.Lease(ctx, i.ID, Part, s.o.Owner, s.o.Clock().Add(leaseFor))
		if err != nil && ctx.Err() == nil {
			s.o.Log.Warn("who reads a mailbox could not be noted", "inbox", i.Name, "err", err)
		}
		return ok && err == nil
	}
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if !lease() {
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
			continue
		}
		own, stop := context.WithCancel(ctx)
		var work sync.WaitGroup
		work.Go(func() { s.keep(own, i) })
		work.Go(func() { s.backfills(own, i) })
		for held := true; held; {
			select {
			case <-ctx.Done():
				held = false
			case <-tick.C:
				held = lease()
			}
		}
		stop()
		work.Wait()
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := s.o.Inboxes.Release(end, i.ID, Part, s.o.Owner); err != nil {
		s.o.Log.Warn("a mailbox could not be handed on", "inbox", i.Name, "err", err)
	}
}

// keep connects again and again, with growing pauses.
func (s *Supervisor) keep(ctx context.Context, i *inboxes.Inbox) {
	pause := firstPause
	for ctx.Err() == nil {
		began := s.o.Clock()
		err := s.session(ctx, i)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			pause = firstPause
			continue
		}
		if s.o.Clock().Sub(began) > 2*pollEvery {
			pause = firstPause // it worked for a while
		}
		if !s.failed(ctx, i, Part, err, pause) {
			return
		}
		pause = min(2*pause, longestWait)
	}
}

// failed notes a failure and pauses; false: trying again is of no use.
func (s *Supervisor) failed(ctx context.Context, i *inboxes.Inbox, part string, err error, pause time.Duration) bool {
	wait := pause/2 + mathrand.N(pause)
	s.o.Log.Warn("a mailbox can't be read", "inbox", i.Name, "part", part, "err", err, "again", wait.String())
	if e := s.o.Inboxes.Failed(ctx, i.ID, part, sentence(err), s.o.Clock().Add(wait)); e != nil && ctx.Err() == nil {
		s.o.Log.Error("the health of an inbox could not be noted", "err", e)
	}
	if errors.Is(err, errRefused) {
		// A password that is wrong does not become right, and a server that is
		// asked again and again locks the account.
		if e := s.o.Inboxes.SetState(ctx, i.ID, inboxes.Reconnect); e != nil && ctx.Err() == nil {
			s.o.Log.Error("an inbox could not be marked", "err", e)
		}
		return false
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(wait):
	}
	return true
}

// sentence says an error as a support manager can read it.
func sentence(err error) string {
	var known *crm.Error
	switch {
	case errors.As(err, &known):
		return known.Message
	case errors.Is(err, errRefused):
		return "The mail server refuses the sign-in. Check the password, or connect the mailbox again."
	case errors.Is(err, errTooMuch):
		return "The mail server sends more than any mail server should; the connection was ended."
	}
	return "The mailbox can't be read: " + err.Error()
}
