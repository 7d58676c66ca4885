package understand

import (
	"os"
	"slices"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

// devEmotions is the development part of GoEmotions.
func devEmotions(t *testing.T) []HeadExample {
	t.Helper()
	names, err := os.ReadFile(shared(t, "goemotions", "labels.json"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := ReadHeadNames(names)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(shared(t, "goemotions", "dev.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ReadHeads(data, n)
	if err != nil {
		t.Fatal(err)
	}
	return set.Examples
}

// What the embedded model must reach on this part: macro-F1 of the 28 labels,
// Ekman's classes and the groups, and of sentiment.
func TestHeadsOnDev(t *testing.T) {
	t.Parallel()
	f, err := EvaluateEmbeddedHeads(devEmotions(t))
	if err != nil {
		t.Fatal(err)
	}
	floor := map[string]float64{"fine": .49, "emotion": .60, "group": .67}
	for _, l := range f.Levels {
		t.Logf("%s: macro-F1 %.4f, micro-F1 %.4f, mean AP %.4f, best right %.4f", l.Name, l.MacroF1, l.MicroF1, l.MeanAP, l.BestRight)
		if l.MacroF1 < floor[l.Name] {
			t.Errorf("%s: macro-F1 %.4f is below %.2f", l.Name, l.MacroF1, floor[l.Name])
		}
		delete(floor, l.Name)
	}
	if len(floor) > 0 {
		t.Errorf("not measured: %v", floor)
	}
	t.Logf("sentiment: %.4f right, macro-F1 %.4f, %d texts", f.SentimentRight, f.SentimentMacroF1, f.SentimentTexts)
	if f.SentimentRight < .737 || f.SentimentMacroF1 < .72 {
		t.Errorf("sentiment: %.4f right, macro-F1 %.4f: below the baseline", f.SentimentRight, f.SentimentMacroF1)
	}
}

func TestTrainHeads(t *testing.T) {
	t.Parallel()
	set := HeadSet{Parts: map[string][]string{"group.positive": {"fine.joy"}}}
	for range 20 {
		set.Examples = append(set.Examples,
			HeadExample{"I love this so much", []string{"fine.joy", "group.positive"}},
			HeadExample{"this is awful and I hate it", []string{"fine.anger", "group.negative"}},
			HeadExample{"the parcel is in the car", []string{"group.neutral"}})
	}
	h, err := trainHeads(set, 1)
	if err != nil {
		t.Fatal(err)
	}
	f := h.measure(set.Examples)
	if f.Levels[1].MacroF1 < .99 || f.SentimentRight < .99 {
		t.Errorf("three texts are not told apart: %+v", f.Levels)
	}
	again, err := TrainHeads(set, 1)
	if err != nil || string(again) != string(h.encode(kindHeads)) {
		t.Error("two trainings differ", err)
	}
	back, err := loadHeads(again, kindHeads, linearShare)
	if err != nil {
		t.Fatal(err)
	}
	if got := back.measure(set.Examples); got.Levels[0].MeanAP != f.Levels[0].MeanAP || len(back.parts[2])+len(back.parts[3])+len(back.parts[4]) != 1 {
		t.Error("the file does not hold the model")
	}
	for n := range len(again) {
		if n%97 == 0 {
			if _, err := loadHeads(again[:n], kindHeads, linearShare); err == nil {
				t.Fatalf("%d bytes of the file were taken for a model", n)
			}
		}
	}
	if _, err := TrainHeads(HeadSet{}, 1); err == nil {
		t.Error("heads were trained on nothing")
	}
}

// Thanks below a question end a letter; without one they are meant.
func TestThanksBelowAQuestion(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	read := func(text string) crm.Reading {
		return r.Read(Input{Text: text, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In})
	}
	for _, text := range []string{
		"Hey,\n\nIt's back since yesterday. What's the next step?\n\nThanks! Aisha",
		"When does it start? Can I already send texts from it today?\n\nThanks in advance, Jan",
		"Hallo, wann kommt mein Paket? Es sollte gestern da sein.\n\nVielen Dank, Bernd",
		"Bonjour, quand arrive ma commande ? Merci, Anne",
	} {
		if got := read(text); len(got.Asks) == 0 || len(got.Emotions) > 0 || got.Sentiment.Name == "positive" {
			t.Errorf("%q: %d asks, %+v, %+v", text, len(got.Asks), got.Emotions, got.Sentiment)
		}
	}
	if got := read("Es geht wieder, vielen Dank für die schnelle Hilfe."); got.Sentiment.Name != "positive" {
		t.Errorf("thanks alone in German: %+v", got.Sentiment)
	}
	for _, text := range []string{
		"Thanks a lot, that solved it! You are great.",
		"I love it, thanks! One more thing: when does the second part come?",
	} {
		if got := read(text); len(got.Emotions) == 0 || got.Emotions[0].Name != joy || got.Sentiment.Name != "positive" {
			t.Errorf("%q: %+v, %+v", text, got.Emotions, got.Sentiment)
		}
	}
}

func TestReadHeads(t *testing.T) {
	t.Parallel()
	names, err := ReadHeadNames([]byte(`{"labels":["anger","joy","neutral"],"ekman":{"anger":["anger"],"joy":["joy"],"neutral":["neutral"]},"group":{"positive":["joy"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	joy := []string{"emotion.joy", "fine.joy", "group.positive"}
	for name, text := range map[string]string{
		"numbers":      "text\tlabels\nhe said \"yes\t1\n",
		"no heading":   "he said \"yes\t1\tid7\n",
		"names":        "id,text,emotion\n7,\"he said \"\"yes\",joy\n",
		"flags":        "text,id,anger,joy,neutral\n\"he said \"\"yes\",7,0,1,0\n",
		"json list":    `{"text":"he said \"yes","labels":[1]}`,
		"json name":    `{"text":"he said \"yes","emotion":"Joy"}`,
		"several":      "text\tlabels\nhe said \"yes\t1,1\n",
		"list as text": "text\tlabels\nhe said \"yes\t['joy']\n",
	} {
		set, err := ReadHeads([]byte(text), names)
		if err != nil || len(set.Examples) != 1 || set.Examples[0].Text != `he said "yes` || !slices.Equal(set.Examples[0].Labels, joy) {
			t.Errorf("%s: %+v, %v", name, set, err)
		}
	}
	set, err := ReadHeads([]byte("text,label\nso sad,grief\n"), names)
	if err != nil || !slices.Equal(set.Examples[0].Labels, []string{"grief"}) {
		t.Errorf("other labels are taken as they are: %+v %v", set, err)
	}
	for _, bad := range []string{"", "text\tlabels\n", "only one column\nanother\n", "{\"text\":\"a\"}", "{"} {
		if _, err := ReadHeads([]byte(bad), names); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
