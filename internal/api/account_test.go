package api_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// upload sends bytes as a browser does.
func (p *browser) upload(path string, data []byte) *answer {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPut, p.server.URL+path, bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.AddCookie(p.cookie)
	return p.do(req)
}

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	m.Set(0, 0, color.NRGBA{200, 30, 30, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestOwnName: colleagues see the new name at once, and so does the person.
func TestOwnName(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		if a := f.bea.call("PUT", "/v1/me/name", map[string]any{"name": "  Beatrix Bos "}); a.status != http.StatusNoContent {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if s := as[api.Session](f.bea.call("GET", "/v1/session", nil)); s.Name != "Beatrix Bos" {
			t.Errorf("the session says %q", s.Name)
		}
		if c := f.colleague("bea"); c.Name != "Beatrix Bos" {
			t.Errorf("colleagues see %q", c.Name)
		}
		for _, name := range []string{" ", "a\nb", strings.Repeat("x", 201)} {
			if a := f.bea.call("PUT", "/v1/me/name", map[string]any{"name": name}); a.status != http.StatusUnprocessableEntity || !strings.Contains(string(a.body), "name") {
				t.Errorf("%q: %d %s", name, a.status, a.body)
			}
		}
		if a := f.send("PUT", "/v1/me/name", f.admin, "application/json", []byte(`{"name":"Key"}`)); a.status < 400 {
			t.Errorf("a key has a name of its own: %d", a.status)
		}
	})
}

// colleague reads a person as Vic, who only reads, sees them.
func (f *firm) colleague(name string) api.Colleague {
	f.t.Helper()
	for _, c := range as[api.Page[api.Colleague]](f.vic.call("GET", "/v1/users", nil)).Items {
		if c.ID == f.people[name].ID {
			return c
		}
	}
	f.t.Fatalf("%s is not listed", name)
	return api.Colleague{}
}

// TestOwnPicture: only what was drawn anew is shown, as a picture and nothing else.
func TestOwnPicture(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
		for name, c := range map[string]struct {
			data []byte
			says string
		}{
			"svg":     {svg, "PNG, JPEG or GIF"},
			"html":    {[]byte("<html><script>alert(1)</script>"), "PNG, JPEG or GIF"},
			"nothing": {nil, ""},
			"wide":    {pngOf(t, 1025, 2), "1,024 pixels"},
			"tall":    {pngOf(t, 2, 1025), "1,024 pixels"},
			"cut off": {pngOf(t, 64, 64)[:60], "damaged"},
			"heavy":   {append(pngOf(t, 2, 2), make([]byte, 1<<20)...), ""},
		} {
			if a := f.bea.upload("/v1/me/picture", c.data); a.status < 400 || a.status >= 500 || !strings.Contains(string(a.body), c.says) {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		if c := f.colleague("bea"); c.Picture != "" {
			t.Fatalf("a picture was kept: %s", c.Picture)
		}

		// What hangs on the end of a picture is not part of it.
		if a := f.bea.upload("/v1/me/picture", append(pngOf(t, 64, 64), svg...)); a.status != http.StatusNoContent {
			t.Fatalf("%d %s", a.status, a.body)
		}
		at := f.colleague("bea").Picture
		a := f.vic.call("GET", at, nil)
		if m, err := png.Decode(bytes.NewReader(a.body)); a.status != http.StatusOK || err != nil || m.Bounds().Dx() != 64 || bytes.Contains(a.body, []byte("script")) {
			t.Errorf("%s: %d, %v", at, a.status, err)
		}
		for name, want := range map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
			"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "Cache-Control": "private, max-age=604800"} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if a := f.send("GET", at, "", "", nil); a.status != http.StatusUnauthorized {
			t.Errorf("a stranger gets %d", a.status)
		}

		// Another picture has another address, since browsers keep the first.
		f.later.Add(1_000_000)
		var b bytes.Buffer
		if err := gif.Encode(&b, image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White}), nil); err != nil {
			t.Fatal(err)
		}
		if a := f.bea.upload("/v1/me/picture", b.Bytes()); a.status != http.StatusNoContent {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if next := f.colleague("bea").Picture; next == at || next == "" {
			t.Errorf("%s after %s", next, at)
		} else if a := f.vic.call("GET", next, nil); a.header.Get("Content-Type") != "image/png" {
			t.Errorf("a GIF is shown as %s", a.header.Get("Content-Type"))
		}

		if a := f.bea.call("DELETE", "/v1/me/picture", nil); a.status != http.StatusNoContent {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if c := f.colleague("bea"); c.Picture != "" || f.vic.call("GET", at, nil).status != http.StatusNotFound {
			t.Errorf("the picture is still there: %q", c.Picture)
		}
	})
}

// TestOwnSignature: a signature is cleaned when it is kept, and an answer and a
// forwarded message take it along; without one they take none.
func TestOwnSignature(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		settings := as[access.Personal](f.bea.call("PATCH", "/v1/me/settings", map[string]any{
			"signature_html": `<p>Bea <strong>Bos</strong></p><script>alert(1)</script><p onclick="x()"><a href="javascript:x()">Care</a></p>`,
			"time_zone":      "America/New_York", "browser_zone": "Europe/Amsterdam"}))
		if s := settings.SignatureHTML; !strings.Contains(s, "<strong>Bos</strong>") || strings.Contains(s, "alert") || strings.Contains(s, "onclick") || strings.Contains(s, "javascript") {
			t.Errorf("kept as %q", s)
		}
		if settings.TimeZone != "America/New_York" || settings.BrowserZone != "Europe/Amsterdam" || settings.Location().String() != "America/New_York" {
			t.Errorf("%q, %q, %s", settings.TimeZone, settings.BrowserZone, settings.Location())
		}
		for _, name := range []string{"time_zone", "browser_zone"} {
			for _, zone := range []string{"Local", "Mars/Olympus", "../etc/passwd"} {
				if a := f.bea.call("PATCH", "/v1/me/settings", map[string]any{name: zone}); a.status != http.StatusUnprocessableEntity {
					t.Errorf("%s %s: %d", name, zone, a.status)
				}
			}
		}
		signed := func(p *browser, verb string, more map[string]any) string {
			t.Helper()
			one := as[struct{ Seq int64 }](p.call("GET", "/v1/cases/"+f.plain["other case"], nil))
			body := map[string]any{"if_seq": one.Seq, "html": "<p>Soon.</p>", "attachments": []string{}}
			for k, v := range more {
				body[k] = v
			}
			q := as[api.Queued](p.call("POST", "/v1/cases/"+f.plain["other case"]+verb, body))
			var c act.Content
			if err := json.Unmarshal(q.Outbox.Content, &c); err != nil {
				t.Fatal(err)
			}
			p.call("POST", "/v1/outgoing/"+q.Outbox.ID.String()+"/cancel", nil)
			return c.Signature
		}
		if s := signed(f.bea, "/reply", nil); s != settings.SignatureHTML {
			t.Errorf("an answer is signed %q", s)
		}
		if s := signed(f.olga, "/reply", nil); s != "" {
			t.Errorf("an answer of somebody else is signed %q", s)
		}
	})
}
