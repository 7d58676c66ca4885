package identify_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/store"
)

var start = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// world is what a test of identity needs: contacts arrive one after the other,
// an hour apart.
type world struct {
	testing.TB
	db  *store.DB
	s   *identify.Service
	now time.Time
	n   int
}

func setup(t testing.TB, db *store.DB) *world {
	w := &world{TB: t, db: db, now: start}
	w.s = identify.New(db, func() time.Time { return w.now }, identify.Options{Region: "NL",
		Own: func(a string) bool { return strings.HasSuffix(a, "@firm.example") }})
	return w
}

// person writes "kind=value name" pairs as participants; a trailing ! verifies.
func person(role crm.Role, idents ...string) []crm.Participant {
	var out []crm.Participant
	for _, s := range idents {
		kind, rest, _ := strings.Cut(s, "=")
		value, name, _ := strings.Cut(rest, " ")
		verified := strings.HasSuffix(value, "!")
		out = append(out, crm.Participant{Role: role, Kind: crm.IdentifierKind(kind), Value: strings.TrimSuffix(value, "!"), Name: name, Verified: verified})
	}
	return out
}

// arrive resolves contacts in one transaction and gives their subjects.
func (w *world) arrive(channel crm.Channel, batch ...[]crm.Participant) []*identify.Subject {
	w.Helper()
	w.now = w.now.Add(time.Hour)
	var subjects []*identify.Subject
	for _, participants := range batch {
		w.n++
		e := &crm.Envelope{Source: "test", ExternalID: fmt.Sprint(w.n), Channel: channel, Direction: crm.In, Participants: participants}
		if participants[0].Role == crm.To {
			e.Direction = crm.Out
		}
		subjects = append(subjects, &identify.Subject{At: w.now.Add(time.Duration(w.n) * time.Second), Source: e.Source, ExternalID: e.ExternalID,
			Channel: channel, Direction: e.Direction, Idents: w.s.Prepare(e, true)})
	}
	err := w.db.InTx(context.Background(), func(tx *store.Tx) error {
		b := w.s.NewBatch(w.now, subjects)
		if err := b.Load(context.Background(), tx); err != nil {
			return err
		}
		b.Resolve()
		want := b.Buckets()
		for k, n := range want {
			want[k] = 4*n + 4
		}
		next, err := tx.Lock(context.Background(), want)
		if err != nil {
			return err
		}
		if err := b.Verify(context.Background(), tx); err != nil {
			return err
		}
		return b.Write(context.Background(), tx, next)
	})
	if err != nil {
		w.Fatal(err)
	}
	return subjects
}

func (w *world) one(channel crm.Channel, idents ...string) *identify.Subject {
	w.Helper()
	return w.arrive(channel, person(crm.From, idents...))[0]
}

// head is the customer that a profile belongs to now.
func (w *world) head(s *identify.Subject) crm.ID {
	w.Helper()
	var heads map[crm.ID]crm.ID
	err := w.db.InTx(context.Background(), func(tx *store.Tx) (err error) {
		heads, err = identify.Heads(context.Background(), tx, []crm.ID{s.Profile.ID})
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
	return heads[s.Profile.ID]
}

func (w *world) same(a, b *identify.Subject, what string) {
	w.Helper()
	if w.head(a) != w.head(b) {
		w.Errorf("%s: two customers, want one", what)
	}
}

func (w *world) different(a, b *identify.Subject, what string) {
	w.Helper()
	if w.head(a) == w.head(b) {
		w.Errorf("%s: one customer, want two", what)
	}
}

// rows dumps the identity tables, feed numbers left out, to compare states.
func (w *world) rows(tables ...string) string {
	w.Helper()
	all, err := w.db.Tables(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	var lines []string
	for _, b := range all {
		if !slices.Contains(tables, b.Table) {
			continue
		}
		err := w.db.ReadAll(context.Background(), b, func(row []any) error {
			line := b.Table
			for i, c := range b.Cols {
				if c.Name != "seq" {
					line += fmt.Sprintf(" %s=%v", c.Name, row[i])
				}
			}
			lines = append(lines, line)
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// merges lists the ids of the ledger entries that stand, oldest first.
func (w *world) merges() []crm.ID {
	w.Helper()
	type entry struct {
		id crm.ID
		at int64
	}
	var list []entry
	all, err := w.db.Tables(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	for _, b := range all {
		if b.Table != "merges" {
			continue
		}
		err := w.db.ReadAll(context.Background(), b, func(row []any) error {
			var e entry
			undone := int64(0)
			for i, c := range b.Cols {
				switch c.Name {
				case "id":
					e.id = row[i].(crm.ID)
				case "at":
					e.at = row[i].(int64)
				case "undone_at":
					undone = row[i].(int64)
				}
			}
			if undone == 0 {
				list = append(list, e)
			}
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return int(a.at - b.at) })
	ids := make([]crm.ID, len(list))
	for i, e := range list {
		ids[i] = e.id
	}
	return ids
}
