package app

import (
	"context"
	"fmt"
	"net"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
)

type setupURLCmd struct {
	serving
	JSON bool `name:"json" help:"Print JSON."`
}

// Run makes a new setup token; a server that runs accepts it at once.
func (c *setupURLCmd) Run(ctx context.Context, r *runtime) error {
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		cfg, err := r.config(c.serving)
		if err != nil {
			return err
		}
		token, err := s.NewSetupToken(ctx)
		if err != nil {
			return err
		}
		link := setupLink(baseURL(&cfg.Config, cfg.Listen), token)
		if c.JSON {
			return r.json(map[string]string{"sign_in": link})
		}
		r.say("Valid for 30 minutes, once. Links made before don't work any more.")
		_, err = fmt.Fprintln(r.Stdout, link)
		return err
	})
}

// setupLink carries the token in the fragment, which browsers send to nobody.
func setupLink(base, token string) string { return base + "/setup#t=" + token }

// baseURL is where people open this installation: the configured address, else
// the one that it listens on.
func baseURL(c *config.Config, listening string) string {
	if c.BaseURL != "" {
		return c.BaseURL
	}
	host, port, err := net.SplitHostPort(listening)
	if err != nil {
		return "http://" + listening
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
