package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
)

type serveCmd struct {
	JSON bool `name:"json" help:"Print one line of JSON when ready."`
	reading
	serving
}

// ready is the line that a server prints when it answers.
type ready struct {
	URL    string `json:"url"`
	SignIn string `json:"sign_in"`
	Key    string `json:"key,omitempty"` // of the demo
}

// Run serves until a signal.
func (c *serveCmd) Run(ctx context.Context, r *runtime) error {
	cfg, err := r.config(c.reading, c.serving)
	if err != nil {
		return err
	}
	log := r.logger(&cfg.Config)
	k, err := r.openCore(ctx, &cfg.Config, log)
	if err != nil {
		return err
	}
	defer k.close()
	if err := r.headlessOwner(ctx, k, &cfg.Config); err != nil {
		return err
	}
	if err := k.access.CheckListen(ctx, cfg.Listen); err != nil {
		return err
	}
	l, err := listen(ctx, cfg.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	at := ready{URL: baseURL(&cfg.Config, l.Addr().String())}
	has, err := k.access.HasOwner(ctx)
	if err != nil {
		return err
	}
	k.access.Listening(at.URL)
	at.SignIn = at.URL + "/sign-in"
	if !has {
		token, err := k.access.NewSetupToken(ctx)
		if err != nil {
			return err
		}
		at.SignIn = setupLink(at.URL, token)
	}
	if err := r.announceServe(ctx, c, k, &cfg.Config, at, has); err != nil {
		return err
	}
	warnPlain(log, &cfg.Config)
	return r.answer(ctx, l, k, &cfg.Config, log, false)
}

// announceServe prints the ready line. The listener is open, so whoever
// connects from now on is answered.
func (r *runtime) announceServe(ctx context.Context, c *serveCmd, k *core, cfg *config.Config, at ready, has bool) error {
	if c.JSON {
		return r.json(at)
	}
	schema, err := k.db.SchemaVersion(ctx)
	if err != nil {
		return err
	}
	where := cfg.Data
	if cfg.DB != "" {
		where = config.RedactURL(cfg.DB)
	}
	fmt.Fprintf(r.Stdout, "rapport %s  data %s  %s, schema %d\n", Version, where, k.db.Engine, schema)
	if !has {
		fmt.Fprintf(r.Stdout, "  Setup (valid 30 min, once):  %s\n", at.SignIn)
		fmt.Fprintf(r.Stdout, "  Only this machine is answered until somebody did the setup.\n")
	}
	_, err = fmt.Fprintf(r.Stdout, "  Listening on %s\n", at.URL)
	return err
}

// headlessOwner makes the owner from the configuration, for installations that
// nobody sets up in a browser.
func (r *runtime) headlessOwner(ctx context.Context, k *core, c *config.Config) error {
	if c.OwnerEmail == "" && c.OwnerPassword == "" {
		return nil
	}
	has, err := k.access.HasOwner(ctx)
	if err != nil || has {
		return err
	}
	if c.OwnerEmail == "" || c.OwnerPassword == "" {
		return usageError{fmt.Errorf("owner_email and owner_password belong together: one is missing")}
	}
	_, err = k.access.CreateUser(ctx, access.NewUser{Email: c.OwnerEmail, Role: access.Owner, Password: c.OwnerPassword})
	return err
}

// warnPlain tells an operator whose people sign in over plain http from other
// machines.
func warnPlain(log *slog.Logger, c *config.Config) {
	u, err := url.Parse(baseURL(c, c.Listen))
	if err != nil || u.Scheme == "https" {
		return
	}
	if h := u.Hostname(); h != "localhost" && h != "127.0.0.1" && h != "::1" || c.Listen != "" && c.Listen[0] == ':' {
		log.Warn("passwords travel unprotected: put a proxy with https in front and set base_url")
	}
}
