package flow_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func quarantined(t *testing.T, db *store.DB) []sqlgen.QuarantineRow {
	t.Helper()
	held, err := db.Read().Quarantine(context.Background(), sqlgen.QuarantineParams{ReceivedAt: math.MaxInt64, MaxRows: 100})
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func TestQuarantine(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		var parse atomic.Pointer[flow.Parser]
		set := func(p flow.Parser) { parse.Store(&p) }
		b := setupWith(t, db, flow.Options{Parsers: map[string]flow.Parser{"text/x": func(raw []byte, source, id string) (crm.Envelope, error) {
			return (*parse.Load())(raw, source, id)
		}}})
		broken := func(id string) crm.Item {
			return crm.Item{Problem: "It has no header.", Raw: []byte("raw of " + id), RawType: "text/x", Envelope: crm.Envelope{Source: "box", ExternalID: id}}
		}
		one := func(when string) sqlgen.QuarantineRow {
			t.Helper()
			held := quarantined(t, db)
			if len(held) != 1 {
				t.Fatalf("%s: %d in quarantine", when, len(held))
			}
			return held[0]
		}
		if r := b.submit(broken("1"))[0]; r.Status != flow.StatusQuarantined {
			t.Fatalf("%+v", r)
		}
		if r := b.submit(broken("1"))[0]; r.Status != flow.StatusRepeated || r.Problem == nil || !strings.Contains(r.Problem.Message, "no header") {
			t.Errorf("sent again: %+v", r)
		}
		held := one("at first")
		if held.Attempts != 1 || string(held.Head) != "raw of 1" || held.ID != capture.RawID("box", "1") {
			t.Errorf("%+v", held)
		}
		for name, c := range map[string]struct {
			parse  flow.Parser
			reason string
		}{
			"still broken": {func([]byte, string, string) (crm.Envelope, error) {
				return crm.Envelope{}, errors.New("Line 7\x00 is \xff odd.")
			}, "Line 7 is \uFFFD odd."},
			"says so": {func([]byte, string, string) (crm.Envelope, error) {
				return crm.Envelope{}, &crm.Error{Code: crm.Invalid, Message: "It has no date.", Err: errors.New("secret")}
			}, "It has no date."},
			"panics":       {func([]byte, string, string) (crm.Envelope, error) { panic("secret") }, "broke"},
			"breaks rules": {func([]byte, string, string) (crm.Envelope, error) { return crm.Envelope{Channel: "pigeon"}, nil }, "channel"},
		} {
			before := one(name).Attempts
			set(c.parse)
			r, err := b.e.Retry(ctx, held.ID)
			if err != nil || r.Status != flow.StatusQuarantined || r.Problem == nil {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
			if after := one(name); after.Attempts != before+1 || !strings.Contains(after.Reason, c.reason) || strings.Contains(after.Reason, "secret") {
				t.Errorf("%s: %d attempts, then %d, because %q", name, before, after.Attempts, after.Reason)
			}
		}

		// Several people press the button at once: it is taken once.
		set(func(raw []byte, source, id string) (crm.Envelope, error) {
			item := mail(id, monday, "jan@postvak.example", "", "When does it start?", "")
			item.Envelope.Source = "another source than it came from"
			return item.Envelope, nil
		})
		var fresh, refused atomic.Int64
		var wg sync.WaitGroup
		var id atomic.Pointer[crm.ID]
		for range 6 {
			wg.Go(func() {
				r, err := b.e.Retry(ctx, held.ID)
				switch {
				case err == nil && r.Status == flow.StatusNew:
					fresh.Add(1)
					id.Store(&r.ID)
				case err == nil && r.Status == flow.StatusRepeated && !r.ID.IsZero(), crm.CodeOf(err) == crm.NotFound:
					refused.Add(1)
				default:
					t.Errorf("%+v, %v", r, err)
				}
			})
		}
		wg.Wait()
		if fresh.Load() != 1 || refused.Load() != 5 || len(quarantined(t, db)) != 0 {
			t.Errorf("%d new, %d told that it is gone, %d still held", fresh.Load(), refused.Load(), len(quarantined(t, db)))
		}
		if r := b.submit(broken("1"))[0]; r.Status != flow.StatusRepeated || r.ID != *id.Load() {
			t.Errorf("sent again after it was taken: %+v, want %v", r, *id.Load())
		}
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}

		// Discarded: it does not come back, by no way.
		b.submit(broken("2"))
		held = one("to be discarded")
		if err := b.e.Discard(ctx, held.ID, "Ada"); err != nil {
			t.Fatal(err)
		}
		if r := b.submit(broken("2"))[0]; r.Status != flow.StatusRepeated || r.Problem == nil || !strings.Contains(r.Problem.Message, "discarded") {
			t.Errorf("a discarded one sent again: %+v", r)
		}
		_, err := b.e.Retry(ctx, held.ID)
		for what, err := range map[string]error{"retry": err, "discard again": b.e.Discard(ctx, held.ID, "Ada"), "discard nothing": b.e.Discard(ctx, crm.ID{15: 3}, "Ada")} {
			if crm.CodeOf(err) != crm.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		other := broken("3")
		other.RawType = "text/unknown"
		b.submit(other)
		if r, err := b.e.Retry(ctx, one("of no known kind").ID); err != nil || r.Status != flow.StatusQuarantined || !strings.Contains(r.Problem.Message, "can't be read again") {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestCorrections(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		b := setup(t, db)
		const text = "The frobnicator of my grandmother hums in the evening, and she would like it quieter."
		first := b.submit(mail("f1", monday, "jan@postvak.example", "", text, ""))[0]
		intent := "complaint"
		for _, name := range b.e.Reader().IntentNames() {
			if len(first.Reading.Intents) == 0 || first.Reading.Intents[0].Name != name {
				intent = name
				break
			}
		}
		for want, err := range map[crm.Code]error{
			crm.Invalid:  b.e.Correct(ctx, first.ID, "no such intent", "Ada"),
			crm.NotFound: b.e.Correct(ctx, crm.ID{15: 9}, intent, "Ada"),
		} {
			if crm.CodeOf(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
		if err := b.e.Correct(ctx, first.ID, intent, "Ada"); err != nil {
			t.Fatal(err)
		}
		again := b.submit(mail("f1", monday, "jan@postvak.example", "", text, ""))[0]
		if again.Status != flow.StatusRepeated || len(again.Reading.Intents) != 1 || again.Reading.Intents[0].Name != intent || again.Reading.Model != "person:Ada" || again.Reading.Unknown {
			t.Errorf("the reading now: %+v, want %s", again.Reading, intent)
		}
		if again.Reading.Language.Name != first.Reading.Language.Name || !reflect.DeepEqual(again.Reading.Urgency, first.Reading.Urgency) {
			t.Errorf("a correction of the intent changed more: %+v, was %+v", again.Reading, first.Reading)
		}
		versions := rows(t, db, "readings")
		examples := rows(t, db, "examples")
		if len(versions) != 2 || len(examples) != 1 || examples[0]["text"] != crm.ReadingText("", text) || examples[0]["intent"] != intent || examples[0]["author"] != "Ada" {
			t.Errorf("%d readings (the old one stays), examples %v", len(versions), examples)
		}
		near := b.submit(mail("f2", monday, "kim@postvak.example", "", strings.Replace(text, "quieter.", "quieter!", 1), ""))[0]
		if len(near.Reading.Intents) == 0 || near.Reading.Intents[0].Name != intent || near.Reading.Unknown {
			t.Errorf("nearly the same text: %+v, want %s", near.Reading, intent)
		}
		far := b.submit(mail("f3", monday, "kim@postvak.example", "", "Good morning. Where is my parcel?", ""))[0]
		if len(far.Reading.Intents) > 0 && far.Reading.Intents[0].Name == intent && far.Reading.Intents[0].Confidence > .9 {
			t.Errorf("a different text took the correction: %+v", far.Reading)
		}

		// A program that starts later knows it too; a second opinion replaces the first.
		later := setup(t, storetest.Open(t, db.URL))
		if err := later.e.LoadModels(ctx); err != nil {
			t.Fatal(err)
		}
		if r := later.submit(mail("f4", monday, "bas@postvak.example", "", text, ""))[0]; len(r.Reading.Intents) == 0 || r.Reading.Intents[0].Name != intent {
			t.Errorf("on another node: %+v, want %s", r.Reading, intent)
		}
		if err := b.e.Correct(ctx, first.ID, flow.None, "Bob"); err != nil {
			t.Fatal(err)
		}
		if got := rows(t, db, "examples"); len(got) != 1 || got[0]["intent"] != flow.None || got[0]["author"] != "Bob" {
			t.Errorf("the second opinion: %v", got)
		}
		if r := b.submit(mail("f5", monday, "eva@postvak.example", "", text, ""))[0]; !r.Reading.Unknown || len(r.Reading.Intents) > 0 && r.Reading.Intents[0].Name == flow.None {
			t.Errorf("a person said that it is none of the known intents, but the next is read as %+v", r.Reading)
		}

		// Taken back one by one: Ada's label applies again, then what the program
		// had read; a third time there is nothing left.
		now := func(id string) *crm.Reading {
			t.Helper()
			return b.submit(mail(id, monday, id+"@postvak.example", "", text, ""))[0].Reading
		}
		if err := b.e.TakeBack(ctx, first.ID, "Cas"); err != nil {
			t.Fatal(err)
		}
		if r := now("f1"); r.Model != "person:Ada" || r.Intent() != intent {
			t.Errorf("after one was taken back: %+v, want Ada's %s", r, intent)
		}
		if r := now("f6"); r.Intent() != intent || r.Labelled == nil || r.Labelled.Author != "Ada" {
			t.Errorf("the next text after one was taken back: %+v, want %s as Ada said", r, intent)
		}
		if err := b.e.TakeBack(ctx, first.ID, "Cas"); err != nil {
			t.Fatal(err)
		}
		if r := now("f1"); !reflect.DeepEqual(r, first.Reading) {
			t.Errorf("after both were taken back: %+v, want %+v", r, first.Reading)
		}
		if r := now("f7"); r.Intent() == intent || r.Labelled != nil {
			t.Errorf("a label that was taken back still applies: %+v", r)
		}
		if err := b.e.TakeBack(ctx, first.ID, "Cas"); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("taken back a third time: %v", err)
		}
		kept := rows(t, db, "labels")
		if len(kept) != 2 || len(rows(t, db, "examples")) != 0 {
			t.Errorf("%d labels, want 2; %d examples, want none", len(kept), len(rows(t, db, "examples")))
		}
		for _, l := range kept {
			if l["undone_by"] != "Cas" || l["undone_at"] == int64(0) || l["read_as"] != first.Reading.Intent() {
				t.Errorf("the history: %v, want it to say that Cas took it back and that %q had been read", l, first.Reading.Intent())
			}
		}
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%q", wrong)
		}
	})
}
