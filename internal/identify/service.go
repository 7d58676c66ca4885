package identify

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify/match"
	"github.com/rapport-crm/rapport/internal/store"
)

// Service resolves contacts and changes who belongs together.
type Service struct {
	db     *store.DB
	clock  crm.Clock
	region string
	mine   func(address string) bool
	block  atomic.Pointer[map[string]bool]
	model  atomic.Pointer[match.PersonModel] // nil: the one that came with the program
	size   atomic.Pointer[firmSize]          // nil: not counted yet

	// Separated is set by the flow before use. Default: nothing is parted.
	Separated Separated

	// Noted is told of what people decide about customers, in the transaction
	// of the decision. Default: nobody is told.
	Noted Noted
}

// Noted gets a sentence about what a person changed, and the customers that it
// concerns.
type Noted func(ctx context.Context, tx *store.Tx, now time.Time, customers []crm.ID, author, kind, text string) error

func (s *Service) note(ctx context.Context, tx *store.Tx, now time.Time, author, kind, text string, customers ...crm.ID) error {
	if s.Noted == nil {
		return nil
	}
	return s.Noted(ctx, tx, now, customers, author, kind, text)
}

// Options of a Service.
type Options struct {
	// Region is the country of phone numbers without a country code, as an ISO
	// 3166 code. Default: US.
	Region string
	// Own tells the firm's own mail addresses, which are never a customer.
	// Default: none is.
	Own func(address string) bool
}

// New makes the service.
func New(db *store.DB, clock crm.Clock, o Options) *Service {
	if o.Region == "" {
		o.Region = "US"
	}
	if o.Own == nil {
		o.Own = func(string) bool { return false }
	}
	s := &Service{db: db, clock: clock, region: strings.ToUpper(o.Region), mine: o.Own}
	s.block.Store(&map[string]bool{})
	return s
}

// LoadBlocked reads the firm's own blocked values.
func (s *Service) LoadBlocked(ctx context.Context) error {
	rows, err := s.db.Read().BlockedValues(ctx)
	if err != nil {
		return err
	}
	m := make(map[string]bool, len(rows))
	for _, r := range rows {
		m[r.Kind+"="+r.Value] = true
	}
	s.block.Store(&m)
	return nil
}

// Block adds a value that identifies nobody from now on.
func (s *Service) Block(ctx context.Context, kind crm.IdentifierKind, value, author string) error {
	normal, ok := Normalise(kind, value, s.region)
	if !ok {
		return &crm.Error{Code: crm.Invalid, Pointer: "/value", Message: "This is not a value of that kind."}
	}
	now := crm.Micros(s.clock())
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		return tx.BlockValue(ctx, blockParams(string(kind), normal, author, now))
	})
	if err != nil {
		return err
	}
	return s.LoadBlocked(ctx)
}

func (s *Service) blockedValues() map[string]bool { return *s.block.Load() }

func (s *Service) own(kind crm.IdentifierKind, value string) bool {
	return kind == crm.Email && s.mine(value)
}
