package api

import (
	"context"
	"slices"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
)

// undoChange takes back whatever a change did: settings of cases, a merge, a
// split, or the move into a journey.
func (s *server) undoChange(ctx context.Context, change crm.ID) (*body[Changed], error) {
	if from, p, err := s.Desk.SplitOf(ctx, change); err != nil {
		return nil, err
	} else if p != nil {
		if _, err := s.canCase(ctx, from); err != nil {
			return nil, err
		}
		_, _, err := s.Engine.Rejoin(ctx, change)
		return s.changed(ctx, desk.Outcome{ChangeID: change, Changed: []crm.ID{from}, Skipped: []desk.Skipped{}}, err)
	}
	if id, from, err := s.Desk.LinkOf(ctx, change); err != nil {
		return nil, err
	} else if from != nil {
		if _, err := s.canCase(ctx, id); err != nil {
			return nil, err
		}
		return s.changed(ctx, desk.Outcome{ChangeID: change, Changed: []crm.ID{id}, Skipped: []desk.Skipped{}}, s.unlinkCase(ctx, change, id, from))
	}
	p := access.From(ctx)
	out, err := s.Desk.Undo(ctx, change, p.Author(), p.UserID, seeing(ctx))
	// What the caller may not see is not named, not even as left alone.
	out.Skipped = slices.DeleteFunc(out.Skipped, func(k desk.Skipped) bool {
		_, err := s.canCase(ctx, k.ID)
		return crm.CodeOf(err) == crm.NotFound
	})
	if err == nil && len(out.Changed)+len(out.Skipped) == 0 {
		err = crm.Errorf(crm.NotFound, "There is nothing to undo any more.")
	}
	return s.changed(ctx, out, err)
}

// linkCase moves the contacts of a conversation into a journey of its customer.
func (s *server) linkCase(ctx context.Context, id, to crm.ID) (desk.Outcome, error) {
	from := map[crm.ID]crm.ID{}
	for at := ""; ; {
		messages, err := s.thread(ctx, id, 200, at)
		if err != nil {
			return desk.Outcome{}, err
		}
		for _, m := range messages.Items {
			if m.Message == nil || m.Message.JourneyID.IsZero() || m.Message.JourneyID == to {
				continue
			}
			from[m.Message.ID] = m.Message.JourneyID
			if to, err = s.Journey.Move(ctx, m.Message.ID, to, author(ctx)); err != nil {
				return desk.Outcome{}, err
			}
		}
		if at = messages.Next; at == "" {
			break
		}
	}
	return s.Desk.Link(ctx, id, to, from, author(ctx), access.From(ctx).UserID)
}

// unlinkCase moves contacts back to where they were. A journey that lost its last
// contact is gone: they get a new one together.
func (s *server) unlinkCase(ctx context.Context, change, id crm.ID, from map[crm.ID]crm.ID) error {
	anew := map[crm.ID]crm.ID{}
	var journey crm.ID
	for contact, was := range from {
		to := was
		if fresh, gone := anew[was]; gone {
			to = fresh
		}
		back, err := s.Journey.Move(ctx, contact, to, author(ctx))
		if crm.CodeOf(err) == crm.NotFound && to == was {
			back, err = s.Journey.Move(ctx, contact, crm.ID{}, author(ctx))
			anew[was] = back
		}
		if err != nil {
			return err
		}
		journey = back
	}
	return s.Desk.Unlinked(ctx, change, id, journey)
}

// draftConflict says that a colleague wrote a draft meanwhile, with what stands
// there now.
func (s *server) draftConflict(ctx context.Context, id crm.ID, kind string, err error) error {
	p := problemOf(err)
	d, e := s.Desk.ReadDraft(ctx, id, kind)
	if e != nil {
		return e
	}
	p.Draft = d
	return p
}
