package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/rapport-crm/rapport/internal/journey"
	"github.com/rapport-crm/rapport/internal/understand"
)

type trainJourneysCmd struct {
	Out  string `help:"Write what the program itself comes with to this file, without a database." placeholder:"FILE"`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run learns from corrections; servers that run take the outcome within
// seconds.
func (c *trainJourneysCmd) Run(ctx context.Context, r *runtime) error {
	var texts []string
	for _, e := range understand.Starter() {
		texts = append(texts, e.Text)
	}
	if c.Out != "" {
		data, err := json.Marshal(journey.Default(texts))
		if err != nil {
			return err
		}
		return os.WriteFile(c.Out, append(data, '\n'), 0o644) //nolint:gosec // a file of the source tree
	}
	cfg, err := r.config()
	if err != nil {
		return err
	}
	db, err := openStore(ctx, &cfg.Config)
	if err != nil {
		return err
	}
	defer db.Close()
	s := journey.New(db, r.Clock)
	if err := s.LoadParameters(ctx); err != nil {
		return err
	}
	out, err := s.Train(ctx, texts, "rapport train")
	if err != nil {
		return err
	}
	if c.JSON {
		return r.json(out)
	}
	fmt.Fprintf(r.Stdout, "%d corrections; of them made the same way: %.1f %% (before: %.1f %%)\nF1 on synthetic chains: %.3f (before: %.3f)\n",
		out.Corrections, 100*out.Agrees, 100*out.Before, out.F1, out.F1Before)
	if !out.Promoted {
		r.say("The linker in use is better and stays.")
		return nil
	}
	r.say("In use as version %d; servers that run take it within %d seconds.", out.Version, int(watchEvery.Seconds()))
	return nil
}
