package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Key names rows of a person-bound table: the bucket and the id that follows it
// in the primary key or in an index.
type Key struct {
	Bucket int64
	ID     crm.ID
}

// ProfileKey is the key of a profile, or of a customer, which is a profile too.
func ProfileKey(id crm.ID) Key { return Key{Bucket: id.Bucket(), ID: id} }

// RowKey is the key of a row whose id carries its bucket.
func RowKey(id crm.ID) Key { return Key{Bucket: id.RowBucket(), ID: id} }

// ByKeys reads the rows of many keys through a query with padded conditions
// (bucket = $1 AND id = $2 OR bucket = $3 AND id = $4 …): a handful of
// statements a page where one a row would be dozens. Two IN lists would be
// shorter to write, but an engine looks up every bucket with every id then. The
// query's parameters are as many int64 as crm.ID; the last key fills what is
// left over. Keys are sorted, and their rows come in no order.
func ByKeys[P, R any](ctx context.Context, query func(context.Context, P) ([]R, error), keys []Key) ([]R, error) {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, func(a, b Key) int {
		return cmp.Or(cmp.Compare(a.Bucket, b.Bucket), bytes.Compare(a.ID[:], b.ID[:]))
	})
	keys = slices.Compact(keys)
	var out []R
	var params P
	width := reflect.TypeFor[P]().NumField() / 2
	for chunk := range slices.Chunk(keys, width) {
		if err := pad(&params, chunk); err != nil {
			return nil, err
		}
		rows, err := query(ctx, params)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}

// pad fills the buckets and ids of a generated parameter struct in their order.
func pad(params any, keys []Key) error {
	v := reflect.ValueOf(params).Elem()
	var buckets, ids int
	for i := range v.NumField() {
		switch f := v.Field(i).Addr().Interface().(type) {
		case *int64:
			*f = keys[min(buckets, len(keys)-1)].Bucket
			buckets++
		case *crm.ID:
			*f = keys[min(ids, len(keys)-1)].ID
			ids++
		default:
			return fmt.Errorf("store: %T has a parameter that is neither a bucket nor an id", params)
		}
	}
	return nil
}

// ByIDs reads rows of one profile through a query with its bucket, its id and a
// padded IN list of row ids (bucket = $1 AND profile_id = $2 AND x IN ($3, …)).
// The list is ascending, so that the query can bound x by its first and last
// parameter.
func ByIDs[P, R any](ctx context.Context, query func(context.Context, P) ([]R, error), profile crm.ID, ids []crm.ID) ([]R, error) {
	var out []R
	var params P
	v := reflect.ValueOf(&params).Elem()
	width := v.NumField() - 2
	*(v.Field(0).Addr().Interface().(*int64)) = profile.Bucket()
	*(v.Field(1).Addr().Interface().(*crm.ID)) = profile
	ids = slices.SortedFunc(slices.Values(ids), crm.ID.Compare)
	for chunk := range slices.Chunk(ids, width) {
		for i := range width {
			*(v.Field(i + 2).Addr().Interface().(*crm.ID)) = chunk[min(i, len(chunk)-1)]
		}
		rows, err := query(ctx, params)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	return out, nil
}
