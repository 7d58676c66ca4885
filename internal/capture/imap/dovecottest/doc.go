// Package dovecottest runs a real dovecot for tests: IMAP to read, LMTP to
// deliver, and XOAUTH2 and OAUTHBEARER against a stub that knows the tokens.
//
// In: a test, which needs root and the Debian packages dovecot-imapd and
// dovecot-lmtpd; without them it is skipped with a sentence. Out: addresses on
// free ports of this machine, and a folder that goes away with the test. Every
// address has a mailbox whose password is "secret".
//
// Promises: it ends with the test, also when the test is killed; it signals only
// processes that it started; Pause and Kill leave the mailboxes as they are.
package dovecottest
