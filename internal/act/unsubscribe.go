package act

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Unsubscribe makes and reads the addresses at which a recipient ends mail of a
// kind with one click (RFC 8058).
type Unsubscribe struct {
	Base string                        // as people reach Rapport, without a slash at the end
	Keys func(purpose string) [][]byte // the newest first
}

const unsubscribeKey = "unsubscribe"

// URL is the address for a recipient.
func (u *Unsubscribe) URL(address, kind string) string {
	text := kind + "\n" + fold(address)
	return u.Base + "/u/" + base64.RawURLEncoding.EncodeToString(append(unsubscribeMAC(u.Keys(unsubscribeKey)[0], text), text...))
}

// Parse reads the token of an address. ok is false when it was not made here.
func (u *Unsubscribe) Parse(token string) (address, kind string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) < 16 {
		return "", "", false
	}
	for _, key := range u.Keys(unsubscribeKey) {
		ok = hmac.Equal(b[:16], unsubscribeMAC(key, string(b[16:]))) || ok
	}
	kind, address, _ = strings.Cut(string(b[16:]), "\n")
	return address, kind, ok
}

func unsubscribeMAC(key []byte, text string) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(text)) // a hash takes everything
	return m.Sum(nil)[:16]
}
