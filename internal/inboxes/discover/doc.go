// Package discover finds out where the mail servers of an address are, so that a
// person types an address and a password and nothing else.
//
// In: a mail address, DNS and the web. Out: settings to propose, with where each
// came from. It writes nothing and never signs in.
//
// It asks, together and for a few seconds at most: who takes the domain's mail
// (MX), what the domain itself says over https (autoconfig, in the format that
// Thunderbird reads), its SRV records (RFC 6186, RFC 8314), and last whether names
// such as imap.DOMAIN exist. It asks the web over https only, because somebody in
// between could name a server of theirs, and proposes no server without TLS.
package discover
