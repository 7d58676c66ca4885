// Package journey links contacts of one customer into journeys: the chain of
// contacts, across channels, toward one intent.
//
// In: interactions of a batch with their customer, conversation and Reading.
// Out: the journey of each, with confidence and reason, and what the journey
// knows: channels, switches, waits, unanswered questions, effort, state,
// repeat. It writes journeys, journey_links, journey_link_log and linker_versions: for new
// contacts inside the transaction of its caller, for changes by hand and for
// changes that time brings in transactions of its own. It reads interactions
// and readings, to measure a journey again when a contact came late or was
// moved.
//
// # How a contact finds its journey
//
// First by a number that names one matter (an order, invoice, ticket), then by
// the conversation that it continues, then by a score in which the customer's
// journeys compete with a new one. The score is a softmax over the features of
// features.go; its weights were learned from synthetic chains and are learned on
// from what people change by hand (learn.go, train.go), and each version is a row
// of linker_versions. Another order, invoice or ticket number never goes with a
// journey by its score, nor does a conversation that a person took out of it. What no person meant for anyone
// (a passing web event, a note, an automatic message) goes with a journey that
// it names or that it follows within minutes, and opens none.
//
// A closed journey is not continued: what scores best with it within 30 days opens a new
// one that repeats it, so that first contact resolution can be counted. Two
// things reopen it: its own conversation goes on, or the customer says within 7
// days that it is still not solved.
//
// # What a journey counts
//
// Contacts are those that the customer made, whatever the channel; what follows
// within 15 minutes on the same channel is part of the contact before
// (a forwarded call, the next line of a chat), and a bare thanks is none.
// Channels are those that the customer or a person of ours used, switches the
// changes between consecutive contacts of the customer. A wait runs from the
// first contact that expects an answer to the answer of a person: automatic
// answers end no wait. A question is open until a person of ours says something
// after it in its conversation, on its channel, or with a word of it; a call or
// visit answers earlier questions only when its note says so, and leaves its own
// open when its note says that. A repeat contact is one that
// follows an earlier one about the issue within 7, 14 or 30 days (exactly that
// many days still counts) and does not answer a question of ours.
//
// # Promises
//
// Deterministic; a contact is never linked to a journey of another customer;
// each link says why; what a person split, merged or moved stays so. The same
// contacts in the same order give the same journey, whether they came one by
// one, in a batch, or late. A journey that a merge emptied has no row: reading
// it answers not_found. Merging two customers moves no journey, since journeys
// hang on profiles; after an un-merge, Separate parts what was linked across.
// It never counts a closed conversation as a solved problem. The effort formula
// is documented in docs/effort.md.
package journey
