package understand

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestReadDialogues(t *testing.T) {
	t.Parallel()
	star := `{"id":3,"level":"Complete","multi_task":false,"tasks":["weather"],"user_answers":[["Did the assistant stay calm?",true],["Did it tell you the weather?",false]],` +
		`"events":[[0,"user","hello"],[1,"action","hello","Hello!"],[2,"query","weather",[{"Day":"\"Friday\""}]],[null,"result","weather",{"Weather":"Sunny","id":7},-1],[3,"wizard","One moment"],[3,"select_task","x"],[4,"complete"]]}`
	want := []Turn{
		{By: Customer, Text: "hello"}, {By: Agent, Kind: Act, Label: "hello", Text: "Hello!"},
		{By: Agent, Kind: Query, Label: "weather", Text: "Day=\"Friday\"\n "}, {By: System, Kind: Result, Label: "weather", Text: "Weather=Sunny\nid=7\n", Found: -1},
		{By: Agent, Text: "One moment"},
	}
	got, err := ReadDialogues([]byte("\n" + star + "\n\n" + star + "\n"))
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	d := got[0]
	if d.ID != "3" || d.Task != "weather" || !d.Complete || d.Resolved == nil || *d.Resolved || !slices.Equal(d.Turns, want) {
		t.Errorf("%+v", d)
	}
	own := `{"id":"a-1","split":"test","task":"refund","resolved":true,"turns":[{"by":"customer","text":"refund please"},{"by":"agent","label":"ask_order","text":"Which order?"},{"by":"agent","kind":"query","label":"orders"},{"by":"system","kind":"result","label":"orders","found":0}]}`
	got, err = ReadDialogues([]byte(own))
	if err != nil || len(got) != 1 || got[0].split() != "test" || !*got[0].Resolved || actionOf(&got[0].Turns[1]) != "ask_order" || actionOf(&got[0].Turns[2]) != queryLabel || kindOf(&got[0].Turns[3]) != "result none" {
		t.Errorf("%+v %v", got, err)
	}
	abcd := `{"convo_id":7,"delexed":[{"speaker":"customer","text":"hi","targets":["return_size",null,null,[],-1]},{"speaker":"action","text":"pulled up","targets":["return_size","take_action","pull-up-account",["x"],-1]}]}`
	got, err = ReadDialogues([]byte(`{"train":[` + abcd + `],"test":[` + abcd + `]}`))
	if err != nil || len(got) != 2 || got[0].Split != "test" || got[1].split() != "train" || got[1].Task != "return_size" || actionOf(&got[1].Turns[1]) != "pull-up-account" {
		t.Errorf("%+v %v", got, err)
	}
	if list, err := ReadDialogues([]byte("[" + abcd + "]")); err != nil || len(list) != 1 || list[0].ID != "7" {
		t.Errorf("%+v %v", list, err)
	}
	for _, bad := range []string{"", "text,label\na,b\n", `{"id":1}`, `{"id":1,"events":[[1]]}`, `{"id":1,"events":["x"]}`, `{"id":1,"turns":[{"by":"nobody","text":"x"}]}`,
		`{"id":1,"turns":[{"by":"agent","kind":"dance"}]}`, `[1]`, star + "\n{", `{"id":1,"events":[[0,7]]}`} {
		if _, err := ReadDialogues([]byte(bad)); !errors.Is(err, ErrDialogue) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzReadDialogues(f *testing.F) {
	f.Add([]byte(`{"id":1,"events":[[0,"user","a"],[null,"result","w",{},0]]}`))
	f.Add([]byte(`{"train":[{"delexed":[{"speaker":"action","targets":[1]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := ReadDialogues(data)
		if err != nil && !errors.Is(err, ErrDialogue) {
			t.Error(err)
		}
		r := newStepReader()
		for _, d := range list {
			for i := range d.Turns {
				r.read(d.Turns[:i], d.Task)
			}
			r.readOutcome(d.Turns)
		}
	})
}

// shop makes dialogues in which the next action follows from what was said and
// done, and the outcome from what the agent said last.
func shop(n int) []Dialogue {
	out := make([]Dialogue, 0, n)
	for i := range n {
		wish, action := "where is my parcel", "track"
		if i%3 == 0 {
			wish, action = "I want my money back", "refund"
		}
		resolved := i%4 != 0
		last := "It is done, you get a mail"
		if !resolved {
			last = "Sorry, I can not help with that"
		}
		out = append(out, Dialogue{ID: fmt.Sprint("d", i), Complete: true, Resolved: &resolved, Turns: []Turn{
			{By: Customer, Text: "hello"}, {By: Agent, Kind: Act, Label: "greet", Text: "Hello"},
			{By: Customer, Text: wish}, {By: Agent, Kind: Act, Label: action, Text: last}, {By: Customer, Text: "ok"},
			{By: Agent, Kind: Act, Label: "bye", Text: "Bye"},
		}})
	}
	return out
}

func TestActions(t *testing.T) {
	t.Parallel()
	f, err := EvaluateActions(shop(150), ActionEvaluation{Part: "test", Seed: 1})
	if err != nil || f.Accuracy < .99 || f.Top3 < .99 || f.Complete < .99 || f.Steps != 3*f.Dialogues || f.Majority > .5 {
		t.Errorf("%+v %v", f, err)
	}
	m, rep, err := TrainActions(shop(150), false, 1)
	if err != nil || rep.Accuracy < .99 || rep.Coverage < .99 || rep.Actions != 4 {
		t.Fatalf("%+v %v", rep, err)
	}
	again, _, _ := TrainActions(shop(150), false, 1)
	data := m.Encode()
	if string(data) != string(again.Encode()) {
		t.Error("two trainings differ")
	}
	back, err := LoadActions(data)
	if err != nil {
		t.Fatal(err)
	}
	got := back.Next([]Turn{{By: Customer, Text: "hi"}, {By: Agent, Kind: Act, Label: "greet"}, {By: Customer, Text: "my money back please"}}, "")
	if len(got) != 3 || got[0].Action != "refund" || !got[0].Sure || got[0].Confidence < got[1].Confidence || len(got[0].Why) == 0 {
		t.Errorf("%+v", got)
	}
	if _, err := LoadActions(data[:len(data)-1]); err == nil {
		t.Error("half a file was taken for a model")
	}
	if _, _, err := TrainActions(shop(10), false, 1); !errors.Is(err, errFewSteps) {
		t.Errorf("ten dialogues: %v", err)
	}
}

// Broken dialogues and those of several tasks are learned from, never measured.
func TestActionsOfAllDialogues(t *testing.T) {
	t.Parallel()
	whole := shop(150)
	for i := range whole {
		whole[i].Task = "parcel"
	}
	alone, err := EvaluateActions(whole, ActionEvaluation{Part: "test", Tasks: true, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	broken, several := shop(300)[150:225], shop(300)[225:]
	for i := range broken {
		broken[i].Task, broken[i].Complete = "parcel", false
	}
	training := alone.Train
	for _, d := range slices.Concat(broken, several) {
		training += count(d.split() == "train")
	}
	all := slices.Concat(whole, broken, several)
	o := ActionEvaluation{Part: "test", Tasks: true, Seed: 1, WholeOnly: true}
	if f, err := EvaluateActions(all, o); err != nil || f.Train != alone.Train {
		t.Errorf("%d dialogues learned from, not %d, %v", f.Train, alone.Train, err)
	}
	o.WholeOnly = false
	f, err := EvaluateActions(all, o)
	if err != nil || f.Dialogues != alone.Dialogues || f.Steps != alone.Steps || f.Train != training || f.Accuracy < .99 {
		t.Errorf("%d dialogues measured and %d learned from, not %d and %d; accuracy %v, %v", f.Dialogues, f.Train, alone.Dialogues, training, f.Accuracy, err)
	}
}

func TestOutcome(t *testing.T) {
	t.Parallel()
	for _, actions := range []bool{false, true} {
		f, err := EvaluateOutcome(shop(120), actions, 1)
		if err != nil || f.AUROC < .99 || f.APOpen < .99 || f.Dialogues != 120 || f.Open != .25 {
			t.Errorf("%v: AUROC %v, AP %v, %v", actions, f.AUROC, f.APOpen, err)
		}
	}
	data, err := TrainOutcome(shop(120), false, 1)
	if err != nil {
		t.Fatal(err)
	}
	m, err := LoadOutcome(data)
	if err != nil {
		t.Fatal(err)
	}
	good := m.Resolved([]Turn{{By: Customer, Text: "my money back"}, {By: Agent, Text: "It is done"}})
	bad := m.Resolved([]Turn{{By: Customer, Text: "my money back"}, {By: Agent, Text: "I can not help with that"}})
	if good < .7 || bad > .3 {
		t.Errorf("done %v, not done %v", good, bad)
	}
	if f, err := EvaluateOutcomeOn(shop(120), shop(40), 1); err != nil || f.AUROC < .99 || f.Dialogues != 40 {
		t.Errorf("on others: %+v, %v", f, err)
	}
	if _, err := EvaluateOutcome(shop(20), true, 1); !errors.Is(err, errFewOutcomes) {
		t.Errorf("twenty dialogues: %v", err)
	}
}
