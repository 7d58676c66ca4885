package search

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The pace of the indexer: how long a lost ring may cost, how many messages a
// transaction takes, and how much longer than a transaction it rests after one,
// so that those who take contacts in get the writer in between.
const (
	pollEvery = 500 * time.Millisecond
	perBatch  = 200
	lookAgain = 10 // ticks after which it looks whether somebody emptied the index
)

// Indexer puts messages into the full-text index, behind the feed.
type Indexer struct {
	DB  *store.DB
	Log *slog.Logger

	at map[int64]int64 // how far each bucket was looked through
	in map[int64]int64 // how far the database says so
}

// Run indexes what comes in until ctx ends. What fails is tried again with the
// next ring or tick.
func (x *Indexer) Run(ctx context.Context) {
	ring, stop := x.DB.Subscribe()
	defer stop()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	failing, idle := false, 0
	for {
		for {
			began := time.Now()
			n, err := x.Step(ctx)
			if ctx.Err() != nil {
				return
			}
			if (err != nil) != failing {
				failing = err != nil
				if failing {
					x.Log.Error("messages are not searchable yet; trying again", "err", err)
				}
			}
			if err != nil || n == 0 {
				break
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(max(5*time.Millisecond, time.Since(began)/2)):
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-ring:
		case <-tick.C:
			if idle++; idle%lookAgain == 0 {
				x.at = nil
			}
		}
	}
}

// CatchUp indexes everything up to now.
func (x *Indexer) CatchUp(ctx context.Context) (n int, err error) {
	x.at = nil // somebody may have emptied the index
	for {
		took, err := x.Step(ctx)
		n += took
		if err != nil || took == 0 {
			return n, err
		}
	}
}

// Rebuild empties the index; whoever indexes begins anew.
func Rebuild(ctx context.Context, db *store.DB) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		return errors.Join(tx.Unindex(ctx), tx.DropSearchMessages(ctx), tx.DropSearchCursors(ctx))
	})
}

// Behind tells how many feed numbers are not looked through yet, and nothing
// about how many messages they are.
func Behind(ctx context.Context, db *store.DB) (int64, error) {
	cursors, err := db.Read().SearchCursors(ctx)
	if err != nil {
		return 0, err
	}
	counters, err := db.Read().Counters(ctx)
	if err != nil {
		return 0, err
	}
	at := map[int64]int64{}
	for _, c := range cursors {
		at[c.Bucket] = c.Seq
	}
	var n int64
	for _, c := range counters {
		n += c.NextSeq - at[c.Bucket]
	}
	return n, nil
}

