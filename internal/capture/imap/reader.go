package imap

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/failpoint"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// position is where a reader stands. What lies at Base or below is no business of
// the live reader; Seen are the mails above it that are on disk.
type position struct {
	Validity uint32   `json:"uidvalidity"`
	Base     imap.UID `json:"base"`
	Last     imap.UID `json:"uid"`
	Seen     ranges   `json:"seen,omitempty"`
	Checked  int64    `json:"checked"` // when the mailbox was last compared, microseconds
}

func (s *Supervisor) load(ctx context.Context, i *inboxes.Inbox) (position, bool, error) {
	var p position
	h, err := s.o.Inboxes.Part(ctx, i.ID, Part)
	if err != nil || h.Position == "" {
		return p, false, err
	}
	if err := json.Unmarshal([]byte(h.Position), &p); err != nil {
		return p, false, fmt.Errorf("the place in the mailbox: %w", err)
	}
	return p, true, nil
}

func (s *Supervisor) store(ctx context.Context, i *inboxes.Inbox, p position, oldest time.Time) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.o.Inboxes.Succeeded(ctx, i.ID, Part, oldest, string(text))
}

// session is one connection, from sign-in to its end. nil: it ended on purpose.
func (s *Supervisor) session(ctx context.Context, i *inboxes.Inbox) error {
	m, err := s.open(ctx, i)
	if err != nil {
		return err
	}
	defer m.close()
	// A connection that hangs in a read is closed from here.
	defer context.AfterFunc(ctx, m.close)()
	p, known, err := s.load(ctx, i)
	if err != nil {
		return err
	}
	if !known || p.Validity != m.validity {
		if p, err = s.begin(ctx, i, m, known); err != nil {
			return err
		}
	}
	limit := time.Now().Add(reconnect)
	for time.Now().Before(limit) && ctx.Err() == nil {
		if p, err = s.catchUp(ctx, i, m, p); err != nil {
			return err
		}
		if s.o.Clock().Sub(crm.FromMicros(p.Checked)) >= compareEvery {
			if p, err = s.compare(ctx, i, m, p); err != nil {
				return err
			}
		}
		if err := m.wait(ctx, s.kick(i.ID), pollEvery); err != nil {
			return err
		}
	}
	return nil
}

// begin finds the place in a mailbox that is read for the first time, or that
// its server renumbered.
func (s *Supervisor) begin(ctx context.Context, i *inboxes.Inbox, m *mailbox, renumbered bool) (position, error) {
	p := position{Validity: m.validity, Checked: crm.Micros(s.o.Clock())}
	b := i.Settings.Backfill
	switch {
	case renumbered, b.All:
		// Everything is read; what is known is known by its content.
	case !b.Since.IsZero():
		uids, err := m.since(b.Since)
		if err != nil {
			return p, err
		}
		p.Base = before(uids, m.next)
	default:
		// Mail that came since the inbox was made is new.
		uids, err := m.since(i.CreatedAt.Add(-24 * time.Hour))
		if err != nil {
			return p, err
		}
		fresh, err := m.receivedAfter(uids, i.CreatedAt)
		if err != nil {
			return p, err
		}
		p.Base = before(fresh, m.next)
	}
	p.Last = p.Base
	return p, s.store(ctx, i, p, time.Time{})
}

// before is the place in front of the first of the mails; of none, the end.
func before(uids []imap.UID, next imap.UID) imap.UID {
	if len(uids) > 0 {
		return slices.Min(uids) - 1
	}
	return max(next, 1) - 1 // a server need not say what is next
}

// catchUp takes everything behind the place.
func (s *Supervisor) catchUp(ctx context.Context, i *inboxes.Inbox, m *mailbox, p position) (position, error) {
	sizes, err := m.after(p.Last)
	if err != nil {
		return p, err
	}
	for len(sizes) > 0 {
		batch := m.batch(sizes)
		taken, err := s.take(ctx, i, m, batch, true)
		if err != nil {
			return p, err
		}
		failpoint.Here("imap taken")
		sizes = sizes[len(batch):]
		p.Last, p.Seen = batch[len(batch)-1].uid, p.Seen.with(taken)
		p.Base, p.Seen = p.Seen.short(p.Base)
		oldest := time.Time{}
		if len(sizes) > 0 {
			oldest = sizes[0].received
		}
		if err := s.store(ctx, i, p, oldest); err != nil {
			return p, err
		}
		failpoint.Here("imap placed")
		if err := m.mark(batch, i.Settings.After); err != nil {
			return p, err
		}
		failpoint.Here("imap marked")
	}
	return p, s.store(ctx, i, p, time.Time{})
}

// take fetches a batch and hands it on. It gives the mails that are on disk now:
// one that was deleted meanwhile, or that the server keeps back, is not.
func (s *Supervisor) take(ctx context.Context, i *inboxes.Inbox, m *mailbox, batch []entry, live bool) ([]imap.UID, error) {
	uids, mails, err := m.fetch(batch)
	if err != nil || len(mails) == 0 {
		return nil, err
	}
	failpoint.Here("imap fetched")
	for n := range mails {
		mails[n].Silent = !live && mails[n].Received.Before(i.CreatedAt) || mails[n].Received.Before(i.CreatedAt.Add(-time.Hour))
	}
	return uids, s.o.Take(ctx, i, mails)
}
