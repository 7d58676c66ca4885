package app

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
)

type trainHistoryCmd struct{}

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
	t := tabwriter.NewWriter(r.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "version\twhen\tby\ttexts\tright, unseen\tstate")
	builtIn := "in use"
	for _, m := range rows {
		var about trained
		if err := json.Unmarshal([]byte(m.Report), &about); err != nil {
			return fmt.Errorf("read the report of model %d: %w", m.Version, err)
		}
		accuracy, state := fmt.Sprintf("%.1f %%", 100*about.Accuracy), ""
		if c := about.Compared; c != nil && !c.Better {
			accuracy, state = "-", fmt.Sprintf("not used: %.1f %% right of %d texts that the one before read %.1f %% right", 100*c.After, c.N, 100*c.Before)
		}
		if m.Active {
			state, builtIn = "in use", ""
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%d\t%s\t%s\n", m.Version, crm.FromMicros(m.At).UTC().Format("2006-01-02 15:04"), m.Author, about.Texts, accuracy, state)
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
