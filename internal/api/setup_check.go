package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// The limits of a look at one's own address from outside.
const (
	probeWithin = 6 * time.Second
	probesMax   = 4 // at once
	clockSlack  = 30 * time.Second
	certSlack   = 14 * 24 * time.Hour
)

// probeHeader answers a probe: a proof that the same process was reached.
const probeHeader = "X-Rapport-Probe"

// probes are the looks that are under way: what arrived of each at /healthz.
type probes struct {
	mu sync.Mutex
	m  map[string]*arrived // by the probe's random name
}

// arrived is how a probe looked when it came in.
type arrived struct {
	seen      bool
	peer      string
	host      string
	forwarded string
	proto     string
}

// proof is what a process answers to a probe that it knows.
func proof(name string) string {
	h := sha256.Sum256([]byte("rapport probe " + name))
	return hex.EncodeToString(h[:16])
}

// healthz says that the process lives, and notes a probe of ours.
func (p *probes) healthz(w http.ResponseWriter, r *http.Request) {
	if name := r.URL.Query().Get("probe"); name != "" {
		p.mu.Lock()
		if a := p.m[name]; a != nil {
			peer, _, err := net.SplitHostPort(r.RemoteAddr)
			if err != nil {
				peer = r.RemoteAddr
			}
			*a = arrived{true, peer, r.Host, r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Proto")}
			w.Header().Set(probeHeader, proof(name))
		}
		p.mu.Unlock()
	}
	w.WriteHeader(http.StatusOK)
}

func (p *probes) begin() (string, bool) {
	name := rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.m) >= probesMax {
		return "", false
	}
	if p.m == nil {
		p.m = map[string]*arrived{}
	}
	p.m[name] = &arrived{}
	return name, true
}

func (p *probes) end(name string) arrived {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := *p.m[name]
	delete(p.m, name)
	return a
}

// check opens base the way that a browser would, and compares what arrives here.
// Nothing of the answer but its certificate, its date and the proof is looked
// at, so the address of somebody else's server tells nothing.
func (p *probes) check(ctx context.Context, s *server, base string) []SetupCheck {
	u, err := url.Parse(base)
	if err != nil {
		return []SetupCheck{{"reachable", false, "This address can't be read."}}
	}
	name, ok := p.begin()
	if !ok {
		return []SetupCheck{{"reachable", false, "Several checks run already. Try again in a moment."}}
	}
	ctx, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	header, secured, err := probe(ctx, base+"/healthz?probe="+name)
	a := p.end(name)
	out := []SetupCheck{httpsCheck(u)}
	if err != nil {
		return append([]SetupCheck{{"reachable", false, "Opening " + base + " from here failed: " + plainly(err) + "."}}, out...)
	}
	if !a.seen || header.Get(probeHeader) != proof(name) {
		return append([]SetupCheck{{"reachable", false, base + " answers, but it is not this program. Point the proxy, or the name, at the address that this one listens on."}}, out...)
	}
	out = append([]SetupCheck{{"reachable", true, base + " leads here."}}, out...)
	if secured != nil && len(secured.PeerCertificates) > 0 {
		ends := secured.PeerCertificates[0].NotAfter
		out = append(out, SetupCheck{"certificate", ends.Sub(s.Clock()) > certSlack, "The certificate is valid until " + ends.UTC().Format("2 January 2006") + "."})
	}
	hostOK := strings.EqualFold(a.host, u.Host)
	detail := "The name that people open arrives here unchanged."
	if !hostOK {
		detail = fmt.Sprintf("The proxy changes the name to %q. Let it pass the Host header on, or sign-in from browsers may be refused as coming from elsewhere.", a.host)
	}
	out = append(out, SetupCheck{"host", hostOK, detail}, proxyCheck(s, u, a))
	if at, err := http.ParseTime(header.Get("Date")); err == nil {
		off := s.Clock().Sub(at).Abs()
		out = append(out, SetupCheck{"clock", off <= clockSlack, fmt.Sprintf("This machine's clock and that of %s differ by %d s.", u.Host, int(math.Round(off.Seconds())))})
	}
	return out
}

func httpsCheck(u *url.URL) SetupCheck {
	if u.Scheme == "https" {
		return SetupCheck{"https", true, "Browsers talk to it encrypted."}
	}
	ip := net.ParseIP(u.Hostname())
	if u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return SetupCheck{"https", true, "Only this machine opens it, so it needs no https."}
	}
	return SetupCheck{"https", false, "Passwords travel unprotected. Put a proxy with https in front, and use an address that begins with https."}
}

func proxyCheck(s *server, u *url.URL, a arrived) SetupCheck {
	listed := s.Access.IsProxy(a.peer)
	switch {
	case a.forwarded == "" && u.Scheme == "http":
		return SetupCheck{"proxy", true, "There is no proxy in front."}
	case a.forwarded == "":
		return SetupCheck{"proxy", false, "The proxy at " + a.peer + " does not say who it speaks for: let it send X-Forwarded-For. Until then all people count as one visitor in the limits of sign-in."}
	case !listed:
		return SetupCheck{"proxy", false, "The proxy at " + a.peer + " is not listed, so its X-Forwarded-For is not believed. Start with --proxies " + a.peer + "."}
	case a.proto != "" && a.proto != u.Scheme:
		return SetupCheck{"proxy", false, "The proxy says that it was opened by " + a.proto + ", not by " + u.Scheme + "."}
	}
	return SetupCheck{"proxy", true, "The proxy at " + a.peer + " says who it speaks for, and is believed."}
}

// probe makes one request without a redirect, and reads no body.
func probe(ctx context.Context, at string) (http.Header, *tls.ConnectionState, error) {
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, nil, err
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	return res.Header, res.TLS, res.Body.Close()
}

// plainly says why a connection failed, for people.
func plainly(err error) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &dns):
		return "the name is not known to DNS here"
	case errors.As(err, &cert):
		return "its certificate is not valid for this name, or not trusted"
	case errors.As(err, &record):
		return "it does not speak https there"
	case errors.Is(err, context.DeadlineExceeded):
		return "nothing answered within six seconds"
	}
	return "nothing listens there, or a firewall is in between"
}
