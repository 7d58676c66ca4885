package understand

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// replyLength is how much of a subject is looked at for its prefix, in bytes.
const replyLength = 100

// replySubject reports whether a subject only repeats an earlier one. The
// prefixes are those that mail programs put in front in our languages.
func replySubject(subject string) bool {
	s := strings.TrimSpace(subject)
	s = strings.ToLower(s[:min(len(s), replyLength)])
	for _, p := range []string{"re", "aw", "antw", "antwort", "betreff", "sv", "vs", "odp", "ynt", "rif", "res", "fw", "fwd", "wg", "tr", "rv", "doorst", "i"} {
		rest, ok := strings.CutPrefix(s, p)
		if ok && len(rest) > 0 && (rest[0] == ':' || rest[0] == '[' && strings.Contains(rest, "]:")) {
			return true
		}
	}
	return false
}

// Lines that open or close a letter and say nothing of its matter: their words
// would become features of whatever the examples held.
var (
	openings = newBeginnings("dear ", "hi ", "hello ", "hey ", "good morning", "good afternoon", "good evening", "hallo ", "guten tag", "guten morgen",
		"sehr geehrte", "liebe ", "lieber ", "geachte ", "beste ", "goedemorgen", "goedemiddag", "goedenavond", "dag ", "bonjour", "cher ", "chère ", "madame", "hola", "estimad", "buenos días", "buenas tardes")
	closings = newBeginnings("kind regards", "best regards", "warm regards", "regards", "best wishes", "best,", "sincerely", "yours sincerely", "yours faithfully", "yours truly",
		"many thanks,", "thanks,", "thank you,", "cheers,", "mit freundlichen grüßen", "mit freundlichem gruß", "mit freundlichen grüssen", "freundliche grüße", "viele grüße", "beste grüße", "liebe grüße", "gruß", "mfg",
		"met vriendelijke groet", "vriendelijke groet", "met groet", "groetjes", "groeten", "hartelijke groet", "mvg", "cordialement", "bien à vous", "salutations", "saludos", "un saludo", "atentamente")
	footers = newBeginnings("sent from my ", "sent from outlook", "get outlook for", "von meinem iphone gesendet", "gesendet von ", "verstuurd vanaf mijn", "verzonden vanaf", "envoyé de mon", "enviado desde mi")
)

// bodyLines is how many lines are looked at for the end of what somebody wrote.
// No letter has as many; a megabyte of line breaks does.
const bodyLines = 10_000

// core is the part of text[from:] that says what it is about: without a
// greeting line, a closing with the names under it, a signature and the line
// that a phone adds. A text that has nothing else is kept whole.
func core(text string, from int) (int, int) {
	start, end := from, len(text)
	for at, n := from, 0; at < len(text) && n < bodyLines; n++ {
		next := at + lineLength(text[at:])
		line := strings.TrimRight(text[at:next], " \t\r\n")
		if line == "--" || line == "__" {
			end = at
			break
		}
		if footers.of(line) || len(line) < 60 && closings.of(line) && closes(text[next:]) {
			end = at
			break
		}
		at = next
	}
	first := start
	for first < end && blank(text[first]) {
		first++
	}
	next := first + lineLength(text[first:end])
	line := strings.TrimRight(text[first:next], " \t\r\n")
	if len(line) > 0 && len(line) < 60 && (line[len(line)-1] == ',' || line[len(line)-1] == '!' && len(line) < 30) &&
		openings.of(line) && strings.TrimSpace(text[next:end]) != "" {
		start = next
	}
	if strings.TrimSpace(text[start:end]) == "" {
		return from, len(text)
	}
	return start, end
}

// closes reports whether what follows a closing line is only names and
// addresses: few short lines, no question.
func closes(rest string) bool {
	return len(rest) < 600 && strings.Count(strings.TrimSpace(rest), "\n") < 10 && !strings.Contains(rest, "?")
}

func lineLength(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n + 1
	}
	return len(s)
}

// lineBeginnings are lower-case texts that lines begin with.
type lineBeginnings struct {
	texts []string
	first [256]bool // the first bytes of such lines; for a rune outside ASCII all
}

func newBeginnings(texts ...string) *lineBeginnings {
	p := &lineBeginnings{texts: texts}
	for c := range p.first {
		p.first[c] = c >= utf8.RuneSelf || slices.ContainsFunc(texts, func(t string) bool { return t[0]|0x20 == byte(c)|0x20 }) //nolint:gosec // a byte
	}
	return p
}

// of reports whether a line begins with one of the texts, in any case.
func (p *lineBeginnings) of(line string) bool {
	if line == "" || !p.first[line[0]] {
		return false
	}
	low := strings.ToLower(line[:min(len(line), 60)])
	return slices.ContainsFunc(p.texts, func(t string) bool { return strings.HasPrefix(low, t) })
}
