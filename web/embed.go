package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed all:dist
var dist embed.FS

// policy keeps every script, style, font and request on this origin. The toast
// library writes a style element at start, hence the inline styles; there is no
// inline script.
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// file is one built file with the encodings that it was compressed to, by their
// names in dist: their bytes stay in the program's own file and are not copied.
type file struct {
	plain, gzip, brotli string
	contentType         string
	tag                 func() string // of the plain bytes
	immutable           bool
}

// Handler serves the console: hashed assets for ever, index.html fresh and for
// every address that no file has, since the console routes in the browser.
// Methods other than GET and HEAD get 405.
func Handler() http.Handler {
	files := load()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header(), r)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the console is read with GET", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		f, found := files[name]
		if !found {
			// A missing asset or operation is an error, not a page: answering it
			// with HTML would hide a broken build behind a syntax error.
			if strings.HasPrefix(name, "assets/") || strings.HasPrefix(name, "v1/") {
				http.NotFound(w, r)
				return
			}
			f = files["index.html"]
		}
		f.serve(w, r)
	})
}

// load lists the built files.
var load = sync.OnceValue(func() map[string]*file {
	files := map[string]*file{}
	err := fs.WalkDir(dist, "dist", func(full string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name := strings.TrimPrefix(full, "dist/")
		plainName := strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".br")
		f := files[plainName]
		if f == nil {
			f = &file{contentType: contentType(plainName), immutable: strings.HasPrefix(name, "assets/")}
			files[plainName] = f
		}
		switch path.Ext(name) {
		case ".gz":
			f.gzip = full
		case ".br":
			f.brotli = full
		default:
			f.plain = full
			f.tag = sync.OnceValue(func() string { return tag(full) })
		}
		return err
	})
	if err != nil {
		panic("web: the embedded console is unreadable: " + err.Error())
	}
	return files
})

// tag is the beginning of the SHA-256 of a built file. It is made when the file is
// first asked for: reading all of them at the start would bring their bytes into
// memory, and browsers ask for the compressed ones.
func tag(name string) string {
	body, err := dist.ReadFile(name)
	if err != nil {
		panic("web: a file that was listed is unreadable: " + err.Error())
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Vary", "Accept-Encoding")
	if f.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	accepted := r.Header.Get("Accept-Encoding")
	name, coding := f.plain, ""
	switch {
	case f.brotli != "" && accepts(accepted, "br"):
		name, coding = f.brotli, "br"
	case f.gzip != "" && accepts(accepted, "gzip"):
		name, coding = f.gzip, "gzip"
	}
	body, err := dist.Open(name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer body.Close()
	if coding != "" {
		h.Set("Content-Encoding", coding)
	}
	// Each encoding is a representation of its own (RFC 9110 8.8.3).
	h.Set("ETag", `"`+f.tag()+coding+`"`)
	http.ServeContent(w, r, "", time.Time{}, body.(io.ReadSeeker)) // what embed opens can seek
}

// accepts reports whether an Accept-Encoding header names the coding with a
// weight above zero (RFC 9110 12.5.3).
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, given := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !given {
			return true
		}
		q, err := strconv.ParseFloat(weight, 64)
		return err == nil && q > 0
	}
	return false
}

func secure(h http.Header, r *http.Request) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	// Over plain HTTP the header must not be sent (RFC 6797 7.2).
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// contentType does not ask the operating system, whose tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest": // W3C Application Manifest, 4.1
		return "application/manifest+json"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// File serves one built file at an address of its own: the widget's script and page
// are asked for by other people's sites, so they are looked at again after a few
// minutes, and their headers are the caller's.
func File(name string) http.Handler {
	f := load()[name]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		f.serve(w, r)
	})
}
