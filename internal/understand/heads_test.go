package understand

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/understand/models"
)

// devEmotions is the development part of GoEmotions in our labels.
func devEmotions(t *testing.T) []HeadExample {
	t.Helper()
	var c struct {
		Labels       []string
		Ekman, Group map[string][]string
	}
	data, err := os.ReadFile(shared(t, "goemotions", "labels.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	coarse := func(groups map[string][]string, label string) string {
		for name, labels := range groups {
			if slices.Contains(labels, label) {
				return name
			}
		}
		return label
	}
	f, err := os.Open(shared(t, "goemotions", "dev.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []HeadExample
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		text, ids, _ := strings.Cut(lines.Text(), "\t")
		e := HeadExample{Text: text}
		var groups []string
		for _, id := range strings.Split(ids, ",") {
			k, err := strconv.Atoi(id)
			if err != nil {
				continue // the header
			}
			e.Labels = append(e.Labels, emotionPrefix+coarse(c.Ekman, c.Labels[k]))
			groups = append(groups, coarse(c.Group, c.Labels[k]))
		}
		slices.Sort(groups)
		if groups = slices.Compact(groups); len(groups) == 1 && groups[0] != "ambiguous" {
			e.Labels = append(e.Labels, sentimentPrefix+groups[0])
		}
		if len(e.Labels) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// The baselines of the reference on this part: Ekman macro-F1 .586, micro-F1
// .662, sentiment accuracy 73.7, macro-F1 .72. The interval is about a point.
func TestHeadsOnDev(t *testing.T) {
	t.Parallel()
	h, err := loadHeads(models.Heads)
	if err != nil {
		t.Fatal(err)
	}
	var rep HeadReport
	h.measure(devEmotions(t), &rep)
	t.Logf("%+v", rep)
	if rep.EmotionMacroF1 < .576 || rep.EmotionMicroF1 < .652 {
		t.Errorf("Ekman macro-F1 %.3f, micro-F1 %.3f: below the baseline", rep.EmotionMacroF1, rep.EmotionMicroF1)
	}
	if rep.SentimentAccuracy < .727 || rep.SentimentMacroF1 < .71 {
		t.Errorf("sentiment accuracy %.3f, macro-F1 %.3f: below the baseline", rep.SentimentAccuracy, rep.SentimentMacroF1)
	}
}

func TestTrainHeads(t *testing.T) {
	t.Parallel()
	var train []HeadExample
	for range 20 {
		train = append(train,
			HeadExample{"I love this so much", []string{"emotion.joy", "sentiment.positive"}},
			HeadExample{"this is awful and I hate it", []string{"emotion.anger", "sentiment.negative"}},
			HeadExample{"the parcel is in the car", []string{"emotion.neutral", "sentiment.neutral"}})
	}
	data, rep, err := TrainHeads(train, train, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if rep.EmotionMacroF1 < .99 || rep.SentimentAccuracy < .99 {
		t.Errorf("three texts are not told apart: %+v", rep)
	}
	again, _, _ := TrainHeads(train, train, 0, 1)
	if string(again) != string(data) {
		t.Error("two trainings differ")
	}
	if _, err := loadHeads(data); err != nil {
		t.Error(err)
	}
	if _, _, err := TrainHeads(nil, nil, 0, 1); err == nil {
		t.Error("heads were trained on nothing")
	}
}
