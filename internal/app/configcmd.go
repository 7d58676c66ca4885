package app

import (
	"context"
	"fmt"
)

type configCmd struct {
	Origin bool `help:"Show where each value came from."`
	JSON   bool `name:"json" help:"Print JSON."`
	reading
	serving
}

// Run prints the configuration as the other commands would use it.
func (c *configCmd) Run(_ context.Context, r *runtime) error {
	l, err := r.config(c.reading, c.serving)
	if err != nil {
		return err
	}
	values := l.Values()
	if c.JSON {
		return r.json(map[string]any{"items": values, "next": ""})
	}
	if !c.Origin {
		for _, v := range values {
			fmt.Fprintf(r.Stdout, "%s = %s\n", v.Key, v.Value)
		}
		return nil
	}
	rows := make([][]string, len(values))
	for i, v := range values {
		rows[i] = []string{v.Key, v.Value, v.Origin}
	}
	return r.table([]string{"KEY", "VALUE", "ORIGIN"}, rows)
}
