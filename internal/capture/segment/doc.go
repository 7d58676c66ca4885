// Package segment takes in product events through Segment's HTTP tracking API,
// so that its unmodified libraries work against Rapport: identify, track, page,
// screen, group, alias, batch and import, their one-letter forms, and the
// settings that the browser library reads first.
//
// In: HTTP requests from anywhere, with a write key that stands in pages and so
// is public. Out: one crm.Item an event, handed to the submit function of its
// caller, and {"success":true} after that returned. It writes no table.
//
// Promises: an event that was answered with 200 was handed over; a repeat of a
// messageId has the same external id; unknown fields are kept; an event without
// anybody in it, or of an unknown type, goes to quarantine rather than nowhere;
// every request and event is bounded. Nothing that a write key sends is ever
// verified: identifiers are what the library says or what somebody claims.
package segment
