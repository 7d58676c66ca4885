package demo

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Scripts leave no marks in what is told, and every contact says something.
func TestNoScriptMarks(t *testing.T) {
	t.Parallel()
	for _, it := range items(t, noon) {
		e := it.Envelope
		for _, s := range []string{e.Subject, e.Text, e.Quoted, e.HTML} {
			plain := strings.ReplaceAll(s, "\n", " ")
			if strings.ContainsAny(plain, "${}|") || strings.Contains(plain, " / ") || strings.Contains(plain, " ,") || strings.Contains(plain, " . ") || !utf8.ValidString(s) {
				t.Errorf("%s: %q", e.ExternalID, s)
			}
		}
		if e.Text == "" {
			t.Errorf("%s says nothing", e.ExternalID)
		}
		if e.Channel == crm.Mail && e.Subject == "" {
			t.Errorf("%s has no subject", e.ExternalID)
		}
	}
}

// A customer never hears or says the same long sentence in two neighbouring
// contacts, and neither do ten neighbouring contacts of the whole firm.
func TestNoRepeatedTexts(t *testing.T) {
	t.Parallel()
	var recent []string
	repeats := 0
	total := map[string]int{}
	for _, it := range items(t, noon) {
		e := it.Envelope
		if e.Channel == crm.Web || e.Automatic || len(e.Text) < 40 {
			continue
		}
		total[e.Text]++
		for _, r := range recent {
			if r == e.Text {
				repeats++
				t.Logf("%s repeats %q", e.ExternalID, e.Text)
			}
		}
		if recent = append(recent, e.Text); len(recent) > 10 {
			recent = recent[1:]
		}
	}
	if repeats > 0 {
		t.Errorf("%d texts repeat among ten neighbours", repeats)
	}
	often := 0
	for text, n := range total {
		if n > 5 {
			often++
			t.Logf("%d times: %q", n, text)
		}
	}
	if often > 10 {
		t.Errorf("%d texts are told more than five times", often)
	}
}

// Every story is told, apart from those for languages that a burst didn't
// draw, and every story has enough phrasings where people speak.
func TestStories(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for _, it := range items(t, noon) {
		id := it.Envelope.ExternalID
		for _, s := range scripts().stories {
			if strings.HasPrefix(id, s.name+"-") || strings.HasPrefix(id, s.name+".") {
				told[s.name] = true
			}
		}
	}
	kinds := map[string]bool{}
	for _, s := range scripts().stories {
		if !told[s.name] {
			t.Errorf("%s is never told", s.name)
		}
		if s.weight == 0 {
			continue
		}
		kinds[s.name] = true
		for i, st := range s.steps {
			ways := 0
			for _, text := range st.texts {
				ways += variants(text)
			}
			if (st.who == '>' || st.who == '<') && st.channel != "order" && ways < 3 {
				t.Errorf("%s/%s: step %d can be said in %d ways only", s.name, s.lang, i, ways)
			}
		}
	}
	if len(kinds) < 35 {
		t.Errorf("%d kinds of everyday stories", len(kinds))
	}
	t.Log(len(kinds), "kinds of everyday stories,", len(scripts().stories), "scripts")
}

// variants counts the texts that a script's text can become.
func variants(text string) int {
	seen := map[string]bool{}
	r := rand.New(rand.NewPCG(1, 1))
	for range 60 {
		seen[say(r, text, func(string) (string, bool) { return "", false })] = true
	}
	return len(seen)
}

func TestSay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	slot := func(name string) (string, bool) { return "<" + name + ">", name == "first" }
	for in, want := range map[string]string{
		"Hi $first.": "Hi <first>.", "$unknown": "$unknown", "{a}": "a", "{{b}}c": "bc", "{open": "{open", "": "", "$": "$", "{$first|$first}": "<first>",
	} {
		if got := say(r, in, slot); got != want {
			t.Errorf("say(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 3, 16, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		lang  string
		later time.Duration
		want  string
	}{
		{"en", 72 * time.Hour, "Monday"}, {"de", 72 * time.Hour, "Montag"}, {"nl", time.Hour, "maandag"},
		{"en", 200 * time.Hour, "16 March"}, {"de", 200 * time.Hour, "16. März"}, {"nl", 200 * time.Hour, "16 maart"},
	} {
		if got := dayName(c.lang, monday, monday.Add(c.later)); got != c.want {
			t.Errorf("%s after %v: %q, want %q", c.lang, c.later, got, c.want)
		}
	}
	if got := money("en", 1205) + money("de", 1205) + money("nl", 5); got != "€12.0512,05 €€ 0,05" {
		t.Error(got)
	}
}

// Agents answer in opening hours; customers don't write in the night.
func TestHours(t *testing.T) {
	t.Parallel()
	for _, it := range items(t, noon) {
		e := it.Envelope
		at := e.OccurredAt.In(zone)
		if strings.HasPrefix(e.ExternalID, "outage-") {
			continue
		}
		if e.Channel == crm.Phone && (at.Hour() < 8 || at.Hour() >= 20) {
			t.Errorf("%s: a call at %v", e.ExternalID, at)
		}
		if e.Channel == crm.Mail && e.Direction == crm.Out && !e.Automatic && (at.Weekday() == time.Sunday || at.Hour() < 8 || at.Hour() > 18) &&
			!fixedTimes(e.ExternalID) {
			t.Errorf("%s: an answer at %v", e.ExternalID, at)
		}
		if !e.Automatic && (at.Hour() >= 1 && at.Hour() < 6) {
			t.Errorf("%s: at %v", e.ExternalID, at)
		}
	}
}

// fixedTimes reports whether a story has fixed days, which may be Sundays.
func fixedTimes(id string) bool {
	return strings.HasPrefix(id, "piet-fault") || strings.HasPrefix(id, "revived")
}
