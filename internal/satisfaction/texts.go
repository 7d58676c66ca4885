package satisfaction

import (
	"embed"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

//go:embed texts/*.json
var textFiles embed.FS

// texts are what customers read, in one language.
type texts struct {
	CSAT        string `json:"csat"`
	CSATLow     string `json:"csat_low"`
	CSATHigh    string `json:"csat_high"`
	NPS         string `json:"nps"`
	NPSLow      string `json:"nps_low"`
	NPSHigh     string `json:"nps_high"`
	CES         string `json:"ces"`
	CESLow      string `json:"ces_low"`
	CESHigh     string `json:"ces_high"`
	Subject     string `json:"subject"`
	Hello       string `json:"hello"`
	Hint        string `json:"hint"`
	Send        string `json:"send"`
	Change      string `json:"change"`
	Comment     string `json:"comment"`
	Thanks      string `json:"thanks"`
	Until       string `json:"until"`
	Choose      string `json:"choose"`
	Expired     string `json:"expired"`
	ExpiredText string `json:"expired_text"`
	Broken      string `json:"broken"`
	BrokenText  string `json:"broken_text"`
	Stop        string `json:"stop"`
	Scale       string `json:"scale"`
}

// readTexts reads all languages once.
var readTexts = sync.OnceValues(func() (map[string]*texts, error) {
	out := map[string]*texts{}
	for _, l := range inboxes.SurveyLanguages {
		data, err := textFiles.ReadFile("texts/" + l + ".json")
		if err != nil {
			return nil, err
		}
		t := new(texts)
		if err := json.Unmarshal(data, t); err != nil {
			return nil, err
		}
		out[l] = t
	}
	return out, nil
})

// textsOf gives the texts of a language, which is one of inboxes.SurveyLanguages.
func textsOf(l string) (*texts, error) {
	all, err := readTexts()
	if err != nil {
		return nil, err
	}
	return all[l], nil
}

func known(l string) bool { return slices.Contains(inboxes.SurveyLanguages, l) }

// pick is the language to ask in: the customer's, else the only one that the inbox
// has a question for, else English.
func pick(customers string, questions map[string]string) string {
	if known(customers) {
		return customers
	}
	if len(questions) == 1 {
		for l := range questions {
			return l
		}
	}
	return "en"
}

var matcher = sync.OnceValue(func() language.Matcher {
	tags := make([]language.Tag, len(inboxes.SurveyLanguages))
	for i, l := range inboxes.SurveyLanguages {
		tags[i] = language.MustParse(l)
	}
	return language.NewMatcher(tags)
})

// accepted is the language of a browser of which nothing else is known.
func accepted(header string) string {
	_, i := language.MatchStrings(matcher(), header[:min(len(header), 200)])
	return inboxes.SurveyLanguages[i]
}

// question is what is asked: the inbox's words, else the usual ones.
func (t *texts) question(set *inboxes.Survey, l, brand string) string {
	text := set.Questions[l]
	if text == "" {
		text = map[string]string{CSAT: t.CSAT, NPS: t.NPS, CES: t.CES}[set.Kind]
	}
	return strings.ReplaceAll(text, "{{firm.name}}", brand)
}

// ends are what the lowest and the highest score mean.
func (t *texts) ends(kind string) (low, high string) {
	switch kind {
	case NPS:
		return t.NPSLow, t.NPSHigh
	case CES:
		return t.CESLow, t.CESHigh
	}
	return t.CSATLow, t.CSATHigh
}

// scaleWords say what the numbers mean, for those who can't see how they stand.
func (t *texts) scaleWords(kind string) string {
	s := scales[kind]
	low, high := t.ends(kind)
	return strings.NewReplacer("{low}", strconv.FormatInt(s.Low, 10), "{high}", strconv.FormatInt(s.High, 10), "{lowest}", low, "{highest}", high).Replace(t.Scale)
}

// dated puts the day of a time into a text, in the form that every language reads.
func dated(text string, micros int64) string {
	return strings.ReplaceAll(text, "{date}", crm.FromMicros(micros).UTC().Format(time.DateOnly))
}

func trim(s string) string { return strings.TrimSpace(s) }
