package flow

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// None is the intent of a correction that says: none of the known ones.
const None = "none"

// secondReader marks the model of what a label replaces when a second reader said
// it: it is no figure of the firm's own model.
const secondReader = "second:"

// person marks the model of a reading whose intent a person gave.
const person = "person:"

// Correct replaces the intent of a contact by what a person says it is. The old
// Reading stays; the contact becomes an example that later texts are compared
// with at once and that the next training learns from.
func (e *Engine) Correct(ctx context.Context, interaction crm.ID, intent, author string) error {
	return e.say(ctx, interaction, intent, author, understand.FromConsole, nil)
}

// say is Correct for any origin; also does what belongs to it in the same
// transaction.
func (e *Engine) say(ctx context.Context, interaction crm.ID, intent, author, origin string, also func(*store.Tx, *labelled) error) error {
	if intent != None && !knownIntent(e.Reader(), intent) {
		return &crm.Error{Code: crm.Invalid, Pointer: "/intent", Message: "There is no such intent. GET /v1/intents lists them."}
	}
	return e.relabel(ctx, interaction, func(tx *store.Tx, c *labelled) error {
		if also != nil {
			if err := also(tx, c); err != nil {
				return err
			}
		}
		l := c.next(intent, author)
		l.Origin = origin
		c.reading.Model, c.reading.Labelled, c.reading.Second = person+author, nil, nil
		c.reading.Unknown, c.reading.Intents = intent == None, nil
		if intent != None {
			c.reading.Intents = []crm.Label{{Name: intent, Confidence: 1}}
		}
		if err := errors.Join(tx.AddLabel(ctx, l), c.note(ctx, tx, author, "Corrected what a contact is about: "+label(e.Reader().Taxonomy(), intent)+".")); err != nil {
			return err
		}
		if err := c.exemplify(ctx, tx, intent, author); err != nil {
			return err
		}
		return e.refitDue(ctx, tx)
	})
}

// TakeBack takes back the newest correction of a contact: what was read before
// it applies again, to the contact and to texts that are nearly the same. Both
// readings and both decisions stay in the history.
func (e *Engine) TakeBack(ctx context.Context, interaction crm.ID, author string) error {
	return e.takeBack(ctx, interaction, author, func(*labelled) error { return nil })
}

// takeBack is TakeBack unless may refuses.
func (e *Engine) takeBack(ctx context.Context, interaction crm.ID, author string, may func(*labelled) error) error {
	return e.relabel(ctx, interaction, func(tx *store.Tx, c *labelled) error {
		if err := may(c); err != nil {
			return err
		}
		if len(c.standing) == 0 {
			return crm.Errorf(crm.Conflict, "Nobody's correction of this contact is left to take back.")
		}
		last := c.standing[0]
		data, err := tx.ReadingOfVersion(ctx, sqlgen.ReadingOfVersionParams{Bucket: c.bucket, ProfileID: c.x.ProfileID, InteractionID: c.id, Version: last.Before})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if c.reading = (crm.Reading{}); data == "" {
			c.reading.Unknown = true // nothing had been read
		} else {
			if err := json.Unmarshal([]byte(data), &c.reading); err != nil {
				return err
			}
		}
		if err := tx.UndoLabel(ctx, sqlgen.UndoLabelParams{Bucket: c.bucket, ProfileID: c.x.ProfileID, InteractionID: c.id, ID: last.ID,
			UndoneAt: crm.Micros(c.now), UndoneBy: author}); err != nil {
			return err
		}
		if last.Origin == understand.FromSample {
			if err := tx.ReopenReadingChecks(ctx, sqlgen.ReopenReadingChecksParams{Bucket: c.bucket, ProfileID: c.x.ProfileID, InteractionID: c.id}); err != nil {
				return err
			}
		}
		if err := c.note(ctx, tx, author, "Took back that a contact is about: "+label(e.Reader().Taxonomy(), last.Intent)+"."); err != nil {
			return err
		}
		if len(c.standing) > 1 {
			return c.exemplify(ctx, tx, c.standing[1].Intent, c.standing[1].Author)
		}
		return tx.DropExample(ctx, c.example())
	})
}

