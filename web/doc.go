// Package web holds the console: its source (React, see package.json), and the
// built files under dist, which are committed and embedded so that the program
// is complete without Node.
//
// In: GET and HEAD requests that no API operation answers. Out: the built
// files. It reads no table and keeps no state.
//
// It promises that every answer carries the console's content security policy,
// that a file under assets/ never changes under its name (the name holds a
// hash of the content) and is cached for ever, and that index.html is
// revalidated each time, so a new release is seen at once. The built files are
// byte-identical for identical source; CI rebuilds them and compares.
//
// It never answers for /v1: the caller mounts the API in front of it.
package web
