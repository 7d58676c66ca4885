// Package models holds the data that the understand stage is born with: the
// starter examples and rule tables as text, and the trained models as bytes.
//
// In: nothing. Out: embedded files. It has no code beyond them, performs no I/O
// at run time and writes no table. The binary files are made by the programs in
// gen and langgen from the texts here and from public data sets; NOTICE.md names
// the sources and their licences. They are committed, and a test makes the
// intent model again and compares.
package models
