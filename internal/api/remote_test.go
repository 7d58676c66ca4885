package api

import (
	"bytes"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/guard"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// Pictures of strangers are fetched for a signed address only, painted anew, and
// never from inside.
func TestRemotePictures(t *testing.T) {
	t.Parallel()
	paint := func(n int) []byte {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, n, n))); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie")+r.Header.Get("Referer")+r.Header.Get("Authorization") != "" {
			t.Error("it tells who looks")
		}
		w.Header().Set("Set-Cookie", "a=b")
		switch r.URL.Path {
		case "/pixel":
			_, _ = w.Write(paint(1))
		case "/page":
			_, _ = w.Write([]byte("<script>alert(1)</script>"))
		default:
			_, _ = w.Write(append(paint(20), "<script>"...))
		}
	}))
	defer there.Close()
	allowed := netip.MustParseAddrPort(there.Listener.Addr().String())
	keys, err := inboxes.ParseKeys(strings.Repeat("ef", 32))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := &server{Deps: Deps{Inboxes: inboxes.New(nil, clock, keys), Clock: clock, Log: slog.New(slog.DiscardHandler), Files: files.New(nil, clock, keys.DeriveAll, nil),
		Remote: guard.New(func(a netip.AddrPort) bool { return a == allowed })}, fetching: make(chan struct{}, 1)}
	get := func(url string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", url, nil)
		r.Header.Set("Cookie", "rapport_session=secret")
		w := httptest.NewRecorder()
		s.image(w, r)
		return w
	}
	at := s.remoteAddress(there.URL + "/picture.svg")
	w := get(at)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || w.Header().Get("Set-Cookie") != "" || bytes.Contains(w.Body.Bytes(), []byte("script")) {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for url, want := range map[string]int{
		s.remoteAddress(there.URL + "/pixel"):                      http.StatusNotFound,
		s.remoteAddress(there.URL + "/page"):                       http.StatusUnsupportedMediaType,
		s.remoteAddress("http://169.254.169.254/latest/meta-data"): http.StatusBadGateway,
		s.remoteAddress("http://127.0.0.1:1/x.png"):                http.StatusBadGateway,
		strings.Replace(at, "picture", "other", 1):                 http.StatusNotFound,
		"/v1/img?u=http%3A%2F%2Fexample.com&e=9999999999&m=":       http.StatusNotFound,
	} {
		if w := get(url); w.Code != want {
			t.Errorf("%s: %d, want %d", url, w.Code, want)
		}
	}
	now = now.Add(2 * time.Hour)
	if get(at).Code != http.StatusNotFound {
		t.Error("an address must end")
	}
}
