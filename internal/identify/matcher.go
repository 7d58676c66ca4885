package identify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify/match"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

const (
	matchBatch   = 200 // customers a transaction
	largestShare = 50  // a key that more customers share makes nobody a likely double
	mostCompared = 100 // customers that one is compared with: those who share most keys
	worthAsking  = .8  // probability from which a person is asked
)

// Compare brings the comparison of customers up to date with the feed: whoever
// is new or changed is compared with those who share a blocking key, and likely
// doubles become suggestions. It merges nobody. At most limit customers are
// looked at; it returns how many were. Running it twice, or on two servers,
// changes nothing.
func (s *Service) Compare(ctx context.Context, limit int) (int, error) {
	behind, err := s.db.Read().MatchBehind(ctx)
	if err != nil {
		return 0, err
	}
	done := 0
	for _, b := range behind {
		for seq := b.Seq; done < limit; {
			n, last, err := s.compareBucket(ctx, b.Bucket, seq, b.NextSeq)
			done += n
			if err != nil {
				return done, err
			}
			if n < matchBatch {
				break
			}
			seq = last
		}
		if done >= limit {
			break
		}
	}
	return done, nil
}

// compareBucket looks at the next customers of a bucket in one transaction.
func (s *Service) compareBucket(ctx context.Context, bucket, seq, until int64) (n int, last int64, err error) {
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		rows, err := tx.MatchChanged(ctx, sqlgen.MatchChangedParams{Bucket: bucket, Seq: seq, Seq_2: until, N: matchBatch})
		if err != nil {
			return err
		}
		n, last = len(rows), until
		if n == matchBatch {
			last = rows[n-1].Seq
		}
		for _, r := range rows {
			if r.Hidden {
				continue
			}
			if _, err := s.compareOne(ctx, tx, Profile{bucket, r.CustomerID}); err != nil {
				return fmt.Errorf("compare %s: %w", r.CustomerID, err)
			}
		}
		return tx.SetMatchCursor(ctx, sqlgen.SetMatchCursorParams{Bucket: bucket, Seq: last})
	})
	return n, last, err
}

// Work is what one comparison took.
type Work struct {
	Rows      int // rows of keys and of customers that were read
	People    int // customers that it was compared with
	Suggested int
}

// CompareCustomer compares one customer with all others, as Compare does with
// those that are behind. What did not change since the last time is no work.
func (s *Service) CompareCustomer(ctx context.Context, head Profile) (w Work, err error) {
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		w, err = s.compareOne(ctx, tx, head)
		return err
	})
	return w, err
}

// compareOne writes the keys of a customer that changed, and suggests whom it
// may be as well. However many customers there are, it reads a bounded number
// of rows: a key that many share is left after largestShare of them, and of
// those found only mostCompared are compared.
func (s *Service) compareOne(ctx context.Context, tx *store.Tx, head Profile) (w Work, err error) {
	person, err := personOf(ctx, tx, head)
	if err != nil {
		return w, err
	}
	keys, stamp := BlockingKeys(person)
	before, err := tx.MatchCustomer(ctx, sqlgen.MatchCustomerParams{Bucket: head.Bucket, CustomerID: head.ID})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return w, err
	}
	if before == stamp {
		return w, nil
	}
	shared := map[Profile]int{} // how many keys
	for _, k := range keys {
		if match.Compared(k.Key) {
			holders, err := tx.MatchHolders(ctx, sqlgen.MatchHoldersParams{KeyBucket: k.Bucket, Key: k.Key, N: largestShare + 1})
			if err != nil {
				return w, err
			}
			if w.Rows += len(holders); len(holders) <= largestShare {
				for _, h := range holders {
					shared[Profile{h.Bucket, h.CustomerID}]++
				}
			}
		}
		if err := tx.AddMatchKey(ctx, sqlgen.AddMatchKeyParams{KeyBucket: k.Bucket, Key: k.Key, Bucket: head.Bucket, CustomerID: head.ID}); err != nil {
			return w, err
		}
	}
	delete(shared, head)
	if err := s.suggestAmong(ctx, tx, head, person, mostShared(shared), &w); err != nil {
		return w, err
	}
	return w, tx.SetMatchCustomer(ctx, sqlgen.SetMatchCustomerParams{Bucket: head.Bucket, CustomerID: head.ID, Keys: stamp})
}

