package inboxes

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Survey is what customers are asked after a case is done.
type Survey struct {
	Kind      string            `json:"kind,omitempty" enum:"none,csat,nps,ces" doc:"csat: satisfied, 1 to 5; nps: would recommend, 0 to 10; ces: it was easy, 1 to 7. Default: none"`
	DelayMin  *int              `json:"delay_min,omitempty" minimum:"0" maximum:"43200" doc:"Minutes that a case must stay done before the customer is asked. Default: 60"`
	QuietDays *int              `json:"quiet_days,omitempty" minimum:"0" maximum:"365" doc:"A customer who was asked is left alone for so many days. Default: 30"`
	Questions map[string]string `json:"questions,omitempty" doc:"What is asked, by language (ISO 639-1). {{firm.name}} stands for the brand. Default: the usual question of the kind"`
	Ways      []string          `json:"ways,omitempty" maxItems:"2" enum:"mail,widget" doc:"How the customer is asked. Default: both, each where it fits"`
	TellLow   bool              `json:"tell_low,omitempty" doc:"Tell the assignee of a low score: 1 or 2 of 5, 0 to 6 of 10, 1 to 3 of 7"`
}

// The ways in which a customer is asked.
const (
	ByMail   = "mail"
	ByWidget = "widget"
)

// SurveyLanguages are those in which a customer can be asked: those of the widget.
var SurveyLanguages = []string{"en", "de", "es", "pt", "fr", "it", "nl", "pl", "ar", "ja"}

// maxQuestion bounds a question, in characters.
const maxQuestion = 300

// On reports whether anything is asked.
func (s *Survey) On() bool { return s.Kind != "" && s.Kind != "none" }

// Delay is how long a case must stay done.
func (s *Survey) Delay() time.Duration { return time.Duration(orElse(s.DelayMin, 60)) * time.Minute }

// Quiet is how long a customer who was asked is left alone.
func (s *Survey) Quiet() time.Duration {
	return time.Duration(orElse(s.QuietDays, 30)) * 24 * time.Hour
}

// By reports whether the customer may be asked in this way.
func (s *Survey) By(way string) bool { return len(s.Ways) == 0 || slices.Contains(s.Ways, way) }

func orElse(n *int, otherwise int) int {
	if n == nil {
		return otherwise
	}
	return *n
}

func (s *Survey) check() error {
	if s.On() && s.Kind != "csat" && s.Kind != "nps" && s.Kind != "ces" {
		return refuse("/settings/satisfaction/kind", "A survey is none, csat, nps or ces.")
	}
	if d := orElse(s.DelayMin, 0); d < 0 || d > 30*24*60 {
		return refuse("/settings/satisfaction/delay_min", "The delay is between 0 minutes and 30 days.")
	}
	if d := orElse(s.QuietDays, 0); d < 0 || d > 365 {
		return refuse("/settings/satisfaction/quiet_days", "The quiet period is between 0 and 365 days.")
	}
	for _, w := range s.Ways {
		if w != ByMail && w != ByWidget {
			return refuse("/settings/satisfaction/ways", "A customer is asked by mail or widget.")
		}
	}
	for language, text := range s.Questions {
		if !slices.Contains(SurveyLanguages, language) {
			return refuse("/settings/satisfaction/questions", "A question can be asked in %s, not in %q.", strings.Join(SurveyLanguages, ", "), language)
		}
		text = strings.TrimSpace(text)
		if utf8.RuneCountInString(text) > maxQuestion || strings.ContainsFunc(text, unicode.IsControl) {
			return refuse("/settings/satisfaction/questions", "A question is one line of at most %d characters.", maxQuestion)
		}
		if s.Questions[language] = text; text == "" {
			delete(s.Questions, language)
		}
	}
	return nil
}
