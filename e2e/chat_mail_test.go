package e2e

import (
	"net/http"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
)

const chatSecret = "a secret of the shop, long enough"

// chatSession is what a widget is told when it opens.
type chatSession struct {
	Visitor  string        `json:"visitor"`
	Session  string        `json:"session"`
	Messages []chatMessage `json:"messages"`
}

type chatMessage struct {
	Seq    int64  `json:"seq"`
	From   string `json:"from"`
	Text   string `json:"text"`
	ByMail bool   `json:"by_mail"`
	Copied string `json:"copied"`
	Files  []struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"files"`
}

// widget is a visitor's browser, as far as the server can tell.
type widget struct {
	*client
	inbox   crm.ID
	session chatSession
}

func openWidget(c *client, inbox crm.ID, identity string) *widget {
	c.t.Helper()
	w := &widget{client: c, inbox: inbox}
	w.session = ask[chatSession](c, "POST", "/w/"+inbox.String()+"/session", map[string]string{"identity": identity})
	return w
}

func (w *widget) say(id, text string, answers map[string]string) {
	w.t.Helper()
	if a := w.do("POST", "/w/"+w.inbox.String()+"/messages", map[string]any{"id": id, "text": text, "answers": answers}, "X-Rapport-Session", w.session.Session); a.status != http.StatusOK {
		w.t.Fatalf("%d %s", a.status, a.body)
	}
}

func (w *widget) shows() []chatMessage {
	w.t.Helper()
	return decode[chatSession](w.t, w.do("GET", "/w/"+w.inbox.String()+"/messages", nil, "X-Rapport-Session", w.session.Session)).Messages
}

func signedVisitor(t testing.TB, inbox crm.ID, jti string) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": "shop-7", "email": "jan@postvak.example", "name": "Jan Meijer",
		"aud": inbox.String(), "jti": jti, "iat": time.Now().Unix(), "exp": time.Now().Add(5 * time.Minute).Unix()}).SignedString([]byte(chatSecret))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestAChatGoesOnByMailAndComesBack follows two visitors who leave before the
// answer: one whose site signed for her, one who only typed an address. The answer
// goes by mail with its file, their replies come back into the same conversations,
// the widget shows them, also on another device; what a stranger sends to the same
// address stays outside.
func TestAChatGoesOnByMailAndComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("an answer waits a minute in the widget before it goes by mail")
	}
	w := newMailWorld(t)
	s, c := serving(t, settingsScopes)
	support(t, c, w, nil)
	in := api.InboxChange{Name: "Chat", Brand: "Halden", Kind: "chat", Secrets: map[string]string{"chat_secret": chatSecret}}
	in.Settings.Chat.MailAfterMin = 1
	chat := ask[api.InboxView](c, "POST", "/v1/inboxes", in)

	jan := openWidget(c, chat.ID, signedVisitor(t, chat.ID, "a1"))
	jan.say("m1", "When does my text plan start?", nil)
	guest := openWidget(c, chat.ID, "")
	guest.say("m1", "Do you ship to Norway?", map[string]string{"email": "guest@elsewhere.example"})
	kase := func(preview string) api.Case {
		for _, k := range cases(c, map[string][]string{"status": {"any"}}) {
			if k.Preview == preview {
				return k
			}
		}
		t.Fatalf("no case %q", preview)
		return api.Case{}
	}
	hers, theirs := kase("When does my text plan start?"), kase("Do you ship to Norway?")
	f := c.upload(t, "terms.txt", []byte("the terms of the plan"))
	undo := 0
	ask[api.Queued](c, "POST", "/v1/cases/"+hers.ID.String()+"/reply", api.ReplyInput{IfSeq: hers.Seq, HTML: "<p>On the first of May.</p>", UndoSeconds: &undo, Attachments: []crm.ID{f.ID}})
	answerCase(c, theirs.ID, "Yes, we do.", 0)
	eventually(t, "the widget has the answer with its file", func() bool {
		m := jan.shows()
		return len(m) == 2 && m[1].Text == "On the first of May." && len(m[1].Files) == 1 && string(c.do("GET", m[1].Files[0].URL, nil).body) == "the terms of the plan"
	})

	// Nobody looks at it for a minute.
	arrives := func(address, words string) string {
		deadline := time.Now().Add(3 * time.Minute)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for time.Now().Before(deadline) {
			for _, m := range w.box(t, address) {
				if strings.Contains(m, words) {
					return m
				}
			}
			<-tick.C
		}
		t.Fatalf("no mail with %q for %s", words, address)
		return ""
	}
	toJan, toGuest := arrives("jan@postvak.example", "On the first of May."), arrives("guest@elsewhere.example", "Yes, we do.")
	if !strings.Contains(toJan, "dGhlIHRlcm1zIG9mIHRoZSBwbGFu") || !strings.Contains(toJan, "terms.txt") {
		t.Errorf("the file did not go along: %s", toJan)
	}
	if n := len(w.box(t, "jan@postvak.example")); n != 1 {
		t.Errorf("%d mails for one answer", n)
	}

	reply := func(from, raw, id, text string) string {
		t.Helper()
		h := header(t, raw)
		to, err := mail.ParseAddress(h.Get("Reply-To"))
		if err != nil {
			t.Fatal(err)
		}
		w.send(t, from, to.Address, message(from, to.Address, "Re: "+h.Get("Subject"), id, text+"\n\nOn Monday Halden wrote:\n> You left our chat before this came:\n",
			"In-Reply-To: "+h.Get("Message-ID"), "References: "+h.Get("Message-ID")))
		return to.Address
	}
	reply("jan@postvak.example", toJan, "r1@postvak.example", "And what does it cost?")
	reply("guest@elsewhere.example", toGuest, "r2@elsewhere.example", "How long does it take?")
	at := reply("eve@postvak.example", toJan, "e1@postvak.example", "Send me her bills.")
	eventually(t, "both replies and the stranger's mail are in", func() bool {
		return caseOf(c, hers.ID).Messages == 4 && caseOf(c, theirs.ID).Messages == 4 && len(cases(c, map[string][]string{"status": {"any"}})) == 3
	})
	if k := caseOf(c, hers.ID); k.Status != "todo" || k.CustomerID != hers.CustomerID {
		t.Errorf("after her reply to %s: %+v", at, k.Case)
	}

	// Back in the same browser, and signed in on another device.
	last := func(list []chatMessage) chatMessage {
		if len(list) == 0 {
			return chatMessage{}
		}
		return list[len(list)-1]
	}
	other := openWidget(c, chat.ID, signedVisitor(t, chat.ID, "a2"))
	for where, list := range map[string][]chatMessage{"the browser where it began": jan.shows(), "another device": other.session.Messages} {
		if m := last(list); len(list) != 4 || m.From != "visitor" || m.Text != "And what does it cost?" || !m.ByMail || list[2].Copied != "j…@postvak.example" {
			t.Errorf("in %s: %+v", where, list)
		}
	}
	// The guest only typed an address: whose mail it is, nobody knows.
	if m := last(guest.shows()); m.Text != "" || m.Copied != "g…@elsewhere.example" {
		t.Errorf("the guest's widget: %+v", guest.shows())
	}
	// A stranger who types the guest's address sees nothing of it.
	liar := openWidget(c, chat.ID, "")
	liar.say("m1", "It is me.", map[string]string{"email": "guest@elsewhere.example"})
	if list := liar.shows(); len(list) != 1 {
		t.Errorf("a typed address opens %+v", list)
	}
	// The next answer in the chat is there on both of her devices.
	k := caseOf(c, hers.ID)
	ask[api.Queued](c, "POST", "/v1/cases/"+hers.ID.String()+"/reply", api.ReplyInput{IfSeq: k.Seq, HTML: "<p>Four euros.</p>", UndoSeconds: &undo, Channel: crm.Chat})
	eventually(t, "the next answer is in both widgets", func() bool {
		return last(jan.shows()).Text == "Four euros." && last(other.shows()).Text == "Four euros."
	})
	s.stop()
	look(t, s.place).whole(t, "after chats that went on by mail")
}
