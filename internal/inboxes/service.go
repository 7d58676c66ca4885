package inboxes

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// fresh is how long a change on another node may go unseen.
const fresh = 2 * time.Second

// Service is the one authority on inboxes of a process. It is safe for
// concurrent use.
type Service struct {
	Keys *Keys

	db    *store.DB
	clock crm.Clock

	mu       sync.Mutex
	all      []*Inbox // never changed in place
	versions map[crm.ID]int64
	loaded   time.Time
	watchers map[chan struct{}]struct{}
}

// New makes the service over an open database.
func New(db *store.DB, clock crm.Clock, keys *Keys) *Service {
	return &Service{Keys: keys, db: db, clock: clock, watchers: map[chan struct{}]struct{}{}}
}

// All lists the inboxes, the oldest first. They are shared: never change one.
func (s *Service) All(ctx context.Context) ([]*Inbox, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	if s.all != nil && now.Sub(s.loaded) < fresh && !now.Before(s.loaded) {
		return s.all, nil
	}
	versions, err := s.db.Read().InboxVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the inboxes: %w", err)
	}
	same := s.all != nil && len(versions) == len(s.versions)
	for _, v := range versions {
		same = same && s.versions[v.ID] == v.Version
	}
	s.loaded = now
	if same {
		return s.all, nil
	}
	rows, err := s.db.Read().Inboxes(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the inboxes: %w", err)
	}
	all, seen := make([]*Inbox, len(rows)), make(map[crm.ID]int64, len(rows))
	for i, r := range rows {
		if all[i], err = s.inbox(r); err != nil {
			return nil, err
		}
		seen[r.ID] = r.Version
	}
	s.all, s.versions = all, seen
	for w := range s.watchers {
		select {
		case w <- struct{}{}:
		default: // it will look anyway
		}
	}
	return all, nil
}

// forget makes the next reader look into the database.
func (s *Service) forget() {
	s.mu.Lock()
	s.loaded = time.Time{}
	s.mu.Unlock()
}

// Watch gives a channel that rings when a reader found changed inboxes. The
// watcher itself calls All now and then, which is what finds the changes of
// other nodes.
func (s *Service) Watch() (changed <-chan struct{}, stop func()) {
	w := make(chan struct{}, 1)
	s.mu.Lock()
	s.watchers[w] = struct{}{}
	s.mu.Unlock()
	return w, func() {
		s.mu.Lock()
		delete(s.watchers, w)
		s.mu.Unlock()
	}
}

func (s *Service) inbox(r sqlgen.Inbox) (*Inbox, error) {
	i := &Inbox{ID: r.ID, Name: r.Name, Brand: r.Brand, Kind: Kind(r.Kind), Source: r.Source, Address: r.Address, State: State(r.State),
		Restricted: r.Restricted, TeamID: r.TeamID, Version: r.Version, CreatedAt: crm.FromMicros(r.CreatedAt), UpdatedAt: crm.FromMicros(r.UpdatedAt)}
	if err := json.Unmarshal([]byte(r.Settings), &i.Settings); err != nil {
		return nil, fmt.Errorf("settings of inbox %s: %w", r.ID, err)
	}
	// An inbox whose secrets can't be opened is still there: it says so when it
	// tries to sign in.
	i.Secrets = []string{}
	if secrets, err := s.open(r.ID, r.Data); err == nil {
		i.Secrets = secrets.names()
	}
	return i, nil
}

func (s *Service) open(id crm.ID, sealed []byte) (*Secrets, error) {
	out := &Secrets{}
	if len(sealed) == 0 {
		return out, nil
	}
	data, err := s.Keys.Open("inbox "+id.String(), sealed)
	if err != nil {
		return nil, err
	}
	return out, json.Unmarshal(data, out)
}

func (s *Service) seal(id crm.ID, secrets *Secrets) ([]byte, error) {
	data, err := json.Marshal(secrets) //nolint:gosec // to be sealed
	if err != nil {
		return nil, err
	}
	return s.Keys.Seal("inbox "+id.String(), data), nil
}

// find gives the first inbox that fits, or not_found.
func (s *Service) find(ctx context.Context, fits func(*Inbox) bool) (*Inbox, error) {
	all, err := s.All(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if fits(i) {
			return i, nil
		}
	}
	return nil, crm.Errorf(crm.NotFound, "There is no such inbox.")
}

// Get finds an inbox by its id.
func (s *Service) Get(ctx context.Context, id crm.ID) (*Inbox, error) {
	return s.find(ctx, func(i *Inbox) bool { return i.ID == id })
}

// BySource finds the inbox that contacts of the source came in by.
func (s *Service) BySource(ctx context.Context, source string) (*Inbox, error) {
	return s.find(ctx, func(i *Inbox) bool { return i.Source == source })
}

// Source is the source of the contacts of an inbox: the last half of its id,
// which is random where the first half is the time.
func Source(id crm.ID) string { return "inbox:" + hex.EncodeToString(id[8:]) }

// Create adds an inbox; its id, source, version and times are set here. also
// runs in the same transaction, for what belongs to it elsewhere; it may be nil.
func (s *Service) Create(ctx context.Context, in Inbox, secrets Secrets, also func(*store.Tx, crm.ID) error) (*Inbox, error) {
	return s.CreateAs(ctx, crm.NewID(s.clock()), in, secrets, also)
}

