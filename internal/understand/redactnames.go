package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What a name follows: titles and introductions in the languages of the console
// and those around them, folded as nameKey does. A title is one word; the others
// end the words before a name.
var (
	nameTitles = map[string]bool{"mr": true, "mrs": true, "ms": true, "miss": true, "mister": true, "dr": true, "prof": true, "herr": true, "herrn": true, "frau": true,
		"senor": true, "senora": true, "sr": true, "sra": true, "srta": true, "senhor": true, "senhora": true, "dona": true, "don": true, "monsieur": true, "madame": true,
		"mme": true, "meneer": true, "mevrouw": true, "dhr": true, "mevr": true, "signor": true, "signora": true}
	introductions = [][]string{{"name", "is"}, {"name", "ist"}, {"name", "s"}, {"names"}, {"i", "am"}, {"i", "m"}, {"this", "is"}, {"call", "me"}, {"ich", "heisse"}, {"ich", "heiße"},
		{"me", "llamo"}, {"nombre", "es"}, {"soy"}, {"nome", "e"}, {"chamo"}, {"chamo", "me"}, {"sou", "o"}, {"sou", "a"}, {"m", "appelle"}, {"nom", "est"}, {"je", "suis"}, {"naam", "is"}, {"heet"}, {"mi", "chiamo"},
		{"regards"}, {"wishes"}, {"thanks"}, {"cheers"}, {"grusse"}, {"gruße"}, {"gruß"}, {"gruss"}, {"grussen"}, {"grußen"}, {"mfg"}, {"saludos"}, {"saludo"}, {"gracias"}, {"obrigado"}, {"obrigada"},
		{"atentamente"}, {"abraco"}, {"cumprimentos"}, {"groet"}, {"groeten"}, {"groetjes"}, {"cordialement"}}
	greetings = [][]string{{"dear"}, {"hi"}, {"hello"}, {"hey"}, {"hallo"}, {"liebe"}, {"lieber"}, {"hola"}, {"ola"}, {"estimado"}, {"estimada"}, {"caro"}, {"cara"}, {"prezado"}, {"prezada"},
		{"bonjour"}, {"cher"}, {"chere"}, {"beste"}}
)

// maxNameWords is how many words in capitals one name has at most.
const maxNameWords = 4

// What stands between a word and the one before it, at most.
const (
	together = iota
	afterComma
	afterDot
	away
)

// nameWord is a word of letters in a text.
type nameWord struct {
	from, to int
	folded   string
	capital  bool
	apart    int  // from the word before it
	line     bool // it begins a line
}

// redactNames takes out known names, and words in capitals where a name stands.
func redactNames(full string, r span, known map[string]bool, add func(from, to int, word string)) {
	words := nameWords(full, r)
	for i, w := range words {
		base := strings.TrimSuffix(w.folded, "s")
		if known[w.folded] || known[base] {
			add(w.from, w.to, redactedName)
		}
		reach := nameLead(words[:i+1])
		for k := i + 1; k < len(words) && k-i <= maxNameWords && words[k].apart <= reach; k++ {
			if nameTitles[words[k].folded] {
				break // it leads on by itself
			}
			if !words[k].capital && !(particles[words[k].folded] && k+1 < len(words) && words[k+1].capital) {
				break
			}
			add(words[k].from, words[k].to, redactedName)
			reach = together
		}
	}
	// A last line of a few words in capitals is who wrote it.
	last := len(words)
	for last > 0 && !words[last-1].line {
		last--
	}
	if last < 2 || len(words)-last+1 > maxNameWords || strings.ContainsAny(full[words[last-1].from:r.to], "?!0123456789") {
		return
	}
	for _, w := range words[last-1:] {
		if !w.capital && !particles[w.folded] {
			return
		}
	}
	add(words[last-1].from, words[len(words)-1].to, redactedName)
}

// nameLead says how far a name may stand from the last of the words; -1: none
// follows it.
func nameLead(words []nameWord) int {
	switch last := words[len(words)-1]; {
	case nameTitles[last.folded]:
		return afterDot
	case endsIn(words, introductions):
		return afterComma
	case endsIn(words, greetings):
		return together
	}
	return -1
}

func endsIn(words []nameWord, leads [][]string) bool {
leads:
	for _, lead := range leads {
		if len(lead) > len(words) {
			continue
		}
		for i, want := range lead {
			if words[len(words)-len(lead)+i].folded != want {
				continue leads
			}
		}
		return true
	}
	return false
}

func nameWords(full string, r span) (out []nameWord) {
	apart, line := away, true
	for i := r.from; i < r.to; {
		c, size := utf8.DecodeRuneInString(full[i:r.to])
		if !unicode.IsLetter(c) {
			switch {
			case c == ' ' || c == '\t' || c == '-' || c == '\'' || c == '’':
			case c == ',' || c == ':':
				apart = max(apart, afterComma)
			case c == '.':
				apart = max(apart, afterDot)
			default:
				apart = away
			}
			line = line || c == '\n'
			i += size
			continue
		}
		w := nameWord{from: i, capital: unicode.IsUpper(c) || unicode.IsTitle(c), apart: apart, line: line}
		for i < r.to {
			if c, size = utf8.DecodeRuneInString(full[i:r.to]); !unicode.IsLetter(c) && !unicode.Is(unicode.Mn, c) {
				break
			}
			i += size
		}
		w.to, w.folded = i, nameKey(full[w.from:i])
		out = append(out, w)
		apart, line = together, false
	}
	return out
}
