// Package access says who is calling and what they may do: people with
// passwords and sessions, programs with API keys, the one-time link that makes
// the owner, and what each person has read.
//
// In: e-mail addresses, passwords, tokens and keys as strangers send them. Out:
// a Principal in the request's context, and Check(ctx, verb). It writes the
// tables settings, users, sessions, sign_in_links, api_keys and read_marks.
//
// Promises: tokens and keys are 256 random bits and only their SHA-256 is kept;
// passwords are kept as argon2id with their parameters; a sign-in gets a new
// session and ends the one that it came with; an unknown account answers like
// a wrong password, in the same time; attempts are limited per account and per
// address; a setup link works once and one of two simultaneous claims wins;
// revoking a key or disabling a person works at once in this process and within
// five seconds in others. Until an owner exists only this machine is answered.
//
// It never logs or returns a password, a token or a whole address, never
// believes a proxy header of an unlisted peer, and never decides by role alone
// what a request without a Principal may do: operations ask Check.
package access
