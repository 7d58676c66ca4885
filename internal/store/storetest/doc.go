// Package storetest opens real, empty databases for tests: SQLite always,
// PostgreSQL when RAPPORT_TEST_POSTGRES holds a server's URL (`make test`
// starts one).
//
// In: a test. Out: one database an engine, closed and checked at the end; dumps
// that can be compared between states and engines; a small disk to fill up. It
// writes no table outside tests, and holds the conformance suite that every
// engine must pass.
package storetest
