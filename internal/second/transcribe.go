package second

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/failpoint"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// transcribeJob writes a recording down.
const transcribeJob = "second.transcribe"

// The states of a recording.
const (
	Waiting = "waiting"
	Done    = "done"
	Failed  = "failed"
)

// offNow is a recording that came to its turn after transcription was switched off.
const offNow Trouble = "off"

// addTranscript remembers that a recording is to be written down, with its job.
func addTranscript(ctx context.Context, tx *store.Tx, now time.Time, c flow.Open) error {
	err := tx.AddTranscript(ctx, sqlgen.AddTranscriptParams{Bucket: c.ID.RowBucket(), InteractionID: c.ID, Attachment: int64(c.Recording), Note: c.Note, At: crm.Micros(now)})
	if err != nil {
		return err
	}
	return transcribeLater(ctx, tx, now, c.ID)
}

func transcribeLater(ctx context.Context, tx *store.Tx, now time.Time, id crm.ID) error {
	return jobs.Add(ctx, tx, now, jobs.Job{Kind: transcribeJob, Bucket: id.RowBucket(), Key: id.String(), Replace: true})
}

// transcribe is the handler of a job. The answer is kept before it is used, so that
// it is not paid twice.
func (s *Service) transcribe(ctx context.Context, r *jobs.Run) error {
	id, err := crm.ParseID(r.Key)
	if err != nil {
		return jobs.Dead(err)
	}
	row, err := s.DB.Read().Transcript(ctx, sqlgen.TranscriptParams{Bucket: id.RowBucket(), InteractionID: id})
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.State == Failed {
		return nil
	}
	if err != nil {
		return err
	}
	if row.State != Done {
		if err := s.listen(ctx, id, &row); err != nil || row.State != Done {
			return err
		}
	}
	failpoint.Here("transcript kept")
	return s.use(ctx, id, &row)
}

// listen asks for the words of a recording and keeps them in row.
func (s *Service) listen(ctx context.Context, id crm.ID, row *sqlgen.TranscriptRow) error {
	set, err := s.load(ctx)
	if err != nil {
		return err
	}
	if !set.Transcription.On {
		return s.mark(ctx, id, Failed, &failure{trouble: offNow})
	}
	x, err := s.DB.Read().InteractionForSecond(ctx, sqlgen.InteractionForSecondParams{Bucket: id.RowBucket(), ID: id})
	if err != nil {
		return err
	}
	if leaves, err := s.mayLeave(ctx, x.Source); err != nil {
		return err
	} else if !leaves {
		return s.mark(ctx, id, Failed, &failure{trouble: Rejected, detail: "its inbox is restricted: nothing of it leaves"})
	}
	if until := s.paused(Transcription); !until.IsZero() {
		return jobs.Snooze(spread(until))
	}
	sound, err := s.sound(ctx, id, int(row.Attachment))
	if err != nil {
		return err
	}
	got, spent, err := s.hear(ctx, &set, sound)
	text, sides, ok := got.webVTT(crm.Direction(x.Direction))
	if err == nil && !ok {
		err = &failure{trouble: Unusable, detail: "there are no words in it", units: got.units()}
	}
	if err != nil {
		return s.unheard(ctx, id, row, spent, err)
	}
	s.well(Transcription)
	speakers, err := sidesJSON(sides)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // it is paid already
	row.State, row.Text, row.Speakers = Done, text, speakers
	return s.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := spent.settle(ctx, tx, got.units()); err != nil {
			return err
		}
		return tx.PutTranscript(ctx, sqlgen.PutTranscriptParams{Model: set.Transcription.Model, Text: text, Speakers: speakers, At: crm.Micros(s.Clock()),
			Bucket: id.RowBucket(), InteractionID: id})
	})
}

// sound reads the recording of a contact.
func (s *Service) sound(ctx context.Context, id crm.ID, n int) ([]byte, error) {
	if s.Files == nil {
		return nil, jobs.Dead(errors.New("nobody reads recordings here"))
	}
	_, body, err := s.Files(ctx, id, n)
	if crm.CodeOf(err) == crm.NotFound || len(body) > files.MaxSize {
		return nil, nil // what is no recording is told so
	}
	return body, err
}

