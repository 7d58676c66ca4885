// Package files keeps what people and visitors upload, and serves files of any
// origin by signed addresses.
//
// In: bytes with a name that somebody chose; references to attachments inside
// contacts, which its caller reads. Out: a File with an id, an address that is
// good for an hour at most, and the answers at that address. It writes the table
// files.
//
// Promises: a name is data, never a path: it is cleaned of everything that could
// mislead an eye, a header or a file system. The type is what the bytes are, not
// what somebody says. An address names one file and can be neither guessed nor
// changed. What is served never runs and is saved, not shown; only pictures are
// shown, and only as we painted them anew, within bounds of pixels, time and
// memory. Archives are never unpacked.
package files
