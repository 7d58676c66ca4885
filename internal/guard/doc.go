// Package guard makes requests to places that strangers name: pictures in mails,
// feeds, discovery.
//
// In: a URL. Out: the answer, within bounds. It writes no table.
//
// Promises: the address is judged when the connection is made, after every name
// was resolved, so that no name and no redirect leads inside: loopback, private,
// link-local, shared, multicast and reserved addresses are refused, also when
// they are written as IPv6. Only http and https on their own ports or above
// 1023, without a user in the URL, at most three redirects, each judged again.
// It sends no cookie and no referrer, and reads no more than it was asked to.
//
// Named is for services that an administrator named, such as a model server in
// the firm's own network: private addresses are reached, those of cloud metadata
// never, redirects are not followed, and plain http stays inside.
package guard