// labelled is a contact while a person decides what it is about.
type labelled struct {
	id       crm.ID
	bucket   int64
	now      time.Time
	x        sqlgen.InteractionForReadingRow
	source   string
	version  int64 // of the newest reading; 0: none
	reading  crm.Reading
	standing []sqlgen.StandingLabelsRow // the newest first
}

func loadLabelled(ctx context.Context, tx *store.Tx, id crm.ID, now time.Time) (*labelled, error) {
	c := &labelled{id: id, bucket: id.RowBucket(), now: now}
	var err error
	c.x, err = tx.InteractionForReading(ctx, sqlgen.InteractionForReadingParams{Bucket: c.bucket, ID: id})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, crm.Errorf(crm.NotFound, "There is no such contact.")
	}
	if err != nil {
		return nil, err
	}
	if c.source, err = tx.InteractionSource(ctx, sqlgen.InteractionSourceParams{Bucket: c.bucket, ID: id}); err != nil {
		return nil, err
	}
	old, err := tx.NewestReading(ctx, sqlgen.NewestReadingParams{Bucket: c.bucket, ProfileID: c.x.ProfileID, InteractionID: id})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	c.version = old.Version
	if old.Data != "" {
		if err := json.Unmarshal([]byte(old.Data), &c.reading); err != nil {
			return nil, err
		}
	}
	c.standing, err = tx.StandingLabels(ctx, sqlgen.StandingLabelsParams{Bucket: c.bucket, ProfileID: c.x.ProfileID, InteractionID: id})
	return c, err
}

// relabel changes the reading of a contact in one transaction and makes
// everything know it: the feed, the journey and what is read from now on.
func (e *Engine) relabel(ctx context.Context, interaction crm.ID, change func(*store.Tx, *labelled) error) error {
	if err := e.reread(ctx, interaction, change); err != nil {
		return err
	}
	return e.LoadModels(ctx)
}

// reread writes a newer reading of a contact, and makes the feed and the journey
// know it.
func (e *Engine) reread(ctx context.Context, interaction crm.ID, change func(*store.Tx, *labelled) error) error {
	now := e.o.Clock()
	err := e.db.InTx(ctx, func(tx *store.Tx) error {
		// Locked before reading, so that of two corrections at once the later one
		// follows the earlier.
		next, err := tx.Lock(ctx, map[int64]int64{interaction.RowBucket(): 1})
		if err != nil {
			return err
		}
		c, err := loadLabelled(ctx, tx, interaction, now)
		if err != nil {
			return err
		}
		version := c.version + 1
		if err := change(tx, c); err != nil {
			return err
		}
		data, err := json.Marshal(c.reading)
		if err != nil {
			return err
		}
		if err := tx.AddReading(ctx, sqlgen.AddReadingParams{Bucket: c.bucket, ProfileID: c.x.ProfileID, InteractionID: c.id,
			Version: version, Data: string(data)}); err != nil {
			return err
		}
		return tx.TouchInteraction(ctx, sqlgen.TouchInteractionParams{Bucket: c.bucket, ProfileID: c.x.ProfileID, ID: c.id, Seq: next(c.bucket)})
	})
	if err != nil {
		return err
	}
	if err := e.Journey.Reread(ctx, interaction); err != nil {
		return err
	}
	e.db.Ring(ctx)
	return nil
}

// next is a label with what the program read, which a correction of a
// correction takes from the one before.
func (c *labelled) next(intent, author string) sqlgen.AddLabelParams {
	l := sqlgen.AddLabelParams{Bucket: c.bucket, ProfileID: c.x.ProfileID, InteractionID: c.id, ID: crm.NewID(c.now), Source: c.source,
		Language: c.reading.Language.Name, ReadAs: c.reading.Intent(), Model: c.reading.Model, Intent: intent, Before: c.version, Author: author, At: crm.Micros(c.now)}
	if len(c.reading.Intents) > 0 {
		l.Confidence = int64(c.reading.Intents[0].Confidence*10_000 + .5)
	}
	if c.reading.Second != nil {
		l.Model, l.Confidence = secondReader+c.reading.Second.Model, 0
	}
	if len(c.standing) > 0 && strings.HasPrefix(c.reading.Model, person) {
		s := c.standing[0]
		l.ReadAs, l.Confidence, l.Model = s.ReadAs, s.Confidence, s.Model
	}
	return l
}

