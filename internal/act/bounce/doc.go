// Package bounce reads what mail servers say about mail that did not arrive.
//
// In: the bytes of a mail: a delivery report (RFC 3464), an abuse report
// (RFC 5965), or one of the many forms that are neither: plain text of qmail,
// exim and Exchange, multipart/mixed of opensmtpd. Out: a Report with the
// recipients, a status, the reason in words, and every Message-ID that stands
// in it. It writes no table.
//
// Promises: it reads any bytes without failing, in time that grows with their
// length, and looks into bodies whatever their encoding. It believes nothing:
// whether a Message-ID in a report is ours is for its caller to check, since
// anybody can write a report.
package bounce
