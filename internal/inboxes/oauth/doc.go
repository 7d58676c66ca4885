// Package oauth signs inboxes in at Google and Microsoft, and keeps their tokens
// fresh.
//
// In: a person who goes to the provider and comes back with a code; later, who
// reads or sends mail and needs an access token. Out: a URL to go to, and tokens.
// It writes through inboxes only: secrets, state and health.
//
// Promises: what comes back is believed only from the person who went, for the
// inbox that they went for, within ten minutes and once (state, PKCE); tokens are
// sealed before they are used, a refresh token that was replaced first of all, so
// that a kill loses none; one process at a time renews a token; a sign-in that was
// taken back is said in words, and the inbox asks to be connected again. Tokens
// never stand in logs, errors or URLs of ours.
package oauth
