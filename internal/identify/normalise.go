package identify

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"

	"github.com/rapport-crm/rapport/internal/crm"
)

// maxValue is the longest identifier that is kept as it is, in bytes; a longer
// one is replaced by its hash, because an index row has a limit.
const maxValue = 512

// Normalise gives the one form in which an identifier is compared: mail
// addresses in lower case with an ASCII domain, phone numbers in E.164 (read
// with the region when they have no country code), everything else trimmed. ok
// is false when the value is empty or can't be of its kind.
func Normalise(kind crm.IdentifierKind, value, region string) (normal string, ok bool) {
	value = strings.TrimFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' })
	if value == "" {
		return "", false
	}
	switch kind {
	case crm.Email:
		normal, ok = email(value)
	case crm.PhoneNumber:
		normal, ok = phone(value, region)
	default:
		normal, ok = value, true
	}
	if !ok {
		return "", false
	}
	if len(normal) > maxValue {
		sum := sha256.Sum256([]byte(normal))
		normal = "sha256:" + hex.EncodeToString(sum[:])
	}
	return normal, true
}

// email lower-cases the whole address. RFC 5321 lets a local part be case
// sensitive; no mailbox provider of today is, and people type it either way.
func email(v string) (string, bool) {
	if len(v) >= 7 && strings.EqualFold(v[:7], "mailto:") {
		v = v[7:]
	}
	v = strings.Trim(v, "<> ")
	at := strings.LastIndexByte(v, '@')
	if at <= 0 || at == len(v)-1 || strings.ContainsAny(v, " \t\r\n,;<>") {
		return "", false
	}
	local, domain := strings.ToLower(v[:at]), strings.TrimSuffix(strings.ToLower(v[at+1:]), ".")
	if !isASCII(domain) {
		ascii, err := idna.Lookup.ToASCII(domain)
		if err != nil {
			return "", false
		}
		domain = ascii
	}
	if domain == "" || strings.ContainsAny(domain, "@/") {
		return "", false
	}
	return local + "@" + domain, true
}

// phone reads a number with the library unless it is E.164 already, which is
// the form that providers deliver. A number that the library can't read, such
// as a short code, is kept as its digits.
func phone(v, region string) (string, bool) {
	if isE164(v) {
		return v, true
	}
	if len(v) > 64 {
		return "", false
	}
	if n, err := phonenumbers.Parse(v, region); err == nil && phonenumbers.IsPossibleNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164), true
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, v)
	return digits, len(digits) >= 3
}

func isE164(v string) bool {
	if len(v) < 9 || len(v) > 16 || v[0] != '+' || v[1] == '0' {
		return false
	}
	for i := 1; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
