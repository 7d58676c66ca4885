// Package importer reads files into a stream of crm.Item: mbox files, maildirs,
// single messages, CSV tables and NDJSON.
//
// In: a kind, paths, and for a resumed import a Position. Out: one crm.Item
// after another, each with the bytes that it was made from and the Position at
// which to go on after it. It writes no table; whoever reads the items stores
// them together with the Position, so that a killed import goes on where it
// stopped and a repeated one doubles nothing: the same file always gives items
// with the same ExternalID.
//
// It promises:
//
//   - bounded memory: files are streamed, one message is at most 50 MB, a row
//     1 MB, an NDJSON line 10 MB;
//   - a bad item is one item with Problem set and its bytes in Raw (the first
//     megabyte of one that is too long), and the reader goes on behind it;
//   - a file that can't be read, and a table whose header lacks a column, is an
//     error, not silence;
//   - symbolic links to folders are not followed, and devices and pipes are not
//     opened.
//
// It never unpacks an archive, never asks the network, and never claims that an
// identifier is verified: that is Options.MayVerify, which the operator sets.
//
// The columns of a CSV table, in any order and case:
//
//	channel      mail, chat, phone, text, …                required
//	occurred_at  RFC 3339, "2026-03-01 12:00:00", a date,
//	             or Unix seconds or milliseconds           required
//	email, phone, user_id, anonymous_id                    at least one required
//	name         of the person
//	external_id  the source's own id; without one a hash of the row and its
//	             place in the file
//	source, kind (message), direction (in), subject, text, html, locale,
//	thread_key, message_id, in_reply_to, automatic (true or false)
//
// Every other column becomes a trait under its own name. Options.Columns gives
// a column of the file one of these names; Options.Defaults gives a field that
// has no column one value for every row.
package importer
