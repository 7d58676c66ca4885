// Package store is the only place with SQL.
//
// In: a database URL (sqlite file or postgres://). Out: transactions, typed
// queries grouped by the package that owns the table, bulk statements, and
// errors classified once. It writes the tables buckets and goose_db_version
// itself; every other table is written by the one package that its migration
// names (`-- owner: …`), through statements kept here in files of that name.
//
// Promises: one SQL text for SQLite and PostgreSQL; times are BIGINT
// microseconds UTC passed in; no column is NULL; a transaction that lost a
// race (busy, serialisation, deadlock) is run again within a budget; numbers of
// the feed (bucket, seq) become visible in order.
//
// The dialect seam (dialect.go) holds all that differs between the engines:
// bulk statements, claim suffix, DDL words, doorbell, and beside them open and
// error classes. It never knows what a table means.
package store
