package inboxes

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// code is RFC 4648 base 32 in lower case: mail servers may fold the case of a
// local part.
var code = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// maxLocal is the length of a local part (RFC 5321 4.5.3.1.1).
const maxLocal = 64

// ReplyAddress is the inbox's address with a signed note in its local part: mail
// to it belongs to the conversation, and proves that its sender read what was
// sent to the recipient. An address whose local part has no room for the note
// comes back as it is.
func (k *Keys) ReplyAddress(address string, conversation crm.ID, recipient string) string {
	local, domain, ok := strings.Cut(address, "@")
	note := "+c." + code.EncodeToString(conversation[:]) + "." + replyMAC(k.Derive("reply address"), conversation, recipient)
	if !ok || strings.Contains(local, "+") || len(local)+len(note) > maxLocal {
		return address
	}
	return local + note + "@" + domain
}

// Reply is what a signed address says.
type Reply struct {
	Conversation crm.ID
	mac          string
	keys         *Keys
}

// For reports whether the address was made for the recipient.
func (r *Reply) For(recipient string) bool {
	ok := false
	for _, key := range r.keys.DeriveAll("reply address") {
		if hmac.Equal([]byte(r.mac), []byte(replyMAC(key, r.Conversation, recipient))) {
			ok = true
		}
	}
	return ok
}

// ParseReplyAddress reads the note of an address, if it has one. It proves
// nothing yet: For does.
func (k *Keys) ParseReplyAddress(address string) (plain string, r *Reply) {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	base, note, has := strings.Cut(local, "+c.")
	if !ok || !has {
		return address, nil
	}
	plain = base + "@" + domain
	id, mac, ok := strings.Cut(note, ".")
	raw, err := code.DecodeString(id)
	if !ok || err != nil || len(raw) != len(crm.ID{}) {
		return plain, nil
	}
	return plain, &Reply{Conversation: crm.ID(raw), mac: mac, keys: k}
}

// replyMAC has 65 bits: enough against guessing over mail, and short enough for
// a local part.
func replyMAC(key []byte, conversation crm.ID, recipient string) string {
	return code.EncodeToString(tag(key, conversation.String(), strings.ToLower(strings.TrimSpace(recipient))))[:13]
}

func tag(key []byte, parts ...string) []byte {
	m := hmac.New(sha256.New, key)
	for _, p := range parts {
		m.Write([]byte(p)) // a hash takes everything
		m.Write([]byte{0})
	}
	return m.Sum(nil)
}

// MessageID is the Message-ID of an outgoing mail: the same for the same row of
// the outbox however often it is sent, and ours beyond doubt.
func (k *Keys) MessageID(id crm.ID, domain string) string {
	name := code.EncodeToString(id[:])
	return "c." + name + "." + hex.EncodeToString(tag(k.Derive("message id"), name))[:16] + "@" + domain
}

// ParseMessageID gives the id of the row that a Message-ID of ours was made for.
func (k *Keys) ParseMessageID(messageID string) (crm.ID, bool) {
	local, _, _ := strings.Cut(strings.Trim(messageID, "<> "), "@")
	parts := strings.Split(local, ".")
	if len(parts) != 3 || parts[0] != "c" {
		return crm.ID{}, false
	}
	raw, err := code.DecodeString(parts[1])
	if err != nil || len(raw) != len(crm.ID{}) {
		return crm.ID{}, false
	}
	ours := false
	for _, key := range k.DeriveAll("message id") {
		if hmac.Equal([]byte(parts[2]), []byte(hex.EncodeToString(tag(key, parts[1]))[:16])) {
			ours = true
		}
	}
	return crm.ID(raw), ours
}

// MessageIDs makes the Message-IDs of mails that leave by the inbox.
func (s *Service) MessageIDs(i *Inbox) func(id crm.ID) string {
	_, domain, _ := strings.Cut(i.Address, "@")
	return func(id crm.ID) string { return s.Keys.MessageID(id, domain) }
}
