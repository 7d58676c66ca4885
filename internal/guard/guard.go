package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

// ErrRefused is a target that is none of a stranger's business.
var ErrRefused = errors.New("this address is not reached from here")

// timeout bounds a request from its beginning to its last byte.
const timeout = 10 * time.Second

// refused are the networks that the standard library has no word for.
var refused = func() (out []netip.Prefix) {
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fec0::/10"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// Public reports whether an address is one of the open internet.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast() || a.IsInterfaceLocalMulticast() ||
		a.IsMulticast() || a.IsUnspecified() {
		return false
	}
	for _, p := range refused {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// Client makes guarded requests. It is safe for concurrent use.
type Client struct {
	http *http.Client
}

// New makes a client. allow lets single addresses through that are refused
// otherwise, for targets that an administrator named; nil: none.
func New(allow func(netip.AddrPort) bool) *Client {
	d := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !(Public(to.Addr()) || allow != nil && allow(to)) {
			return fmt.Errorf("%w: %s", ErrRefused, address)
		}
		return nil
	}}
	t := &http.Transport{DialContext: d.DialContext, Proxy: nil, DisableKeepAlives: true, TLSHandshakeTimeout: 5 * time.Second,
		ResponseHeaderTimeout: 5 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: false}
	return &Client{&http.Client{Transport: t, Timeout: timeout, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		r.Header.Del("Referer")
		if len(via) > 3 {
			return errors.New("it leads on and on")
		}
		return check(r.URL)
	}}}
}

func check(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Host == "" {
		return fmt.Errorf("%w: %s", ErrRefused, u.Scheme)
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		if n, err := strconv.Atoi(port); err != nil || n < 1024 {
			return fmt.Errorf("%w: port %s", ErrRefused, port)
		}
	}
	return nil
}

// Get reads at most limit bytes at a URL; more is an error.
func (c *Client) Get(ctx context.Context, target string, limit int64) (body []byte, contentType string, err error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, "", err
	}
	if err := check(u); err != nil {
		return nil, "", err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("User-Agent", "Rapport")
	r.Header.Set("Accept", "image/png, image/jpeg, image/gif, */*;q=0.1")
	a, err := c.http.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, "", fmt.Errorf("it answered %d", a.StatusCode)
	}
	if body, err = io.ReadAll(io.LimitReader(a.Body, limit+1)); err == nil && int64(len(body)) > limit {
		err = fmt.Errorf("it is larger than %d bytes", limit)
	}
	return body, a.Header.Get("Content-Type"), err
}
