package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

var examples = table("examples", 1, "id", store.UUID, "text", store.Text, "intent", store.Text, "language", store.Text,
	"origin", store.Text, "interaction_id", store.UUID, "author", store.Text, "at", store.Int)

func example(id crm.ID, text string, at int64) []any {
	return []any{id, text, "", "", "", crm.ID{}, "", at}
}

// idsSurvive writes ids that an engine could mistake for something else, and
// reads them in both forms that drivers use.
func idsSurvive(t *testing.T, db *store.DB) {
	ctx := context.Background()
	want := []crm.ID{{}, {15: 1}, {0: 1}, crm.ID([]byte("0123456789abcdef")), crm.ID([]byte("019b76da-a800-80")),
		crm.ID([]byte("\x00\x00'\"\\%_\xff\xfe\x80\r\n\t;--")), crm.DerivedID(time.UnixMilli(0), "a"), crm.NewID(time.Now()),
		crm.DerivedID(time.UnixMilli(1<<48-1), "z")}
	var last crm.ID
	for i := range last {
		last[i] = 0xff
	}
	want = append(want, last)
	slices.SortFunc(want, crm.ID.Compare)
	rows := make([][]any, len(want))
	for i, id := range want {
		rows[i] = example(id, id.String(), int64(i))
		rows[i][5] = id
	}
	slices.Reverse(rows) // so that the order below is the engine's
	write(t, db, with(examples, "", ""), rows, nil)

	got, err := db.Read().Examples(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i, r := range got {
		if r.ID != want[i] || r.InteractionID != want[i] || r.Text != want[i].String() {
			t.Errorf("row %d: %x and %x, want %x: ids order by their bytes on every engine", i, r.ID, r.InteractionID, want[i])
		}
		var n int64
		if err := db.Reader().QueryRowContext(ctx, "SELECT at FROM examples WHERE id = $1", want[i]).Scan(&n); err != nil || n != int64(i) {
			t.Errorf("looking for %v: row %d, %v", want[i], n, err)
		}
		var bytes, text crm.ID
		if bytes.Scan(want[i][:]) != nil || text.Scan(want[i].String()) != nil || bytes != want[i] || text != want[i] {
			t.Errorf("%v is read as %v from bytes and %v from text", want[i], bytes, text)
		}
	}
}

// parametersBindByNumber repeats parameters, uses them out of order and goes
// above nine, where a driver that counts marks instead would mix them up.
func parametersBindByNumber(t *testing.T, db *store.DB) {
	const q = "SELECT CAST($11 AS BIGINT), CAST($2 AS BIGINT), CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($10 AS BIGINT), " +
		"CAST($3 AS BIGINT) + CAST($4 AS BIGINT) + CAST($5 AS BIGINT) + CAST($6 AS BIGINT), CAST($9 AS BIGINT), " +
		"CAST($8 AS BIGINT), CAST($7 AS BIGINT), CAST($1 AS BIGINT)"
	args := make([]any, 11)
	for i := range args {
		args[i] = int64(100 + i + 1)
	}
	want := []int64{111, 102, 101, 102, 110, 103 + 104 + 105 + 106, 109, 108, 107, 101}
	got := make([]int64, len(want))
	dest := make([]any, len(want))
	for i := range got {
		dest[i] = &got[i]
	}
	if err := db.Reader().QueryRowContext(context.Background(), q, args...).Scan(dest...); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
