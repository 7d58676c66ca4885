package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Draft is what people write together before it is sent: one of a kind in each
// conversation, shared by all.
type Draft struct {
	Content   json.RawMessage `json:"content"`
	Version   int64           `json:"version"`
	Author    string          `json:"author"`
	AuthorID  crm.ID          `json:"author_id"`
	UpdatedAt time.Time       `json:"updated_at"`
}

// The kinds of drafts.
const (
	ReplyDraft = "reply"
	NoteDraft  = "note"
)

// maxDraft bounds a draft, in bytes of JSON.
const maxDraft = 512 << 10

// ReadDraft gives a draft; nil: there is none.
func (s *Service) ReadDraft(ctx context.Context, id crm.ID, kind string) (*Draft, error) {
	row, err := s.db.Read().Draft(ctx, sqlgen.DraftParams{Bucket: id.RowBucket(), ConversationID: id, Kind: kind})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return draftOf(row), nil
}

func draftOf(row sqlgen.Draft) *Draft {
	return &Draft{json.RawMessage(row.Content), row.Version, row.Author, row.AuthorID, crm.FromMicros(row.UpdatedAt)}
}

// WriteDraft keeps a draft over the version that its author saw; 0: there was
// none. A Conflict means that a colleague wrote meanwhile: read it again.
func (s *Service) WriteDraft(ctx context.Context, id crm.ID, kind string, content json.RawMessage, version int64, by string, byID crm.ID) (*Draft, error) {
	if len(content) > maxDraft {
		return nil, &crm.Error{Code: crm.Invalid, Pointer: "/content", Message: "This is too long to be kept as a draft."}
	}
	var out *Draft
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		r, err := s.touch(ctx, tx, id)
		if err != nil {
			return err
		}
		now := s.clock()
		d := sqlgen.AddDraftParams{Bucket: r.Bucket, ConversationID: id, Kind: kind, Version: 1, Author: by, AuthorID: byID,
			UpdatedAt: crm.Micros(now), Content: store.Clean(string(content), maxDraft)}
		var n int64
		if version == 0 {
			n, err = tx.AddDraft(ctx, d)
		} else {
			n, err = tx.UpdateDraft(ctx, sqlgen.UpdateDraftParams{Bucket: r.Bucket, ConversationID: id, Kind: kind, Version: version, Author: by,
				AuthorID: byID, UpdatedAt: d.UpdatedAt, Content: d.Content})
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return crm.Errorf(crm.Conflict, "A colleague changed this draft meanwhile.")
		}
		out = &Draft{json.RawMessage(d.Content), version + 1, by, byID, now}
		return nil
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return out, err
}

// DropDraft removes a draft.
func (s *Service) DropDraft(ctx context.Context, id crm.ID, kind string) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if _, err := s.touch(ctx, tx, id); err != nil {
			return err
		}
		return ClearDraft(ctx, tx, id, kind)
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return err
}

// ClearDraft removes a draft in the transaction that sends what it says.
func ClearDraft(ctx context.Context, tx *store.Tx, id crm.ID, kind string) error {
	return tx.DropDraft(ctx, sqlgen.DropDraftParams{Bucket: id.RowBucket(), ConversationID: id, Kind: kind})
}

// RestoreDraft gives the content of a message that was taken back to the shared
// draft, where nobody began another one meanwhile.
func RestoreDraft(ctx context.Context, tx *store.Tx, now time.Time, id crm.ID, content json.RawMessage, by string, byID crm.ID) (*Draft, error) {
	if _, err := tx.AddDraft(ctx, sqlgen.AddDraftParams{Bucket: id.RowBucket(), ConversationID: id, Kind: ReplyDraft, Version: 1, Author: by, AuthorID: byID,
		UpdatedAt: crm.Micros(now), Content: string(content)}); err != nil {
		return nil, err
	}
	row, err := tx.Draft(ctx, sqlgen.DraftParams{Bucket: id.RowBucket(), ConversationID: id, Kind: ReplyDraft})
	if err != nil {
		return nil, err
	}
	return draftOf(row), nil
}

// touch locks a case and gives it a new feed number, so that open pages look
// again.
func (s *Service) touch(ctx context.Context, tx *store.Tx, id crm.ID) (*Row, error) {
	next, err := tx.Lock(ctx, map[int64]int64{id.RowBucket(): 1})
	if err != nil {
		return nil, err
	}
	r, err := tx.CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: id.RowBucket(), ConversationID: id})
	if err != nil {
		return nil, missing(err, "conversation")
	}
	return &r, write(ctx, tx, []*Row{&r}, next)
}

