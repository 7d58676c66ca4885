package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func ask(t *testing.T, method, path, encodings string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	if encodings != "" {
		r.Header.Set("Accept-Encoding", encodings)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// script is the address of the program that index.html names.
func script(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile(`src="(/assets/[^"]+\.js)"`).FindStringSubmatch(text(t, ask(t, "GET", "/", "")))
	if m == nil {
		t.Fatal("index.html names no script; run npm run build")
	}
	return m[1]
}

func TestEveryAddressLeadsToTheConsole(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/index.html", "/customers/0190163d-8694-739b-aea5-966c26f8ad91", "/../../etc/passwd", "/sign-in"} {
		r := ask(t, "GET", path, "")
		if r.StatusCode != http.StatusOK || !strings.Contains(text(t, r), `<div id="root">`) {
			t.Errorf("%s: status %d, not the console", path, r.StatusCode)
		}
		if got := r.Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
	}
}

func TestWhatIsMissingIsNotAPage(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/assets/gone-12345678.js", "/v1/no-such-operation"} {
		if r := ask(t, "GET", path, ""); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, r.StatusCode)
		}
	}
	if r := ask(t, "POST", "/", ""); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") == "" {
		t.Errorf("POST: status %d", r.StatusCode)
	}
}

func TestAssetsAreImmutableAndCompressed(t *testing.T) {
	t.Parallel()
	path := script(t)
	plain := text(t, ask(t, "GET", path, ""))
	tags := map[string]bool{}
	for _, c := range []struct{ accept, want string }{
		{"", ""}, {"gzip", "gzip"}, {"gzip, deflate, br", "br"}, {"br;q=0, gzip;q=0.5", "gzip"}, {"identity", ""},
	} {
		r := ask(t, "GET", path, c.accept)
		if got := r.Header.Get("Content-Encoding"); got != c.want {
			t.Errorf("Accept-Encoding %q: got %q, want %q", c.accept, got, c.want)
		}
		if got := r.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("Cache-Control %q", got)
		}
		if got := r.Header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
			t.Errorf("Content-Type %q", got)
		}
		tags[r.Header.Get("ETag")] = true
		if c.want == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(z); err != nil || string(body) != plain {
				t.Errorf("the gzip form differs from the plain one: %v", err)
			}
		}
	}
	if len(tags) != 3 {
		t.Errorf("three representations need three tags, got %v", tags)
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("If-None-Match", ask(t, "GET", "/", "").Header.Get("ETag"))
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	if w.Code != http.StatusNotModified {
		t.Errorf("status %d, want 304", w.Code)
	}
}

func TestHeadersKeepTheConsoleToItself(t *testing.T) {
	t.Parallel()
	h := ask(t, "GET", "/", "").Header
	for name, want := range map[string]string{
		"Content-Security-Policy":    "script-src 'self';",
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin",
	} {
		if !strings.Contains(h.Get(name), want) {
			t.Errorf("%s: %q lacks %q", name, h.Get(name), want)
		}
	}
	if h.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over plain HTTP")
	}
}

func TestIndexHasNoInlineScript(t *testing.T) {
	t.Parallel()
	index := text(t, ask(t, "GET", "/", ""))
	for _, tag := range regexp.MustCompile(`<script[^>]*>`).FindAllString(index, -1) {
		if !strings.Contains(tag, "src=") {
			t.Errorf("the policy would block %s", tag)
		}
	}
	if strings.Contains(index, "://") {
		t.Error("index.html names another host")
	}
}
