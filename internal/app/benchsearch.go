package app

import (
	"context"

	"github.com/rapport-crm/rapport/internal/bench"
)

type benchSearchCmd struct {
	Engine    string `help:"sqlite or postgres." enum:"sqlite,postgres" default:"sqlite"`
	Stored    int    `help:"Messages that are stored." default:"1000000"`
	Customers int    `help:"Customers who wrote them." default:"100000"`
	Samples   int    `help:"Searches of each kind." default:"200"`
	Keep      string `help:"Keep the SQLite database in this folder, and measure again on what is there." type:"path"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run measures in a database of its own, which it drops.
func (c *benchSearchCmd) Run(ctx context.Context, r *runtime) error {
	b := bench.Search{Engine: c.Engine, DB: text(r.globals.DB), Stored: c.Stored, Customers: c.Customers, Samples: c.Samples, Keep: c.Keep, Log: r.progressLog()}
	res, err := b.Run(ctx)
	if err != nil {
		return err
	}
	return res.Write(r.Stdout, c.JSON)
}
