// Package access says who is calling, what they may do and what they may see:
// people with roles, passwords and sessions, teams and the restricted inboxes
// that they work in, programs with API keys, the one-time links that make the
// owner, a colleague or a new password, and what each person chose and has read.
//
// In: e-mail addresses, passwords, tokens and keys as strangers send them. Out:
// a Principal in the request's context, Check(ctx, verb), and CanSource and
// CanInbox for single things. It writes the tables settings, users, sessions,
// sign_in_links, api_keys, read_marks, second_factors, recovery_codes,
// user_pictures, teams, team_members, inbox_teams and
// invitations.
//
// Promises: tokens and keys are 256 random bits and only their SHA-256 is kept;
// passwords are kept as argon2id with their parameters; a sign-in gets a new
// session and ends the one that it came with; an unknown account answers like
// a wrong password, in the same time; attempts are limited per account and per
// address; a setup link works once and one of two simultaneous claims wins;
// revoking a key, disabling a person, and a change of role, team or restricted
// inbox work at once in this process and within five seconds in others, for
// answers that are open too (Watch); the last owner stays, and only owners change
// owners; an invitation or a reset link works once and looking at it uses nothing
// up; links are built from the configured address, never from a request. Until an owner exists only this machine is answered.
//
// A second factor (RFC 6238) is sealed, its codes and recovery codes work once and
// are limited per person, and dangerous actions ask for a fresh proof.
//
// It never logs or returns a password, a token or a whole address, never
// believes a proxy header of an unlisted peer, and never decides by role alone
// what a request without a Principal may do: operations ask Check.
package access
