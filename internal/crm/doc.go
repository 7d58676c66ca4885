// Package crm is the vocabulary of Rapport: the types, identifiers, closed
// lists and errors that every other package speaks in.
//
// In: nothing. Out: values. It depends on the standard library only, performs
// no I/O, reads no clock of its own and writes no table. Stage packages never
// import each other; what they hand on is a crm type or a row.
//
// Terms that are ours, each defined once here:
//
//   - Envelope: one contact as a channel delivered it, before anything is
//     known about it.
//   - Profile: one fragment of a person, what one identifier showed first. Its
//     id and bucket never change; history hangs on it.
//   - Customer: the set of profiles that are one person, named by its head
//     profile. Merging changes only which head a profile points to.
//   - Conversation: messages that answer each other on one channel.
//   - Reading: what a text says (language, intents, emotion, asks, …), each
//     part with the words that made it say so.
//   - Journey: the chain of contacts, across channels, toward one intent.
//   - Bucket: one of 256 fixed shards; the first column of every primary key
//     of a person-bound table.
package crm
