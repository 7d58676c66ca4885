// Package act is the outbox: what is to happen outside, kept in the transaction
// of its cause and done once.
//
// In: messages that a person or a rule wants sent. Out: a contact in the flow for
// each, and then the effect: a mail handed to a mail server, a message that a
// widget shows. It writes the tables outbox, sent_ids and suppressions.
//
// The states of a message: held (it can be taken back, or waits for its time),
// queued, sending, and then sent, delivered, bounced, failed, unknown or
// cancelled.
//
// Promises: what was accepted is sent, or says why not; its Message-ID is made
// with its row, so however often it is tried it is one mail; it becomes a contact
// before it leaves, so what a customer got is on their timeline; the moment before
// the mail's text goes out, sending is on disk, and a program that dies between
// there and the server's answer leaves unknown, never a second mail and never a
// sent that was not; a person decides about unknown, or a reply, a bounce or our
// own copy does; a message whose conversation moved on since its author looked is
// refused.
//
// It decides nothing about what to say.
package act
