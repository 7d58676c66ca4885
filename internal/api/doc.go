// Package api is the HTTP face of Rapport: operations, request and response
// types, and the one place where an error becomes an RFC 9457 problem.
//
// In: HTTP requests with an API key or a console session. Out: JSON, the
// OpenAPI 3.1 document at /openapi.json, and the event stream. It writes no
// table itself: it calls flow, identify, journey, capture and access, and reads
// through store. It never trusts an id in a body without checking it, and never
// tells more about an error than its code and sentence.
package api
