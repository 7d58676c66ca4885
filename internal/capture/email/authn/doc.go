// Package authn finds out whether a mail's sender is who it says.
//
// In: the bytes of a mail, the authserv-ids whose word counts, and DNS. Out: a
// verdict on the one From address: pass when a domain that is aligned with it
// (RFC 7489 3.1) vouches for the mail, fail when the domain's policy says that
// such mail is forged, none when nobody can say.
//
// Promises: a mail with other than exactly one From field with exactly one
// mailbox never passes, because a second From under a valid signature is a known
// way to forge one; a signature over part of the body (l=) proves nothing; only
// the topmost Authentication-Results (RFC 8601) is read, and only of a server
// that the operator trusts, since a sender can write the others; DNS that does not
// answer makes none, never pass and never fail.
//
// It decides nothing about what may be done with the mail.
package authn
