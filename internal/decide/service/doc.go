// Package service says until when a customer should have an answer.
//
// In: a schedule of opening hours, a policy with its targets, and what happened
// in a case. Out: due times, how much of a target is left while it rests, when
// somebody is there again. It is pure: no clock, no database; the caller passes
// the facts and the time.
//
// Promises: time runs during opening hours only, in the schedule's own time zone,
// through changes of summer time and over holidays; adding a duration and
// measuring it again gives the same duration; a schedule that never opens gives no
// due time instead of running for ever.
package service
