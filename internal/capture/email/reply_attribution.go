package email

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The verbs of "On … wrote:". The first list stands at the end of the line in
// its language, the second also before the name ("schrieb Jan:").
var (
	verbsLast = words(`wrote|writes|a écrit|écrit|escribió|escribio|escreveu|ha scritto|scrisse|kirjoitti|napisał|napisał(a)|napisała|pisze|napsal|napsal(a)|napsala|napísal|napísal(a)|написал|написал(а)|написала|пишет|написав|написала(-в)|пише|yazdı|şunu yazdı|şunları yazdı|írta|a scris|έγραψε|написа|је написао|je napisao|je napisao/la|je napisal|rašė|rakstīja|kirjutas|va escriure|idatzi du|đã viết|menulis|เขียนว่า|写道|寫道|님이 작성|작성|썼습니다|のメール|書きました|wrote the following|كتب|כתב|כתב/ה|schreef|geschreven|sent|schreef het volgende|skrev|skrev följande|schrieb|geschrieben`)
	verbsMid  = words(`schrieb|kirjoitti|schreef|skrev|ezt írta|wrote (|geschreven door|написал(а)|كتب|כתב`)
	starters  = strings.Split("on |at |am |le |op |el |em |il |den |på |w dniu |dnia |dne |dňa |в |от |pe |în |la data |στις |a |à |ma |ter |pada |vào |on: |date: ", "|")
)

// attribution reports a line "On … wrote:" at i, over at most four lines. sure
// means that it says when or from whom, so that history follows even without
// quote marks.
func (s *stripper) attribution(i int) (n int, sure bool) {
	size := 0
	for n = 1; n <= 4 && i+n-1 < len(s.lines); n++ {
		t := strings.TrimSpace(s.lines[i+n-1])
		if size += len(t); t == "" || isQuoteLine(t) || size > 500 {
			return 0, false
		}
		if !endsInColon(t) {
			continue
		}
		if s.tries <= 0 {
			return 0, false
		}
		s.tries--
		joined := strings.Join(strings.Fields(strings.Join(s.lines[i:i+n], " ")), " ")
		if ok, sure := isAttribution(joined); ok {
			return n, sure
		}
		return 0, false
	}
	return 0, false
}

func endsInColon(t string) bool {
	if len(t) < 4 {
		return false
	}
	t = strings.TrimRight(t, " \u00a0*_")
	return strings.HasSuffix(t, ":") || strings.HasSuffix(t, "：")
}

// isAttribution judges one whole line.
func isAttribution(line string) (ok, sure bool) {
	lower := strings.ToLower(strings.Trim(line, " \u00a0*_<>[]"))
	body := strings.TrimRight(lower, ":： \u00a0*_")
	mailbox := strings.Contains(lower, "@")
	when := hasClock(lower) || hasYear(lower)
	digit := strings.ContainsAny(lower, "0123456789")
	first, _ := utf8.DecodeRuneInString(lower)
	starts := unicode.IsDigit(first)
	for _, w := range starters {
		starts = starts || strings.HasPrefix(lower, w)
	}
	verb := false
	for _, v := range verbsLast {
		verb = verb || strings.HasSuffix(body, v)
	}
	middle := verb
	for _, v := range verbsMid {
		middle = middle || strings.Contains(body, v)
	}
	switch {
	case middle && (mailbox && digit || starts && when):
		return true, when || mailbox
	case verb && (mailbox || starts && digit):
		return true, false
	// "26.06.2014, 14:41, "Name" <a@example.com>:" has no verb at all.
	case mailbox && when && strings.HasSuffix(body, ">"):
		return true, true
	case verb && starts && len(body) < 120:
		return true, false
	}
	return false, false
}

// hasClock reports "18:26" or "18.26" between digits.
func hasClock(s string) bool {
	for i := 1; i+2 < len(s); i++ {
		if (s[i] == ':' || s[i] == '.' || s[i] == 'h') && isDigit(s[i-1]) && isDigit(s[i+1]) && isDigit(s[i+2]) {
			return true
		}
	}
	return false
}

// hasYear reports a year from 1980 to 2099.
func hasYear(s string) bool {
	for i := 0; i+4 <= len(s); i++ {
		if (s[i:i+2] == "20" || s[i:i+2] == "19" && s[i+2] >= '8') && isDigit(s[i+2]) && isDigit(s[i+3]) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// attributionTail is where an attribution at the very end of text begins, or
// -1. It looks at the last three lines that are not blank.
func attributionTail(text string) int {
	trimmed := strings.TrimRight(text, " \n\u00a0")
	if !endsInColon(trimmed) {
		return -1
	}
	at := len(trimmed)
	for range 3 {
		at = strings.LastIndexByte(trimmed[:at], '\n')
		start := at + 1
		line := strings.Join(strings.Fields(trimmed[start:]), " ")
		if len(line) > 500 {
			return -1
		}
		if ok, _ := isAttribution(line); ok {
			return start
		}
		if at < 0 || strings.HasSuffix(trimmed[:at], "\n") {
			return -1
		}
	}
	return -1
}
