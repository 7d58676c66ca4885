// Package send writes mails and hands them to mail servers.
//
// In: a message of the outbox and the inbox that it leaves by. Out: a contact with
// the mail's bytes, and the mail on its way. It writes no table.
//
// Promises: the same message gives the same bytes, so a mail that is tried again
// is the same mail; every answer names what it answers and the whole chain before
// it (RFC 5322 3.6.4), and carries a reply address that finds its conversation
// without them; names and subjects can't break a header; what a person wrote as
// HTML goes out with a text that says the same; TLS is never downgraded; a server's
// final no is told apart from one that asks to come again.
package send