// unheard says what becomes of a recording that could not be written down: it
// waits as long as that can help, and says why.
func (s *Service) unheard(ctx context.Context, id crm.ID, row *sqlgen.TranscriptRow, spent *spend, err error) error {
	f := &failure{trouble: spentBudget}
	switch {
	case errors.As(err, &f):
		if spent != nil {
			if err := spent.fail(ctx, f); err != nil {
				return err
			}
		}
	case !errors.Is(err, errSpent):
		return err
	}
	state := Waiting
	next := s.put(Transcription, err, crm.FromMicros(row.Since))
	if next == nil {
		state = Failed
	}
	return errors.Join(s.mark(ctx, id, state, f), next)
}

func (s *Service) mark(ctx context.Context, id crm.ID, state string, f *failure) error {
	ctx = context.WithoutCancel(ctx)
	err := s.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.TroubleTranscript(ctx, sqlgen.TroubleTranscriptParams{State: state, Error: string(f.trouble), Detail: store.Clean(f.detail, 300), At: crm.Micros(s.Clock()),
			Bucket: id.RowBucket(), InteractionID: id}); err != nil {
			return err
		}
		return s.Engine.Touch(ctx, tx, id)
	})
	s.DB.Ring(ctx)
	return err
}

// use puts a kept transcript to its talk.
func (s *Service) use(ctx context.Context, id crm.ID, row *sqlgen.TranscriptRow) error {
	sides := map[string]crm.Side{}
	if err := json.Unmarshal([]byte(row.Speakers), &sides); err != nil {
		return jobs.Dead(err)
	}
	set, err := s.now(ctx)
	if err != nil {
		return err
	}
	return s.Engine.Transcribe(ctx, id, row.Note, crm.Transcript{Text: row.Text, Speakers: sides}, func(tx *store.Tx, r *crm.Reading) error {
		x, err := tx.InteractionForReading(ctx, sqlgen.InteractionForReadingParams{Bucket: id.RowBucket(), ID: id})
		if err != nil || !set.Reading.On || !flow.Undecided(crm.Direction(x.Direction), crm.Kind(x.Kind), x.Automatic, r) {
			return err
		}
		return addReading(ctx, tx, s.Clock(), id)
	})
}

// Again writes a recording down that failed before, or for the first time one that
// came while nothing was set up.
func (s *Service) Again(ctx context.Context, id crm.ID) error {
	set, err := s.now(ctx)
	if err != nil {
		return err
	}
	if !set.Transcription.On {
		return crm.Errorf(crm.Conflict, "Transcription is off. An administrator can set it up.")
	}
	now := s.Clock()
	return s.DB.InTx(ctx, func(tx *store.Tx) error {
		n, err := tx.RetryTranscript(ctx, sqlgen.RetryTranscriptParams{At: crm.Micros(now), Bucket: id.RowBucket(), InteractionID: id})
		if err != nil {
			return err
		}
		if n == 0 {
			open, err := s.Engine.Recording(ctx, tx, id)
			if err != nil {
				return err
			}
			return addTranscript(ctx, tx, now, open)
		}
		return errors.Join(s.Engine.Touch(ctx, tx, id), transcribeLater(ctx, tx, now, id))
	})
}

// Sides says on whose side voices are, and reads the talk again by it.
func (s *Service) Sides(ctx context.Context, id crm.ID, sides map[string]crm.Side) error {
	speakers, err := sidesJSON(sides)
	if err != nil {
		return err
	}
	err = s.DB.InTx(ctx, func(tx *store.Tx) error {
		n, err := tx.SideTranscript(ctx, sqlgen.SideTranscriptParams{Speakers: speakers, At: crm.Micros(s.Clock()), Bucket: id.RowBucket(), InteractionID: id})
		if err == nil && n == 0 {
			err = crm.Errorf(crm.NotFound, "There is no transcript of this that was made here.")
		}
		return err
	})
	if err != nil {
		return err
	}
	row, err := s.DB.Read().Transcript(ctx, sqlgen.TranscriptParams{Bucket: id.RowBucket(), InteractionID: id})
	if err != nil {
		return err
	}
	return s.use(ctx, id, &row)
}
