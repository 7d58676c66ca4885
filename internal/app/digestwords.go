package app

import (
	"strings"

	"github.com/rapport-crm/rapport/internal/desk"
)

// digestText is a language of the mail that tells people what waits for them.
type digestText struct {
	one, many, more, untitled, why string
	kinds                          map[desk.Notice]string
}

var digestTexts = map[string]digestText{
	"en": {"A conversation waits for you", "%d conversations wait for you", "and %d more", "A conversation", "You get this mail because you asked for it. Change it, or turn it off, here:",
		map[desk.Notice]string{desk.Assigned: "assigned to you", desk.Mentioned: "you were mentioned", desk.Answered: "the customer wrote", desk.Due: "an answer is due", desk.Score: "a low score"}},
	"de": {"Eine Unterhaltung wartet auf Sie", "%d Unterhaltungen warten auf Sie", "und %d weitere", "Eine Unterhaltung", "Sie bekommen diese Mail, weil Sie sie bestellt haben. Hier ändern Sie das oder stellen es ab:",
		map[desk.Notice]string{desk.Assigned: "Ihnen zugewiesen", desk.Mentioned: "Sie wurden erwähnt", desk.Answered: "der Kunde hat geschrieben", desk.Due: "eine Antwort ist fällig", desk.Score: "eine schlechte Bewertung"}},
	"es": {"Una conversación le espera", "%d conversaciones le esperan", "y %d más", "Una conversación", "Recibe este correo porque lo pidió. Cámbielo o desactívelo aquí:",
		map[desk.Notice]string{desk.Assigned: "asignada a usted", desk.Mentioned: "le mencionaron", desk.Answered: "el cliente escribió", desk.Due: "vence una respuesta", desk.Score: "una puntuación baja"}},
	"pt": {"Uma conversa espera por si", "%d conversas esperam por si", "e mais %d", "Uma conversa", "Recebe este e-mail porque o pediu. Altere-o ou desligue-o aqui:",
		map[desk.Notice]string{desk.Assigned: "atribuída a si", desk.Mentioned: "foi mencionado", desk.Answered: "o cliente escreveu", desk.Due: "há uma resposta por dar", desk.Score: "uma pontuação baixa"}},
}

// digestWords is the text in the language of a tag, else in English.
func digestWords(tag string) digestText {
	language, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if t, ok := digestTexts[language]; ok {
		return t
	}
	return digestTexts["en"]
}
