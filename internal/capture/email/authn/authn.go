package authn

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/authres"
	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
	"golang.org/x/net/publicsuffix"
)

// The verdicts.
const (
	Pass = "pass"
	Fail = "fail"
	None = "none"
)

// Result is what was found out about a sender.
type Result struct {
	Verdict string
	From    string // the one From address; empty: there is not exactly one
	Method  string // dkim, spf, authentication-results
	Reason  string // a sentence for people
}

// Checker checks mails. It is safe for concurrent use.
type Checker struct {
	// LookupTXT asks DNS. Default: the system's resolver.
	LookupTXT func(domain string) ([]string, error)
}

// New makes a Checker that asks the system's resolver and remembers for a while
// what it was told.
func New() *Checker { return &Checker{LookupTXT: remember(net.LookupTXT, time.Now)} }

// maxSignatures bounds the work that one mail can ask for.
const maxSignatures = 5

// Check judges a mail. spf is the envelope's domain when SPF passed for it, and
// empty where the mail did not come over SMTP; trusted are authserv-ids.
func (c *Checker) Check(raw []byte, trusted []string, spf string) Result {
	h, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(head(raw)))).ReadMIMEHeader()
	if err != nil && len(h) == 0 {
		return Result{Verdict: None, Reason: "Its header can't be read."}
	}
	from, domain := sender(h)
	if from == "" {
		return Result{Verdict: None, Reason: "It names more than one sender, or none."}
	}
	if r, ok := results(h, trusted, from, domain); ok {
		return r
	}
	if spf != "" && aligned(spf, domain, false) {
		return Result{Pass, from, "spf", "The sending server may send for " + domain + "."}
	}
	signed, strange := c.signatures(raw, h, domain)
	if signed != "" {
		return Result{Pass, from, "dkim", "It is signed by " + signed + "."}
	}
	record, err := c.policy(domain)
	switch {
	case err != nil || record == nil:
		return Result{Verdict: None, From: from, Reason: "Its domain says nothing about who may send for it."}
	case strange:
		return Result{Verdict: None, From: from, Reason: "Its signature could not be checked now."}
	case record.Policy == dmarc.PolicyNone:
		return Result{Verdict: None, From: from, Reason: "It is not signed by " + domain + ", whose policy asks for nothing."}
	}
	return Result{Fail, from, "dmarc", "Nobody vouches for it, and " + domain + " says that such mail is not from there."}
}

// head is the header of a mail, bounded.
func head(raw []byte) []byte {
	raw = raw[:min(len(raw), 256<<10)]
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	if i := bytes.Index(raw, []byte("\n\n")); i >= 0 {
		raw = raw[:i+2]
	}
	return append(raw, '\n', '\n')
}

// sender is the one mailbox of the one From field, and its domain.
func sender(h textproto.MIMEHeader) (address, domain string) {
	fields := h.Values("From")
	if len(fields) != 1 {
		return "", ""
	}
	list, err := mail.ParseAddressList(fields[0])
	if err != nil || len(list) != 1 {
		return "", ""
	}
	address = strings.ToLower(list[0].Address)
	_, domain, _ = strings.Cut(address, "@")
	return address, strings.TrimSuffix(domain, ".")
}

// results reads the topmost Authentication-Results.
func results(h textproto.MIMEHeader, trusted []string, from, domain string) (Result, bool) {
	fields := h.Values("Authentication-Results")
	if len(fields) == 0 || len(trusted) == 0 {
		return Result{}, false
	}
	id, list, err := authres.Parse(fields[0])
	if err != nil || !contains(trusted, id) {
		return Result{}, false
	}
	const method = "authentication-results"
	for _, r := range list {
		switch r := r.(type) {
		case *authres.DMARCResult:
			switch {
			case r.Value == authres.ResultPass && (r.From == "" || aligned(r.From, domain, false)):
				return Result{Pass, from, method, id + " checked it."}, true
			case r.Value == authres.ResultFail:
				return Result{Fail, from, method, id + " says that it is forged."}, true
			}
		case *authres.DKIMResult:
			if r.Value == authres.ResultPass && aligned(r.Domain, domain, false) {
				return Result{Pass, from, method, id + " checked its signature."}, true
			}
		case *authres.SPFResult:
			_, of, _ := strings.Cut(r.From, "@")
			if r.Value == authres.ResultPass && aligned(of, domain, false) {
				return Result{Pass, from, method, id + " checked the sending server."}, true
			}
		}
	}
	return Result{Verdict: None, From: from, Method: method, Reason: id + " could not say."}, true
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if strings.EqualFold(strings.TrimSpace(v), strings.TrimSpace(s)) {
			return true
		}
	}
	return false
}

// signatures checks the DKIM signatures (RFC 6376). signed is the first aligned
// domain that vouches; strange says that some could not be checked now.
func (c *Checker) signatures(raw []byte, h textproto.MIMEHeader, domain string) (signed string, strange bool) {
	fields := h.Values("Dkim-Signature")
	if len(fields) == 0 {
		return "", false
	}
	for _, f := range fields {
		if partial(f) {
			return "", false // an appended body would pass with it
		}
	}
	found, err := dkim.VerifyWithOptions(bytes.NewReader(withCRLF(raw)), &dkim.VerifyOptions{LookupTXT: c.lookup, MaxVerifications: maxSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return "", true
	}
	for _, v := range found {
		switch {
		case v.Err == nil && aligned(v.Domain, domain, false):
			return v.Domain, false
		case v.Err != nil && dkim.IsTempFail(v.Err):
			strange = true
		}
	}
	return "", strange
}

// partial reports whether a signature covers part of the body only.
func partial(field string) bool {
	for tag := range strings.SplitSeq(field, ";") {
		if name, _, ok := strings.Cut(tag, "="); ok && strings.TrimSpace(name) == "l" {
			return true
		}
	}
	return false
}

func withCRLF(raw []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

func (c *Checker) lookup(domain string) ([]string, error) {
	if c.LookupTXT != nil {
		return c.LookupTXT(domain)
	}
	return net.LookupTXT(domain)
}

// policy is the DMARC record of a domain or of its organisation; nil: none.
func (c *Checker) policy(domain string) (*dmarc.Record, error) {
	for _, d := range []string{domain, organisation(domain)} {
		r, err := dmarc.LookupWithOptions(d, &dmarc.LookupOptions{LookupTXT: c.lookup})
		if err == nil {
			return r, nil
		}
		if !errors.Is(err, dmarc.ErrNoPolicy) {
			return nil, err
		}
	}
	return nil, nil
}

// aligned reports whether two domains are the same or, unless strict, of one
// organisation.
func aligned(a, b string, strict bool) bool {
	a, b = strings.ToLower(strings.TrimSuffix(a, ".")), strings.ToLower(strings.TrimSuffix(b, "."))
	if a == "" || b == "" {
		return false
	}
	return a == b || !strict && organisation(a) == organisation(b)
}

func organisation(domain string) string {
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}
