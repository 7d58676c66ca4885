package flow

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// None is the intent of a correction that says: none of the known ones.
const None = "none"

// Correct replaces the intent of a contact by what a person says it is. The old
// Reading stays; the contact becomes an example that later texts are compared
// with at once and that the next training learns from.
func (e *Engine) Correct(ctx context.Context, interaction crm.ID, intent, author string) error {
	if intent != None && !knownIntent(e.Reader(), intent) {
		return &crm.Error{Code: crm.Invalid, Pointer: "/intent", Message: "There is no such intent. GET /v1/intents lists them."}
	}
	now := e.o.Clock()
	err := e.db.InTx(ctx, func(tx *store.Tx) error {
		// Locked before reading, so that of two corrections at once the later one
		// follows the earlier.
		next, err := tx.Lock(ctx, map[int64]int64{interaction.RowBucket(): 1})
		if err != nil {
			return err
		}
		x, err := tx.InteractionForReading(ctx, sqlgen.InteractionForReadingParams{Bucket: interaction.RowBucket(), ID: interaction})
		if errors.Is(err, sql.ErrNoRows) {
			return crm.Errorf(crm.NotFound, "There is no such contact.")
		}
		if err != nil {
			return err
		}
		old, err := tx.NewestReading(ctx, sqlgen.NewestReadingParams{Bucket: interaction.RowBucket(), ProfileID: x.ProfileID, InteractionID: interaction})
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var reading crm.Reading
		if old.Data != "" {
			if err := json.Unmarshal([]byte(old.Data), &reading); err != nil {
				return err
			}
		}
		reading.Model = "person:" + author
		reading.Unknown, reading.Intents = intent == None, nil
		if intent != None {
			reading.Intents = []crm.Label{{Name: intent, Confidence: 1}}
		}
		data, err := json.Marshal(reading)
		if err != nil {
			return err
		}
		if err := tx.AddReading(ctx, sqlgen.AddReadingParams{Bucket: interaction.RowBucket(), ProfileID: x.ProfileID, InteractionID: interaction,
			Version: old.Version + 1, Data: string(data)}); err != nil {
			return err
		}
		if err := tx.TouchInteraction(ctx, sqlgen.TouchInteractionParams{Bucket: interaction.RowBucket(), ProfileID: x.ProfileID, ID: interaction,
			Seq: next(interaction.RowBucket())}); err != nil {
			return err
		}
		return tx.AddExample(ctx, sqlgen.AddExampleParams{ID: crm.DerivedID(interaction.Time(), "example", interaction.String()),
			Text: crm.ReadingText(x.Subject, x.Text), Intent: intent, Language: reading.Language.Name, Origin: "correction",
			InteractionID: interaction, Author: author, At: crm.Micros(now)})
	})
	if err != nil {
		return err
	}
	if err := e.Journey.Reread(ctx, interaction); err != nil {
		return err
	}
	e.db.Ring(ctx)
	return e.LoadModels(ctx)
}

func knownIntent(r *understand.Reader, name string) bool {
	for _, i := range r.IntentNames() {
		if i == name {
			return true
		}
	}
	return false
}

// LoadModels takes the newest trained model and the stored corrections into use.
func (e *Engine) LoadModels(ctx context.Context) error {
	reader := e.o.Reader
	m, err := e.db.Read().ActiveModel(ctx, "intents")
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
	rows, err := e.db.Read().Examples(ctx)
	if err != nil {
		return err
	}
	var corrections []understand.Example
	for _, r := range rows {
		if r.Origin == "correction" {
			corrections = append(corrections, understand.Example{Text: r.Text, Intent: r.Intent, Language: r.Language, Origin: r.Origin})
		}
	}
	e.SetReader(reader.WithCorrections(corrections))
	return nil
}
