package records

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The limits of a fact in characters, and how long one lasts that was given no
// end: a firm that keeps what a customer once said must be able to say why it
// still does.
const (
	maxFact  = 1000
	maxTopic = 80
	maxQuote = 2000
	maxWhy   = 200
	factLife = 365 * 24 * time.Hour
	factsMax = 200 // of one profile that are read
)

// Fact is what a colleague learned about a customer.
type Fact struct {
	ID            crm.ID
	Profile       crm.ID // that it was written down at
	Topic         string
	Text          string
	Quote         string // words of the contact
	InteractionID crm.ID
	Source        string // of that contact
	Purpose       string // why the firm keeps it
	Author        string
	AuthorID      crm.ID
	CreatedAt     time.Time
	ExpiresAt     time.Time
	RemovedAt     time.Time
	RemovedBy     string
}

// Service keeps facts.
type Service struct {
	db    *store.DB
	clock crm.Clock
}

// New makes the service.
func New(db *store.DB, clock crm.Clock) *Service { return &Service{db: db, clock: clock} }

// AddFact writes a fact down at the customer's profile. A quote must stand in
// the text of the contact that it names.
func (s *Service) AddFact(ctx context.Context, f Fact) (Fact, error) {
	now := s.clock()
	f.Topic, f.Text, f.Quote, f.Purpose = line(f.Topic), line(f.Text), strings.TrimSpace(strings.ToValidUTF8(f.Quote, "")), line(f.Purpose)
	switch {
	case f.Text == "":
		return f, invalid("/text", "A fact needs words.")
	case utf8.RuneCountInString(f.Text) > maxFact:
		return f, invalid("/text", fmt.Sprintf("A fact has at most %d characters.", maxFact))
	case utf8.RuneCountInString(f.Topic) > maxTopic:
		return f, invalid("/topic", fmt.Sprintf("A topic has at most %d characters.", maxTopic))
	case utf8.RuneCountInString(f.Quote) > maxQuote || strings.ContainsRune(f.Quote, 0):
		return f, invalid("/quote", fmt.Sprintf("A quote has at most %d characters.", maxQuote))
	case f.Purpose == "":
		return f, invalid("/purpose", "Say what the firm keeps this for.")
	case utf8.RuneCountInString(f.Purpose) > maxWhy:
		return f, invalid("/purpose", fmt.Sprintf("A purpose has at most %d characters.", maxWhy))
	case f.Quote != "" && f.InteractionID.IsZero():
		return f, invalid("/interaction_id", "A quote needs the contact that it is from.")
	case !f.ExpiresAt.IsZero() && !f.ExpiresAt.After(now):
		return f, invalid("/expires_at", "This moment has passed.")
	}
	if f.ExpiresAt.IsZero() {
		f.ExpiresAt = now.Add(factLife)
	}
	f.ID, f.CreatedAt = crm.NewID(now), crm.FromMicros(crm.Micros(now))
	f.ExpiresAt = crm.FromMicros(crm.Micros(f.ExpiresAt))
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		if err := s.attach(ctx, tx, &f); err != nil {
			return err
		}
		if err := tx.AddFact(ctx, sqlgen.AddFactParams{Bucket: f.Profile.Bucket(), ProfileID: f.Profile, ID: f.ID, Topic: f.Topic, Text: f.Text,
			Quote: f.Quote, InteractionID: f.InteractionID, Source: f.Source, Purpose: f.Purpose, Author: f.Author, AuthorID: f.AuthorID,
			CreatedAt: crm.Micros(f.CreatedAt), ExpiresAt: crm.Micros(f.ExpiresAt)}); err != nil {
			return err
		}
		return Note(ctx, tx, Change{Profile: f.Profile, At: now, Author: f.Author, Kind: Learned, Text: "Learned: " + f.Text, Source: f.Source})
	})
	return f, err
}

