package app

import (
	"context"
	"log/slog"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/store"
)

// openStore opens the database of the configuration and brings its schema up to
// date.
func openStore(ctx context.Context, c *config.Config) (*store.DB, error) {
	return store.Open(ctx, store.Options{URL: c.DB, Dir: c.Data, Relaxed: c.Durability == "relaxed"})
}

// withAccess opens what the commands about people and keys need.
func (r *runtime) withAccess(ctx context.Context, f func(*access.Service, *config.Loaded) error) error {
	c, err := r.config()
	if err != nil {
		return err
	}
	db, err := openStore(ctx, &c.Config)
	if err != nil {
		return err
	}
	defer db.Close() // everything is committed by then
	// What these commands did, they print; the log is for servers.
	return f(access.New(db, r.Clock, access.Log(slog.New(slog.DiscardHandler)), access.BaseURL(c.BaseURL), auditTrail(r.Clock)), c)
}

// firmOf is the firm as the configuration names it, else as setup did.
func firmOf(ctx context.Context, s *access.Service, c *config.Config) (access.Firm, error) {
	f, err := s.Firm(ctx)
	if err != nil {
		return f, err
	}
	if c.Firm != "" {
		f.Name = c.Firm
	}
	if len(c.Own) > 0 {
		f.Own = c.Own
	}
	return f, nil
}

// ownAddress reports whether a mail address is one of own: the address itself,
// its domain, or a domain above it.
func ownAddress(own []string) func(string) bool {
	addresses, domains := map[string]bool{}, []string{}
	for _, o := range own {
		o = strings.ToLower(strings.TrimSpace(o))
		switch at := strings.LastIndexByte(o, '@'); {
		case o == "" || o == "@":
		case at > 0:
			addresses[o] = true
		default:
			domains = append(domains, o[at+1:])
		}
	}
	return func(address string) bool {
		address = strings.ToLower(strings.TrimSpace(address))
		if addresses[address] {
			return true
		}
		domain := address[strings.LastIndexByte(address, '@')+1:]
		for _, d := range domains {
			if domain == d || strings.HasSuffix(domain, "."+d) {
				return true
			}
		}
		return false
	}
}
