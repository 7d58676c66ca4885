package app

import (
	"context"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
)

type keysCmd struct {
	Create keyCreateCmd `cmd:"" help:"Make a key; its secret is shown once."`
	List   keyListCmd   `cmd:"" help:"List all keys."`
	Revoke keyRevokeCmd `cmd:"" help:"End a key."`
}

type keyCreateCmd struct {
	Name   string   `required:"" help:"What the key is for."`
	Scope  []string `help:"What it may do: read, write, reply, assign, verified, track, settings, people, admin. verified lets it assert that an identifier was verified, as the firm's own systems do; leave it out for anything that repeats what customers type." default:"read,write,verified" enum:"read,write,reply,assign,verified,track,settings,people,admin"`
	Source string   `help:"The only source that it may write as."`
	JSON   bool     `name:"json" help:"Print JSON."`
}

// Run makes a key.
func (c *keyCreateCmd) Run(ctx context.Context, r *runtime) error {
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		secret, key, err := s.CreateKey(ctx, c.Name, c.Scope, c.Source)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(struct {
				Key    string   `json:"key"`
				ID     crm.ID   `json:"id"`
				Scopes []string `json:"scopes"`
			}{secret, key.ID, key.Scopes})
		}
		r.say("Key %q with %s. Keep it now: it is not shown again.", key.Name, strings.Join(key.Scopes, ", "))
		_, err = r.Stdout.Write([]byte(secret + "\n"))
		return err
	})
}

type keyListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists keys.
func (c *keyListCmd) Run(ctx context.Context, r *runtime) error {
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		keys, err := s.Keys(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(map[string]any{"items": keys, "next": ""})
		}
		rows := make([][]string, len(keys))
		for i, k := range keys {
			rows[i] = []string{k.ID.String(), k.Name, k.Prefix + "…", strings.Join(k.Scopes, ","), day(k.CreatedAt), day(k.LastUsed), day(k.RevokedAt)}
		}
		return r.table([]string{"ID", "NAME", "KEY", "SCOPES", "CREATED", "LAST USED", "REVOKED"}, rows)
	})
}

type keyRevokeCmd struct {
	ID string `arg:"" help:"Id of the key, from rapport keys list."`
}

// Run revokes a key.
func (c *keyRevokeCmd) Run(ctx context.Context, r *runtime) error {
	id, err := crm.ParseID(c.ID)
	if err != nil {
		return usageError{err}
	}
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		if err := s.RevokeKey(ctx, id); err != nil {
			return err
		}
		r.say("Revoked. Servers that run refuse it within five seconds.")
		return nil
	})
}
