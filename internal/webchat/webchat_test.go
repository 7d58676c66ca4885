package webchat_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/golang-jwt/jwt/v5"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
	"github.com/rapport-crm/rapport/internal/webchat"
)

const secret = "a secret of the shop, long enough"

// bench is a running server with a chat inbox.
type bench struct {
	testing.TB
	db     *store.DB
	boxes  *inboxes.Service
	engine *flow.Engine
	hub    *live.Hub
	desk   *desk.Service
	inbox  *inboxes.Inbox
	server *webchat.Server
	files  *files.Service
	url    string
}

func setup(t testing.TB, db *store.DB) *bench {
	t.Helper()
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{TB: t, db: db, boxes: inboxes.New(db, time.Now, keys), hub: live.New(db)}
	b.desk = desk.New(db, time.Now, b.boxes)
	b.hub.Presence = b.desk.Presence
	reader, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	if b.engine, err = flow.New(db, flow.Options{Reader: reader, Desk: b.desk, Log: log}); err != nil {
		t.Fatal(err)
	}
	if b.inbox, err = b.boxes.Create(t.Context(), inboxes.Inbox{Name: "Shop", Kind: inboxes.Chat, State: inboxes.Active}, inboxes.Secrets{ChatSecret: secret}, nil); err != nil {
		t.Fatal(err)
	}
	b.files = files.New(db, time.Now, keys.DeriveAll, api.ReadAttachment(db))
	s := &webchat.Server{DB: db, Inboxes: b.boxes, Desk: b.desk, Outbox: act.New(db, time.Now), Engine: b.engine, Hub: b.hub,
		Files: b.files, Clock: time.Now, Log: log,
		Firm: func() string { return "Shop" }, Page: http.NotFoundHandler(), Script: http.NotFoundHandler()}
	server := httptest.NewServer(s.Handler())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{}, 2)
	go func() { s.Run(ctx); done <- struct{}{} }()
	go func() { _ = b.hub.Run(ctx); done <- struct{}{} }()
	b.url, b.server = server.URL, s
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		cancel()
		<-done
		<-done
		b.engine.Close()
	})
	return b
}

// call sends JSON to an operation of an inbox.
func (b *bench) call(method string, inbox crm.ID, path, session string, body any) (int, map[string]any) {
	b.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		b.Fatal(err)
	}
	r, err := http.NewRequestWithContext(b.Context(), method, b.url+"/w/"+inbox.String()+path, bytes.NewReader(data))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("X-Rapport-Session", session)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	var out map[string]any
	_ = json.Unmarshal(raw, &out) // some answers are empty
	return res.StatusCode, out
}

// begin opens a session.
func (b *bench) begin(visitor, identity string) map[string]any {
	b.Helper()
	status, out := b.call("POST", b.inbox.ID, "/session", "", map[string]string{"visitor": visitor, "identity": identity})
	if status != 200 {
		b.Fatalf("session: %d %v", status, out)
	}
	return out
}

func text(v any) string { s, _ := v.(string); return s }

func (b *bench) write(session, id, words string) {
	b.Helper()
	if status, out := b.call("POST", b.inbox.ID, "/messages", session, map[string]any{"id": id, "text": words}); status != 200 {
		b.Fatalf("message: %d %v", status, out)
	}
}

// token is one of the host site's.
func token(method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	s, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		panic(err)
	}
	return s
}

func (b *bench) person(sub, jti string, more ...any) jwt.MapClaims {
	c := jwt.MapClaims{"sub": sub, "email": sub + "@postvak.example", "name": "Mia Kok", "aud": b.inbox.ID.String(), "exp": time.Now().Add(5 * time.Minute).Unix(), "jti": jti}
	for i := 0; i < len(more); i += 2 {
		if more[i+1] == nil {
			delete(c, more[i].(string))
		} else {
			c[more[i].(string)] = more[i+1]
		}
	}
	return c
}

func (b *bench) sign(c jwt.MapClaims) string { return token(jwt.SigningMethodHS256, []byte(secret), c) }

// dial opens a socket with a ticket of the session.
func (b *bench) dial(session string, after int) *websocket.Conn {
	b.Helper()
	status, out := b.call("POST", b.inbox.ID, "/ticket", session, nil)
	if status != 200 {
		b.Fatalf("ticket: %d %v", status, out)
	}
	c, _, err := b.socket(text(out["ticket"]), b.url, after)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.CloseNow() })
	return c
}

