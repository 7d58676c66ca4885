package journey

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/eval/cluster"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Learned is what training says about itself.
type Learned struct {
	Version     int64   `json:"version,omitempty"` // 0: not put into use
	Corrections int     `json:"corrections"`       // decisions of people that it learned from
	Agrees      float64 `json:"agrees"`            // share of them that it now makes the same way
	Before      float64 `json:"before"`            // … and the linker in use before
	F1          float64 `json:"f1"`                // of pairs, on synthetic chains that it did not learn from
	F1Before    float64 `json:"f1_before"`
	Promoted    bool    `json:"promoted"`
}

// Seeds of the synthetic chains: learning and judging never share one.
var (
	learnSeeds = []uint64{1001, 1002, 1003, 1004, 1005, 1006}
	judgeSeeds = []uint64{2001, 2002}
)

const (
	syntheticCustomers = 600
	mostCorrections    = 5000
	mayLose            = .005 // of F1 on the judges' chains, for what people said
)

// Default learns from synthetic chains and the words of texts alone: what comes
// with the program.
func Default(texts []string) *Parameters { return learn(synthetic(learnSeeds), nil, texts) }

func synthetic(seeds []uint64) [][]told {
	sets := make([][]told, len(seeds))
	for i, seed := range seeds {
		sets[i], _ = generateAs(seed, syntheticCustomers, true)
	}
	return sets
}

// Train learns from the firm's corrections beside the synthetic chains, and puts
// the outcome into use if it does not lose: neither on chains that it did not
// learn from nor on what people said.
func (s *Service) Train(ctx context.Context, texts []string, author string) (Learned, error) {
	now := s.clock()
	var out Learned
	var corrections []example
	err := s.db.InTx(ctx, func(tx *store.Tx) (err error) {
		corrections, err = s.corrections(ctx, tx)
		return err
	})
	if err != nil {
		return out, fmt.Errorf("read what people changed: %w", err)
	}
	out.Corrections = len(corrections)
	before := s.linker().parameters()
	seeds := learnSeeds
	if s.learnFrom != nil {
		seeds = s.learnFrom
	}
	after := learn(synthetic(seeds), corrections, texts)
	out.Before, out.Agrees = agreement(corrections, before), agreement(corrections, after)
	out.F1Before, out.F1 = judged(before), judged(after)
	if out.F1 < out.F1Before-mayLose || out.Agrees < out.Before {
		return out, nil
	}
	out.Promoted = true
	data, err := json.Marshal(after)
	if err != nil {
		return out, err
	}
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		last, err := tx.NewestLinker(ctx)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		out.Version = last + 1
		report, err := json.Marshal(out)
		if err != nil {
			return err
		}
		if err := tx.RetireLinkers(ctx); err != nil {
			return err
		}
		return tx.AddLinker(ctx, sqlgen.AddLinkerParams{Version: out.Version, At: crm.Micros(now), Author: author, Report: string(report), Data: string(data)})
	})
	if err != nil {
		return out, err
	}
	s.p.Store(after)
	return out, nil
}

