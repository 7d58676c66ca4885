package email

import "strings"

// automatic reports whether no person wrote the message: RFC 3834 5, its
// forerunners, lists, and the signs of a bounce.
func automatic(h header, kind, from, replyTo string) bool {
	if v := word(h.get("auto-submitted")); v != "" && v != "no" {
		return true
	}
	switch word(h.get("precedence")) {
	case "bulk", "list", "junk", "auto_reply":
		return true
	}
	if v := word(h.get("x-auto-response-suppress")); v != "" && v != "none" {
		return true
	}
	for _, name := range []string{"list-id", "list-unsubscribe", "list-post", "x-autoreply", "x-autorespond", "x-auto-reply", "x-rapport-loop"} {
		if h.has(name) {
			return true
		}
	}
	if kind == "multipart/report" {
		return true
	}
	// A form that mails from no-reply with the customer in Reply-To was
	// written by a person.
	switch local(from) {
	case "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "do_not_reply":
		return replyTo == "" || strings.EqualFold(replyTo, from)
	}
	return false
}

// bounced reports a delivery report, in whatever form: many are not
// multipart/report and are known by their sender only. Other reports (TLS,
// abuse, read receipts) say so in their type.
func bounced(h header, root *part, from string) bool {
	if root.kind == "multipart/report" {
		switch strings.ToLower(root.params["report-type"]) {
		case "", "delivery-status":
			return true
		}
		return false
	}
	if nullPath(h) {
		return true
	}
	switch local(from) {
	case "mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon":
		return true
	}
	return h.has("x-failed-recipients")
}

// nullPath reports the empty return path of RFC 5321 4.5.5.
func nullPath(h header) bool {
	for _, v := range h.all("return-path") {
		return strings.ReplaceAll(strings.TrimSpace(v), " ", "") == "<>"
	}
	return false
}

// local is the lower-case part of an address before the @, or the whole of
// what has none.
func local(addr string) string {
	l, _, _ := strings.Cut(strings.ToLower(addr), "@")
	return l
}

// word is the first word of a value, without parameters or comments.
func word(v string) string {
	if i := strings.IndexAny(v, "; \t("); i >= 0 {
		v = v[:i]
	}
	return strings.ToLower(v)
}