func (c *labelled) note(ctx context.Context, tx *store.Tx, author, text string) error {
	return records.Note(ctx, tx, records.Change{Profile: c.x.ProfileID, At: c.now, Author: author, Kind: records.Corrected, Text: text, Source: c.source})
}

// example is the id of the example that the contact is.
func (c *labelled) example() crm.ID {
	return crm.DerivedID(c.id.Time(), "example", c.id.String())
}

// exemplify makes the contact an example of an intent, in place of what it was
// an example of.
func (c *labelled) exemplify(ctx context.Context, tx *store.Tx, intent, author string) error {
	return tx.AddExample(ctx, sqlgen.AddExampleParams{ID: c.example(), Text: crm.ReadingText(c.x.Subject, c.x.Text), Intent: intent,
		Language: c.reading.Language.Name, Origin: "correction", InteractionID: c.id, Author: author, At: crm.Micros(c.now)})
}

// refitDue leaves a job that trains again when enough was corrected since the
// last training.
func (e *Engine) refitDue(ctx context.Context, tx *store.Tx) error {
	last, err := tx.LastModelAt(ctx, modelKind)
	if err != nil {
		return err
	}
	n, err := tx.CorrectionsSince(ctx, last)
	if err != nil || n < understand.RefitAfter {
		return err
	}
	return jobs.Add(ctx, tx, e.o.Clock(), jobs.Job{Kind: understand.RefitJob, Key: modelKind})
}

// modelKind is the kind of the intent model in the table of models.
const modelKind = "intents"

// label is an intent as people say it.
func label(t *understand.FirmTaxonomy, intent string) string {
	if intent == None {
		return "none of the known intents"
	}
	if l := t.Label(intent); l != "" {
		return l
	}
	return intent
}

func knownIntent(r *understand.Reader, name string) bool {
	for _, i := range r.IntentNames() {
		if i == name {
			return true
		}
	}
	return false
}

// LoadModels takes the newest trained model, the firm's intents, their examples,
// the stored corrections, and the firm's numbers and products into use.
func (e *Engine) LoadModels(ctx context.Context) error {
	vocabulary, err := understand.LoadVocabulary(ctx, e.db.Read(), e.vocabulary.Load())
	if err != nil {
		return err
	}
	e.vocabulary.Store(vocabulary)
	reader := e.o.Reader.WithVocabulary(vocabulary)
	m, err := e.db.Read().ActiveModel(ctx, modelKind)
	switch {
	case err == nil:
		model, err := understand.LoadIntents(m.Data)
		if err != nil {
			e.o.Log.Error("the trained model can't be read; the starter model is used", "error", err)
		} else {
			reader = reader.WithIntents(model)
		}
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	taxonomy, err := understand.LoadTaxonomy(ctx, e.db.Read())
	if err != nil {
		return err
	}
	reader = reader.WithTaxonomy(taxonomy)
	rows, err := e.db.Read().Examples(ctx)
	if err != nil {
		return err
	}
	// The newest label wins.
	slices.SortStableFunc(rows, func(a, b sqlgen.Example) int { return cmp.Compare(a.At, b.At) })
	var corrections []understand.Example
	for _, r := range rows {
		if r.Origin == "correction" || r.Origin == understand.OriginIntent {
			corrections = append(corrections, understand.Example{Text: r.Text, Intent: r.Intent, Language: r.Language, Origin: r.Origin,
				Author: r.Author, At: crm.FromMicros(r.At)})
		}
	}
	e.SetReader(reader.WithCorrections(taxonomy.Map(corrections)))
	return nil
}