// LoadParameters takes the newest version of what the linker learned into use.
func (s *Service) LoadParameters(ctx context.Context) error {
	row, err := s.db.Read().ActiveLinker(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.version.Load() == row.Version {
		return nil
	}
	p, err := ParseParameters([]byte(row.Data))
	if err != nil {
		// Another release names other features: its own weights are better.
		s.version.Store(row.Version)
		return nil //nolint:nilerr // the linker that came with the program stays in use
	}
	s.p.Store(p)
	s.version.Store(row.Version)
	return nil
}

// judged is the F1 of pairs on synthetic chains that nobody learns from.
func judged(p *Parameters) float64 {
	sum := 0.0
	for _, all := range synthetic(judgeSeeds) {
		gold := make(cluster.Groups, len(all))
		for i, t := range all {
			gold[i] = t.chain
		}
		sum += cluster.Compare(gold, linker{p: p}.linked(all)).F
	}
	return sum / float64(len(judgeSeeds))
}

// agreement is the share of examples that the parameters decide as people did.
func agreement(examples []example, p *Parameters) float64 {
	if len(examples) == 0 {
		return 1
	}
	n := 0
	for _, e := range examples {
		best, z := -1, 0.0
		for i := range e.x {
			if s := p.Weights.score(&e.x[i]); s > z {
				best, z = i, s
			}
		}
		known := false
		for _, r := range e.right {
			known = known || r
		}
		if best >= 0 && e.right[best] || best < 0 && !known {
			n++
		}
	}
	return float64(n) / float64(len(examples))
}

// corrections turns what people moved, split and merged into examples: the
// customer's journeys as they were when the contact came, and where it belongs.
func (s *Service) corrections(ctx context.Context, tx *store.Tx) ([]example, error) {
	rows, err := tx.LinkCorrections(ctx, sqlgen.LinkCorrectionsParams{N: mostCorrections})
	if err != nil {
		return nil, err
	}
	last := map[crm.ID]int{} // the last word counts
	for i, r := range rows {
		last[r.InteractionID] = i
	}
	var out []example
	for i, r := range rows {
		if last[r.InteractionID] != i {
			continue
		}
		e, ok, err := s.correction(ctx, tx, Profile{Bucket: r.Bucket, ID: r.ProfileID}, r.InteractionID, r.ToJourney)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, e)
		}
	}
	return out, nil
}

func (s *Service) correction(ctx context.Context, tx *store.Tx, p Profile, interaction, to crm.ID) (e example, ok bool, err error) {
	members, err := membersOf(ctx, tx, p)
	if err != nil || len(members) == 0 {
		return e, false, err
	}
	var of []*record
	err = tx.Lookup(ctx, s.ofProfiles(time.Unix(0, 0).Add(remember)), members, func(found store.Found) error {
		raw := &rawRecord{}
		if err := raw.scan(func(dest ...any) error { _, err := found(dest...); return err }); err != nil {
			return err
		}
		r, err := raw.decode()
		of = append(of, r)
		return err
	})
	if err != nil {
		return e, false, err
	}
	all, err := contactsOf(ctx, tx, of)
	if err != nil {
		return e, false, err
	}
	var c *Contact
	for _, list := range all {
		for _, x := range list {
			if x.ID == interaction {
				c = x
			}
		}
	}
	if c == nil || !opens(c) {
		return e, false, nil // erased, or no contact that a score decides about
	}
	l := s.linker()
	var before []*record
	for i, r := range of {
		var list []*Contact
		for _, x := range all[i] {
			if x.At.Before(c.At) && x.ID != c.ID {
				list = append(list, x)
			}
		}
		if len(list) == 0 {
			continue
		}
		then := &record{ID: r.ID, Profile: r.Profile}
		then.replay(list)
		before = append(before, then)
	}
	if len(before) == 0 {
		return e, false, nil
	}
	e.weight = humanSays
	for _, k := range l.candidates(c, c.read(), before) {
		e.x, e.right = append(e.x, k.x), append(e.right, k.r.ID == to)
	}
	return e, true, nil
}

// membersOf are the keys of all profiles of the customer that p is part of.
func membersOf(ctx context.Context, tx *store.Tx, p Profile) ([][]any, error) {
	head, err := tx.JourneyCustomer(ctx, sqlgen.JourneyCustomerParams{Bucket: p.Bucket, ProfileID: p.ID})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := tx.Members(ctx, sqlgen.MembersParams{Bucket: head.HeadBucket, CustomerID: head.CustomerID})
	if err != nil {
		return nil, err
	}
	keys := make([][]any, len(rows))
	for i, r := range rows {
		keys[i] = []any{r.ProfileBucket, r.ProfileID}
	}
	return keys, nil
}
