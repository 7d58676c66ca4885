// Package search finds customers by the words of their names and identifiers.
//
// In: names and identifiers of profiles, written by flow; the words that a
// person types. Out: customers, best match first. It writes customer_terms, in
// the transaction of its caller.
//
// Promises: folded comparison (case, accents and width do not matter); a query
// reads a bounded number of rows whatever the size of the firm; a term belongs
// to a profile, so merging and un-merging customers changes no row here and a
// merged customer is found by everything its profiles were called. It never
// searches the text of contacts.
package search
