package identify

import (
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// priority orders the kinds: the anchor of a contact is the first that it
// carries, and the last is dropped first when a guard refuses a join.
func priority(kind crm.IdentifierKind) int {
	switch kind {
	case crm.UserID:
		return 1
	case crm.Email:
		return 2
	case crm.PhoneNumber:
		return 3
	case crm.AnonymousID:
		return 5
	}
	return 4
}

// limit is how many different values of a kind one customer may have before a
// further one is not joined by itself. Two accounts are two customers until a
// person says otherwise; devices are many.
func limit(kind crm.IdentifierKind) int {
	switch kind {
	case crm.UserID:
		return 1
	case crm.AnonymousID:
		return 50
	}
	return 5
}

// native reports whether the channel itself delivers this kind of identifier,
// rather than the customer typing it: the From of a mail, the number of a
// caller, the account or device of a visitor.
func native(channel crm.Channel, kind crm.IdentifierKind) bool {
	switch channel {
	case crm.Mail:
		return kind == crm.Email
	case crm.Phone, crm.Text:
		return kind == crm.PhoneNumber
	case crm.Web, crm.Chat, crm.API:
		return kind == crm.UserID || kind == crm.AnonymousID
	case crm.InPerson:
		return kind == crm.UserID
	}
	return kind != crm.Email && kind != crm.PhoneNumber
}

// placeholders are values that systems send when they have none.
var placeholders = map[string]bool{
	"-1": true, "null": true, "nil": true, "none": true, "undefined": true, "anonymous": true, "unknown": true,
	"n/a": true, "na": true, "test": true, "guest": true, "nan": true, "void": true, "[object object]": true,
	"anonymous@anonymous.invalid": true,
}

// blocked reports whether a value identifies nobody.
func blocked(kind crm.IdentifierKind, value string, own map[string]bool) bool {
	if placeholders[strings.ToLower(value)] || strings.Trim(value, "0-") == "" {
		return true
	}
	if kind == crm.PhoneNumber && strings.Trim(value, "+0123456789") != "" {
		return true
	}
	return own[string(kind)+"="+value]
}

// roles are local parts that belong to a post, not to a person.
var roles = map[string]bool{
	"info": true, "sales": true, "support": true, "office": true, "admin": true, "contact": true, "hello": true,
	"mail": true, "post": true, "kontakt": true, "service": true, "team": true, "billing": true, "accounts": true,
	"administratie": true, "buchhaltung": true, "rechnung": true, "noreply": true, "no-reply": true, "reception": true,
	"empfang": true, "bestellung": true, "orders": true, "verkoop": true, "help": true, "invoices": true, "facturen": true,
}

// weak reports whether a value is shared by its nature, so that it never joins
// people: the mail address of a post.
func weak(kind crm.IdentifierKind, value string) bool {
	if kind != crm.Email {
		return false
	}
	local, _, _ := strings.Cut(value, "@")
	local, _, _ = strings.Cut(local, "+")
	return roles[local]
}
