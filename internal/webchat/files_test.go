package webchat_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/webchat"
)

// bring uploads a file.
func (b *bench) bring(session, name string, body io.Reader) (int, map[string]any) {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), "POST", b.url+"/w/"+b.inbox.ID.String()+"/files?"+url.Values{"name": {name}}.Encode(), body)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("X-Rapport-Session", session)
	r.Header.Set("Content-Type", "text/html") // what a browser says counts for nothing
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		b.Fatal(err)
	}
	return res.StatusCode, out
}

// fetch opens an address of a file.
func (b *bench) fetch(at string) (int, http.Header, []byte) {
	b.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /f/{token}/{name}", b.files)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), "GET", at, nil))
	return w.Code, w.Header(), w.Body.Bytes()
}

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Files that may hurt somebody: each is refused with its reason, or kept under a
// harmless name and saved, never shown, unless it is a picture that we painted.
func TestFilesOfVisitors(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.server.Unlimited()
		session := text(b.begin("", "")["session"])
		pic := picture(t)
		for _, c := range []struct {
			what, name string
			body       []byte
			status     int
			reason     string
		}{
			{"nothing in it", "a.txt", nil, 422, "empty"},
			{"one byte too large", "a.bin", make([]byte, webchat.MaxFile+1), 422, "large"},
			{"a program by name", "Invoice.PDF.exe", []byte("text"), 422, "kind"},
			{"a program by name behind marks of direction", "fdp.\u202Eexe", []byte("text"), 422, "kind"},
			{"a program by its bytes", "invoice.pdf", []byte("MZ\x90\x00\x03"), 422, "kind"},
			{"as large as may be", "a.bin", make([]byte, webchat.MaxFile), 200, ""},
			{"a picture", "screen.png", pic, 200, ""},
		} {
			status, out := b.bring(session, c.name, bytes.NewReader(c.body))
			if status != c.status || c.reason != "" && text(out["reason"]) != c.reason {
				t.Errorf("%s: %d %v", c.what, status, out)
			}
		}
		if status, _ := b.bring("wrong", "a.txt", strings.NewReader("x")); status != 401 {
			t.Errorf("without a session: %d", status)
		}

		hostile := []struct {
			name, kept string
			body       []byte
			shows      bool
		}{
			{"../../etc/passwd", "passwd", []byte("root"), false},
			{`C:\Windows\con.txt`, "_con.txt", []byte("x"), false},
			{"a\r\nSet-Cookie: x=1\x00.txt", "aSet-Cookie_ x=1.txt", []byte("x"), false},
			{strings.Repeat("ü", 10_000) + ".txt", "", []byte("x"), false},
			{"logo.svg", "logo.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), false},
			{"photo.png", "photo.png", []byte("<html><script>alert(1)</script></html>"), false},
			{"polyglot.gif", "polyglot.gif", []byte("GIF89a/*<script>*/=1;alert(1)//"), true}, // looks like one, and can't be painted
			{"real.png", "real.png", append(bytes.Clone(pic), "<script>alert(1)</script>"...), true},
		}
		var ids []string
		for _, h := range hostile {
			status, out := b.bring(session, h.name, bytes.NewReader(h.body))
			if status != 200 {
				t.Fatalf("%.40q: %d %v", h.name, status, out)
			}
			ids = append(ids, text(out["id"]))
		}
		if status, out := b.call("POST", b.inbox.ID, "/messages", session, map[string]any{"id": "m1", "files": ids}); status != 200 {
			t.Fatalf("%d %v", status, out)
		}
		_, out := b.call("GET", b.inbox.ID, "/messages", session, nil)
		raw, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		var list struct{ Messages []webchat.Message }
		if err := json.Unmarshal(raw, &list); err != nil {
			t.Fatal(err)
		}
		if len(list.Messages) != 1 || len(list.Messages[0].Files) != len(hostile) {
			t.Fatalf("%s", raw)
		}
		for n, f := range list.Messages[0].Files {
			h := hostile[n]
			if h.kept != "" && f.Name != h.kept || len(f.Name) > 180 || (f.Show != "") != h.shows {
				t.Errorf("%.40q is shown as %+v", h.name, f)
			}
			status, head, body := b.fetch(f.URL)
			if status != 200 || !bytes.Equal(body, h.body) || !strings.HasPrefix(head.Get("Content-Disposition"), "attachment") ||
				head.Get("Content-Type") != "application/octet-stream" || head.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(head.Get("Content-Security-Policy"), "sandbox") || head.Get("Set-Cookie") != "" {
				t.Errorf("%.40q is served as %d %v", h.name, status, head)
			}
			if f.Show == "" {
				continue
			}
			status, head, body = b.fetch(f.Show)
			painted := status == 200 && strings.HasPrefix(head.Get("Content-Type"), "image/") && !bytes.Contains(body, []byte("script"))
			if refused := status == 415; painted == refused {
				t.Errorf("%q is shown as %d %v %.60q", h.name, status, head, body)
			}
		}
		// Changed, an address is nothing.
		at := list.Messages[0].Files[0].URL
		if status, _, _ := b.fetch("/f/Q" + at[4:]); status != 404 {
			t.Errorf("a changed address: %d", status)
		}
	})
}

