// Package thread finds the conversation that a contact belongs to.
//
// In: interactions of a batch with their customer. Out: a conversation for each,
// or none for passing web events. It writes conversations and thread_keys,
// inside the transaction of its caller.
//
// Rules: mail by In-Reply-To and References, the newest reference first, only
// against Message-IDs that we stored, never by subject; a source's own
// conversation key where it has one; chat, text and messengers by channel pair,
// with no end, so that a conversation can be picked up after years; calls,
// visits, orders and the like stand alone.
//
// Match is not permission: a reference to a conversation of another customer
// starts a new conversation that claims to continue the old one. It never
// reveals or reopens anything because somebody knew an id.
package thread
