package guard

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestNameable(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1": true, "::1": true, "10.1.2.3": true, "192.168.1.5": true, "172.16.0.1": true, "fd12::1": true, "100.64.0.7": true, "1.1.1.1": true, "2606:4700::1": true,
		"::ffff:10.0.0.1": true, "169.254.169.254": false, "::ffff:169.254.169.254": false, "fe80::a9fe:a9fe": false, "fd00:ec2::254": false, "fd20:ce::254": false,
		"100.100.100.200": false, "192.0.0.192": false, "168.63.129.16": false, "64:ff9b::a9fe:a9fe": false, "2002:a9fe:a9fe::1": false, "0.0.0.0": false, "224.0.0.1": false,
		"255.255.255.255": false, "::": false,
	} {
		if got := Nameable(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestNamedReachesThisMachineButFollowsNothing(t *testing.T) {
	t.Parallel()
	asked := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer other.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
			return
		}
		_, _ = w.Write([]byte("twelve bytes"))
	}))
	defer s.Close()
	c := NewNamed()
	get := func(target string, limit int64) (*http.Response, []byte, error) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(t.Context(), r, limit)
	}
	if a, body, err := get(s.URL, 12); err != nil || a.StatusCode != 200 || string(body) != "twelve bytes" {
		t.Errorf("%v %q", err, body)
	}
	if _, _, err := get(s.URL, 11); err == nil {
		t.Error("an answer that is too large was taken")
	}
	if a, _, err := get(s.URL+"/away", 100); err != nil || a.StatusCode != http.StatusTemporaryRedirect || asked != 0 {
		t.Errorf("it was led away: %v %d", err, asked)
	}
	// Names that resolve to cloud metadata, or public ones without protection.
	for _, target := range []string{"http://169.254.169.254/latest/meta-data", "http://[fd00:ec2::254]/", "http://1.1.1.1/v1", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/", "http://127.0.0.1:22/"} {
		if _, _, err := get(target, 10); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", target, err)
		}
	}
}
