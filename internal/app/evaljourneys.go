package app

import (
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/journey"
	"github.com/rapport-crm/rapport/internal/understand"
)

type evalJourneysCmd struct {
	File      string `arg:"" optional:"" type:"existingfile" help:"Contacts with their true journeys, CSV or JSON lines. Without a file: synthetic chains."`
	Seed      uint64 `help:"First of three seeds of the synthetic chains." default:"1"`
	Customers int    `help:"Customers of the synthetic chains." default:"600"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run measures how well contacts are put together to journeys.
func (c *evalJourneysCmd) Run(r *runtime) error {
	reader, err := understand.Default()
	if err != nil {
		return err
	}
	read := func(c *journey.Contact) crm.Reading {
		return reader.Read(understand.Input{Subject: c.Subject, Text: c.Text, Channel: c.Channel, Kind: c.Kind, Direction: c.Direction,
			Automatic: c.Automatic, OccurredAt: c.At})
	}
	report, err := journey.Evaluate(c.File, []uint64{c.Seed, c.Seed + 1, c.Seed + 2}, c.Customers, read, flow.Adjacency())
	if err != nil {
		return err
	}
	return report.Write(r.Stdout, c.JSON)
}