// CreateAs is Create under an id that the program chose, so that its source is
// known before: the demo's inboxes are the same ones each time.
func (s *Service) CreateAs(ctx context.Context, id crm.ID, in Inbox, secrets Secrets, also func(*store.Tx, crm.ID) error) (*Inbox, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	now := s.clock()
	if in.State == "" {
		in.State = Active
	}
	if in.Kind == Chat && secrets.ChatSecret == "" {
		secrets.ChatSecret = newSecret()
	}
	settings, sealed, err := s.encode(id, &in.Settings, &secrets)
	if err != nil {
		return nil, err
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.AddInbox(ctx, sqlgen.AddInboxParams{ID: id, Name: in.Name, Brand: in.Brand, Kind: string(in.Kind), Source: Source(id),
			Address: in.Address, State: string(in.State), Restricted: in.Restricted, TeamID: in.TeamID, Settings: settings, Data: sealed,
			Version: 1, CreatedAt: crm.Micros(now), UpdatedAt: crm.Micros(now)}); err != nil {
			return err
		}
		if also != nil {
			return also(tx, id)
		}
		return nil
	})
	return s.after(ctx, id, err)
}

// Update changes an inbox to what in says, except its id, kind, source and
// times. in.Version must be the stored one. Empty secrets stay as they are.
func (s *Service) Update(ctx context.Context, in Inbox, secrets Secrets, also func(*store.Tx, crm.ID) error) (*Inbox, error) {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.Inbox(ctx, in.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return crm.Errorf(crm.NotFound, "There is no such inbox.")
		}
		if err != nil {
			return err
		}
		in.Kind = Kind(row.Kind)
		if err := in.check(); err != nil {
			return err
		}
		kept, err := s.open(in.ID, row.Data)
		if err != nil {
			// Who lost the key must be able to type the secrets again.
			kept = &Secrets{}
		}
		kept.merge(&secrets)
		settings, sealed, err := s.encode(in.ID, &in.Settings, kept)
		if err != nil {
			return err
		}
		n, err := tx.UpdateInbox(ctx, sqlgen.UpdateInboxParams{ID: in.ID, Version: in.Version, Name: in.Name, Brand: in.Brand, Address: in.Address,
			State: string(in.State), Restricted: in.Restricted, TeamID: in.TeamID, Settings: settings, Data: sealed, UpdatedAt: crm.Micros(s.clock())})
		if err != nil {
			return err
		}
		if n == 0 {
			return crm.Errorf(crm.Conflict, "Somebody changed this inbox meanwhile. Load it again; what you typed is not saved yet.")
		}
		if also != nil {
			return also(tx, in.ID)
		}
		return nil
	})
	return s.after(ctx, in.ID, err)
}

func (s *Service) encode(id crm.ID, settings *Settings, secrets *Secrets) (string, []byte, error) {
	text, err := json.Marshal(settings)
	if err != nil {
		return "", nil, err
	}
	sealed, err := s.seal(id, secrets)
	return string(text), sealed, err
}

func (s *Service) after(ctx context.Context, id crm.ID, err error) (*Inbox, error) {
	if err != nil {
		return nil, err
	}
	s.forget()
	return s.Get(ctx, id)
}

// SetState changes whether an inbox works: a part that finds its sign-in refused
// sets Reconnect.
func (s *Service) SetState(ctx context.Context, id crm.ID, state State) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.SetInboxState(ctx, sqlgen.SetInboxStateParams{ID: id, State: string(state), UpdatedAt: crm.Micros(s.clock())})
		return err
	})
	s.forget()
	return err
}

// Open gives the secrets of an inbox to who connects.
func (s *Service) Open(ctx context.Context, id crm.ID) (*Secrets, error) {
	row, err := s.db.Read().Inbox(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, crm.Errorf(crm.NotFound, "There is no such inbox.")
	}
	if err != nil {
		return nil, err
	}
	return s.open(id, row.Data)
}

// KeepToken keeps a renewed token. It is no change of the inbox: who is signed in
// stays so.
func (s *Service) KeepToken(ctx context.Context, id crm.ID, token string) error {
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.Inbox(ctx, id)
		if err != nil {
			return err
		}
		secrets, err := s.open(id, row.Data)
		if err != nil {
			return err
		}
		secrets.OAuthToken = token
		sealed, err := s.seal(id, secrets)
		if err != nil {
			return err
		}
		n, err := tx.SetInboxToken(ctx, sqlgen.SetInboxTokenParams{ID: id, Version: row.Version, Data: sealed})
		if err == nil && n == 0 {
			return store.ErrRetry
		}
		return err
	})
}

// Keep changes the secrets of an inbox by fn, such as a token that was renewed.
// Of two at once, the later one works on what the earlier one left.
func (s *Service) Keep(ctx context.Context, id crm.ID, fn func(*Secrets)) error {
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.Inbox(ctx, id)
		if err != nil {
			return err
		}
		secrets, err := s.open(id, row.Data)
		if err != nil {
			return err
		}
		fn(secrets)
		sealed, err := s.seal(id, secrets)
		if err != nil {
			return err
		}
		n, err := tx.SetInboxSecrets(ctx, sqlgen.SetInboxSecretsParams{ID: id, Version: row.Version, Data: sealed, UpdatedAt: crm.Micros(s.clock())})
		if err == nil && n == 0 {
			return store.ErrRetry
		}
		return err
	})
	s.forget()
	return err
}
