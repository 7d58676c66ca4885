package bench

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/identify/match"
	"github.com/rapport-crm/rapport/internal/store"
)

// Identity is a run of the benchmark of likely doubles: how long a new customer
// takes to be compared with all others.
type Identity struct {
	Engine  string
	DB      string
	Stored  int // customers that are there
	Samples int // new customers of each kind
	Log     io.Writer
}

// IdentityResult is what it found.
type IdentityResult struct {
	Engine string         `json:"engine"`
	Stored int            `json:"stored"`
	Kinds  []IdentityKind `json:"kinds"`
}

// IdentityKind is the time of one kind of new customer, its commit included.
type IdentityKind struct {
	Name      string  `json:"name"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Most      float64 `json:"max_ms"`
	Rows      float64 `json:"rows"` // mean rows that were read for one
	MostRows  int     `json:"max_rows"`
	People    float64 `json:"people"` // mean customers that it was compared with
	Suggested float64 `json:"suggested"`
}

// Kinds of new customers.
const (
	strangers = "a stranger"
	common    = "a stranger with the most common name"
	doubles   = "a double with one slip in the mail address"
)

// Run stores the customers past the pipeline, by bulk statements, and measures.
func (b Identity) Run(ctx context.Context) (*IdentityResult, error) {
	if b.Log == nil {
		b.Log = io.Discard
	}
	s, err := Capture{Engine: b.Engine, DB: b.DB}.scratch(ctx)
	if err != nil {
		return nil, err
	}
	defer s.drop()
	crowd := newCrowd()
	if err := crowd.store(ctx, s.db, b.Stored, b.Log); err != nil {
		return nil, err
	}
	service := identify.New(s.db, time.Now, identify.Options{})
	res := &IdentityResult{Engine: b.Engine, Stored: b.Stored}
	random := rand.New(rand.NewPCG(5, 6))
	next := b.Stored
	for _, kind := range []string{strangers, common, doubles} {
		k := IdentityKind{Name: kind}
		took := make([]float64, b.Samples)
		for i := range took {
			p := crowd.person(next)
			switch kind {
			case common:
				p.Name = given[0] + " " + crowd.families[0]
			case doubles:
				p = slip(crowd.person(random.IntN(b.Stored)))
			}
			at := profileAt(next)
			next++
			if err := s.db.InTx(ctx, func(tx *store.Tx) error { return crowd.writePeople(ctx, tx, []match.Person{p}, []identify.Profile{at}) }); err != nil {
				return nil, err
			}
			start := time.Now()
			work, err := service.CompareCustomer(ctx, at)
			if err != nil {
				return nil, err
			}
			took[i] = float64(time.Since(start).Microseconds()) / 1e3
			n := float64(b.Samples)
			k.Rows, k.People, k.Suggested = k.Rows+float64(work.Rows)/n, k.People+float64(work.People)/n, k.Suggested+float64(work.Suggested)/n
			k.MostRows = max(k.MostRows, work.Rows)
		}
		slices.Sort(took)
		k.P50, k.P99, k.Most = took[len(took)/2], took[len(took)*99/100], took[len(took)-1]
		res.Kinds = append(res.Kinds, k)
	}
	return res, nil
}

// crowd makes people whose names are as uneven as real ones: a few are borne by
// thousands of a million. Nine of ten have a mail address, half a telephone.
type crowd struct {
	families []string
	tables   map[string]*store.Bulk
}

func newCrowd() *crowd {
	c := &crowd{}
	for n := range 20_000 {
		name := family[n%20]
		for rest := n / 20; rest > 0; rest /= 20 {
			name += syllables[rest%20]
		}
		c.families = append(c.families, name)
	}
	return c
}

var hosts = []string{"gmail.com", "gmail.com", "gmail.com", "outlook.com", "gmx.de", "web.de", "ziggo.nl", "icloud.com"}

// person is the n-th, the same every time.
func (c *crowd) person(n int) match.Person {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	givenAt := int(rand.NewZipf(r, 1.3, 4, 399).Uint64())
	first := given[givenAt%20]
	if givenAt >= 20 {
		first = first[:2] + syllables[givenAt/20] + syllables[givenAt%20]
	}
	last := c.families[rand.NewZipf(r, 1.15, 8, uint64(len(c.families)-1)).Uint64()]
	p := match.Person{Name: first + " " + last}
	local := strings.ToLower(first + "." + last)
	switch r.IntN(4) {
	case 0:
		local += fmt.Sprint(r.IntN(1000))
	case 1:
		local = strings.ToLower(first[:1]+last) + fmt.Sprint(r.IntN(100))
	case 2:
		local = fmt.Sprintf("%s%d", syllables[r.IntN(20)]+syllables[r.IntN(20)]+syllables[r.IntN(20)], r.IntN(100_000))
	}
	if r.IntN(10) > 0 {
		host := hosts[r.IntN(len(hosts))]
		if r.IntN(10) == 0 {
			host = fmt.Sprintf("firm%d.example", r.IntN(5000))
		}
		p.Mails = []string{local + "@" + host}
	}
	if r.IntN(2) == 0 || len(p.Mails) == 0 {
		p.Phones = []string{fmt.Sprintf("+316%08d", r.IntN(100_000_000))}
	}
	return p
}

// slip is a person who mistyped: two letters of the address changed places.
func slip(p match.Person) match.Person {
	if len(p.Mails) == 0 {
		return p
	}
	m := []byte(p.Mails[0])
	m[2], m[3] = m[3], m[2]
	p.Mails = []string{string(m)}
	return p
}

var began = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func profileAt(n int) identify.Profile {
	id := crm.DerivedID(began.Add(time.Duration(n)*time.Second), "bench", fmt.Sprint(n))
	return identify.Profile{Bucket: id.Bucket(), ID: id}
}

// heldKey is one blocking key of one customer, small enough to sort millions.
type heldKey struct {
	bucket uint8
	key    string
	n      int32
}

// store writes n customers and their blocking keys, as the pipeline and the
// comparison behind it would have, each table in the order of its key.
func (c *crowd) store(ctx context.Context, db *store.DB, n int, log io.Writer) error {
	tables, err := db.Tables(ctx)
	if err != nil {
		return err
	}
	c.tables = map[string]*store.Bulk{}
	for _, t := range tables {
		c.tables[t.Table] = t
	}
	fmt.Fprintf(log, "making %d customers\n", n)
	order := make([]int32, n)
	at := make([]identify.Profile, n)
	var keys []heldKey
	for i := range n {
		order[i], at[i] = int32(i), profileAt(i)
		held, _ := identify.BlockingKeys(c.person(i))
		for _, k := range held {
			keys = append(keys, heldKey{uint8(k.Bucket), k.Key, int32(i)})
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(at[a].Bucket, at[b].Bucket), at[a].ID.Compare(at[b].ID))
	})
	slices.SortFunc(keys, func(a, b heldKey) int {
		return cmp.Or(cmp.Compare(a.bucket, b.bucket), strings.Compare(a.key, b.key), at[a.n].ID.Compare(at[b.n].ID))
	})
	fmt.Fprintf(log, "storing them and %d keys\n", len(keys))
	const lot = 20_000
	for part := range slices.Chunk(order, lot) {
		people, profiles := make([]match.Person, len(part)), make([]identify.Profile, len(part))
		for i, k := range part {
			people[i], profiles[i] = c.person(int(k)), at[k]
		}
		if err := db.InTx(ctx, func(tx *store.Tx) error { return c.writePeople(ctx, tx, people, profiles) }); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(keys, lot) {
		rows := make([][]any, len(part))
		for i, k := range part {
			rows[i] = []any{int64(k.bucket), k.key, at[k.n].Bucket, at[k.n].ID}
		}
		if err := db.InTx(ctx, func(tx *store.Tx) error { return c.write(ctx, tx, "match_keys", rows) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *crowd) write(ctx context.Context, tx *store.Tx, table string, rows [][]any) error {
	return tx.Write(ctx, c.tables[table], rows, nil)
}

// writePeople writes what a comparison reads of customers.
func (c *crowd) writePeople(ctx context.Context, tx *store.Tx, people []match.Person, at []identify.Profile) error {
	var profiles, members, idents [][]any
	for i, p := range people {
		profiles = append(profiles, []any{at[i].Bucket, at[i].ID, at[i].Bucket, at[i].ID, int64(0), p.Name})
		members = append(members, []any{at[i].Bucket, at[i].ID, at[i].Bucket, at[i].ID})
		for _, m := range p.Mails {
			idents = append(idents, []any{at[i].Bucket, at[i].ID, string(crm.Email), m, "", string(identify.Seen), "", "bench", int64(0), int64(0)})
		}
		for _, m := range p.Phones {
			idents = append(idents, []any{at[i].Bucket, at[i].ID, string(crm.PhoneNumber), m, "", string(identify.Seen), "", "bench", int64(0), int64(0)})
		}
	}
	for _, t := range []struct {
		name string
		rows [][]any
	}{{"profiles", profiles}, {"customer_profiles", members}, {"profile_keys", idents}} {
		if err := c.write(ctx, tx, t.name, t.rows); err != nil {
			return err
		}
	}
	return nil
}

// Write prints the result.
func (r *IdentityResult) Write(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	fmt.Fprintf(w, "%s, %d customers: a new one is compared, commit included\n", r.Engine, r.Stored)
	for _, k := range r.Kinds {
		fmt.Fprintf(w, "%-45s p50 %6.2f ms  p99 %6.2f ms  most %6.2f ms  %5.0f rows read (most %d)  %5.1f compared  %.2f suggested\n",
			k.Name, k.P50, k.P99, k.Most, k.Rows, k.MostRows, k.People, k.Suggested)
	}
	return nil
}
