package files

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// life is how long an address is good.
const life = time.Hour

const (
	uploaded byte = 1
	attached byte = 2
	shown    byte = 0x80 // the picture itself instead of the file
)

const (
	headSize = 1 + 16 + 2 + 8
	macSize  = 16
)

// URL is the address of an uploaded file.
func (s *Service) URL(id crm.ID, name string) string { return s.address(uploaded, id, 0, name) }

// AttachmentURL is the address of attachment n of a contact; show asks for the
// picture that it is.
func (s *Service) AttachmentURL(contact crm.ID, n int, name string, show bool) string {
	kind := attached
	if show {
		kind |= shown
	}
	return s.address(kind, contact, n, name)
}

func (s *Service) address(kind byte, id crm.ID, n int, name string) string {
	head := make([]byte, 0, headSize+macSize)
	head = append(head, kind)
	head = append(head, id[:]...)
	head = binary.BigEndian.AppendUint16(head, uint16(min(n, 65535))) //nolint:gosec // it is bounded
	// In steps of ten minutes, so that a page that is drawn again finds its
	// pictures where they were.
	end := s.clock().Add(life).Truncate(10 * time.Minute)
	head = binary.BigEndian.AppendUint64(head, uint64(end.Unix())) //nolint:gosec // after 1970
	head = append(head, mac(s.keys("file address")[0], head)...)
	return "/f/" + base64.RawURLEncoding.EncodeToString(head) + "/" + url.PathEscape(CleanName(name))
}

func mac(key, head []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(head) // a hash takes everything
	return m.Sum(nil)[:macSize]
}

// target is what an address names.
type target struct {
	kind byte
	id   crm.ID
	n    int
}

func (s *Service) parse(token string) (t target, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != headSize+macSize {
		return t, false
	}
	for _, key := range s.keys("file address") {
		ok = hmac.Equal(mac(key, b[:headSize]), b[headSize:]) || ok
	}
	end := time.Unix(int64(binary.BigEndian.Uint64(b[19:27])), 0) //nolint:gosec // checked by its MAC
	if !ok || s.clock().After(end) {
		return t, false
	}
	copy(t.id[:], b[1:17])
	t.kind, t.n = b[0], int(binary.BigEndian.Uint16(b[17:19]))
	return t, true
}

// ServeHTTP answers GET /f/{token}/{name}. The token is all that counts: no
// cookie is read, and none is set.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t, ok := s.parse(r.PathValue("token"))
	var name string
	var body []byte
	if ok {
		var err error
		switch t.kind &^ shown {
		case uploaded:
			var f File
			f, body, err = s.Get(r.Context(), t.id)
			name = f.Name
		case attached:
			name, body, err = s.read(r.Context(), t.id, t.n)
		}
		ok = err == nil
	}
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=600")
	if !ok {
		h.Set("Cache-Control", "no-store")
		http.Error(w, "There is nothing at this address any more.", http.StatusNotFound)
		return
	}
	if t.kind&shown != 0 || r.URL.Query().Has("show") {
		if picture, kind, ok := s.Paint(r.Context(), body); ok {
			h.Set("Content-Type", kind)
			h.Set("Content-Disposition", "inline")
			h.Set("Content-Length", strconv.Itoa(len(picture)))
			_, _ = w.Write(picture) // the peer may be gone
			return
		}
		if t.kind&shown != 0 {
			http.Error(w, "This is no picture that can be shown.", http.StatusUnsupportedMediaType)
			return
		}
	}
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", disposition(name))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the peer may be gone
}

// disposition is the header of RFC 6266: a plain name for old programs, and the
// whole one as RFC 8187 writes it.
func disposition(name string) string {
	name = CleanName(name)
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' || r == ';' {
			return '_'
		}
		return r
	}, name)
	if plain == name {
		return mime.FormatMediaType("attachment", map[string]string{"filename": name})
	}
	return `attachment; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
