package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Tables lists the tables of the schema as bulk statements without a conflict
// clause, in name order: what a copy between databases, or a benchmark's bare
// insert, needs. The full-text index (fts_…) is not among them: it is each
// engine's own, and is made from the others.
func (db *DB) Tables(ctx context.Context) ([]*Bulk, error) {
	query := "SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c " +
		"WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'fts_%' AND m.name <> 'goose_db_version' ORDER BY m.name, c.cid"
	if db.Engine == Postgres {
		query = "SELECT table_name, column_name, data_type FROM information_schema.columns " +
			"WHERE table_schema = current_schema() AND table_name NOT LIKE 'fts_%' AND table_name <> 'goose_db_version' ORDER BY table_name, ordinal_position"
	}
	rows, err := db.read.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	defer rows.Close()
	var out []*Bulk
	for rows.Next() {
		var table, col, typ string
		if err := rows.Scan(&table, &col, &typ); err != nil {
			return nil, err
		}
		if len(out) == 0 || out[len(out)-1].Table != table {
			out = append(out, &Bulk{Table: table})
		}
		b := out[len(out)-1]
		b.Cols = append(b.Cols, Col{col, typeOf(table, col, typ)})
	}
	return out, rows.Err()
}

// typeOf reads the declared type. SQLite keeps ids and bytes in BLOB columns;
// which it is follows from the name: only bytes are called body, data, hash or
// id of a session.
func typeOf(table, col, declared string) Type {
	switch strings.ToLower(declared) {
	case "bigint", "integer":
		return Int
	case "uuid":
		return UUID
	case "text":
		return Text
	case "boolean":
		return Bool
	case "bytea":
		return Bytes
	}
	if col == "body" || col == "data" || col == "hash" || table == "sessions" && col == "id" {
		return Bytes
	}
	return UUID
}

// ReadAll calls each for every row of the bulk statement's table, with values
// that Write takes.
func (db *DB) ReadAll(ctx context.Context, b *Bulk, each func(row []any) error) error {
	names := make([]string, len(b.Cols))
	for i, c := range b.Cols {
		names[i] = c.Name
	}
	rows, err := db.read.QueryContext(ctx, "SELECT "+strings.Join(names, ", ")+" FROM "+b.Table)
	if err != nil {
		return fmt.Errorf("read %s: %w", b.Table, err)
	}
	defer rows.Close()
	for rows.Next() {
		row, dest := scanRow(b.Cols)
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("read %s: %w", b.Table, err)
		}
		for i := range row {
			row[i] = deref(dest[i])
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

func scanRow(cols []Col) (row, dest []any) {
	row, dest = make([]any, len(cols)), make([]any, len(cols))
	for i, c := range cols {
		switch c.Type {
		case Int:
			dest[i] = new(int64)
		case UUID:
			dest[i] = new(crm.ID)
		case Text:
			dest[i] = new(string)
		case Bytes:
			dest[i] = new([]byte)
		case Bool:
			dest[i] = new(bool)
		}
	}
	return row, dest
}

func deref(p any) any {
	switch v := p.(type) {
	case *int64:
		return *v
	case *crm.ID:
		return *v
	case *string:
		return *v
	case *[]byte:
		return *v
	case *bool:
		return *v
	}
	return nil
}
