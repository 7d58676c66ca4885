package desk

import (
	"strings"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Words of a message that says thanks and nothing else. One of gratitude must be
// there, and each other word must be of courtesy: whatever else a customer says
// is for a person to read. Words that could accept an offer (yes, ok, please) and
// words that could take something back (no, not, but) are in neither list.
var (
	gratitude = wordSet(`thank thanks thankyou thx cheers danke dank dankeschön merci gracias grazie obrigado obrigada bedankt dankjewel
		dankuwel dziękuję dzięki`)
	courtesy = wordSet(`you u so very much many a lot again for your the this that it was is all help helped helpful helps quick fast reply answer response
		support kind best warm regards works work working now solved fixed sorted great perfect perfectly wonderful brilliant awesome lovely
		oh ah wow cool excellent fantastic amazing
		have nice good day evening weekend
		vielen herzlichen schönen besten für die das den ihre ihren deine deinen schnelle nette hilfe antwort rückmeldung auskunft unterstützung sehr
		lieben liebe grüße gruß viele mit freundlichen grüßen es geht jetzt funktioniert wieder hat geklappt alles super perfekt toll prima bestens
		tag noch abend wochenende schönes
		muchas mil muchísimas por su tu la el ayuda respuesta rápida todo muy amable saludos un saludo perfecto genial ya funciona
		muito muita pela pelo sua o ajuda resposta rápida tudo cumprimentos abraço perfeito já
		beaucoup bien pour votre ton aide réponse rapide cordialement bonne journée parfait tout fonctionne maintenant ça marche
		mille molte tante per il vostro suo tuo aiuto risposta gentile cordiali saluti perfetto ora funziona tutto
		heel erg hartelijk hartelijke je jij wel voor de het hulp antwoord snelle reactie groet groeten vriendelijke met werkt weer nu top fijn
		bardzo serdecznie za pomoc odpowiedź szybką pozdrawiam już działa wszystko`)
)

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// longestThanks bounds what is read as thanks alone, in bytes.
const longestThanks = 300

// onlyThanks reports whether a text says thanks and nothing else. A name may
// stand below it.
func onlyThanks(text string) bool {
	if len(text) > longestThanks || strings.ContainsAny(text, "?¿") {
		return false
	}
	thanked, named := false, false
	for line := range strings.Lines(text) {
		words := strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		kind, all := true, true
		for _, w := range words {
			low := strings.ToLower(w)
			thanked = thanked || gratitude[low]
			kind = kind && (gratitude[low] || courtesy[low])
			all = all && isName(w)
		}
		switch {
		case kind: // an empty line too
		case thanked && all && len(words) <= 3 && !named:
			named = true
		default:
			return false
		}
	}
	return thanked
}

// isName reports whether a word is written as names are.
func isName(word string) bool {
	for i, r := range word {
		if !unicode.IsLetter(r) || (i == 0) != unicode.IsUpper(r) {
			return false
		}
	}
	return word != ""
}

// closes reports whether a contact thanks for an answer of ours that asked
// nothing: then it stays whoever's turn it was, and nothing that was done comes
// back. It is asked before the contact is counted.
func closes(r *Row, c *Contact) bool {
	answered := r.FirstAnswerAt > 0 && (r.Status == Waiting || r.Status == Snoozed || r.Status == Done)
	return answered && c.Direction == crm.In && !c.Files && !strings.ContainsAny(r.Preview, "?¿") && onlyThanks(c.Text)
}
