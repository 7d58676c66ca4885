package app

import (
	"context"
	"io"
	"time"

	"github.com/rapport-crm/rapport/internal/bench"
)

type benchCmd struct {
	Capture benchCaptureCmd `cmd:"" help:"How many contacts a second, against a bare insert of the same rows."`
	Read    benchReadCmd    `cmd:"" help:"How long a page of a timeline, a search and a list take."`
	Search  benchSearchCmd  `cmd:"" help:"How long a search of messages takes."`

	Identity benchIdentityCmd `cmd:"" help:"How long a new customer takes to be compared with all others."`
}

type benchCaptureCmd struct {
	Engine  string        `help:"sqlite or postgres." enum:"sqlite,postgres" default:"sqlite"`
	Stored  int           `help:"Contacts that are stored before measuring." default:"0"`
	Items   int           `help:"Contacts a round." default:"10000"`
	Rounds  int           `help:"Alternating rounds; the median counts." default:"3"`
	Rate    int           `help:"Contacts a second of the latency run." default:"500"`
	Latency time.Duration `help:"Length of the latency run." default:"10s"`
	JSON    bool          `name:"json" help:"Print JSON."`
}

// Run measures in databases of its own, which it drops.
func (c *benchCaptureCmd) Run(ctx context.Context, r *runtime) error {
	b := bench.Capture{Engine: c.Engine, DB: text(r.globals.DB), Stored: c.Stored, Items: c.Items, Rounds: c.Rounds, Rate: c.Rate, Latency: c.Latency, Log: r.progressLog()}
	res, err := b.Run(ctx)
	if err != nil {
		return err
	}
	return res.Write(r.Stdout, c.JSON)
}

type benchReadCmd struct {
	Engine    string `help:"sqlite or postgres." enum:"sqlite,postgres" default:"sqlite"`
	Stored    int    `help:"Contacts that are stored." default:"1000000"`
	Customers int    `help:"Customers that they belong to." default:"100000"`
	Samples   int    `help:"Requests of each kind." default:"2000"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run measures in a database of its own, which it drops.
func (c *benchReadCmd) Run(ctx context.Context, r *runtime) error {
	b := bench.Reads{Engine: c.Engine, DB: text(r.globals.DB), Stored: c.Stored, Customers: c.Customers, Samples: c.Samples, Log: r.progressLog()}
	res, err := b.Run(ctx)
	if err != nil {
		return err
	}
	return res.Write(r.Stdout, c.JSON)
}

type benchIdentityCmd struct {
	Engine  string `help:"sqlite or postgres." enum:"sqlite,postgres" default:"sqlite"`
	Stored  int    `help:"Customers that are stored." default:"1000000"`
	Samples int    `help:"New customers of each kind." default:"2000"`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// Run measures in a database of its own, which it drops.
func (c *benchIdentityCmd) Run(ctx context.Context, r *runtime) error {
	b := bench.Identity{Engine: c.Engine, DB: text(r.globals.DB), Stored: c.Stored, Samples: c.Samples, Log: r.progressLog()}
	res, err := b.Run(ctx)
	if err != nil {
		return err
	}
	return res.Write(r.Stdout, c.JSON)
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// progressLog is where a long measurement says how far it is.
func (r *runtime) progressLog() io.Writer { return r.Stderr }
