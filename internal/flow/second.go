package flow

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// secondConfidence is the weight of what a second reader said. It gives no
// probability that anybody measured, so whatever the firm's own model is surer of
// counts for more.
const secondConfidence = .5

// Open is a new contact that a second look may help.
type Open struct {
	ID        crm.ID
	Undecided bool   // what it is about
	Recording int    // the place of its recording among its attachments, whose words nobody wrote down; -1: none
	Note      string // its text so far
}

// recording finds the recording of a talk that has no transcript; -1: none.
func recording(e *crm.Envelope) int {
	if e.Kind != crm.KindCall && e.Kind != crm.KindVisit && e.Kind != crm.KindMeeting || e.Transcript != nil {
		return -1
	}
	return slices.IndexFunc(e.Attachments, func(a crm.Attachment) bool {
		return strings.HasPrefix(a.ContentType, "audio/") || a.ContentType == "video/webm" || a.ContentType == "video/mp4"
	})
}

// Undecided reports whether nobody and nothing knows what a contact of a customer
// is about: the model abstains, and no person said of it, or of a text like it, that
// no intent fits.
func Undecided(d crm.Direction, k crm.Kind, automatic bool, r *crm.Reading) bool {
	return d == crm.In && !automatic && k != crm.KindEvent && k != crm.KindOrder && k != crm.KindNote && r != nil && r.Unknown && r.Labelled == nil &&
		!strings.HasPrefix(r.Model, person)
}

// errDecided rolls back a second reading that comes too late.
var errDecided = errors.New("the contact is read already")

// ReadSecond takes over what a second reader said of a contact that the model
// abstained on: its intent with the words that say so. It reports false, and
// changes nothing, when somebody or something knew better meanwhile, or when the
// firm has no such intent any more.
func (e *Engine) ReadSecond(ctx context.Context, interaction crm.ID, intent string, evidence []crm.Span, by crm.Second) (bool, error) {
	if !knownIntent(e.Reader(), intent) {
		return false, nil
	}
	err := e.reread(ctx, interaction, func(_ *store.Tx, c *labelled) error {
		if len(c.standing) > 0 || !Undecided(crm.Direction(c.x.Direction), crm.Kind(c.x.Kind), c.x.Automatic, &c.reading) {
			return errDecided
		}
		c.reading.Unknown, c.reading.Second = false, &by
		c.reading.Intents = []crm.Label{{Name: intent, Confidence: secondConfidence, Evidence: evidence}}
		return nil
	})
	if errors.Is(err, errDecided) {
		return false, nil
	}
	return err == nil, err
}

// Transcribe puts a transcript to a talk that is kept already, below its note, and
// reads it as if it had come with it. What a person said that it is about stands.
// also runs in the same transaction, with the new reading.
func (e *Engine) Transcribe(ctx context.Context, interaction crm.ID, note string, t crm.Transcript, also func(*store.Tx, *crm.Reading) error) error {
	return e.reread(ctx, interaction, func(tx *store.Tx, c *labelled) error {
		x, err := tx.InteractionForSecond(ctx, sqlgen.InteractionForSecondParams{Bucket: c.bucket, ID: c.id})
		if err != nil {
			return err
		}
		var attrs capture.Attrs
		if err := json.Unmarshal([]byte(x.Attrs), &attrs); err != nil {
			return err
		}
		env := crm.Envelope{Subject: x.Subject, Text: note, Channel: crm.Channel(x.Channel), Kind: crm.Kind(x.Kind), Direction: crm.Direction(x.Direction), OccurredAt: crm.FromMicros(x.OccurredAt),
			Participants: attrs.Participants, Locale: attrs.Locale, Transcript: &t}
		if err := capture.ReadTranscript(&env); err != nil {
			return err
		}
		attrs.Turns, attrs.Truncated = env.Turns, env.Truncated
		data, err := json.Marshal(attrs)
		if err != nil {
			return err
		}
		if err := tx.SetTranscript(ctx, sqlgen.SetTranscriptParams{Bucket: c.bucket, ProfileID: x.ProfileID, ID: c.id, Text: env.Text, Attrs: string(data)}); err != nil {
			return err
		}
		old := c.reading
		c.reading = e.readInput(understand.Input{Subject: env.Subject, Text: env.Text, Channel: env.Channel, Kind: env.Kind, Direction: env.Direction,
			Automatic: x.Automatic, Locale: env.Locale, OccurredAt: env.OccurredAt, Turns: env.Turns})
		if len(c.standing) > 0 {
			c.reading.Model, c.reading.Unknown, c.reading.Intents, c.reading.Labelled = old.Model, old.Unknown, old.Intents, nil
		}
		return also(tx, &c.reading)
	})
}

// Touch makes the feed tell a contact anew, in the caller's transaction: something
// that hangs on it changed.
func (e *Engine) Touch(ctx context.Context, tx *store.Tx, interaction crm.ID) error {
	bucket := interaction.RowBucket()
	next, err := tx.Lock(ctx, map[int64]int64{bucket: 1})
	if err != nil {
		return err
	}
	x, err := tx.InteractionForReading(ctx, sqlgen.InteractionForReadingParams{Bucket: bucket, ID: interaction})
	if err != nil {
		return err
	}
	return tx.TouchInteraction(ctx, sqlgen.TouchInteractionParams{Bucket: bucket, ProfileID: x.ProfileID, ID: interaction, Seq: next(bucket)})
}

// Recording describes a kept talk that has a recording and no transcript. The error
// is a crm.Error when there is none.
func (e *Engine) Recording(ctx context.Context, tx *store.Tx, interaction crm.ID) (Open, error) {
	x, err := tx.InteractionForSecond(ctx, sqlgen.InteractionForSecondParams{Bucket: interaction.RowBucket(), ID: interaction})
	if errors.Is(err, sql.ErrNoRows) {
		return Open{}, crm.Errorf(crm.NotFound, "There is no such contact.")
	}
	var attrs capture.Attrs
	if err := errors.Join(err, json.Unmarshal([]byte(x.Attrs), &attrs)); err != nil {
		return Open{}, err
	}
	n := recording(&crm.Envelope{Kind: crm.Kind(x.Kind), Attachments: attrs.Attachments})
	if n < 0 || len(attrs.Turns) > 0 {
		return Open{}, crm.Errorf(crm.Invalid, "It has no recording without a transcript.")
	}
	return Open{ID: interaction, Recording: n, Note: x.Text}, nil
}