// attach finds the contact that a fact names, which must be the customer's.
func (s *Service) attach(ctx context.Context, tx *store.Tx, f *Fact) error {
	if f.InteractionID.IsZero() {
		return nil
	}
	row, err := tx.Interaction(ctx, sqlgen.InteractionParams{Bucket: f.InteractionID.RowBucket(), ID: f.InteractionID})
	if errors.Is(err, sql.ErrNoRows) {
		return errContact
	}
	if err != nil {
		return err
	}
	heads, err := store.ByKeys(ctx, tx.ProfilesByID, []store.Key{store.ProfileKey(row.ProfileID), store.ProfileKey(f.Profile)})
	if err != nil {
		return err
	}
	customers := map[crm.ID]bool{}
	for _, h := range heads {
		customers[h.CustomerID] = true
	}
	if len(customers) != 1 {
		return errContact
	}
	if f.Quote != "" && !quotes(f.Quote, row.Subject+"\n"+row.Text+"\n"+row.Quoted) {
		return invalid("/quote", "These words don't stand in that contact.")
	}
	f.Source = row.Source
	return nil
}

var errContact = &crm.Error{Code: crm.Invalid, Pointer: "/interaction_id", Message: "This customer has no such contact."}

// quotes reports whether the words stand in the text, however it was broken
// into lines.
func quotes(quote, text string) bool {
	fold := func(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
	return strings.Contains(fold(text), fold(quote))
}

// Facts lists what is known of a customer by all of its profiles, the newest
// first, without what has ended or was removed.
func (s *Service) Facts(ctx context.Context, profiles []crm.ID) ([]Fact, error) {
	now := crm.Micros(s.clock())
	var out []Fact
	for _, p := range profiles {
		rows, err := s.db.Read().FactsOfProfile(ctx, sqlgen.FactsOfProfileParams{Bucket: p.Bucket(), ProfileID: p, Now: now, MaxRows: factsMax})
		if err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
		for _, r := range rows {
			out = append(out, factOf(r))
		}
	}
	slices.SortFunc(out, func(a, b Fact) int { return b.ID.Compare(a.ID) })
	return out, nil
}

// Fact finds one of a customer's facts, removed ones too.
func (s *Service) Fact(ctx context.Context, profiles []crm.ID, id crm.ID) (Fact, error) {
	for _, p := range profiles {
		row, err := s.db.Read().Fact(ctx, sqlgen.FactParams{Bucket: p.Bucket(), ProfileID: p, ID: id})
		if err == nil {
			return factOf(row), nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return Fact{}, fmt.Errorf("read a fact: %w", err)
		}
	}
	return Fact{}, crm.Errorf(crm.NotFound, "There is no such fact.")
}

// RemoveFact hides a fact; RestoreFact shows it again. Doing what is done
// already changes nothing.
func (s *Service) RemoveFact(ctx context.Context, f Fact, author string) error {
	return s.setRemoved(ctx, f, author, true)
}

// RestoreFact takes a removal back.
func (s *Service) RestoreFact(ctx context.Context, f Fact, author string) error {
	return s.setRemoved(ctx, f, author, false)
}

func (s *Service) setRemoved(ctx context.Context, f Fact, author string, removed bool) error {
	now := s.clock()
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.Fact(ctx, sqlgen.FactParams{Bucket: f.Profile.Bucket(), ProfileID: f.Profile, ID: f.ID})
		if err != nil || (row.RemovedAt != 0) == removed {
			return err
		}
		p := sqlgen.SetFactRemovedParams{Bucket: row.Bucket, ProfileID: row.ProfileID, ID: row.ID}
		c := Change{Profile: row.ProfileID, At: now, Author: author, Kind: Learned, Text: "Brought back: " + row.Text, Source: row.Source}
		if removed {
			p.RemovedAt, p.RemovedBy = crm.Micros(now), author
			c.Kind, c.Text = Forgot, "Removed: "+row.Text
		}
		if err := tx.SetFactRemoved(ctx, p); err != nil {
			return err
		}
		return Note(ctx, tx, c)
	})
}

func factOf(r sqlgen.Fact) Fact {
	return Fact{ID: r.ID, Profile: r.ProfileID, Topic: r.Topic, Text: r.Text, Quote: r.Quote, InteractionID: r.InteractionID, Source: r.Source,
		Purpose: r.Purpose, Author: r.Author, AuthorID: r.AuthorID, CreatedAt: crm.FromMicros(r.CreatedAt), ExpiresAt: crm.FromMicros(r.ExpiresAt),
		RemovedAt: crm.FromMicros(r.RemovedAt), RemovedBy: r.RemovedBy}
}
