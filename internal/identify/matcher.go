package identify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	largestShare = 50  // a key that more customers share makes nobody a likely double
	mostCompared = 100 // customers that one is compared with: those who share most keys
	worthAsking  = .8  // probability from which a person is asked
)

// CompareBatch is how many customers are read, compared and written at once: few,
// so that whoever looks at a page meanwhile waits for milliseconds at most.
const CompareBatch = 10

// CompareEvery is how often a server looks for new doubles.
const CompareEvery = 5 * time.Second

// Compare brings the comparison of customers up to date with the feed: whoever
// is new or changed is compared with those who share a blocking key, and likely
// doubles become suggestions. It merges nobody. At most limit customers are
// looked at; it returns how many were. Running it twice, or on two servers,
// changes nothing.
//
// What takes long, reading and comparing, holds no writer; what came out is
// written in a short transaction. Whoever changed meanwhile stands in the feed
// again, and what may not wait for that is checked as it is written.
func (s *Service) Compare(ctx context.Context, limit int) (int, error) {
	done := 0
	for done < limit {
		size := min(limit-done, CompareBatch)
		c, err := s.readComparison(ctx, func(c *comparison, tx *store.Tx) ([]Profile, error) { return c.next(ctx, tx, size) })
		if err != nil {
			return done, err
		}
		if len(c.cursors) == 0 {
			break
		}
		written, err := c.write(ctx)
		if err != nil {
			return done, err
		}
		if !written {
			continue
		}
		if done += c.looked; c.looked < size {
			break
		}
	}
	return done, nil
}

// Work is what one comparison took.
type Work struct {
	Rows      int // rows of keys and of customers that were read
	People    int // customers that it was compared with
	Suggested int
}

// CompareCustomer compares one customer with all others, as Compare does with
// those that are behind. What did not change since the last time is no work.
func (s *Service) CompareCustomer(ctx context.Context, head Profile) (Work, error) {
	for {
		c, err := s.readComparison(ctx, func(*comparison, *store.Tx) ([]Profile, error) { return []Profile{head}, nil })
		if err != nil {
			return Work{}, err
		}
		if len(c.stamps) == 0 {
			return c.work, nil
		}
		if written, err := c.write(ctx); written || err != nil {
			return c.work, err
		}
	}
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

// sameName is how many customers have the person's name, as far as it matters.
func sameName(ctx context.Context, tx *store.Tx, p match.Person) (int, error) {
	const most = 1000 // a name that more bear is as common as any
	for _, k := range match.Keys(p) {
		if strings.HasPrefix(k, match.NameKey) {
			bucket, hashed := hashKey(k)
			rows, err := tx.MatchHolders(ctx, sqlgen.MatchHoldersParams{KeyBucket: bucket, Key: hashed, N: most})
			return max(len(rows), 1), err
		}
	}
	return 0, nil
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
