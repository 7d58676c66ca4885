// Package identify knows who a contact is from.
//
// In: the participants of an interaction, each an identifier with evidence.
// Out: the profile that the contact belongs to for ever, and the customer that
// the profile is part of now. It writes profiles, customer_profiles, customers,
// identity_keys, shared_keys, profile_keys, merges, suggestions, never_links,
// blocked_values, match_keys, match_customers and match_cursors, inside the
// transaction of its caller.
//
// Promises: only verified identifiers join people; a claim is kept and makes a
// suggestion. A profile never moves, so undoing a merge restores the customers
// exactly, also after later merges: customers are the connected components over
// the ledger entries that are not undone, and the oldest profile is the head.
// Guards run before a join: blocked values, limits per kind, shared
// identifiers, names that can't be one person, and pairs that must never be
// linked. It never guesses a person from a text.
//
// Behind the feed, never on the way of a contact, Compare looks for customers who
// may be one person (package match) and asks people; it merges nobody. It reads
// and compares without a transaction that others wait for, writes in a short one
// of its own, and a decision that a person made meanwhile wins. Who shares a
// telephone, a mailbox or a firm's domain is related, which is no merge.
package identify
