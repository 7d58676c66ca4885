package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// startRefit registers the jobs that train again after corrections, that look for
// intents that are missing, and that count what was read. One at a time: training takes both cores for a
// minute.
func (k *core) startRefit(clock crm.Clock) {
	k.jobs.Register(understand.RefitJob, jobs.Options{Workers: 1, Attempts: 3, Lease: 2 * time.Minute}, func(ctx context.Context, _ *jobs.Run) error {
		return refit(ctx, k.db, clock)
	})
	k.jobs.Register(understand.LookJob, jobs.Options{Workers: 1, Attempts: 3, Lease: 2 * time.Minute}, func(ctx context.Context, _ *jobs.Run) error {
		return understand.Look(ctx, k.db, k.engine.Reader(), clock())
	})
	k.jobs.Register(understand.CountJob, jobs.Options{Workers: 1, Attempts: 3, Lease: 2 * time.Minute}, func(ctx context.Context, _ *jobs.Run) error {
		return understand.Count(ctx, k.db, clock())
	})
}

// refit trains on everything that is known, compares, and puts the new model
// into use when it is not worse. One that is worse is kept in the history with
// the reason, and without its bytes.
func refit(ctx context.Context, db *store.DB, clock crm.Clock) error {
	since, err := db.Read().LastModelAt(ctx, kindIntents)
	if err != nil {
		return err
	}
	changed, err := db.Read().LastIntentChange(ctx)
	if err != nil {
		return err
	}
	own, fresh, err := labelledTexts(ctx, db, since)
	if err != nil || len(fresh) == 0 && changed <= since {
		return err // somebody trained meanwhile
	}
	taxonomy, err := understand.LoadTaxonomy(ctx, db.Read())
	if err != nil {
		return err
	}
	own, fresh = taxonomy.Map(own), taxonomy.Map(fresh)
	alone, err := withoutStarter(ctx, db)
	if err != nil {
		return err
	}
	var base []understand.Example
	if !alone {
		base = taxonomy.Base()
	}
	start := time.Now()
	about := trained{Alone: alone, Texts: len(base) + len(own) + len(fresh), Corrections: len(fresh)}
	if len(fresh) > 0 { // else only names, merges or packs changed: there is nothing to compare
		compared, err := understand.CompareRefit(base, own, fresh, 1)
		if err != nil {
			return jobs.Dead(err)
		}
		if about.Compared = &compared; !compared.Better {
			about.Seconds = time.Since(start).Seconds()
			_, err := keepModel(ctx, db, clock(), nil, about, "refit")
			return err
		}
	}
	inbox, err := inboxTexts(ctx, db)
	if err != nil {
		return err
	}
	model, report, err := understand.TrainIntentsWith(base, append(own, fresh...), understand.TrainOptions{Seed: 1, Unlabelled: inbox})
	if err != nil {
		return jobs.Dead(err)
	}
	about.Texts, about.Intents, about.Dropped, about.Accuracy, about.Held = report.Texts, report.Intents, report.Dropped, report.Held.Accuracy, report.Held
	about.Seconds = time.Since(start).Seconds()
	_, err = keepModel(ctx, db, clock(), model, about, "refit")
	return err
}

// labelledTexts are the firm's own: those that the last model could have seen,
// and corrections since.
func labelledTexts(ctx context.Context, db *store.DB, since int64) (own, fresh []understand.Example, err error) {
	rows, err := db.Read().Examples(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read the firm's examples: %w", err)
	}
	for _, x := range rows {
		if x.Intent == noIntent {
			continue
		}
		e := understand.Example{Text: x.Text, Intent: x.Intent, Language: x.Language, Origin: x.Origin}
		if (x.Origin == originCorrection || x.Origin == understand.OriginIntent) && x.At > since {
			fresh = append(fresh, e)
		} else {
			own = append(own, e)
		}
	}
	return own, fresh, nil
}

// inboxSample is how many texts of the inbox a training looks at, at most.
const inboxSample = 1500

// inboxTexts are the newest texts of customers, for self-training where intents
// have few examples. They are read by bucket, each its even share.
func inboxTexts(ctx context.Context, db *store.DB) ([]string, error) {
	var out []string
	for bucket := range int64(crm.Buckets) {
		rows, err := db.Read().InboxTexts(ctx, sqlgen.InboxTextsParams{Bucket: bucket, N: inboxSample/crm.Buckets + 1})
		if err != nil {
			return nil, fmt.Errorf("read texts of the inbox: %w", err)
		}
		for _, r := range rows {
			out = append(out, crm.ReadingText(r.Subject, r.Text))
		}
	}
	return out, nil
}

// withoutStarter reports whether the model in use was trained without the
// built-in examples.
func withoutStarter(ctx context.Context, db *store.DB) (bool, error) {
	rows, err := db.Read().Models(ctx, kindIntents)
	if err != nil {
		return false, fmt.Errorf("read the history of models: %w", err)
	}
	for _, m := range rows {
		if m.Active {
			var about trained
			err := json.Unmarshal([]byte(m.Report), &about)
			return about.Alone, err
		}
	}
	return false, nil
}

// keepExamples stores the firm's files as examples, in place of those of
// earlier files, so that a refit learns from them, too.
func keepExamples(ctx context.Context, tx *store.Tx, now time.Time, own []understand.Example) error {
	if err := tx.DeleteExamplesOf(ctx, originFile); err != nil {
		return err
	}
	for i, e := range own {
		if err := tx.AddExample(ctx, sqlgen.AddExampleParams{ID: crm.DerivedID(now, "example file", fmt.Sprint(i)), Text: store.Clean(e.Text, 64<<10), Intent: e.Intent,
			Language: e.Language, Origin: originFile, Author: "rapport train", At: crm.Micros(now)}); err != nil {
			return err
		}
	}
	return nil
}
