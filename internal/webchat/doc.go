// Package webchat is the firm's end of the chat widget on its web site.
//
// In: requests of browsers that show the widget, with a random token of their own
// and, when the site knows who it is, a token that the site signed. Out: contacts
// of channel chat in the flow, and the messages of a visitor's own conversation,
// as they come. It writes the tables visitors, visitor_marks, visitor_files and
// used_tokens.
//
// Promises: a message is acknowledged after it is on disk, and sending it again
// adds no second one; whoever comes back gets everything after the number that
// they saw last; a visitor sees the conversation that their token began, or, once
// their site signed for them, those of their account, and nothing else; what an
// anonymous visitor types about themself is a claim; a signed token counts once,
// for this inbox, for ten minutes at most; pages that an inbox does not name can't
// show its widget.
//
// A file of a visitor goes with their own messages only, is bounded in size and
// number, and is served as package files serves everything.
//
// It sets no cookie. docs/widget.md has the protocol.
package webchat