// MarkRead notes until which message a person has read a conversation; -1 marks
// it as unread. What a person has read, the firm has seen.
func (s *Service) MarkRead(ctx context.Context, id, person crm.ID, seq int64) error {
	news := false
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if seq > 0 {
			// Nobody has seen what is not written yet.
			r, err := tx.CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: id.RowBucket(), ConversationID: id})
			if err != nil {
				return missing(err, "conversation")
			}
			seq = min(seq, r.LastSeq)
			if err := tx.SeeCase(ctx, sqlgen.SeeCaseParams{Bucket: id.RowBucket(), ConversationID: id, ReadSeq: seq, ReadAt: crm.Micros(s.clock())}); err != nil {
				return err
			}
		}
		old, err := tx.MarkOfCase(ctx, sqlgen.MarkOfCaseParams{Bucket: id.RowBucket(), ConversationID: id, UserID: person})
		if err = missingIsFine(err); err != nil {
			return err
		}
		if seq >= 0 {
			if news, err = seen(ctx, tx, id, person, max(seq, old)); err != nil {
				return err
			}
		}
		if seq >= 0 && old >= seq {
			return nil
		}
		return tx.MarkCase(ctx, sqlgen.MarkCaseParams{Bucket: id.RowBucket(), ConversationID: id, UserID: person, ReadSeq: max(seq, 0), ReadAt: crm.Micros(s.clock())})
	})
	if err != nil {
		return err
	}
	if seq > 0 {
		s.Presence.Say(Sign{ConversationID: id, UserID: person, State: Seen, Seq: seq})
	}
	if !news {
		return nil
	}
	// The person's other pages count anew.
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := s.touch(ctx, tx, id)
		return err
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return err
}

// missingIsFine drops the error that says that there is no row.
func missingIsFine(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// MarkAllRead notes that a person has read every case whose last message is not
// newer than until.
func (s *Service) MarkAllRead(ctx context.Context, person crm.ID, until time.Time) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		var marks [][]any
		for bucket := range int64(crm.Buckets) {
			rows, err := tx.CasesUntil(ctx, sqlgen.CasesUntilParams{Bucket: bucket, LastAt: crm.Micros(until)})
			if err != nil {
				return err
			}
			for _, r := range rows {
				marks = append(marks, []any{r.Bucket, r.ConversationID, person, r.LastSeq, crm.Micros(s.clock())})
			}
		}
		return tx.Write(ctx, &writeMarks, marks, nil)
	})
}

var writeMarks = store.Bulk{Table: "case_marks", Key: 3, Conflict: "read_seq = excluded.read_seq, read_at = excluded.read_at",
	Cols: []store.Col{{Name: "bucket", Type: store.Int}, {Name: "conversation_id", Type: store.UUID}, {Name: "user_id", Type: store.UUID},
		{Name: "read_seq", Type: store.Int}, {Name: "read_at", Type: store.Int}}}

// Mention notes that a note asks people to look.
func (s *Service) Mention(ctx context.Context, id, note crm.ID, people []crm.ID, by string) error {
	if len(people) == 0 {
		return nil
	}
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		var told []notice
		if _, err := s.touch(ctx, tx, id); err != nil {
			return err
		}
		for _, p := range people {
			n, err := tx.AddMention(ctx, sqlgen.AddMentionParams{Bucket: id.RowBucket(), ConversationID: id, InteractionID: note, UserID: p, Author: by,
				At: crm.Micros(s.clock())})
			if err != nil {
				return err
			}
			if n > 0 { // the same note again tells nobody twice
				told = append(told, notice{id, p, Mentioned, by, crm.Micros(s.clock())})
			}
		}
		return notify(ctx, tx, told)
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return err
}

// ArchiveMention puts a mention away for the person, or back. It changes nothing
// for anybody else.
func (s *Service) ArchiveMention(ctx context.Context, id, note, person crm.ID, archived bool) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if _, err := s.touch(ctx, tx, id); err != nil {
			return err
		}
		n, err := tx.ArchiveMention(ctx, sqlgen.ArchiveMentionParams{Archived: archived, Bucket: id.RowBucket(), InteractionID: note, UserID: person, ConversationID: id})
		if err == nil && n == 0 {
			return crm.Errorf(crm.NotFound, "There is no such mention.")
		}
		return err
	})
	if err == nil {
		s.db.Ring(ctx)
	}
	return err
}
