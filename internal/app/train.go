package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

type trainCmd struct {
	Intents  trainIntentsCmd  `cmd:"" help:"Train the model that reads what customers want."`
	Journeys trainJourneysCmd `cmd:"" help:"Teach the linker of journeys what people moved, split and merged."`
	History  trainHistoryCmd  `cmd:"" help:"List the models of the firm with their figures."`
	Use      trainUseCmd      `cmd:"" help:"Put an earlier model into use again."`
}

type trainIntentsCmd struct {
	File  []string `arg:"" type:"existingfile" help:"Labelled texts: CSV or TSV with the columns text and intent, or NDJSON with these fields."`
	Alone bool     `help:"Leave the built-in examples out: only the intents of the files are known afterwards."`
	Test  string   `type:"existingfile" help:"Labelled texts that are not trained on, to measure the model with." placeholder:"FILE"`
	Try   bool     `help:"Measure only; leave the model in use as it is."`
	JSON  bool     `name:"json" help:"Print JSON."`
}

// kindIntents is the kind of the intent model in the table of models, noIntent
// the correction that says none of the known ones, and the origins those of the
// table of examples.
const (
	kindIntents      = "intents"
	noIntent         = "none"
	originCorrection = "correction"
	originFile       = "file"
)

// trained is what training tells.
type trained struct {
	Version  int64               `json:"version,omitempty"` // 0 with --try
	Texts    int                 `json:"texts"`
	Intents  int                 `json:"intents"`
	Dropped  int                 `json:"dropped"`
	Accuracy float64             `json:"accuracy"` // of texts that the model had not seen, five folds
	Held     understand.Figures  `json:"held"`
	Test     *understand.Figures `json:"test,omitempty"`
	Seconds  float64             `json:"seconds"`

	Alone       bool                   `json:"alone,omitempty"`       // without the built-in examples
	Corrections int                    `json:"corrections,omitempty"` // that a refit learned from
	Compared    *understand.Comparison `json:"compared,omitempty"`    // of a refit, with the model before it
}

// Run trains, measures, and puts the model into use. Servers that run take it
// within seconds.
func (c *trainIntentsCmd) Run(ctx context.Context, r *runtime) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	own, err := readExamples(c.File...)
	if err != nil {
		return err
	}
	var test []understand.Example
	if c.Test != "" {
		if test, err = readExamples(c.Test); err != nil {
			return err
		}
	}
	db, err := openStore(ctx, &cfg.Config)
	if err != nil {
		return err
	}
	defer db.Close()
	corrections, err := corrections(ctx, db)
	if err != nil {
		return err
	}
	var base []understand.Example
	if !c.Alone {
		taxonomy, err := understand.LoadTaxonomy(ctx, db.Read())
		if err != nil {
			return err
		}
		base = taxonomy.Base()
	}
	r.say("Training on %d texts of yours, %d corrections and %d built-in ones …", len(own), len(corrections), len(base))
	start := time.Now()
	model, report, err := understand.TrainIntents(base, append(own, corrections...), 1)
	if err != nil {
		return err
	}
	out := trained{Texts: report.Texts, Intents: report.Intents, Dropped: report.Dropped, Accuracy: report.Held.Accuracy, Held: report.Held,
		Seconds: time.Since(start).Seconds(), Alone: c.Alone}
	if len(test) > 0 {
		f := understand.EvaluateIntents(model, test)
		out.Test = &f
	}
	if !c.Try {
		keep := func(tx *store.Tx) error { return keepExamples(ctx, tx, r.Clock(), own) }
		if out.Version, err = keepModel(ctx, db, r.Clock(), model, out, "rapport train", keep); err != nil {
			return err
		}
	}
	if c.JSON {
		return r.json(out)
	}
	return out.print(r)
}

func (o *trained) print(r *runtime) error {
	fmt.Fprintf(r.Stdout, "%d texts, %d intents, %.1f s\n", o.Texts, o.Intents, o.Seconds)
	show := func(name string, f *understand.Figures) {
		fmt.Fprintf(r.Stdout, "%s: %.1f %% right, %.1f %% among the best three; says unknown to %.1f %%, of the rest %.1f %% right (%d texts)\n",
			name, 100*f.Accuracy, 100*f.Top3, 100*f.Rejected, 100*f.Accepted, f.N)
		for _, p := range f.Confusions[:min(3, len(f.Confusions))] {
			fmt.Fprintf(r.Stdout, "  %d × %s taken for %s\n", p.Count, p.Truth, p.Said)
		}
	}
	show("Unseen, by five folds", &o.Held)
	if o.Test != nil {
		show("Test file", o.Test)
	}
	if o.Version == 0 {
		r.say("The model in use is as it was.")
		return nil
	}
	r.say("In use as version %d; servers that run take it within %d seconds.", o.Version, int(watchEvery.Seconds()))
	return nil
}

// readExamples reads labelled files by the ends of their names.
func readExamples(names ...string) ([]understand.Example, error) {
	var all []understand.Example
	for _, name := range names {
		format := strings.TrimPrefix(strings.ToLower(filepath.Ext(name)), ".")
		if format == "jsonl" || format == "json" {
			format = "ndjson"
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		list, err := understand.ReadExamples(f, format)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, list...)
	}
	return all, nil
}

// corrections are what people said in the console: they count as the firm's
// own examples.
func corrections(ctx context.Context, db *store.DB) ([]understand.Example, error) {
	rows, err := db.Read().Examples(ctx)
	if err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	var out []understand.Example
	for _, x := range rows {
		if (x.Origin == originCorrection || x.Origin == understand.OriginIntent) && x.Intent != noIntent {
			out = append(out, understand.Example{Text: x.Text, Intent: x.Intent, Language: x.Language, Origin: x.Origin})
		}
	}
	taxonomy, err := understand.LoadTaxonomy(ctx, db.Read())
	if err != nil {
		return nil, err
	}
	return taxonomy.Map(out), nil
}

// keepModel stores the model as the newest version and puts it into use; nil is
// one that was not good enough, and leaves only its report.
func keepModel(ctx context.Context, db *store.DB, now time.Time, model *understand.IntentModel, about trained, author string, also ...func(*store.Tx) error) (int64, error) {
	data := []byte{}
	if model != nil {
		var err error
		if data, err = model.MarshalBinary(); err != nil {
			return 0, err
		}
	}
	report, err := json.Marshal(about)
	if err != nil {
		return 0, err
	}
	var version int64
	err = db.InTx(ctx, func(tx *store.Tx) error {
		last, err := tx.NewestModel(ctx, kindIntents)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		version = last + 1
		if model != nil {
			if err := tx.RetireModels(ctx, kindIntents); err != nil {
				return err
			}
		}
		for _, f := range also {
			if err := f(tx); err != nil {
				return err
			}
		}
		return tx.AddModel(ctx, sqlgen.AddModelParams{
			Kind: kindIntents, Version: version, Active: model != nil, At: crm.Micros(now), Author: author, Report: string(report), Data: data,
		})
	})
	if err != nil {
		return 0, fmt.Errorf("keep the model: %w", err)
	}
	return version, nil
}
