package web

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image/png"
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

func TestTheConsoleCanBeInstalled(t *testing.T) {
	t.Parallel()
	index := text(t, ask(t, "GET", "/inbox", ""))
	for _, link := range []string{`rel="manifest" href="/manifest.webmanifest"`, `rel="apple-touch-icon" href="/apple-touch-icon.png"`} {
		if !strings.Contains(index, link) {
			t.Errorf("index.html lacks %s", link)
		}
	}
	r := ask(t, "GET", "/manifest.webmanifest", "")
	if got := r.Header.Get("Content-Type"); got != "application/manifest+json" {
		t.Errorf("the manifest is %q", got)
	}
	if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") {
		t.Errorf("the policy %q lets no manifest and no worker of this origin in", csp)
	}
	var m struct {
		Name, Display string
		StartURL      string `json:"start_url"`
		ThemeColour   string `json:"theme_color"`
		Icons         []struct{ Src, Sizes, Type, Purpose string }
		Shortcuts     []struct{ Name, URL string }
	}
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		t.Fatal(err)
	}
	if m.Name != "Rapport" || m.Display != "standalone" || m.StartURL != "/inbox" || len(m.Shortcuts) == 0 {
		t.Errorf("the manifest says %+v", m)
	}
	if !strings.Contains(index, `content="`+m.ThemeColour+`"`) {
		t.Errorf("index.html has another colour than the manifest's %s", m.ThemeColour)
	}
	has := map[string]bool{}
	for _, icon := range m.Icons {
		r := ask(t, "GET", icon.Src, "")
		if got := r.Header.Get("Content-Type"); got != icon.Type {
			t.Errorf("%s is %q, not %q", icon.Src, got, icon.Type)
		}
		has[icon.Purpose+" "+icon.Sizes] = true
		if icon.Type != "image/png" {
			continue
		}
		p, err := png.DecodeConfig(r.Body)
		if size := fmt.Sprintf("%dx%d", p.Width, p.Height); err != nil || size != icon.Sizes {
			t.Errorf("%s has %s pixels, not %s: %v", icon.Src, size, icon.Sizes, err)
		}
	}
	for _, want := range []string{"any 192x192", "any 512x512", "maskable 192x192", "maskable 512x512"} {
		if !has[want] {
			t.Errorf("no icon for %s", want)
		}
	}
}

func TestTheWorkerIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	for path, kind := range map[string]string{"/sw.js": "text/javascript; charset=utf-8", "/offline.js": "text/javascript; charset=utf-8", "/offline.html": "text/html; charset=utf-8"} {
		r := ask(t, "GET", path, "")
		if r.Header.Get("Content-Type") != kind || r.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %q, %q", path, r.Header.Get("Content-Type"), r.Header.Get("Cache-Control"))
		}
		if body := text(t, r); strings.Contains(body, `id="root"`) || strings.Contains(body, "BUILD") {
			t.Errorf("%s is not what the build makes of it", path)
		}
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
