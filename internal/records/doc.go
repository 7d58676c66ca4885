// Package records keeps what people of the firm write down about customers and
// about their own doings: facts that a colleague learned, the changes that
// people made to a customer, and the audit trail of settings, roles and secrets.
//
// In: sentences of colleagues with the contact that they come from, and calls of
// the packages that change something. Out: rows of the tables facts, changes and
// audit, which it alone writes.
//
// Promises: a fact has an author, a purpose and an end, and its quote stands in
// the contact that it names; one that has ended is not shown any more, and stays
// until its customer is erased; a removed one comes back whole. Note and Audit
// write in the transaction of their caller, so a change and its record are there
// together or not at all. Entries are never changed.
//
// It never decides who may see or change something, never writes a secret's
// value, and never sends anything.
package records
