// Package search finds customers by the words of their names and identifiers,
// and messages by what people wrote.
//
// In: names and identifiers of profiles, written by flow; the feed of contacts;
// the words that a person types. Out: customers, best match first; messages,
// newest first. It writes customer_terms, in the transaction of its caller, and
// behind the feed search_messages, search_cursors and the full-text index.
//
// Promises: folded comparison (case, accents and width do not matter); a query
// reads a bounded number of rows whatever the size of the firm, and says when it
// stopped early; a term belongs to a profile, so merging and un-merging customers
// changes no row here and a merged customer is found by everything its profiles
// were called. A message is found a moment after its commit, also when nobody
// indexed for a while; people's words are indexed, not quoted history and not web
// events. Parse refuses nothing: what it did not understand it says in words.
//
// It does not know who may see what: its callers filter.
package search
