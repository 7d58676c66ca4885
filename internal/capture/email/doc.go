// Package email turns the bytes of one RFC 5322 message into a crm.Envelope.
//
// In: the bytes of one message, as a server or a file gave them, with any line
// ends and any damage. Out: one crm.Envelope, or an error when a person would
// agree that the bytes can't be a mail at all (nothing, or binary data without
// a single mail header).
//
// It writes no table, opens no connection and keeps no state. It promises:
//
//   - one pass, time and memory linear in the size, within a budget counted in
//     bytes (Options.Deadline): a hostile message is cut short, never fatal;
//   - over a limit (depth 20, 500 parts, 256 KB and 1,000 fields of header,
//     1 MB of text, 2 MB of HTML) what was read is kept and
//     Envelope.Truncated says so in a sentence;
//   - every string that comes out is valid UTF-8 without NUL;
//   - Text followed by Quoted is the whole readable text: quoted history and
//     signatures are moved, never deleted;
//   - the same message fetched twice, or by two routes, has the same
//     ExternalID, and a different message never has the same one, whatever its
//     Message-ID claims.
//
// The traits, each present only when it says something:
//
//	mail.to_inbox          the firm's address that it was sent to (Options.Own)
//	mail.reply_to          where answers go, when that is not the sender
//	mail.from_ambiguous    true: more than one From field or sender; the first
//	                       is taken, and none may count as authenticated
//	mail.from_text         the sender's name, when From holds no address
//	mail.list_id           the mailing list (RFC 2919)
//	mail.bounce            true: a delivery report
//	mail.bounce_recipient  the address that failed, and
//	mail.bounce_status     its code, such as 5.1.1 (RFC 3464)
//
// It never verifies a sender: every participant comes out unverified, and
// whoever checks DKIM and DMARC raises that. It never unpacks archives, TNEF or
// attached messages: they are attachments, and their bytes stay in the raw
// message.
package email
