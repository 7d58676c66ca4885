package journey

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestFitFollowsTheExamples(t *testing.T) {
	t.Parallel()
	var with, without vector
	with[fBias], with[fIntent], without[fBias] = 1, 1, 1
	var examples []example
	for range 50 {
		examples = append(examples, example{x: []vector{with, without}, right: []bool{true, false}, weight: 1},
			example{x: []vector{without}, right: []bool{false}, weight: 1})
	}
	var start Weights
	w := fit(examples, start)
	if w.score(&with) < 1 || w.score(&without) > -1 {
		t.Errorf("with the same intent %.2f, without %.2f", w.score(&with), w.score(&without))
	}
	if w[fProduct] != start[fProduct] {
		t.Error("what the examples don't show must keep its weight")
	}
}

func TestParametersGoThroughJSON(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(learned())
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseParameters(data)
	if err != nil || back.Weights != learned().Weights || len(back.Common) != len(learned().Common) {
		t.Errorf("not the same: %v", err)
	}
	if _, err := ParseParameters([]byte(`{"weights":{"bias":1}}`)); err == nil || !strings.Contains(err.Error(), "gap") {
		t.Errorf("weights are missing: %v", err)
	}
}

// People put together, ten times over, what names the same product in other
// words and with another intent; the synthetic chains know no products. After
// training the linker does as they did, and other servers take it over.
func TestTrainLearnsFromPeople(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.s.learnFrom = learnSeeds[:2]
		for i := range 10 {
			members := w.customer("c"+string(rune('a'+i)), 1)
			var pair []*Contact
			for k, text := range []string{"The screen stays dark in the morning", "Which shop takes something in for mending"} {
				at := monday.Add(time.Duration(i*100+k*30) * time.Hour)
				c := &Contact{At: at, Profile: members[0], CustomerID: members[0].ID, Members: members, Channel: crm.Phone, Kind: crm.KindCall, Direction: crm.In,
					Text: text, Reading: &crm.Reading{Intents: []crm.Label{{Name: []string{"technical_fault", "repair"}[k], Confidence: .9}},
						Entities: []crm.Entity{{Kind: "product", Value: "Aurel X4"}}}}
				c.ID = crm.DerivedID(at, "train", string(rune('a'+i)), string(rune('a'+k))).InBucket(c.Profile.Bucket)
				c.ConversationID = crm.DerivedID(at, "v", string(rune('a'+i)), string(rune('a'+k))).InBucket(c.Profile.Bucket)
				pair = append(pair, c)
				w.now = at
				w.link([]*Contact{c})
			}
			if pair[0].JourneyID == pair[1].JourneyID {
				t.Fatal("the linker was expected to part them")
			}
			if err := w.s.Merge(t.Context(), pair[0].JourneyID, pair[1].JourneyID, "marcus"); err != nil {
				t.Fatal(err)
			}
		}
		out, err := w.s.Train(t.Context(), nil, "test")
		if err != nil {
			t.Fatal(err)
		}
		if out.Corrections != 10 || out.Before != 0 || out.Agrees != 1 || !out.Promoted {
			t.Errorf("%+v", out)
		}
		other := New(db, w.s.clock)
		if err := other.LoadParameters(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := other.linker().parameters().Weights[fProduct]; math.Abs(got-w.s.linker().parameters().Weights[fProduct]) > 1e-3 || got < prior[fProduct]+.5 {
			t.Errorf("another server weighs the product %.2f", got)
		}
	})
}

func TestLabelledFile(t *testing.T) {
	t.Parallel()
	write := func(name, text string) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	csv := write("a.csv", "time,customer,channel,direction,text,intent,journey\n"+
		"2026-03-02T10:00:00Z,jan,mail,in,When does my text plan start?,service_start,1\n"+
		"2026-03-05T10:00:00Z,jan,phone,in,Asks when the text plan starts,service_start,1\n"+
		"2026-03-05 12:00,jan,chat,in,Invoice is too high this month,invoice_question,2\n"+
		"1772800000,piet,mail,in,Where is my parcel,delivery_late,3\n")
	report, err := Evaluate(csv, nil, 0, nil, nil)
	if err != nil || report.N != 4 || report.Value != 1 || report.Data[0].N != 4 {
		t.Errorf("%+v, %v", report, err)
	}
	lines := write("b.jsonl", `{"at":"2026-03-02","user":"jan","body":"When does it start","gold":"a"}`+"\n"+`{"at":"2026-03-03","user":"jan","body":"When does it start now","gold":"a"}`)
	read := func(c *Contact) crm.Reading {
		return crm.Reading{Intents: []crm.Label{{Name: "service_start", Confidence: .9}}}
	}
	if report, err := Evaluate(lines, nil, 0, read, nil); err != nil || report.N != 2 || report.Value != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	for name, text := range map[string]string{"no truth": "time,customer\n2026-03-02,jan\n2026-03-02,jan\n", "no time": "time,customer,journey\nsoon,jan,1\nlater,jan,1\n", "empty": ""} {
		if _, err := Evaluate(write("bad.csv", text), nil, 0, nil, nil); err == nil || !strings.Contains(err.Error(), "bad.csv") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
