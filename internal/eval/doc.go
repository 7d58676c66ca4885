// Package eval is the form in which quality is reported: figures with their
// number of cases, interval, seed and the baseline beside them.
//
// In: labelled files (CSV, TSV or JSONL, docs/eval.md) and what the packages that
// own a model measured on them. Out: a table for people or one JSON object for
// programs.
//
// Promises: it knows no model and no set; a file is read as a whole or refused
// with its line; a bootstrap gives the same interval for the same seed.
package eval
