package identify

import (
	"context"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// Two nodes may have read an identifier's evidence before either wrote it. The
// later write must not take away what the earlier one proved.
func TestEvidenceOnlyGrows(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		id := crm.ID{1}
		put := func(name string, status Status, method, source string, last int64) {
			t.Helper()
			if err := db.InTx(ctx, func(tx *store.Tx) error {
				return tx.Write(ctx, &writeProfileKeys, [][]any{{id.Bucket(), id, "email", "a@b.example", name, string(status), method, source, int64(1), last}}, nil)
			}); err != nil {
				t.Fatal(err)
			}
		}
		expect := func(name string, status Status, method, source string, last int64) {
			t.Helper()
			want := []any{id.Bucket(), id, "email", "a@b.example", name, string(status), method, source, int64(1), last}
			n := 0
			err := db.ReadAll(ctx, &store.Bulk{Table: "profile_keys", Cols: writeProfileKeys.Cols}, func(row []any) error {
				n++
				for i := range want {
					if row[i] != want[i] {
						t.Errorf("%s is %v, want %v", writeProfileKeys.Cols[i].Name, row[i], want[i])
					}
				}
				return nil
			})
			if err != nil || n != 1 {
				t.Errorf("%d rows, %v", n, err)
			}
		}
		put("", Claimed, "", "form", 5)
		put("Jan", Seen, "", "mail", 4)
		expect("Jan", Seen, "", "mail", 5)
		put("J. Meijer", Verified, "account", "shop", 6)
		expect("Jan", Verified, "account", "shop", 6)
		put("", Seen, "", "mail", 9)
		put("", Claimed, "", "form", 8)
		expect("Jan", Verified, "account", "shop", 9)
	})
}

// A key is cut at a whole letter: half of one is no text to PostgreSQL.
func TestKeysAreWholeText(t *testing.T) {
	t.Parallel()
	long := ""
	for len(long) < maxValue-1 {
		long += "x"
	}
	if got := capped(long + "ü"); got != long {
		t.Errorf("%q at the end", got[len(got)-3:])
	}
	for value, want := range map[string]string{"ünal@x.example": "jan meijer|ü", "日本@x.example": "jan meijer|日", "jan@x.example": "jan meijer|j"} {
		k, ok := blockingKey(&Subject{Idents: []Ident{{Kind: crm.Email, Value: value, Name: "Jan Meijer"}}})
		if !ok || k.value != want {
			t.Errorf("%s is compared by %q, want %q", value, k.value, want)
		}
	}
	if got := short("日本語日本語日本語日本語日本語"); got != "日本語日本語…語日本語" {
		t.Errorf("%q", got)
	}
}