// mostShared are the customers who share most keys, in the order of their ids.
func mostShared(shared map[Profile]int) []Profile {
	byID := func(a, b Profile) int { return cmp.Or(cmp.Compare(a.Bucket, b.Bucket), a.ID.Compare(b.ID)) }
	out := slices.SortedFunc(maps.Keys(shared), func(a, b Profile) int { return cmp.Or(cmp.Compare(shared[b], shared[a]), byID(a, b)) })
	out = out[:min(len(out), mostCompared)]
	slices.SortFunc(out, byID)
	return out
}

// BlockingKey is what makes people worth comparing, as it is kept: its kind and
// a hash, in the bucket of the hash.
type BlockingKey struct {
	Bucket int64
	Key    string
}

// BlockingKeys are the keys of a person, and a stamp that changes with them.
func BlockingKeys(p match.Person) (out []BlockingKey, stamp string) {
	keys := match.Keys(p)
	for _, k := range keys {
		bucket, hashed := hashKey(k)
		out = append(out, BlockingKey{bucket, hashed})
	}
	sum := sha256.Sum256([]byte(strings.Join(keys, "\n")))
	return out, hex.EncodeToString(sum[:8])
}

// hashKey gives a key's bucket and what is kept of it: its kind and a hash.
func hashKey(k string) (int64, string) {
	kind, _, _ := strings.Cut(k, ":")
	sum := sha256.Sum256([]byte(k))
	return int64(sum[0]), kind + ":" + hex.EncodeToString(sum[:12])
}

func (s *Service) suggestAmong(ctx context.Context, tx *store.Tx, head Profile, person match.Person, candidates []Profile, w *Work) error {
	if len(candidates) == 0 {
		return nil
	}
	sameName, err := s.sameName(ctx, tx, person)
	if err != nil {
		return err
	}
	w.Rows += sameName
	var rows [][]any
	now := s.clock()
	model := s.Persons()
	for _, c := range candidates {
		other, err := personOf(ctx, tx, c)
		if err != nil {
			return err
		}
		w.Rows += 2 + len(other.Mails) + len(other.Phones)
		if other.Name == "" && len(other.Mails)+len(other.Phones) == 0 || differentPeople(person.Name, other.Name) {
			continue // merged away, or names that can't be one person
		}
		w.People++
		bits, steps := model.Compare(person, other, sameName)
		if match.Probability(bits) < worthAsking {
			continue
		}
		never, err := s.kept(ctx, tx, head, c)
		if err != nil {
			return err
		}
		if never {
			continue
		}
		w.Suggested++
		kind, value, reason := sentence(steps)
		for _, p := range [][2]Profile{{head, c}, {c, head}} {
			id := crm.DerivedID(now, "suggestion", p[0].ID.String(), p[1].ID.String()).InBucket(p[0].Bucket)
			rows = append(rows, []any{p[0].Bucket, p[0].ID, p[1].ID, p[1].Bucket, kind, value, id, reason, crm.Micros(now), "open"})
		}
	}
	sortRows(rows, 3)
	return tx.Write(ctx, &writeSuggestions, rows, nil)
}

// sameName is how many customers have the person's name, as far as it matters.
func (s *Service) sameName(ctx context.Context, tx *store.Tx, p match.Person) (int, error) {
	for _, k := range match.Keys(p) {
		if strings.HasPrefix(k, "name:") {
			bucket, hashed := hashKey(k)
			rows, err := tx.MatchHolders(ctx, sqlgen.MatchHoldersParams{KeyBucket: bucket, Key: hashed, N: 1000})
			return max(len(rows), 1), err
		}
	}
	return 0, nil
}

