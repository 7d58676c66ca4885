package app

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
)

type trainHistoryCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// modelOfFirm is a row of the history.
type modelOfFirm struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	Author  string    `json:"author"`
	InUse   bool      `json:"in_use"`
	trained
}

// Run lists the trainings, the newest first.
func (c *trainHistoryCmd) Run(ctx context.Context, r *runtime) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	db, err := openStore(ctx, &cfg.Config)
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Read().Models(ctx, kindIntents)
	if err != nil {
		return fmt.Errorf("read the history of models: %w", err)
	}
	models := make([]modelOfFirm, len(rows))
	for i, row := range rows {
		m := modelOfFirm{Version: row.Version, At: crm.FromMicros(row.At).UTC(), Author: row.Author, InUse: row.Active}
		if err := json.Unmarshal([]byte(row.Report), &m.trained); err != nil {
			return fmt.Errorf("read the report of model %d: %w", m.Version, err)
		}
		models[i] = m
	}
	if c.JSON {
		return r.json(models)
	}
	t := tabwriter.NewWriter(r.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "version\twhen\tby\ttexts\tright, unseen\tstate")
	builtIn := "in use"
	for _, m := range models {
		accuracy, state := fmt.Sprintf("%.1f %%", 100*m.Accuracy), ""
		if c := m.Compared; c != nil && !c.Better {
			accuracy, state = "-", fmt.Sprintf("not used: %.1f %% right of %d texts that the one before read %.1f %% right", 100*c.After, c.N, 100*c.Before)
		}
		if m.InUse {
			state, builtIn = "in use", ""
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%d\t%s\t%s\n", m.Version, m.At.Format("2006-01-02 15:04"), m.Author, m.Texts, accuracy, state)
	}
	fmt.Fprintf(t, "0\t\tbuilt in\t\t\t%s\n", builtIn)
	return t.Flush()
}

type trainUseCmd struct {
	Version int64 `arg:"" help:"Version of the history; 0 is the built-in model."`
}

// Run puts an earlier model into use again.
func (c *trainUseCmd) Run(ctx context.Context, r *runtime) error {
	cfg, err := r.config()
	if err != nil {
		return err
	}
	db, err := openStore(ctx, &cfg.Config)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := flow.UseModel(ctx, db, c.Version); err != nil {
		return err
	}
	r.say("In use is version %d; servers that run take it within %d seconds.", c.Version, int(watchEvery.Seconds()))
	return nil
}