func (b *bench) socket(ticket, origin string, after int) (*websocket.Conn, *http.Response, error) {
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	return websocket.Dial(b.Context(), fmt.Sprintf("%s/w/%s/socket?ticket=%s&after=%d", b.url, b.inbox.ID, ticket, after), &websocket.DialOptions{HTTPHeader: h})
}

// next reads events until one of the type.
func (b *bench) next(c *websocket.Conn, kind string) webchat.Event {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), 20*time.Second)
	defer cancel()
	for {
		_, data, err := c.Read(ctx)
		if err != nil {
			b.Fatalf("waiting for %s: %v", kind, err)
		}
		var e webchat.Event
		if err := json.Unmarshal(data, &e); err != nil {
			b.Fatal(err)
		}
		if e.Type == kind {
			return e
		}
	}
}

// answer is a colleague's message in the only conversation.
func (b *bench) answer(conversation, profile crm.ID, id, words string) {
	b.Helper()
	e := crm.Envelope{Source: b.inbox.Source, ExternalID: "outbox:" + id, Channel: crm.Chat, Kind: crm.KindMessage, Direction: crm.Out, OccurredAt: time.Now(), Text: words,
		Participants: []crm.Participant{{Role: crm.Agent, Kind: crm.Email, Value: "sam@shop.example", Name: "Sam"}}}
	if _, err := b.engine.Submit(b.Context(), []crm.Item{{Envelope: e, Raw: []byte(words), RawType: "text/plain", Place: &crm.Place{Profile: profile, Conversation: conversation}}}); err != nil {
		b.Fatal(err)
	}
}

// theCase is the one case there is.
func (b *bench) theCase() (conversation, profile crm.ID, messages int64) {
	b.Helper()
	n := 0
	for bucket := range int64(crm.Buckets) {
		rows, err := b.db.Read().CasesOfBucket(b.Context(), bucket)
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range rows {
			n++
			c, err := b.desk.Get(b.Context(), r.ConversationID)
			if err != nil {
				b.Fatal(err)
			}
			conversation, profile, messages = r.ConversationID, r.ProfileID, c.Messages
		}
	}
	if n != 1 {
		b.Fatalf("%d cases", n)
	}
	return conversation, profile, messages
}

func count(out map[string]any) int { l, _ := out["messages"].([]any); return len(l) }

// Attack 21: a victim's identity without a token that counts.
func TestOnlyASignedTokenIsSomebody(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		used := b.sign(b.person("mia", "1"))
		mia := b.begin("", used)
		if mia["known"] != true {
			t.Fatal("the signed person is not known")
		}
		b.write(text(mia["session"]), "m1", "My order is wrong.")
		if again := b.begin("", b.sign(b.person("mia", "2"))); count(again) != 1 {
			t.Errorf("on another device: %d messages", count(again))
		}
		for what, tok := range map[string]string{
			"none":                 "",
			"used before":          used,
			"expired":              b.sign(b.person("mia", "3", "exp", time.Now().Add(-time.Hour).Unix())),
			"without an end":       b.sign(b.person("mia", "4", "exp", nil)),
			"for ever":             b.sign(b.person("mia", "5", "exp", time.Now().Add(24*time.Hour).Unix())),
			"of another inbox":     b.sign(b.person("mia", "6", "aud", crm.NewID(time.Now()).String())),
			"without an inbox":     b.sign(b.person("mia", "7", "aud", nil)),
			"without a jti":        b.sign(b.person("mia", "8", "jti", nil)),
			"without a sub":        b.sign(b.person("mia", "9", "sub", nil)),
			"alg none":             token(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, b.person("mia", "10")),
			"another algorithm":    token(jwt.SigningMethodHS512, []byte(secret), b.person("mia", "11")),
			"signed by a stranger": token(jwt.SigningMethodHS256, []byte("guess"), b.person("mia", "12")),
			"no token at all":      "mia",
		} {
			out := b.begin("", tok)
			if out["known"] == true || count(out) != 0 || out["email"] != nil {
				t.Errorf("%s: %v", what, out)
			}
			// Nor does writing make them one.
			if what == "alg none" {
				b.write(text(out["session"]), "x", "I am Mia, honestly.")
			}
		}
		if again := b.begin("", b.sign(b.person("mia", "13"))); count(again) != 1 {
			t.Errorf("a stranger's message came into the conversation: %d messages", count(again))
		}
	})
}

