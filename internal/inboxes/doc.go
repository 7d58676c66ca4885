// Package inboxes knows the addresses and widgets that customers write to: what
// they are called, how they are set up, the secrets they need, and how each part
// of them does.
//
// In: settings from people, reports from the parts that receive and send. Out:
// an Inbox by its id or by the source that its contacts carry, secrets for those
// who connect, and health for those who look. It writes the tables inboxes and
// inbox_health.
//
// Promises: a secret is kept sealed (AES-256-GCM) under a key that is not in the
// database, and no Inbox that leaves holds one; what is changed on one node is
// known to the others within seconds; a change against an older version is
// refused; health never goes back in time. The signed addresses and Message-IDs
// that it makes name a conversation, prove that we made them, and can be checked
// without a look into the database, with every key that was not retired.
//
// It opens no connection and knows no protocol.
package inboxes
