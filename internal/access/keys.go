package access

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// keyPrefix starts every key, so that scanners of leaked secrets know it.
const keyPrefix = "rpk_"

// keyCacheLife bounds how long a key that another process revoked still works.
const (
	keyCacheLife = 5 * time.Second
	keyCacheMax  = 1024
)

// Key is an API key without its secret.
type Key struct {
	ID        crm.ID    `json:"id"`
	Name      string    `json:"name"`
	Prefix    string    `json:"prefix"`
	Scopes    []string  `json:"scopes"`
	Source    string    `json:"source,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	LastUsed  time.Time `json:"last_used,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
}

// CreateKey makes a key. The secret is returned once and kept nowhere. source,
// when given, is the only source that the key may write as.
func (s *Service) CreateKey(ctx context.Context, name string, scopes []string, source string) (string, Key, error) {
	if err := s.CheckFresh(ctx); err != nil {
		return "", Key{}, err
	}
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 200 || strings.ContainsFunc(name, unicode.IsControl) {
		return "", Key{}, invalid("/name", "A key needs a name of at most 200 characters.")
	}
	if len(scopes) == 0 {
		return "", Key{}, invalid("/scopes", "A key needs at least one scope.")
	}
	ordered := []string{}
	for _, scope := range Scopes {
		if slices.Contains(scopes, scope) {
			ordered = append(ordered, scope)
		}
	}
	for _, scope := range scopes {
		if !slices.Contains(Scopes, scope) {
			return "", Key{}, invalid("/scopes", fmt.Sprintf("%q is not a scope; scopes are %s.", scope, strings.Join(Scopes, ", ")))
		}
	}
	secret := newKey()
	now := s.clock()
	k := Key{ID: crm.NewID(now), Name: name, Prefix: secret[:len(keyPrefix)+6], Scopes: ordered, Source: source, CreatedAt: now.UTC()}
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		return tx.CreateKey(ctx, sqlgen.CreateKeyParams{
			ID: k.ID, Hash: hashToken(secret), Name: k.Name, Prefix: k.Prefix,
			Scopes: strings.Join(k.Scopes, " "), Source: source, CreatedAt: crm.Micros(now),
		})
	})
	if err != nil {
		return "", Key{}, fmt.Errorf("create a key: %w", err)
	}
	s.event(ctx, "key created", "key", k.ID, "scopes", strings.Join(ordered, " "))
	return secret, k, nil
}

// newKey is 256 random bits in letters and digits that a double click selects
// whole.
func newKey() string {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("access: the system's random source failed: " + err.Error())
	}
	return keyPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// Keys lists all keys, the oldest first, revoked ones too.
func (s *Service) Keys(ctx context.Context) ([]Key, error) {
	rows, err := s.db.Read().Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	out := make([]Key, len(rows))
	for i, r := range rows {
		out[i] = Key{
			ID: r.ID, Name: r.Name, Prefix: r.Prefix, Scopes: strings.Fields(r.Scopes), Source: r.Source,
			CreatedAt: crm.FromMicros(r.CreatedAt), LastUsed: crm.FromMicros(r.LastUsed), RevokedAt: crm.FromMicros(r.RevokedAt),
		}
	}
	return out, nil
}

// RevokeKey ends a key at once here, and within five seconds in other processes.
func (s *Service) RevokeKey(ctx context.Context, id crm.ID) error {
	var hash []byte
	err := s.db.InTx(ctx, func(tx *store.Tx) (err error) {
		hash, err = tx.RevokeKey(ctx, sqlgen.RevokeKeyParams{ID: id, RevokedAt: crm.Micros(s.clock())})
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return crm.Errorf(crm.NotFound, "No key that is in use has this id.")
	}
	if err != nil {
		return fmt.Errorf("revoke a key: %w", err)
	}
	s.keys.drop(hash)
	s.watchers.wake()
	s.event(ctx, "key revoked", "key", id)
	return nil
}

// Authenticate finds the caller of a key, for channels that carry it elsewhere
// than in a header. An unknown or revoked key is Unauthorized.
func (s *Service) Authenticate(ctx context.Context, secret string) (*Principal, error) {
	if !strings.HasPrefix(secret, keyPrefix) || len(secret) > 100 {
		return nil, errKey
	}
	p, err := s.byKey(ctx, hashToken(secret))
	if err == nil && p == nil {
		return nil, errKey
	}
	return p, err
}

var errKey = crm.Errorf(crm.Unauthorized, "This API key is unknown or was revoked.")

// byKey finds a key by its hash, or nil.
func (s *Service) byKey(ctx context.Context, hash []byte) (*Principal, error) {
	now := s.clock()
	p, used := s.keys.get(hash)
	if p == nil {
		generation := s.keys.epoch()
		row, err := s.db.Read().KeyByHash(ctx, hash)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the key: %w", err)
		}
		p = &Principal{KeyID: row.ID, Name: row.Name, Scopes: strings.Fields(row.Scopes), Source: row.Source, secret: hash}
		used = crm.FromMicros(row.LastUsed)
		s.keys.put(hash, p, used, generation)
	}
	// The kept one is shared, and what it sees may have changed.
	copied := *p
	p, err := s.complete(ctx, &copied)
	if err != nil {
		return nil, err
	}
	if now.Sub(used) >= touchEvery && s.keys.claimTouch(hash, used, now) {
		s.touch(ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.TouchKey(ctx, sqlgen.TouchKeyParams{ID: p.KeyID, LastUsed: crm.Micros(now)})
		})
	}
	return p, nil
}

// keyCache remembers keys for a few seconds: a sender of thousands of contacts
// a second is looked up once.
type keyCache struct {
	clock crm.Clock
	mu    sync.Mutex
	m     map[string]*cachedKey
	// generation rises with every revocation: a read that began before one must
	// not put the revoked key back.
	generation int
}

type cachedKey struct {
	p           *Principal
	until, used time.Time
}

func newKeyCache(clock crm.Clock) *keyCache {
	return &keyCache{clock: clock, m: map[string]*cachedKey{}}
}

// epoch is passed to put by a reader that is about to look a key up.
func (c *keyCache) epoch() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.generation
}

func (c *keyCache) get(hash []byte) (*Principal, time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.m[string(hash)]; e != nil && c.clock().Before(e.until) {
		return e.p, e.used
	}
	return nil, time.Time{}
}

func (c *keyCache) put(hash []byte, p *Principal, used time.Time, generation int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation {
		return
	}
	if old := c.m[string(hash)]; old != nil && old.used.After(used) {
		used = old.used
	}
	if len(c.m) >= keyCacheMax {
		clear(c.m)
	}
	c.m[string(hash)] = &cachedKey{p: p, until: c.clock().Add(keyCacheLife), used: used}
}

// claimTouch lets one of many simultaneous requests write the last use.
func (c *keyCache) claimTouch(hash []byte, seen, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.m[string(hash)]
	if e == nil || e.used.After(seen) {
		return false
	}
	e.used = now
	return true
}

// forget drops everything.
func (c *keyCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	clear(c.m)
}

func (c *keyCache) drop(hash []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	delete(c.m, string(hash))
}
