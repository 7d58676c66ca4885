// Package inbound makes contacts of the mails that inboxes receive.
//
// In: the bytes of a mail and the inbox that got it, by whatever way. Out: one
// crm.Item: parsed, with what is known about its sender as evidence, and with its
// place when its signed address names a conversation. It reads conversations and
// writes nothing.
//
// Promises: every mail gives an item, one that can't be read goes to quarantine
// with its bytes; the sender counts as verified only when its domain vouches for
// it or when it answers to an address that was made for it; a mail in a
// colleague's name that nobody vouches for never speaks for the firm; our own
// mails that come back are recognised and make no second contact.
package inbound
