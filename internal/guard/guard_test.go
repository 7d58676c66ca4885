package guard

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1",
		"240.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
		"64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "fec0::1", "2001:db8::1"} {
		if Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is let through", s)
		}
	}
	for _, s := range []string{"1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8"} {
		if !Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is refused", s)
		}
	}
}

// Nothing inside is reached, however it is written, by name or by a redirect.
func TestNothingInsideIsReached(t *testing.T) {
	t.Parallel()
	hits := 0
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits++ }))
	defer inside.Close()
	_, port, _ := net.SplitHostPort(inside.Listener.Addr().String())
	open := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, "http://127.0.0.1:"+port+"/", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/large":
			_, _ = w.Write(make([]byte, 2000))
		default:
			if r.Header.Get("Cookie")+r.Header.Get("Referer") != "" {
				t.Error("it tells who asks")
			}
			_, _ = w.Write([]byte("hello"))
		}
	}))
	defer open.Close()
	allowed := netip.MustParseAddrPort(open.Listener.Addr().String())
	c := New(func(a netip.AddrPort) bool { return a == allowed })
	for _, target := range []string{"http://127.0.0.1:" + port, "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port, "http://0x7f.1:" + port, "http://2130706433:" + port,
		"http://127.1:" + port, "http://0.0.0.0:" + port, "http://[::1]:" + port, "http://169.254.169.254/latest/meta-data/", open.URL + "/inside"} {
		if _, _, err := c.Get(context.Background(), target, 1000); err == nil {
			t.Errorf("%s was fetched", target)
		}
	}
	for _, target := range []string{"file:///etc/passwd", "gopher://1.1.1.1/", "ftp://1.1.1.1/", "http://user@1.1.1.1/", "http://1.1.1.1:25/", "//1.1.1.1/", "", open.URL + "/file"} {
		if _, _, err := c.Get(context.Background(), target, 1000); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", target, err)
		}
	}
	if hits > 0 {
		t.Errorf("the server inside was reached %d times", hits)
	}
	if _, _, err := c.Get(context.Background(), open.URL+"/loop", 1000); err == nil || !strings.Contains(err.Error(), "on and on") {
		t.Error(err)
	}
	if _, _, err := c.Get(context.Background(), open.URL+"/large", 1000); err == nil {
		t.Error("more than the limit was read")
	}
	if body, _, err := c.Get(context.Background(), open.URL, 1000); err != nil || string(body) != "hello" {
		t.Errorf("%q, %v", body, err)
	}
}
