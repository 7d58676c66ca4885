// Package second asks an endpoint that speaks the OpenAI API, when the firm has set
// one up, for what the embedded models can't say: the intent of contacts that the
// reader abstained on.
//
// In: settings of an administrator, and contacts that flow names in the transaction
// that keeps them. Out: a newer reading through flow, marked as the second
// reader's, and transcripts, read like those that came with a talk. It writes the
// tables second_settings, second_usage, second_readings and second_transcripts.
//
// Promises: without settings nothing leaves, and no job is made. It is never on the
// way of a contact: it runs as a job after the commit, and whatever goes wrong with
// it, the first reading stands, and a recording stays. Text is redacted before it
// leaves; a recording leaves as it is. Contacts of restricted inboxes never leave.
// An answer counts only when its intent is one of the firm's and every passage that
// it quotes stands in the text to the letter. What a person says wins, before and
// after. Every request is counted against the month's budget before it leaves; an
// answer is kept before it is used, so that no retry and no kill after it pays twice.
//
// The text of a contact is data: whatever it asks for, the answer can only name an
// intent.
package second