// A visitor sends their own files only, in bounds, and what they never send goes.
func TestFilesHaveOwnersAndBounds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.server.Unlimited()
		mine, theirs := text(b.begin("", "")["session"]), text(b.begin("", "")["session"])
		_, out := b.bring(theirs, "secret.txt", strings.NewReader("secret"))
		for what, ids := range map[string][]string{"of somebody else": {text(out["id"])}, "that is none": {crm.NewID(time.Now()).String()}} {
			if status, out := b.call("POST", b.inbox.ID, "/messages", mine, map[string]any{"id": "m", "text": "x", "files": ids}); status != 422 || text(out["reason"]) != "gone" {
				t.Errorf("a file %s: %d %v", what, status, out)
			}
		}
		if status, out := b.call("POST", b.inbox.ID, "/messages", mine, map[string]any{"id": "m", "files": make([]crm.ID, 11)}); status != 422 || text(out["reason"]) != "count" {
			t.Errorf("eleven files: %d %v", status, out)
		}
		taken := 0
		for n := range 1000 {
			status, out := b.bring(mine, fmt.Sprint(n, ".txt"), strings.NewReader("x"))
			if status == 200 {
				taken++
			} else if status != 429 || text(out["reason"]) != "many" {
				t.Fatalf("file %d: %d %v", n, status, out)
			}
		}
		if taken != 100 {
			t.Errorf("%d of a thousand files were taken", taken)
		}
	})
}

// An upload that breaks off leaves nothing, and one that no message took is
// forgotten after a day.
func TestFilesThatAreLeft(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		session := text(b.begin("", "")["session"])
		r, w := io.Pipe()
		go func() {
			_, _ = w.Write(make([]byte, 1<<20)) // the server may have hung up
			w.CloseWithError(io.ErrUnexpectedEOF)
		}()
		req, err := http.NewRequestWithContext(t.Context(), "POST", b.url+"/w/"+b.inbox.ID.String()+"/files?name=a.bin", r)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Rapport-Session", session)
		req.ContentLength = 5 << 20
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			t.Errorf("half a file: %d", res.StatusCode)
		}
		rows, err := db.Read().WaitingVisitorFiles(t.Context(), sqlgen.WaitingVisitorFilesParams{Before: crm.Micros(time.Now().Add(time.Hour)), MaxRows: 10})
		if err != nil || len(rows) != 0 {
			t.Errorf("half a file left %v %v", rows, err)
		}

		_, sent := b.bring(session, "sent.txt", strings.NewReader("x"))
		_, left := b.bring(session, "left.txt", strings.NewReader("x"))
		if status, out := b.call("POST", b.inbox.ID, "/messages", session, map[string]any{"id": "m", "files": []string{text(sent["id"])}}); status != 200 {
			t.Fatalf("%d %v", status, out)
		}
		b.server.Clock = func() time.Time { return time.Now().Add(25 * time.Hour) }
		if err := b.server.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]bool{text(sent["id"]): true, text(left["id"]): false} {
			parsed, err := crm.ParseID(id)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.files.Head(t.Context(), parsed); (err == nil) != want {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}

// What a colleague had open is seen by the visitor's widget, at once and after it
// comes back; what was only marked as read is not.
func TestTheFirmHasSeen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		v := b.begin("", "")
		session := text(v["session"])
		c := b.dial(session, 0)
		if err := c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"message","id":"m1","text":"Hello?"}`)); err != nil {
			t.Fatal(err)
		}
		seq := b.next(c, "ack").Message.Seq
		conversation, _, _ := b.theCase()
		sam := crm.NewID(time.Now())
		if err := b.desk.MarkAllRead(t.Context(), sam, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if again := b.begin(text(v["visitor"]), ""); again["seen_seq"] != float64(0) {
			t.Errorf("marked as read, and seen until %v", again["seen_seq"])
		}
		if err := b.desk.MarkRead(t.Context(), conversation, crm.NewID(time.Now()), seq+1000); err != nil {
			t.Fatal(err)
		}
		if e := b.next(c, "seen"); e.Seq != seq {
			t.Errorf("seen until %d of %d", e.Seq, seq)
		}
		if again := b.begin(text(v["visitor"]), ""); again["seen_seq"] != float64(seq) {
			t.Errorf("after coming back, seen until %v of %d", again["seen_seq"], seq)
		}
		c.CloseNow()
		if e := b.next(b.dial(session, int(seq)), "seen"); e.Seq != seq {
			t.Errorf("on a new connection, seen until %d of %d", e.Seq, seq)
		}
	})
}

// An answer time is said from twenty chats on, not before, and not when a fifth
// of them still waits.
func TestTheExpectedAnswerTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.server.Unlimited()
		late := time.Duration(0)
		b.server.Clock = func() time.Time { return time.Now().Add(late) }
		chat := func(n int, answered bool) {
			session := text(b.begin("", "")["session"])
			b.write(session, fmt.Sprint("m", n), "Hello?")
			if !answered {
				return
			}
			for bucket := range int64(crm.Buckets) {
				rows, err := db.Read().CasesOfBucket(t.Context(), bucket)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range rows {
					if c, err := b.desk.Get(t.Context(), r.ConversationID); err != nil {
						t.Fatal(err)
					} else if c.FirstAnswerAt == 0 {
						b.answer(r.ConversationID, r.ProfileID, fmt.Sprint("a", n), "Yes.")
					}
				}
			}
		}
		said := func() any { late += 11 * time.Minute; return b.begin("", "")["usual_s"] }
		for n := range 19 {
			chat(n, true)
		}
		if s := said(); s != nil {
			t.Errorf("after 19 chats: %v", s)
		}
		chat(19, true)
		if s := said(); s == nil {
			t.Error("after 20 chats nothing is said")
		}
		for n := range 6 {
			chat(20+n, false)
		}
		if s := said(); s != nil {
			t.Errorf("with a fifth still waiting: %v", s)
		}
	})
}
