package satisfaction

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/rapport-crm/rapport/internal/crm"
)

// purpose separates the key of these tokens from all others: a token of another
// place, such as that of an unsubscribe link, is none here.
const purpose = "survey"

// macSize is 128 bits, which nobody guesses.
const macSize = 16

// token is what a link carries: the survey's id, signed. The score that the link
// was made for is not part of it, since its holder may choose any.
func (s *Service) token(id crm.ID) string {
	return base64.RawURLEncoding.EncodeToString(append(mac(s.Inboxes.Keys.Derive(purpose), id), id[:]...))
}

// parse reads a token. ok is false when it was not made here; nothing is looked up
// for one that was not.
func (s *Service) parse(token string) (id crm.ID, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != macSize+len(id) {
		return crm.ID{}, false
	}
	id = crm.ID(b[macSize:])
	for _, key := range s.Inboxes.Keys.DeriveAll(purpose) {
		ok = hmac.Equal(b[:macSize], mac(key, id)) || ok
	}
	return id, ok
}

func mac(key []byte, id crm.ID) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(id[:]) // a hash takes everything
	return m.Sum(nil)[:macSize]
}
