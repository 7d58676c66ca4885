// Package live tells listeners what changed, as soon as it is committed.
//
// In: the feed, rows of interactions, journeys, customers, cases and outgoing
// messages numbered by (bucket, seq), the store's doorbell, and who looks at what
// in this process. Out: events, each with the id of the place after it, from which
// a listener resumes. It writes no table.
//
// Promises: whoever resumes from an id gets every row that changed after it, in
// the order of its bucket, also after a restart and on another node; a row that
// changed several times in between comes once, as it is now; events of
// different buckets have no order. A listener that can't keep up is dropped and
// loses nothing, because it resumes. Without listeners nothing is read.
// Quarantine has no feed number: its event is a hint that can be missed while
// disconnected, and so is the news of who looks at or writes in a conversation. It decides nothing about who may see an event.
package live
