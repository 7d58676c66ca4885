package understand

import "testing"

// said are the rules that hold for a text.
func said(text, language string) map[string]bool {
	s := newScratch()
	s.loadTokens("", text)
	s.split()
	out := map[string]bool{}
	for _, m := range rules().find(s, language, nil) {
		out[m.rule.name] = true
	}
	return out
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		language, text, rule string
		want                 bool
	}{
		{"en", "This is the third time I call", "effort.repeat_contact", true},
		{"en", "I've called twice already", "effort.repeat_contact", true},
		{"en", "I had a great third time slot", "effort.repeat_contact", false},
		{"en", "still no answer", "effort.no_answer", true},
		{"en", "no questions", "effort.no_answer", false},
		{"en", "been waiting for two weeks", "effort.long_wait", true},
		{"en", "I can wait. For two people, please.", "effort.long_wait", false}, // not across sentences
		{"en", "I want to extend for 24 months", "effort.long_wait", false},
		{"en", "it was better for two days", "effort.long_wait", false},
		{"en", "no internet for 3 days", "effort.long_wait", true},
		{"en", "three weeks now and I have been without phone for two weeks", "effort.long_wait", true},
		{"en", "I already explained this", "effort.repeated_self", true},
		{"en", "I keep being transferred", "effort.transferred", true},
		{"en", "I transferred the money", "effort.transferred", false},
		{"en", "not urgent", "urgency.high", false},
		{"en", "this is urgent", "urgency.high", true},
		{"en", "insurgents", "urgency.high", false}, // never inside a word
		{"en", "I need it by Friday", "urgency.high", true},
		{"en", "my account was hacked", "urgency.critical", true},
		{"en", "cancel my contract", "leaving", true},
		{"en", "cancel my order", "leaving", false},
		{"en", "I'm switching to another provider", "leaving", true},
		{"en", "switching to another light bulb", "leaving", false},
		{"de", "Das ist schon das dritte Mal, dass ich anrufe", "effort.repeat_contact", true},
		{"de", "niemand hat sich gemeldet", "effort.no_answer", true},
		{"de", "ich warte seit zwei Wochen", "effort.long_wait", true},
		{"de", "das habe ich schon zweimal erklärt", "effort.repeated_self", true},
		{"de", "nicht dringend", "urgency.high", false},
		{"de", "hiermit kündige ich", "leaving", true},
		{"nl", "dit is de derde keer", "effort.repeat_contact", true},
		{"nl", "ik wacht al drie weken", "effort.long_wait", true},
		{"nl", "ik stap over naar een andere aanbieder", "leaving", true},
		{"nl", "ik word steeds doorverbonden", "effort.transferred", true},
		{"fr", "personne ne me répond", "effort.no_answer", true},
		{"es", "quiero darme de baja", "leaving", true},
		{"en", "hiermit kündige ich", "leaving", false}, // rules of another language are silent
		{"und", "hiermit kündige ich", "leaving", true},
	} {
		if got := said(c.text, c.language)[c.rule]; got != c.want {
			t.Errorf("%s %q: %s is %v", c.language, c.text, c.rule, got)
		}
	}
}

func TestRuleTablesAreChecked(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"en: word", "[a .5]\nen word", "[a]\nen: word", "[a .5]\nen: @unknown", "[a .5]\nen: don't", "[a .5]\nen: Word", "[a .5]\nen: * word", "[a .5]\nen: ^", "[a .5]\nen: a ^", "[a .5]\nen: a *x b", "@a b"} {
		set := &ruleSet{}
		if err := set.parse(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}

func TestEveryRuleOfTheReadingsIsASignal(t *testing.T) {
	t.Parallel()
	for _, r := range rules().rules {
		if r.signal == noSignal {
			t.Errorf("nothing reads %s", r.name)
		}
	}
}
