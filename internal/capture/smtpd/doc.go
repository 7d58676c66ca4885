// Package smtpd is the built-in mail server: it takes mail for the addresses of
// inboxes over SMTP (RFC 5321) and LMTP (RFC 2033).
//
// In: connections of other mail servers. Out: the bytes of each mail with its
// envelope, once for every inbox that it is for. It writes no table itself.
//
// Promises: 250 is said after the mail is on disk, and 451 or 452 when it can't
// be kept, so that the sender keeps it; an address that no inbox has is refused
// with 550 at once, and nothing is ever relayed; a mail with a bare line feed or
// carriage return is refused, because another server may see two mails in it
// (SMTP smuggling), and so is text that was sent before the answer to DATA or
// STARTTLS; sizes, lines, recipients, connections, mails a minute and memory are
// bounded; nobody can sign in, because nobody needs to.
//
// A mail that comes twice because an answer got lost is one contact: it is known
// by its content.
package smtpd
