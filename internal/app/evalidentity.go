package app

import (
	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/identify/match"
)

type evalIdentityCmd struct {
	File   []string `arg:"" optional:"" type:"existingfile" help:"CSV with a heading, any columns; several files are one table. Without a file: a synthetic customer file."`
	Entity string   `help:"Column that names the true entity. Default: found by itself." placeholder:"COLUMN"`
	Seed   uint64   `help:"Seed of everything random." default:"1"`
	People int      `help:"People of the synthetic file." default:"3000"`
	JSON   bool     `name:"json" help:"Print JSON."`
}

// Run measures how well records of one person are found without examples.
func (c *evalIdentityCmd) Run(r *runtime) error {
	report, err := c.report()
	if err != nil {
		return err
	}
	return report.Write(r.Stdout, c.JSON)
}

func (c *evalIdentityCmd) report() (*eval.Report, error) {
	if len(c.File) == 0 {
		seeds := []uint64{c.Seed, c.Seed + 1, c.Seed + 2}
		report, err := match.EvaluateSynthetic(seeds, c.People)
		if err != nil {
			return nil, err
		}
		report.Figures = append(report.Figures, identify.EvaluateQuestions(seeds, c.People)...)
		return report, nil
	}
	labelled, sources, err := match.Read(c.File, c.Entity)
	if err != nil {
		return nil, err
	}
	report, err := match.Evaluate(labelled, c.Seed)
	if err != nil {
		return nil, err
	}
	report.Data = sources
	return report, nil
}