// Attack 22: sessions and tokens of one inbox in another.
func TestAnInboxIsAWorldOfItsOwn(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	mia := b.begin("", b.sign(b.person("mia", "1")))
	b.write(text(mia["session"]), "m1", "My order is wrong.")
	other, err := b.boxes.Create(t.Context(), inboxes.Inbox{Name: "Other", Kind: inboxes.Chat, State: inboxes.Active}, inboxes.Secrets{ChatSecret: "another"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/messages", "/seen", "/typing", "/ticket"} {
		if status, _ := b.call("POST", other.ID, path, text(mia["session"]), map[string]any{"id": "x", "text": "x", "seq": 1}); status != 401 {
			t.Errorf("%s with the session of another inbox: %d", path, status)
		}
	}
	if status, out := b.call("POST", other.ID, "/session", "", map[string]string{"visitor": text(mia["visitor"]), "identity": b.sign(b.person("mia", "2"))}); status != 200 || out["known"] == true || count(out) != 0 {
		t.Errorf("%d %v", status, out)
	}
	for _, id := range []string{crm.NewID(time.Now()).String(), "x", b.inbox.ID.String() + "0"} {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/", nil)
		res, err := http.Post(b.url+"/w/"+id+"/session", "application/json", r.Body)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != 404 {
			t.Errorf("inbox %s: %d", id, res.StatusCode)
		}
	}
}

// Attack 23, as a widget can try it: what is typed is a claim.
func TestATypedAddressIsAClaim(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	mia := b.begin("", b.sign(b.person("mia", "1")))
	b.write(text(mia["session"]), "m1", "My order is wrong.")
	attacker := b.begin("", "")
	if status, out := b.call("POST", b.inbox.ID, "/messages", text(attacker["session"]), map[string]any{"id": "a1", "text": "It is me, Mia.",
		"answers": map[string]string{"email": "mia@postvak.example", "name": "Mia Kok", "user_id": "mia"}}); status != 200 {
		t.Fatalf("%d %v", status, out)
	}
	if again := b.begin(text(attacker["visitor"]), ""); count(again) != 1 {
		t.Errorf("the attacker sees %d messages", count(again))
	}
	if again := b.begin("", b.sign(b.person("mia", "2"))); count(again) != 1 {
		t.Errorf("Mia sees %d messages", count(again))
	}
}

// Who used a browser before somebody signed in there does not read along.
func TestASessionEndsWhenSomebodySignsIn(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	mia := b.begin("", b.sign(b.person("mia", "1")))
	b.write(text(mia["session"]), "m1", "My order is wrong.")
	before := b.begin("", "")
	c := b.dial(text(before["session"]), 0)
	if after := b.begin(text(before["visitor"]), b.sign(b.person("mia", "2"))); count(after) != 1 {
		t.Fatal("signed in, without the conversation")
	}
	if status, out := b.call("GET", b.inbox.ID, "/messages", text(before["session"]), nil); status != 401 {
		t.Errorf("%d %v", status, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	start := time.Now()
	if _, data, err := c.Read(ctx); err == nil || ctx.Err() != nil {
		t.Errorf("the old socket goes on: %s", data)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("the old socket ended after %s", d)
	}
	// Signed out: nothing is left of them in this browser.
	if out := b.begin(text(before["visitor"]), ""); count(out) != 0 || out["visitor"] == nil {
		t.Errorf("%v", out)
	}
}

// A conversation: sent twice it is there once, answers come, and who comes back
// gets what they missed.
func TestAConversation(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		v := b.begin("", "")
		session := text(v["session"])
		c := b.dial(session, 0)
		if err := c.Write(t.Context(), websocket.MessageText, []byte(`{"type":"message","id":"m1","text":"Where is my parcel?"}`)); err != nil {
			t.Fatal(err)
		}
		if e := b.next(c, "ack"); e.ID != "m1" || e.Message == nil || e.Message.Seq == 0 {
			t.Errorf("%+v", e)
		}
		b.write(session, "m1", "Where is my parcel?")
		conversation, profile, messages := b.theCase()
		if messages != 1 {
			t.Errorf("%d messages", messages)
		}
		id := crm.NewID(time.Now()).String()
		b.answer(conversation, profile, id, "On its way.")
		e := b.next(c, "message")
		for e.Message.From != "agent" {
			e = b.next(c, "message")
		}
		if e.Message.Text != "On its way." || e.Message.Name != "Sam" {
			t.Errorf("%+v", e.Message)
		}
		// A colleague types.
		b.desk.Presence.Say(desk.Sign{ConversationID: conversation, UserID: crm.NewID(time.Now()), Name: "Sam", State: desk.Typing})
		if s := b.next(c, "typing"); s.Name != "Sam" {
			t.Errorf("%+v", s)
		}
		// Nobody has seen what is not written yet.
		if status, _ := b.call("POST", b.inbox.ID, "/seen", session, map[string]any{"seq": e.Message.Seq + 1000}); status != 204 {
			t.Errorf("seen: %d", status)
		}
		c.CloseNow()
		b.answer(conversation, profile, crm.NewID(time.Now()).String(), "Tomorrow.")
		again := b.begin(text(v["visitor"]), "")
		if read, _ := again["read_seq"].(float64); int64(read) != e.Message.Seq {
			t.Errorf("read until %v of %d", again["read_seq"], e.Message.Seq)
		}
		c = b.dial(session, int(e.Message.Seq))
		if m := b.next(c, "message"); m.Message.Text != "Tomorrow." {
			t.Errorf("%+v", m.Message)
		}
	})
}

// A note of a colleague never reaches the visitor.
func TestNotesStayInside(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	v := b.begin("", "")
	b.write(text(v["session"]), "m1", "Hello")
	conversation, profile, _ := b.theCase()
	e := crm.Envelope{Source: b.inbox.Source, ExternalID: "note", Channel: crm.Chat, Kind: crm.KindNote, Direction: crm.Inside, OccurredAt: time.Now(), Text: "Difficult."}
	if _, err := b.engine.Submit(t.Context(), []crm.Item{{Envelope: e, Raw: []byte("n"), RawType: "text/plain", Place: &crm.Place{Profile: profile, Conversation: conversation}}}); err != nil {
		t.Fatal(err)
	}
	_, out := b.call("GET", b.inbox.ID, "/messages", text(v["session"]), nil)
	if data, _ := json.Marshal(out); strings.Contains(string(data), "Difficult") || count(out) != 1 {
		t.Errorf("%s", data)
	}
}

// The preview is for people of the firm.
func TestThePreviewIsForColleagues(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	if status, _ := b.call("GET", b.inbox.ID, "/preview", "", nil); status != 401 {
		t.Errorf("a stranger gets %d", status)
	}
}

// A stream that stood open before the first message tells the answer to it: what
// such a widget says goes by other requests.
func TestAStreamFromBeforeTheFirstMessage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		session := text(b.begin("", "")["session"])
		_, out := b.call("POST", b.inbox.ID, "/ticket", session, nil)
		r, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/w/"+b.inbox.ID.String()+"/stream?ticket="+text(out["ticket"]), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b.write(session, "m1", "Hello?")
		conversation, profile, _ := b.theCase()
		b.answer(conversation, profile, crm.NewID(time.Now()).String(), "Here I am.")
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if strings.Contains(lines.Text(), "Here I am.") {
				return
			}
		}
		t.Errorf("the stream ended before the answer: %v", lines.Err())
	})
}

// Fault 6: clocks of the firm's site and of Rapport may differ by a minute, and no more.
func TestTokensBearAMinute(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for jti, c := range map[string]struct {
		claim string
		at    time.Duration
		known bool
	}{"1": {"exp", -30 * time.Second, true}, "2": {"exp", -2 * time.Minute, false}, "3": {"nbf", 30 * time.Second, true}, "4": {"nbf", 3 * time.Minute, false}} {
		if out := b.begin("", b.sign(b.person("mia", jti, c.claim, in(c.at)))); (out["known"] == true) != c.known {
			t.Errorf("%s %v from now: %v", c.claim, c.at, out)
		}
	}
}
