// Package journey links contacts of one customer into journeys: the chain of
// contacts, across channels, toward one intent.
//
// In: interactions of a batch with their customer, conversation and Reading.
// Out: the journey of each, with confidence and reason, and what the journey
// knows: channels, switches, waits, unanswered questions, effort, state,
// repeat. It writes journeys, journey_links and journey_link_log, each inside
// the transaction of its caller.
//
// Promises: deterministic; a contact is never linked to a journey of another
// customer; each link says why; what a person split, merged or moved stays so.
// It never counts a closed conversation as a solved problem. The effort formula
// is documented in docs/effort.md.
package journey
