// Package imap reads the mailboxes of inboxes, live.
//
// In: inboxes of kind mail with an IMAP server. Out: crm.Items for the flow, one a
// mail, the oldest first. It writes no table itself: how it does and where it
// stands is kept by inboxes, after the flow has committed.
//
// Promises: a mail that lies in the mailbox is taken up, whatever its flags, with
// or without a Message-ID, also after days without a connection; the place that
// is remembered, (UIDVALIDITY, last UID), is written only after the mails before
// it are on disk, so a program that is killed reads some of them again, which
// does no harm; a server that renumbers its mailbox is read anew; new mail is
// announced by IDLE and looked for every minute besides; each mailbox has its own
// connection and its own pauses, so one that is slow or broken holds up no other.
//
// It never downgrades TLS, never deletes a mail, and never trusts what a server
// says about sizes: literals, lines and batches are bounded.
package imap
