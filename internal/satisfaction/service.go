package satisfaction

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Row is a survey as it is stored.
type Row = sqlgen.Survey

// open is how long a question can be answered, and the answer changed.
const open = 14 * 24 * time.Hour

// maxChanges bounds how often an answer is saved: each change is an event that
// people read.
const maxChanges = 50

// MaxComment bounds a comment, in characters.
const MaxComment = 2000

// Service asks and takes answers. It is safe for concurrent use.
type Service struct {
	DB      *store.DB
	Clock   crm.Clock
	Inboxes *inboxes.Service
	Log     *slog.Logger
	// Base is the address that customers reach, without a slash at the end; empty:
	// nobody said it, and nobody is asked by mail.
	Base func(ctx context.Context) (string, error)
	// Firm is the firm's name, for inboxes without a brand.
	Firm func() string
	// Unsubscribe is the address at which a recipient ends these mails.
	Unsubscribe func(base, address string) string
	// Answerable reports whether a machine may write to the sender of a mail (RFC
	// 3834 2).
	Answerable func(e *crm.Envelope, raw []byte) bool
	// Mailer is the inbox that mails for a chat leave by; nil: none can.
	Mailer func(ctx context.Context, chat *inboxes.Inbox) (*inboxes.Inbox, error)
}

// Register adds the handler of the desk's job.
func (s *Service) Register(r *jobs.Runner) { r.Register(desk.SolvedJob, jobs.Options{}, s.solved) }

// brand is the name that customers know an inbox by.
func (s *Service) brand(i *inboxes.Inbox) string {
	if i.Brand != "" || s.Firm == nil {
		return i.Brand
	}
	return s.Firm()
}

// errClosed says that a question can't be answered any more.
var errClosed = crm.Errorf(crm.Conflict, "This question has closed.")

// Answer keeps what a customer said. The same answer again changes nothing; changed
// reports whether something did.
func (s *Service) Answer(ctx context.Context, id crm.ID, score int64, comment string) (row Row, changed bool, err error) {
	comment = clip(comment)
	err = s.DB.InTx(ctx, func(tx *store.Tx) error {
		changed = false
		next, err := tx.Lock(ctx, map[int64]int64{id.RowBucket(): 1})
		if err != nil {
			return err
		}
		now := s.Clock()
		if row, err = tx.Survey(ctx, sqlgen.SurveyParams{Bucket: id.RowBucket(), ID: id}); err != nil {
			return missing(err)
		}
		scale := scales[row.Kind]
		switch {
		case !scale.Has(score):
			return &crm.Error{Code: crm.Invalid, Pointer: "/score", Message: fmt.Sprintf("Choose a number from %d to %d.", scale.Low, scale.High)}
		case row.ExpiresAt <= crm.Micros(now):
			return errClosed
		case row.AnsweredAt > 0 && row.Score == score && row.Comment == comment:
			return nil
		case row.Changes >= maxChanges:
			return crm.Errorf(crm.Conflict, "This answer was changed too often.")
		}
		before := row
		if _, err := tx.AnswerSurvey(ctx, sqlgen.AnswerSurveyParams{Bucket: row.Bucket, ID: id, Score: score, Comment: comment, At: crm.Micros(now)}); err != nil {
			return err
		}
		row.Score, row.Comment, changed = score, comment, true
		if row.AnsweredAt == 0 {
			row.AnsweredAt = crm.Micros(now)
		}
		return s.tell(ctx, tx, now, &before, &row, next)
	})
	if err == nil && changed {
		s.DB.Ring(ctx)
	}
	return row, changed, err
}

// Rated is what an event of the kind "rated" keeps.
type Rated struct {
	SurveyID crm.ID `json:"survey_id"`
	Kind     string `json:"kind"`
	Score    int64  `json:"score"`
	High     int64  `json:"high"`
	Low      bool   `json:"low"`
	Comment  string `json:"comment,omitempty"`
	Before   *int64 `json:"before,omitempty"` // the score until now, when it was changed
}

// tell writes the answer into its conversation, and asks the assignee to look at
// a low one where the inbox says so.
func (s *Service) tell(ctx context.Context, tx *store.Tx, now time.Time, before, after *Row, next func(int64) int64) error {
	scale := scales[after.Kind]
	data := Rated{SurveyID: after.ID, Kind: after.Kind, Score: after.Score, High: scale.High, Low: after.Score <= scale.Bad, Comment: after.Comment}
	if before.AnsweredAt > 0 {
		data.Before = &before.Score
	}
	told := desk.Told{ID: crm.NewID(now).InBucket(after.Bucket), Kind: "rated", Data: data}
	var err error
	if told.Author, err = s.nameOf(ctx, tx, after.ProfileID); err != nil {
		return err
	}
	first := before.AnsweredAt == 0 || before.Score > scale.Bad // it is told once that a score is low
	if i, e := s.Inboxes.Get(ctx, after.InboxID); e == nil && i.Settings.Satisfaction.TellLow && data.Low && first {
		if told.To, err = s.owner(ctx, tx, after); err != nil {
			return err
		}
	}
	return desk.Tell(ctx, tx, now, after.ConversationID, told, next)
}

// owner is who has the case now, else who had it when the customer was asked.
func (s *Service) owner(ctx context.Context, tx *store.Tx, row *Row) (crm.ID, error) {
	c, err := tx.CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: row.Bucket, ConversationID: row.ConversationID})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return crm.ID{}, err
	}
	if !c.AssigneeID.IsZero() {
		return c.AssigneeID, nil
	}
	return row.AssigneeID, nil
}

// nameOf is the customer's name, or "".
func (s *Service) nameOf(ctx context.Context, tx *store.Tx, profile crm.ID) (string, error) {
	head, err := tx.CustomerOfCase(ctx, sqlgen.CustomerOfCaseParams{Bucket: profile.Bucket(), ProfileID: profile})
	if err != nil {
		return "", err
	}
	rows, err := store.ByKeys(ctx, tx.CustomersByID, []store.Key{store.ProfileKey(head.CustomerID)})
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].Name, nil
}

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return crm.Errorf(crm.NotFound, "There is no such question.")
	}
	return err
}

// Get reads a survey.
func (s *Service) Get(ctx context.Context, id crm.ID) (Row, error) {
	row, err := s.DB.Read().Survey(ctx, sqlgen.SurveyParams{Bucket: id.RowBucket(), ID: id})
	return row, missing(err)
}

// Newest is the newest survey of a conversation; ok is false when there is none.
func (s *Service) Newest(ctx context.Context, conversation crm.ID) (row Row, ok bool, err error) {
	rows, err := s.DB.Read().NewestSurvey(ctx, sqlgen.NewestSurveyParams{Bucket: conversation.RowBucket(), ConversationID: conversation})
	if err != nil || len(rows) == 0 {
		return Row{}, false, err
	}
	return rows[0], true, nil
}

// clip is a comment as it is kept: whole characters, at most MaxComment.
func clip(text string) string {
	runes := []rune(store.Clean(text, 4*MaxComment))
	return trim(string(runes[:min(len(runes), MaxComment)]))
}
