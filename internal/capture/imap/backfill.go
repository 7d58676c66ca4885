package imap

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// backlog is a wish for old mail, and how far it was granted. It is kept with the
// health of the inbox: whichever process reads the mailbox goes on with it, also
// after a kill.
type backlog struct {
	Since    time.Time `json:"since,omitzero"` // zero: everything
	Validity uint32    `json:"uidvalidity"`
	Last     imap.UID  `json:"uid"`
	Taken    int       `json:"taken"`
	Done     bool      `json:"done"`
}

// Backfill asks for what lies in the mailbox since a time, zero: everything. It
// is taken on a connection of its own, so that new mail does not wait for it.
func (s *Supervisor) Backfill(ctx context.Context, inbox crm.ID, since time.Time) error {
	text, err := json.Marshal(backlog{Since: since})
	if err != nil {
		return err
	}
	return s.o.Inboxes.Place(ctx, inbox, BackfillPart, string(text))
}

// backfills takes old mail when it is asked to, until ctx ends.
func (s *Supervisor) backfills(ctx context.Context, i *inboxes.Inbox) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	pause := firstPause
	for ctx.Err() == nil {
		switch err := s.backfill(ctx, i); {
		case err == nil:
			pause = firstPause
		case ctx.Err() != nil:
			return
		default:
			if !s.failed(ctx, i, BackfillPart, err, pause) {
				return
			}
			pause = min(2*pause, longestWait)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// backfill goes on with the wish for old mail, if there is one.
func (s *Supervisor) backfill(ctx context.Context, i *inboxes.Inbox) error {
	h, err := s.o.Inboxes.Part(ctx, i.ID, BackfillPart)
	if err != nil || h.Position == "" {
		return err
	}
	var b backlog
	if err := json.Unmarshal([]byte(h.Position), &b); err != nil {
		return fmt.Errorf("the place of the backfill: %w", err)
	}
	if b.Done {
		return nil
	}
	m, err := s.open(ctx, i)
	if err != nil {
		return err
	}
	defer m.close()
	defer context.AfterFunc(ctx, m.close)()
	if b.Validity != m.validity {
		b.Validity, b.Last = m.validity, 0
	}
	uids, err := m.since(b.Since)
	if err != nil {
		return err
	}
	slices.Sort(uids)
	uids = slices.DeleteFunc(uids, func(uid imap.UID) bool { return uid <= b.Last })
	for chunk := range slices.Chunk(uids, 500) {
		sizes, err := m.sizes(imap.UIDSetNum(chunk...))
		if err != nil {
			return err
		}
		for len(sizes) > 0 {
			batch := m.batch(sizes)
			taken, err := s.take(ctx, i, m, batch, false)
			if err != nil {
				return err
			}
			sizes = sizes[len(batch):]
			b.Last, b.Taken = batch[len(batch)-1].uid, b.Taken+len(taken)
			if err := s.reached(ctx, i, b); err != nil {
				return err
			}
		}
	}
	b.Done = true
	s.o.Log.Info("old mail was taken", "inbox", i.Name, "mails", b.Taken)
	return s.reached(ctx, i, b)
}

func (s *Supervisor) reached(ctx context.Context, i *inboxes.Inbox, b backlog) error {
	text, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return s.o.Inboxes.Succeeded(ctx, i.ID, BackfillPart, time.Time{}, string(text))
}
