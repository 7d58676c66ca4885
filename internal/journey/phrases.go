package journey

import (
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// thanksWords begin or carry a bare thanks or "it is solved".
var thanksWords = []string{
	"thank", "thx", "cheers", "solved", "works now", "working now", "it works", "great help", "that helps", "that helped", "all good", "sorted",
	"danke", "dank", "gelöst", "funktioniert jetzt", "geht wieder", "hat geklappt",
	"bedankt", "opgelost", "werkt weer", "het werkt", "merci", "gracias", "grazie", "obrigad",
}

// notSolved takes a thanks back: the words around it say that it goes on.
var notSolved = []string{"not solved", "unsolved", "not work", "doesn't work", "does not work", "no answer", "but ", "however", "nicht", "aber ", "niet", "maar ", "still "}

// bareThanks reports whether a contact of the customer says thanks, or that it
// is solved, and asks for nothing. It is looked for in short texts alone; the
// intent "thanks" counts at any length that a person would call a thank-you.
func bareThanks(c *Contact, f *facts) bool {
	if c.Direction != crm.In || f.asks || c.spoken() || c.Kind == crm.KindOrder || f.effort > 0 {
		return false
	}
	if len(c.Text) == 0 || len(c.Text) > 400 {
		return false
	}
	if c.Reading != nil {
		for _, a := range c.Reading.Asks {
			if a.Text != "" {
				return false
			}
		}
		if c.Reading.Intent() == "thanks" {
			return true
		}
	}
	if len(c.Text) > 160 {
		return false
	}
	text := strings.ToLower(c.Text)
	return containsAny(text, thanksWords) && !containsAny(text, notSolved)
}

// answeredWords are what an agent's note of a call or visit says when the
// matter was dealt with there and then.
var answeredWords = []string{
	"explained", "told ", "informed", "answered", "resolved", "solved", "is satisfied", "caller is happy", "helped",
	"erklärt", "beantwortet", "gelöst", "geholfen", "uitgelegd", "beantwoord", "opgelost", "geholpen",
}

// openWords say that something was promised, or stayed open.
var openWords = []string{"promised", "will call back", "to call back", "could not", "couldn't", "find out", "look into", "not resolved", "not solved", "not answered", "follow up",
	"zurückrufen", "rückruf", "nicht gelöst", "konnte nicht", "versprochen", "klären", "terugbellen", "teruggebeld", "niet opgelost", "kon niet", "beloofd", "nakijken", "uitzoeken"}

// leftOpen reports whether the note of a call or visit says that the customer
// still has to hear from us. What it does not call open was said to a person who
// was there to answer it.
// In a transcript it is what our own people say that counts, and what they promise.
func leftOpen(c *Contact) bool {
	if len(c.Turns) > 0 && c.Reading != nil {
		for _, p := range c.Reading.Promises {
			if c.sideAt(p.Span.From) == crm.AgentSide {
				return true
			}
		}
	}
	return containsAny(strings.ToLower(c.words(crm.AgentSide)), openWords)
}

// saysAnswered reports whether the note of a call or visit says that the
// customer got an answer in it, also to what they asked before.
// In a transcript the customer may say so too.
func saysAnswered(c *Contact) bool {
	if leftOpen(c) {
		return false
	}
	if containsAny(strings.ToLower(c.words(crm.AgentSide)), answeredWords) {
		return true
	}
	theirs := strings.ToLower(c.words(crm.CustomerSide))
	return len(c.Turns) > 0 && containsAny(theirs, thanksWords) && !containsAny(theirs, notSolved)
}

// backWords speak of an earlier contact. They say that a contact is not the
// first about its matter, without saying which matter.
var backWords = []string{
	"again", "still no", "still not", "still down", "any news", "any update", "an update", "second time", "third time", "two days ago", "last week",
	"i called", "i phoned", "i mailed", "i emailed", "i wrote", "i chatted", "i was told", "you said", "you wrote", "you promised", "as i said", "as agreed", "earlier contact", "second contact",
	"immer noch", "noch immer", "schon wieder", "noch mal", "nochmal", "angerufen", "geschrieben", "gibt es neu", "zweite mal", "wie besprochen",
	"nog steeds", "al nieuws", "alweer", "nogmaals", "gebeld", "gemaild", "geschreven", "tweede keer", "toen ik", "zoals afgesproken", "nog niets",
}

func refersBack(text string) bool {
	if len(text) > 2000 {
		text = text[:2000]
	}
	return containsAny(strings.ToLower(text), backWords)
}

func containsAny(text string, list []string) bool {
	for _, w := range list {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
