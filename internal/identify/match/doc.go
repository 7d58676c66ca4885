// Package match says how likely two records are one person: the model of
// Fellegi and Sunter (1969), learned without examples by EM.
//
// In: records as rows of text, any columns. Out: candidate pairs, the weight of
// each field in bits, a probability, and groups of records. It is pure: no clock,
// no I/O, no database; identify feeds it and acts on what it says.
//
// A column's comparison is chosen by what stands in it (a date, a number, a
// mail address, a word out of few, words), never by its name. u comes from
// random pairs, m and the share of matches from EM with u fixed; agreement on a
// rare value counts more than on a common one; a missing value says nothing.
//
// Promises: the same records and seed give the same answer; the order of
// records changes no pair. It never joins anybody: a probability is a
// suggestion, and who acts on it decides.
package match