// load reads the cursors, and makes them in a new database.
func (x *Indexer) load(ctx context.Context) error {
	rows, err := x.DB.Read().SearchCursors(ctx)
	if err != nil {
		return err
	}
	if len(rows) < crm.Buckets {
		if err := x.DB.InTx(ctx, func(tx *store.Tx) error {
			for b := range int64(crm.Buckets) {
				if err := tx.AddSearchCursor(ctx, b); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		if rows, err = x.DB.Read().SearchCursors(ctx); err != nil {
			return err
		}
	}
	x.at, x.in = map[int64]int64{}, map[int64]int64{}
	for _, r := range rows {
		x.at[r.Bucket], x.in[r.Bucket] = r.Seq, r.Seq
	}
	return nil
}

// errMoved means that somebody else moved a cursor.
var errMoved = errors.New("search: another indexer was here")

// keepEvery is how far behind a cursor may stand in the database when there was
// nothing to index: after a start, so much is looked through again for nothing.
const keepEvery = 2000

// Step indexes some messages, 0 when there is nothing to do.
func (x *Indexer) Step(ctx context.Context) (n int, err error) {
	if x.at == nil {
		if err := x.load(ctx); err != nil {
			return 0, err
		}
	}
	counters, err := x.DB.Read().Counters(ctx)
	if err != nil {
		return 0, err
	}
	moves := map[int64]int64{}
	var rows []sqlgen.MessagesToIndexRow
	var buckets []int64
	for _, c := range counters {
		if c.NextSeq <= x.at[c.Bucket] {
			continue
		}
		room := perBatch - len(rows)
		if room <= 0 {
			break
		}
		found, err := x.DB.Read().MessagesToIndex(ctx, sqlgen.MessagesToIndexParams{Bucket: c.Bucket, After: x.at[c.Bucket], Until: c.NextSeq, MaxRows: int64(room)})
		if err != nil {
			return 0, err
		}
		to := c.NextSeq
		if len(found) == room {
			to = found[room-1].Seq
		}
		if len(found) == 0 && to-x.in[c.Bucket] < keepEvery {
			x.at[c.Bucket] = to // worth no write
			continue
		}
		moves[c.Bucket] = to
		for _, r := range found {
			rows, buckets = append(rows, r), append(buckets, c.Bucket)
		}
	}
	if len(moves) == 0 {
		return 0, nil
	}
	docs := make([]store.Document, len(rows)) // made before the writer is held
	for i := range rows {
		docs[i] = document(&rows[i])
	}
	err = x.DB.InTx(ctx, func(tx *store.Tx) error { return x.write(ctx, tx, moves, buckets, rows, docs) })
	if errors.Is(err, errMoved) {
		x.at = nil
		return 1, nil // read where it is, and go on
	}
	if err != nil {
		return 0, err
	}
	for b, to := range moves {
		x.at[b], x.in[b] = to, to
	}
	return max(len(rows), 1), nil
}

func (x *Indexer) write(ctx context.Context, tx *store.Tx, moves map[int64]int64, buckets []int64, rows []sqlgen.MessagesToIndexRow, docs []store.Document) error {
	for b := range int64(crm.Buckets) { // ascending, so that two indexers meet in one order
		to, ok := moves[b]
		if !ok {
			continue
		}
		n, err := tx.MoveSearchCursor(ctx, sqlgen.MoveSearchCursorParams{Next: to, Bucket: b, Seq: x.in[b]})
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved
		}
	}
	kept := make([]store.Document, 0, len(docs))
	for i := range rows {
		if !searched(&rows[i]) {
			continue
		}
		n, err := number(ctx, tx, buckets[i], &rows[i])
		if err != nil {
			return err
		}
		docs[i].N = n
		kept = append(kept, docs[i])
	}
	return tx.Index(ctx, kept)
}

// number gives a message its number. Messages of one millisecond may want the
// same: the later one takes the next that is free.
func number(ctx context.Context, tx *store.Tx, bucket int64, r *sqlgen.MessagesToIndexRow) (int64, error) {
	n, err := tx.SearchMessage(ctx, sqlgen.SearchMessageParams{Bucket: bucket, InteractionID: r.ID})
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return n, err
	}
	for n = numberOf(r.ID); ; n++ {
		made, err := tx.AddSearchMessage(ctx, sqlgen.AddSearchMessageParams{Bucket: bucket, InteractionID: r.ID, N: n})
		if err != nil || made == 1 {
			return n, err
		}
	}
}

// numberBits are the bits below the millisecond.
const numberBits = 20

func numberOf(id crm.ID) int64 {
	ms := int64(binary.BigEndian.Uint64(id[:8])>>16) & (1<<43 - 1)
	return ms<<numberBits | int64(binary.BigEndian.Uint32(id[10:14])>>12)
}

// numberAt is the first number of a moment.
func numberAt(t time.Time) int64 { return max(t.UnixMilli(), 0) << numberBits }

// searched reports whether a contact is words of people.
func searched(r *sqlgen.MessagesToIndexRow) bool {
	switch crm.Kind(r.Kind) {
	case crm.KindEvent, crm.KindVisit, crm.KindOrder:
		return false
	}
	return r.ConversationID != crm.ID{}
}

// document are the words of a message.
func document(r *sqlgen.MessagesToIndexRow) store.Document {
	var d store.Document
	if !searched(r) {
		return d
	}
	var a struct {
		Participants []crm.Participant `json:"participants"`
		Attachments  []struct {
			Name string `json:"name"`
		} `json:"attachments"`
	}
	_ = json.Unmarshal([]byte(r.Attrs), &a) // a row of ours; without it, its text is still found
	d.Words[store.InSubject] = words(r.Subject)
	d.Words[store.InBody] = words(r.Text)
	facts := []string{"_ch_" + r.Channel, ProfileMark(r.ProfileID), SourceMark(r.Source)}
	for _, p := range a.Participants {
		if p.Kind == crm.AnonymousID {
			continue
		}
		f := store.InRecipient
		if p.Role == crm.From || p.Role == crm.Agent {
			f = store.InSender
		}
		d.Words[f] = append(append(d.Words[f], words(p.Name)...), words(p.Value)...)
	}
	if len(a.Attachments) > 0 {
		facts = append(facts, "_att")
		for _, f := range a.Attachments {
			d.Words[store.InBody] = append(d.Words[store.InBody], words(f.Name)...)
		}
	}
	d.Words[store.InFacts] = facts
	return d
}

// ProfileMark stands for a profile, SourceMark for a source.
func ProfileMark(id crm.ID) string { return "_p_" + hex.EncodeToString(id[:]) }

// SourceMark stands for a source, such as that of an inbox.
func SourceMark(source string) string { return "_s_" + hex.EncodeToString([]byte(source)) }
