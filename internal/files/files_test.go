package files_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

type bench struct {
	*testing.T
	s   *files.Service
	mux *http.ServeMux
	now time.Time
}

func setup(t *testing.T, db *store.DB) *bench {
	keys, err := inboxes.ParseKeys(strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC), mux: http.NewServeMux()}
	b.s = files.New(db, func() time.Time { return b.now }, keys.DeriveAll, func(_ context.Context, _ crm.ID, n int) (string, []byte, error) {
		if n > 0 {
			return "", nil, crm.Errorf(crm.NotFound, "no")
		}
		return "a.png", picture(3, 3), nil
	})
	b.mux.Handle("GET /f/{token}/{name}", b.s)
	return b
}

func (b *bench) get(url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.mux.ServeHTTP(w, httptest.NewRequest("GET", url, nil))
	return w
}

func picture(w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// huge claims 65,535 × 65,535 pixels in a few bytes.
func huge() []byte {
	b := picture(1, 1)
	binary.BigEndian.PutUint32(b[16:], 65535)
	binary.BigEndian.PutUint32(b[20:], 65535)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

func TestFilesAreSavedNeverRun(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		for name, body := range map[string]string{
			"page.html": "<script>alert(1)</script>", "x.svg": `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "fake.png": "<html><script>alert(1)</script>",
			"doc.pdf": "%PDF-1.7 x", "poly.png": string(picture(2, 2)) + "<script>alert(1)</script>", "bomb.zip": "PK\x03\x04" + strings.Repeat("\x00", 100), "empty": "",
		} {
			f, err := b.s.Save(context.Background(), name, []byte(body), "Anna", crm.ID{1})
			if err != nil {
				t.Fatal(err)
			}
			w := b.get(f.URL)
			h := w.Result().Header
			kind, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
			if w.Code != 200 || w.Body.String() != body || h.Get("Content-Type") != "application/octet-stream" || kind != "attachment" || err != nil || params["filename"] != name ||
				h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox; default-src 'none'") || h.Get("Set-Cookie") != "" {
				t.Errorf("%s: %d %v", name, w.Code, h)
			}
			if f.ContentType == "text/html" || f.ContentType == "image/svg+xml" {
				t.Errorf("%s is called %s", name, f.ContentType)
			}
			shown := b.get(f.URL + "?show")
			isPicture := name == "poly.png"
			if got := shown.Result().Header.Get("Content-Disposition") == "inline"; got != isPicture {
				t.Errorf("%s is shown: %v", name, got)
			}
			if isPicture && (bytes.Contains(shown.Body.Bytes(), []byte("script")) || shown.Result().Header.Get("Content-Type") != "image/png") {
				t.Error("what was hidden behind the picture is still there")
			}
		}
	})
}

func TestAddressesAreSignedAndEnd(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	f, err := b.s.Save(context.Background(), "a.txt", []byte("hello"), "", crm.ID{})
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(f.URL, "/")
	token := parts[2]
	for i := range token {
		for _, c := range []string{"A", "b", "_"} {
			if other := token[:i] + c + token[i+1:]; other != token && i < len(token)-1 && b.get("/f/"+other+"/a.txt").Code != http.StatusNotFound {
				t.Fatalf("a changed address is answered: %s", other)
			}
		}
	}
	for _, url := range []string{"/f/x/a.txt", "/f/" + token[:20] + "/a.txt", "/f/" + token + "AA/a.txt", "/f/" + f.ID.String() + "/a.txt"} {
		if b.get(url).Code != http.StatusNotFound {
			t.Error(url)
		}
	}
	at := b.s.AttachmentURL(crm.ID{5}, 0, "a.png", true)
	if w := b.get(at); w.Code != 200 || w.Result().Header.Get("Content-Type") != "image/png" {
		t.Errorf("a picture of a mail: %d", w.Code)
	}
	if b.get(b.s.AttachmentURL(crm.ID{5}, 1, "a.png", true)).Code != http.StatusNotFound {
		t.Error("an attachment that is not there")
	}
	b.now = b.now.Add(time.Hour + time.Minute)
	if b.get(f.URL).Code != http.StatusNotFound || b.get(at).Code != http.StatusNotFound {
		t.Error("an address must end within the hour")
	}
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini", "/": "file", "..": "file", "": "file", "a\x00b.txt": "ab.txt", "a\r\nSet-Cookie: x.txt": "aSet-Cookie_ x.txt",
		"photo\u202Egpj.exe": "photogpj.exe", "con.txt": "_con.txt", "NUL": "_NUL", "Com1.tar.gz": "_Com1.tar.gz", "  .hidden ": "hidden", "naïve 東京.pdf": "naïve 東京.pdf", "x. . .": "x",
		`q"u<o>te.txt`: "q_u_o_te.txt",
	} {
		if got := files.CleanName(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	long := files.CleanName(strings.Repeat("é", 10_000) + ".pdf")
	if len(long) > 200 || !strings.HasSuffix(long, ".pdf") {
		t.Errorf("%d bytes", len(long))
	}
}

func FuzzCleanName(f *testing.F) {
	f.Add("../a\u202Eb\x00\r\n")
	f.Fuzz(func(t *testing.T, in string) {
		got := files.CleanName(in)
		if got == "" || got == "." || got == ".." || len(got) > 200 || strings.ContainsAny(got, "/\\\x00\r\n\"") {
			t.Fatalf("%q became %q", in, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q became %q", in, got)
			}
		}
		if again := files.CleanName(got); again != got {
			t.Fatalf("%q, cleaned again, is %q", got, again)
		}
	})
}

func TestPicturesAreBounded(t *testing.T) {
	t.Parallel()
	start := time.Now()
	for name, b := range map[string][]byte{"65,535 × 65,535": huge(), "half": picture(50, 50)[:60], "nothing": nil, "text": []byte("GIF89a")} {
		if _, _, ok := files.Repaint(b); ok {
			t.Errorf("%s was painted", name)
		}
	}
	if time.Since(start) > 5*time.Second {
		t.Error("it took too long")
	}
}

func FuzzRepaint(f *testing.F) {
	f.Add(picture(2, 2))
	f.Add(huge()[:60])
	f.Fuzz(func(t *testing.T, b []byte) {
		if w, h, ok := files.Size(b); ok && w*h > 1<<16 {
			return // large ones only cost time
		}
		if out, _, ok := files.Repaint(b); ok {
			if _, _, ok := files.Size(out); !ok {
				t.Error("what was painted is no picture")
			}
		}
	})
}
