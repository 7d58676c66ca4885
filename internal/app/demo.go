package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/demo"
)

// demoRegion is where the demo firm is at home.
const demoRegion = "NL"

// demoOwner signs in by the printed link; its password is random and unknown.
const demoOwner = "demo@" + demo.Domain

type demoCmd struct {
	Reset  bool    `help:"Tell the demo anew, and forget what was done in it."`
	Listen *string `name:"listen" help:"Address on this machine; port 0 takes a free one. Default: 127.0.0.1:8080." placeholder:"ADDR"`
	JSON   bool    `name:"json" help:"Print one line of JSON when ready."`
}

// Run opens the demo until a signal.
func (c *demoCmd) Run(ctx context.Context, r *runtime) error {
	cfg, err := c.config(r)
	if err != nil {
		return err
	}
	log := r.logger(cfg)
	folder, k, err := c.open(ctx, r, cfg, log)
	if err != nil {
		return err
	}
	defer func() { k.close() }()
	if err := k.access.CheckListen(ctx, cfg.Listen); err != nil {
		return err
	}
	l, err := listen(ctx, cfg.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	if k, err = folder.told(ctx, r, k, cfg, log); err != nil {
		return err
	}
	at := ready{URL: baseURL(cfg, l.Addr().String())}
	end, err := enterDemo(ctx, k, &at)
	if err != nil {
		return err
	}
	defer end()
	if c.JSON {
		err = r.json(at)
	} else {
		_, err = fmt.Fprintf(r.Stdout, "%s is open (data in %s).\n  Sign in:  %s\n  API key:  %s\n  Both work on this machine only, until you stop with Ctrl-C.\n",
			demo.Firm, cfg.Data, at.SignIn, at.Key)
	}
	if err != nil {
		return err
	}
	return r.answer(ctx, l, k, cfg, log, true)
}

// open opens the demo's folder and database, empty when the demo must be told.
func (c *demoCmd) open(ctx context.Context, r *runtime, cfg *config.Config, log *slog.Logger) (*demoFolder, *core, error) {
	folder, err := openDemoFolder(cfg, c.Reset)
	if err != nil {
		return nil, nil, err
	}
	k, err := r.openCore(ctx, cfg, log, access.LoopbackOnly())
	if err != nil {
		return nil, nil, err
	}
	stale, err := folder.stale(ctx, r, k)
	if err == nil && !stale {
		return folder, k, nil
	}
	k.close()
	if err != nil {
		return nil, nil, err
	}
	if err := folder.empty(); err != nil {
		return nil, nil, err
	}
	k, err = r.openCore(ctx, cfg, log, access.LoopbackOnly())
	return folder, k, err
}

// config is the demo's own: only flags may point it somewhere, because a file
// or a variable that names the firm's real database must not fill it with
// invented people.
func (c *demoCmd) config(r *runtime) (*config.Config, error) {
	l, err := r.config(struct {
		Listen *string `name:"listen"`
	}{c.Listen})
	if err != nil {
		return nil, err
	}
	cfg := l.Config
	if !strings.HasPrefix(l.Origin("data"), "flag") {
		cfg.Data = defaultDemoFolder()
	}
	if !strings.HasPrefix(l.Origin("db"), "flag") {
		cfg.DB = ""
	}
	cfg.BaseURL, cfg.Firm, cfg.Own, cfg.Region = "", demo.Firm, []string{demo.Domain}, demoRegion
	return &cfg, nil
}

// defaultDemoFolder is beside other things that can be made again.
func defaultDemoFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	return filepath.Join(cache, "rapport-demo")
}

// demoOwnerID finds who opens the demo, and makes them at the first time.
func demoOwnerID(ctx context.Context, k *core) (crm.ID, error) {
	users, err := k.access.Users(ctx)
	if err != nil {
		return crm.ID{}, err
	}
	for _, u := range users {
		if u.Email == demoOwner {
			return u.ID, nil
		}
	}
	u, err := demoPerson(ctx, k, access.NewUser{Email: demoOwner, Name: "Demo", Role: access.Owner})
	if err != nil {
		return crm.ID{}, err
	}
	// The commands beside the demo, such as import, must know the firm too.
	return u, k.access.SetFirm(ctx, access.Firm{Name: demo.Firm, Own: []string{demo.Domain}})
}

// demoPerson makes a person with a password that nobody knows.
func demoPerson(ctx context.Context, k *core, n access.NewUser) (crm.ID, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return crm.ID{}, err
	}
	n.Password = hex.EncodeToString(b[:])
	u, err := k.access.CreateUser(ctx, n)
	return u.ID, err
}

// enterDemo makes the sign-in link and the key, and returns what ends them.
func enterDemo(ctx context.Context, k *core, at *ready) (func(), error) {
	owner, err := demoOwnerID(ctx, k)
	if err != nil {
		return nil, err
	}
	token, err := k.access.NewSignInLink(ctx, owner)
	if err != nil {
		return nil, err
	}
	secret, key, err := k.access.CreateKey(ctx, "demo", access.Scopes, "")
	if err != nil {
		return nil, err
	}
	at.SignIn, at.Key = at.URL+"/sign-in#t="+token, secret
	return func() {
		ctx := context.WithoutCancel(ctx)
		if err := errors.Join(k.access.EndSignInLink(ctx, token), k.access.RevokeKey(ctx, key.ID)); err != nil {
			slog.Default().Warn("the demo's link and key could not be ended", "err", err)
		}
	}, nil
}
