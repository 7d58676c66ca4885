package store

import (
	"context"
	"strconv"
	"strings"
)

// The fields of the full-text index.
const (
	InSubject   = iota // its subject
	InBody             // its text
	InSender           // names and addresses of who wrote it
	InRecipient        // names and addresses of who got it
	InFacts            // marks that no person can type, such as _ch_mail
	fields
)

// AnyText looks in the words of people: subject and text.
const AnyText = -1

var fieldNames = [fields]string{"subject", "body", "sender", "recipient", "facts"}

// Document is what the full-text index keeps of a message: words that were made
// in Go, of a–z, 0–9, _ and letters beyond ASCII, in lower case.
type Document struct {
	N     int64
	Words [fields][]string
}

// Phrase is words that follow each other; of the last one, Prefix takes the
// beginning for the whole.
type Phrase struct {
	Words  []string
	Prefix bool
}

// Clause is what a message must have, or must not: one of the phrases in the
// field.
type Clause struct {
	Field int // AnyText, or one of the fields
	Any   []Phrase
	Not   bool
}

// Match asks for the numbers of messages that fit all clauses, the newest first:
// those from From (included) up to Before (excluded).
type Match struct {
	Clauses      []Clause
	Before, From int64
	Limit        int
}

// positive reports whether anything narrows the search down.
func (m *Match) positive() bool {
	for _, c := range m.Clauses {
		if !c.Not {
			return true
		}
	}
	return false
}

// Index puts documents into the full-text index; what has their numbers is
// replaced.
func (tx *Tx) Index(ctx context.Context, docs []Document) error {
	if len(docs) == 0 {
		return nil
	}
	return tx.db.dialect.index(ctx, tx, docs)
}

// Unindex empties the full-text index.
func (tx *Tx) Unindex(ctx context.Context) error {
	_, err := tx.tx.ExecContext(ctx, "DELETE FROM fts_messages")
	return err
}

// Match finds messages, the newest first. When ctx ends before it is done, the
// error is of ctx.
func (db *DB) Match(ctx context.Context, m *Match) ([]int64, error) {
	out, err := db.dialect.match(ctx, db, m)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return out, err
}

