package guard

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

// metadata are addresses at which clouds tell the machine's own secrets, beside
// the link-local ones: AWS, Google and Scaleway over IPv6, Alibaba, Oracle, and
// Azure's host agent.
var metadata = func() (out []netip.Addr) {
	for _, s := range []string{"fd00:ec2::254", "fd20:ce::254", "fd00:42::42", "100.100.100.200", "192.0.0.192", "168.63.129.16"} {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}()

// inside are the networks of the refused ones that a firm's own machines have.
var inside = []netip.Prefix{netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15")}

// Nameable reports whether an administrator may name an address: a public one, or
// one of the firm's own, such as a model server on this machine. Those of cloud
// metadata are nobody's to name: they would give away what the machine may do.
func Nameable(a netip.Addr) bool {
	a = a.Unmap()
	if slices.Contains(metadata, a) {
		return false
	}
	for _, p := range inside {
		if p.Contains(a) {
			return true
		}
	}
	return Public(a) || a.IsLoopback() || a.IsPrivate()
}

// Named makes requests to a service that an administrator named. It follows no
// redirect, so that what is sent, and the key with it, goes nowhere else. It is
// safe for concurrent use.
type Named struct {
	secure, plain *http.Client
}

// NewNamed makes a client for services that an administrator named.
func NewNamed() *Named {
	return &Named{secure: named(Nameable), plain: named(func(a netip.Addr) bool { return Nameable(a) && !Public(a) })}
}

func named(may func(netip.Addr) bool) *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !may(to.Addr()) {
			return fmt.Errorf("%w: %s", ErrRefused, address)
		}
		return nil
	}}
	t := &http.Transport{DialContext: d.DialContext, Proxy: nil, DisableKeepAlives: true, TLSHandshakeTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: false}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// CheckNamed refuses a URL that no service can have: another scheme, a user, a
// port below 1024 that is not that of the web.
func CheckNamed(target string) (*url.URL, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, fmt.Errorf("%w: it is no URL", ErrRefused)
	}
	return u, check(u)
}

// Do makes a request whose deadline is that of ctx, and reads at most limit bytes
// of the answer; more is an error. Over http only the firm's own addresses are
// reached: what is sent would travel unprotected.
func (c *Named) Do(ctx context.Context, r *http.Request, limit int64) (*http.Response, []byte, error) {
	if err := check(r.URL); err != nil {
		return nil, nil, err
	}
	client := c.plain
	if r.URL.Scheme == "https" {
		client = c.secure
	}
	r.Header.Set("User-Agent", "Rapport")
	a, err := client.Do(r.WithContext(ctx))
	if err != nil {
		return nil, nil, err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(io.LimitReader(a.Body, limit+1))
	if err == nil && int64(len(body)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return a, body, err
}
