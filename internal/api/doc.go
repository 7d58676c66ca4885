// Package api is the HTTP face of Rapport: operations, request and response
// types, and the one place where an error becomes an RFC 9457 problem.
//
// In: HTTP requests with an API key or a console session. Out: JSON, the
// OpenAPI 3.1 document at /openapi.json (committed as docs/openapi.json), the
// event stream, and the bytes and HTML of contacts behind headers that keep them
// from running. It writes no table itself: it calls flow, identify, journey and
// access, and reads through store and search.
//
// Promises: an operation asks access before it reads its input; a bad item of
// many is refused alone, with a JSON pointer; a page costs a fixed number of
// statements, whatever it holds; a cursor of one list is refused by another;
// pages neither repeat nor skip what did not change meanwhile; a stream ends
// within five seconds of its session. It never trusts an id in a body without
// checking it, and never tells more about an error than its code and sentence.
package api
