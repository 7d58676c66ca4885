package imap

import (
	"context"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// compareEvery is how often a mailbox is compared with what was taken from it: a
// server can show a mail late, with a UID below one that was read already.
const compareEvery = 24 * time.Hour

// maxRanges bounds what is remembered of UIDs: a mailbox that is used by nothing
// else is one range.
const maxRanges = 400

// ranges are UIDs, first and last of each run, ascending.
type ranges [][2]imap.UID

// with adds UIDs, which come ascending.
func (r ranges) with(uids []imap.UID) ranges {
	out := slices.Clone(r)
	for _, uid := range uids {
		if out.has(uid) {
			continue
		}
		n, _ := slices.BinarySearchFunc(out, uid, func(x [2]imap.UID, uid imap.UID) int { return int(int64(x[0]) - int64(uid)) })
		left, right := n > 0 && out[n-1][1]+1 == uid, n < len(out) && out[n][0] == uid+1
		switch {
		case left && right:
			out[n-1][1] = out[n][1]
			out = slices.Delete(out, n, n+1)
		case left:
			out[n-1][1] = uid
		case right:
			out[n][0] = uid
		default:
			out = slices.Insert(out, n, [2]imap.UID{uid, uid})
		}
	}
	return out
}

func (r ranges) has(uid imap.UID) bool {
	n, found := slices.BinarySearchFunc(r, uid, func(x [2]imap.UID, uid imap.UID) int { return int(int64(x[0]) - int64(uid)) })
	return found || n > 0 && r[n-1][1] >= uid
}

// short forgets the oldest ranges of too many, together with what lies below.
func (r ranges) short(base imap.UID) (imap.UID, ranges) {
	if len(r) <= maxRanges {
		return base, r
	}
	gone := r[len(r)-maxRanges-1]
	return max(base, gone[1]), slices.Clone(r[len(r)-maxRanges:])
}

// compare takes mails that the mailbox holds and that were not taken, and raises
// the alarm about those that can't be.
func (s *Supervisor) compare(ctx context.Context, i *inboxes.Inbox, m *mailbox, p position) (position, error) {
	all, err := m.above(p.Base)
	if err != nil {
		return p, err
	}
	var missing []imap.UID
	for _, uid := range all {
		if uid <= p.Last && !p.Seen.has(uid) {
			missing = append(missing, uid)
		}
	}
	slices.Sort(missing)
	got := 0
	for chunk := range slices.Chunk(missing, 500) {
		sizes, err := m.sizes(imap.UIDSetNum(chunk...))
		if err != nil {
			return p, err
		}
		for len(sizes) > 0 {
			batch := m.batch(sizes)
			taken, err := s.take(ctx, i, m, batch, true)
			if err != nil {
				return p, err
			}
			got += len(taken)
			p.Seen = p.Seen.with(taken)
			sizes = sizes[len(batch):]
		}
	}
	if len(missing) > 0 {
		s.o.Log.Warn("mails in a mailbox had not been taken", "inbox", i.Name, "found", len(missing), "taken now", got)
	}
	p.Checked = crm.Micros(s.o.Clock())
	if err := s.store(ctx, i, p, time.Time{}); err != nil {
		return p, err
	}
	return p, s.o.Inboxes.Gap(ctx, i.ID, Part, len(missing)-got)
}
