package access

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// FuzzMiddleware sends whatever strangers may send: nothing of it is a caller,
// and nothing of it stops the process.
func FuzzMiddleware(f *testing.F) {
	f.Add("Bearer rpk_x", "rapport_session=x", "10.0.0.1", "localhost", "127.0.0.1:1")
	f.Add("Basic cnBrXzo=", "__Host-rapport=; rapport_session=\x00", "::1, fe80::1%eth0", "[::1]:80", "[::1]:1")
	f.Add("bearer", "=", ",,,", "", "@")
	f.Add("Basic \xff", "rapport_session=\"", "1.2.3.4:5", "evil.example", "1.2.3.4")
	s := New(storetest.SQLite(f), time.Now)
	f.Fuzz(func(t *testing.T, authorization, cookie, forwarded, host, peer string) {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/v1/session", nil)
		r.Header["Authorization"] = []string{authorization}
		r.Header["Cookie"] = []string{cookie}
		r.Header["X-Forwarded-For"] = []string{forwarded}
		r.Host, r.RemoteAddr = host, peer
		w := httptest.NewRecorder()
		s.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if From(r.Context()) != nil {
				t.Error("a stranger is somebody")
			}
		})).ServeHTTP(w, r)
	})
}

// FuzzEmail checks that an accepted address is one that compares as it is.
func FuzzEmail(f *testing.F) {
	for _, s := range []string{"Olga@Firm.example", " a@b ", "\"a b\"@c", "a@b@c", "<a@b>", "a@b\r\nBcc: c@d", "@", "İ@x.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := normalEmail(s)
		if err != nil {
			return
		}
		if again, err := normalEmail(e); err != nil || again != e || strings.ContainsAny(e, "\r\n\x00") {
			t.Errorf("%q became %q, then %q, %v", s, e, again, err)
		}
	})
}
