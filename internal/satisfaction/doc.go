// Package satisfaction asks customers how it went after a case is done, and tells
// what they said.
//
// In: the job that the desk leaves when a case becomes done, and answers of
// customers from the page that a mail links to or from the widget. Out: a mail in
// the outbox or a question in the widget, an event in the conversation for each
// answer, and figures. It writes the table surveys.
//
// Promises: a case that does not stay done through the inbox's delay asks nobody;
// a solution asks once, and a customer once in the inbox's quiet period; machines,
// forged senders, spam and addresses that get no mail are not asked; opening a
// link changes nothing, however often and by whoever, only sending the form does;
// the same answer twice is one answer; an answer can be changed until it expires,
// and every change stands in the conversation; a token that we did not sign says
// nothing about what exists. An answer opens no case.
//
// The figures: CSAT is the share of 4 and 5 with its Wilson interval, NPS is
// promoters less detractors with an adjusted Wald interval, CES is the mean with
// Student's interval. docs/satisfaction.md has the formulas and their sources.
package satisfaction
