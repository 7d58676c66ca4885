package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// hostileStrings stores texts that are valid UTF-8 without NUL, which is what
// the stages let through, and expects every byte back: nothing is folded,
// trimmed, padded or read as SQL.
func hostileStrings(t *testing.T, db *store.DB) {
	ctx := context.Background()
	var distinct strings.Builder
	for i := 0; distinct.Len() < 2<<20; i++ {
		fmt.Fprintf(&distinct, "w%dx%d ", i, i*i)
	}
	texts := []string{"", " ", "\t\r\n", "'; DROP TABLE raws; --", `\`, `\\x00`, "%_", "$1 ?1 :a @b", "é", "e\u0301", "İıẞß", "😀👨‍👩‍👧",
		"\ufffd", "\ufeff", "\u202e", "\u0001\u001f\u007f", "{\"a\":\"\\u0000\"}", "NULL", "0x00", distinct.String(), strings.Repeat("ü", 5<<20)}
	var rows [][]any
	for i, s := range texts {
		rows = append(rows, example(crm.ID{15: byte(i)}, s, int64(i)))
	}
	write(t, db, examples, rows, nil)
	got, err := db.Read().Examples(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range got {
		if r.Text != texts[i] {
			t.Errorf("text %d: %.60q came back, want %.60q (%d and %d bytes)", i, r.Text, texts[i], len(r.Text), len(texts[i]))
		}
	}
	body := bytes.Repeat([]byte{0, 1, 0x80, 0xff}, 10<<18) // 10 MB of what a mail may hold
	row := raw(1, "x")
	row[10] = body
	write(t, db, raws, [][]any{row}, nil)
	if err := db.ReadAll(ctx, raws, func(r []any) error {
		if !bytes.Equal(r[10].([]byte), body) {
			t.Errorf("%d bytes came back of %d", len(r[10].([]byte)), len(body))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}

	// Keys: the stages cap them at 512 bytes; the same text is the same key, a
	// different one is not, and the order is that of the bytes.
	long := strings.Repeat("日", 170)
	values := []string{"a", "A", "a ", "á", "a\u0301", long + "a", long + "b", "Z", "_", "ß", "ss"}
	rows = nil
	for i, v := range values {
		rows = append(rows, []any{int64(0), "k", v, int64(i), crm.ID{}, false})
	}
	if got := len(dumpReturned(t, db, with(keys, "nothing", "value"), append(slices.Clone(rows), []any{int64(0), "K", "a", int64(0), crm.ID{}, false}))); got != len(rows)+1 {
		t.Errorf("%d keys are new, want %d", got, len(rows)+1)
	}
	if got := dumpReturned(t, db, with(keys, "nothing", "value"), rows); len(got) != 0 {
		t.Errorf("%q are new when they come again", got)
	}
	ordered, err := db.Reader().QueryContext(ctx, "SELECT value FROM identity_keys WHERE key_bucket = 0 AND kind = 'k' ORDER BY value")
	if err != nil {
		t.Fatal(err)
	}
	defer ordered.Close()
	slices.Sort(values)
	for i := 0; ordered.Next(); i++ {
		var v string
		if err := ordered.Scan(&v); err != nil || v != values[i] {
			t.Errorf("key %d in order is %.20q (%v), want %.20q", i, v, err, values[i])
		}
	}
}

func dumpReturned(t *testing.T, db *store.DB, b *store.Bulk, rows [][]any) []string {
	t.Helper()
	var out []string
	write(t, db, b, rows, func(r store.Row) error {
		var s string
		err := r.Scan(&s)
		out = append(out, s)
		return err
	})
	return out
}