func (sqliteDialect) index(ctx context.Context, tx *Tx, docs []Document) error {
	st, err := tx.prepared(ctx, "INSERT OR REPLACE INTO fts_messages (rowid, subject, body, sender, recipient, facts) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	for _, d := range docs {
		args := []any{d.N}
		for f, words := range d.Words {
			text := strings.Join(words, " ")
			if f == InFacts {
				text += " _m" // of every message: what a search of negations alone begins with
			}
			args = append(args, text)
		}
		if _, err := st.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// match reads the lists of the words downward, so it costs as much as it finds.
func (sqliteDialect) match(ctx context.Context, db *DB, m *Match) ([]int64, error) {
	const q = "SELECT rowid FROM fts_messages WHERE fts_messages MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
	return numbers(ctx, db, q, fts5(m), m.From, m.Before, m.Limit)
}

// fts5 writes the clauses in the language of FTS5. Words hold nothing that it
// reads as an operator, and stand in quotes.
func fts5(m *Match) string {
	var yes, no []string
	for _, c := range m.Clauses {
		var alt []string
		for _, p := range c.Any {
			quoted := `"` + strings.Join(p.Words, " ") + `"`
			if p.Prefix {
				quoted += " *"
			}
			alt = append(alt, quoted)
		}
		columns := "{subject body}"
		if c.Field >= 0 {
			columns = fieldNames[c.Field]
		}
		text := columns + " : (" + strings.Join(alt, " OR ") + ")"
		if c.Not {
			no = append(no, text)
		} else {
			yes = append(yes, text)
		}
	}
	if len(yes) == 0 {
		yes = []string{`facts : "_m"`}
	}
	text := "(" + strings.Join(yes, ") AND (") + ")"
	if len(no) > 0 {
		text = "(" + text + ") NOT ((" + strings.Join(no, ") OR (") + "))"
	}
	return text
}

// numbers reads one column of numbers.
func numbers(ctx context.Context, db *DB, query string, args ...any) ([]int64, error) {
	rows, err := db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// weights are the fields in a tsvector, which knows four. Marks begin with _,
// which no word of people does, so they share one.
var weights = [fields]string{InSubject: "A", InBody: "B", InSender: "C", InRecipient: "D", InFacts: "D"}

// tsvector keeps 16383 places, and refuses a vector above 1 MB.
const (
	maxPlace  = 16383
	maxVector = 900_000
)

// tsvector writes a document as the literal of a vector. Between fields lies a
// gap, so that no phrase runs from one into the next.
func tsvector(d *Document) string {
	var b strings.Builder
	place := 1
	for f, words := range d.Words {
		for _, w := range words {
			if b.Len() > maxVector {
				return b.String()
			}
			b.WriteByte('\'')
			b.WriteString(w)
			b.WriteString("':")
			b.WriteString(strconv.Itoa(min(place, maxPlace)))
			b.WriteString(weights[f])
			b.WriteByte(' ')
			place++
		}
		place++
	}
	return b.String()
}

// tsquery writes the clauses as the literal of a query.
func tsquery(m *Match) string {
	var all []string
	for _, c := range m.Clauses {
		suffix := "AB"
		if c.Field >= 0 {
			suffix = weights[c.Field]
		}
		var alt []string
		for _, p := range c.Any {
			var words []string
			for i, w := range p.Words {
				star := ""
				if p.Prefix && i == len(p.Words)-1 {
					star = "*"
				}
				words = append(words, "'"+w+"':"+star+suffix)
			}
			alt = append(alt, "("+strings.Join(words, " <-> ")+")")
		}
		text := "(" + strings.Join(alt, " | ") + ")"
		if c.Not {
			text = "!" + text
		}
		all = append(all, text)
	}
	return strings.Join(all, " & ")
}

func (postgresDialect) index(ctx context.Context, tx *Tx, docs []Document) error {
	ns, vectors := make([]int64, len(docs)), make([]string, len(docs))
	for i := range docs {
		ns[i], vectors[i] = docs[i].N, tsvector(&docs[i])
	}
	_, err := tx.tx.ExecContext(ctx, `INSERT INTO fts_messages (n, words) SELECT d.n, CAST(d.words AS tsvector) FROM unnest($1::bigint[], $2::text[]) AS d(n, words)
ON CONFLICT (n) DO UPDATE SET words = excluded.words`, ns, vectors)
	return err
}

// recent is how many of the newest messages are looked through one by one. What
// is in fewer than one of a hundred is then left to the index, which must fetch
// and sort all that it finds.
const recent = 5000

// match looks through the newest messages first, which fills a page with common
// words at once, and asks the index for the rest: what the first part did not
// fill a page with is rare enough for it.
func (postgresDialect) match(ctx context.Context, db *DB, m *Match) ([]int64, error) {
	query := tsquery(m)
	if query == "" {
		return numbers(ctx, db, "SELECT n FROM fts_messages WHERE n >= $1 AND n < $2 ORDER BY n DESC LIMIT $3", m.From, m.Before, m.Limit)
	}
	window := recent
	if !m.positive() {
		window = 1 << 40 // most messages fit: the walk ends soon
	}
	// The LIMIT inside keeps the condition outside.
	const newest = "SELECT n FROM (SELECT n, words FROM fts_messages WHERE n >= $1 AND n < $2 ORDER BY n DESC LIMIT $5"
	found, err := numbers(ctx, db, newest+") AS t WHERE words @@ CAST($3 AS tsquery) ORDER BY n DESC LIMIT $4", m.From, m.Before, query, m.Limit, int64(window))
	if err != nil || len(found) >= m.Limit || !m.positive() {
		return found, err
	}
	last, err := numbers(ctx, db, "SELECT n FROM fts_messages WHERE n >= $1 AND n < $2 ORDER BY n DESC LIMIT 1 OFFSET $3", m.From, m.Before, recent-1)
	if err != nil || len(last) == 0 {
		return found, err // there was no more
	}
	tx, err := db.read.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() // it only read
	if _, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
		return nil, err
	}
	// n + 0 keeps the planner from walking the numbers in hope of an early end.
	rows, err := tx.QueryContext(ctx, "SELECT n FROM fts_messages WHERE words @@ CAST($1 AS tsquery) AND n + 0 >= $2 AND n + 0 < $3 ORDER BY n + 0 DESC LIMIT $4",
		query, m.From, last[0], m.Limit-len(found))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		found = append(found, n)
	}
	return found, rows.Err()
}
