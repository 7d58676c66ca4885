// Package storetest opens real, empty databases for tests: SQLite always,
// PostgreSQL when RAPPORT_TEST_POSTGRES holds a server's URL (`make test`
// starts one).
//
// In: a test. Out: one database an engine, closed and checked at the end. It
// writes nothing of its own and holds the conformance suite of the store.
package storetest
