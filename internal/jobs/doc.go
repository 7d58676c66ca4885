// Package jobs runs work that must happen after a commit or at a time.
//
// In: a Job, added inside the transaction of its cause, so that a cause that is
// rolled back leaves none. Out: a call of the handler that was registered for
// its kind. It writes the table jobs and no other.
//
// Promises: a job runs at least once, and never twice at the same time within a
// lease, whatever number of programs share the database. A program that is
// killed loses nothing: its leases end, and others take over. A handler that
// fails is tried again with growing pauses, and after the last try the job
// stands aside as dead, visible and with a way to try again. A backlog of one
// kind starves no other: each kind has workers of its own. It promises no order.
//
// It never runs a handler inside a transaction: a handler opens its own, and
// must bear being run again.
package jobs