// kept reports whether a person decided that two customers stay apart, or any
// of their profiles.
func (s *Service) kept(ctx context.Context, tx *store.Tx, a, b Profile) (bool, error) {
	var others []crm.ID
	members := map[crm.ID]bool{}
	for i, head := range []Profile{a, b} {
		list, err := tx.Members(ctx, sqlgen.MembersParams{Bucket: head.Bucket, CustomerID: head.ID})
		if err != nil {
			return false, err
		}
		for _, m := range list {
			if i == 1 {
				members[m.ProfileID] = true
				continue
			}
			never, err := tx.NeverLinksOf(ctx, sqlgen.NeverLinksOfParams{Bucket: m.ProfileBucket, ProfileID: m.ProfileID})
			if err != nil {
				return false, err
			}
			for _, n := range never {
				others = append(others, n.OtherID)
			}
		}
	}
	return slices.ContainsFunc(others, func(id crm.ID) bool { return members[id] }), nil
}

// personOf reads what is known of a customer; claims don't count.
func personOf(ctx context.Context, tx *store.Tx, head Profile) (match.Person, error) {
	return personWith(ctx, tx, head, false)
}

// personWith is personOf, with claims when asked for: a person who decides may
// weigh them, a program may not.
func personWith(ctx context.Context, tx *store.Tx, head Profile, claims bool) (match.Person, error) {
	var p match.Person
	members, err := tx.Members(ctx, sqlgen.MembersParams{Bucket: head.Bucket, CustomerID: head.ID})
	if err != nil || len(members) == 0 {
		return p, err
	}
	keys := make([][]any, len(members))
	for i, m := range members {
		keys[i] = []any{m.ProfileBucket, m.ProfileID}
	}
	return personOfKeys(ctx, tx, keys, head.ID, claims)
}

// personOfKeys is personOf for chosen profiles; first has the say about the
// name.
func personOfKeys(ctx context.Context, tx *store.Tx, keys [][]any, first crm.ID, claims bool) (match.Person, error) {
	var p match.Person
	names := map[crm.ID]string{}
	err := tx.Lookup(ctx, &lookupProfiles, keys, func(scan store.Found) error {
		var bucket, created int64
		var customer crm.ID
		var name string
		i, err := scan(&bucket, &customer, &created, &name)
		names[keys[i][1].(crm.ID)] = name
		return err
	})
	if err != nil {
		return p, err
	}
	p.Name = names[first]
	for _, k := range keys {
		p.Name = cmp.Or(p.Name, names[k[1].(crm.ID)])
	}
	err = tx.Lookup(ctx, &lookupProfileKeys, keys, func(scan store.Found) error {
		var kind, value, name, status, method, source string
		var seen, last int64
		_, err := scan(&kind, &value, &name, &status, &method, &source, &seen, &last)
		switch {
		case err != nil || Status(status) == Claimed && !claims || weak(crm.IdentifierKind(kind), value):
		case kind == string(crm.Email):
			p.Mails = append(p.Mails, value)
		case kind == string(crm.PhoneNumber):
			p.Phones = append(p.Phones, value)
		}
		return err
	})
	slices.Sort(p.Mails)
	slices.Sort(p.Phones)
	const most = 10 // who has more is a shared mailbox
	p.Mails, p.Phones = p.Mails[:min(len(p.Mails), most)], p.Phones[:min(len(p.Phones), most)]
	return p, err
}

// sentence says in words what made two customers alike, and names the strongest
// identifier.
func sentence(steps []match.Step) (kind, value, reason string) {
	label := map[string]string{"name": "name", "mail": "mail address", "phone": "phone number"}
	how := map[string]string{"equal": "The same ", "nearly equal": "Nearly the same ", "one slip apart": "One slip apart: the ", "partly": "Partly the same ", "similar": "A similar "}
	kind = "name"
	var parts []string
	for _, st := range steps {
		if st.Bits <= 0 || how[st.Level] == "" {
			continue
		}
		part := how[st.Level] + label[st.Field]
		if len(parts) > 0 {
			part = strings.ToLower(part[:1]) + part[1:]
		}
		parts = append(parts, part)
		switch st.Field {
		case "mail":
			kind, value = string(crm.Email), st.A
		case "phone":
			if kind == "name" {
				kind, value = string(crm.PhoneNumber), st.A
			}
		case "name":
			value = st.A
		}
	}
	return kind, value, strings.Join(parts, ", ") + "."
}

// CompareEvery is how often a server looks for new doubles.
const CompareEvery = 5 * time.Second
