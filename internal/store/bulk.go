package store

import (
	"context"
	"strconv"
	"strings"
	"sync"
)

// Type is the type of a bulk column: the five that both engines share.
type Type int

// The column types.
const (
	Int Type = iota
	UUID
	Text
	Bytes
	Bool
)

// pgTypes are the array element types of unnest.
var pgTypes = [...]string{Int: "bigint", UUID: "uuid", Text: "text", Bytes: "bytea", Bool: "boolean"}

// Col is a column of a bulk statement.
type Col struct {
	Name string
	Type Type
}

// Bulk is an INSERT of many rows. The first Key columns are the primary key.
type Bulk struct {
	Table string
	Cols  []Col
	Key   int
	// Conflict says what happens to a row whose key exists: "" is an error,
	// "nothing" keeps the old row, anything else is the SET list of an upsert,
	// where excluded.x is the new value and the table's name the old one.
	Conflict string
	// Returning lists columns that are read back, for every row that was
	// written. New or duplicate comes from here, never from a row count.
	Returning string

	once             sync.Once
	sqlite, postgres string
}

// Lookup reads the rows of many keys.
type Lookup struct {
	Table string
	Key   []Col  // equality columns
	Cols  string // select list, qualified with t.
	Where string // further condition on t, or ""
	// Most bounds the rows of one key, the first by Order. Default: 0, all of
	// them in no order.
	Most  int
	Order string

	once     sync.Once
	sqlite   map[int]string // by number of keys
	postgres string
}

// lookupSizes are the numbers of keys of one statement on SQLite, largest first.
var lookupSizes = []int{100, 10, 1}

// Row is one row of a result.
type Row interface{ Scan(dest ...any) error }

// Write runs b for the rows, whose values stand in the order of b.Cols. Keys
// must not repeat within rows: PostgreSQL refuses an upsert that meets a key
// twice. Rows are sorted by the caller where two writers may meet.
func (tx *Tx) Write(ctx context.Context, b *Bulk, rows [][]any, each func(Row) error) error {
	if len(rows) == 0 {
		return nil
	}
	b.once.Do(b.build)
	return tx.db.dialect.write(ctx, tx, b, rows, each)
}

// Found scans one row that a Lookup found and tells the index of its key.
type Found func(dest ...any) (key int, err error)

// Lookup calls each for every row found; rows of one key may be many.
func (tx *Tx) Lookup(ctx context.Context, l *Lookup, keys [][]any, each func(Found) error) error {
	if len(keys) == 0 {
		return nil
	}
	l.once.Do(l.build)
	return tx.db.dialect.lookup(ctx, tx, l, keys, each)
}

func (b *Bulk) build() {
	names := make([]string, len(b.Cols))
	marks := make([]string, len(b.Cols))
	arrays := make([]string, len(b.Cols))
	for i, c := range b.Cols {
		names[i] = c.Name
		marks[i] = "$" + strconv.Itoa(i+1)
		arrays[i] = marks[i] + "::" + pgTypes[c.Type] + "[]"
	}
	head := "INSERT INTO " + b.Table + " (" + strings.Join(names, ", ") + ") "
	tail := ""
	switch b.Conflict {
	case "":
	case "nothing":
		tail = " ON CONFLICT (" + strings.Join(names[:b.Key], ", ") + ") DO NOTHING"
	default:
		tail = " ON CONFLICT (" + strings.Join(names[:b.Key], ", ") + ") DO UPDATE SET " + b.Conflict
	}
	if b.Returning != "" {
		tail += " RETURNING " + b.Returning
	}
	// Plain marks, each used once: the driver binds them without a look-up by name.
	b.sqlite = head + "VALUES (" + strings.Repeat("?, ", len(marks)-1) + "?)" + tail
	b.postgres = head + "SELECT * FROM unnest(" + strings.Join(arrays, ", ") + ")" + tail
}

func (l *Lookup) build() {
	var eq, join, arrays, names []string
	for i, c := range l.Key {
		mark := "$" + strconv.Itoa(i+1)
		eq = append(eq, "t."+c.Name+" = ?")
		join = append(join, "t."+c.Name+" = k."+c.Name)
		arrays = append(arrays, mark+"::"+pgTypes[c.Type]+"[]")
		names = append(names, c.Name)
	}
	where := ""
	if l.Where != "" {
		where = " AND " + l.Where
	}
	l.sqlite = map[int]string{}
	from := " FROM unnest(" + strings.Join(arrays, ", ") + ") WITH ORDINALITY AS k(" + strings.Join(names, ", ") + ", ord) "
	if l.Most > 0 {
		bound := where + " ORDER BY " + l.Order + " LIMIT " + strconv.Itoa(l.Most)
		for _, n := range []int{10, 1} {
			parts := make([]string, n)
			for i := range parts {
				parts[i] = "SELECT * FROM (SELECT " + strconv.Itoa(i) + ", " + l.Cols + " FROM " + l.Table + " t WHERE " + strings.Join(eq, " AND ") + bound + ")"
			}
			l.sqlite[n] = strings.Join(parts, " UNION ALL ")
		}
		l.postgres = "SELECT k.ord, " + l.Cols + from + "CROSS JOIN LATERAL (SELECT * FROM " + l.Table + " t WHERE " + strings.Join(join, " AND ") + bound + ") t"
		return
	}
	for _, n := range lookupSizes {
		values := make([]string, n)
		for i := range values {
			values[i] = "(" + strconv.Itoa(i) + strings.Repeat(", ?", len(l.Key)) + ")"
		}
		// CROSS JOIN fixes the order: the keys outside, the index inside.
		l.sqlite[n] = "WITH k(ord, " + strings.Join(names, ", ") + ") AS (VALUES " + strings.Join(values, ", ") + ") SELECT k.ord, " + l.Cols +
			" FROM k CROSS JOIN " + l.Table + " t ON " + strings.Join(join, " AND ") + where
	}
	l.sqlite[1] = "SELECT 0, " + l.Cols + " FROM " + l.Table + " t WHERE " + strings.Join(eq, " AND ") + where
	l.postgres = "SELECT k.ord, " + l.Cols + from + "JOIN " + l.Table + " t ON " + strings.Join(join, " AND ") + where
}
