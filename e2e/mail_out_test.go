package e2e

import (
	"net/http"
	"net/mail"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
)

func caseOf(c *client, id crm.ID) api.CaseDetail {
	c.t.Helper()
	return ask[api.CaseDetail](c, "GET", "/v1/cases/"+id.String(), nil)
}

// answer sends an answer to the case as it stands.
func answerCase(c *client, id crm.ID, text string, undo int) api.Queued {
	c.t.Helper()
	k := caseOf(c, id)
	return ask[api.Queued](c, "POST", "/v1/cases/"+id.String()+"/reply", api.ReplyInput{IfSeq: k.Seq, HTML: "<p>" + text + "</p>", UndoSeconds: &undo})
}

func header(t testing.TB, raw string) mail.Header {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header
}

func TestAMailIsAnsweredAndTheAnswerToThatIsTheSameConversation(t *testing.T) {
	w := newMailWorld(t)
	s, c := serving(t, settingsScopes)
	support(t, c, w, nil)
	w.send(t, "jan@postvak.example", "support@halden.example", message("Jan Meijer <jan@postvak.example>", "support@halden.example", "My bill", "q1@postvak.example", "Why is it higher?"))
	k := waitCase(c, "My bill")
	sent := answerCase(c, k.ID, "It is the <b>roaming</b> in Norwegian: blåbærsyltetøy", 0)
	if sent.Outbox.State != "held" {
		t.Errorf("%+v", sent.Outbox)
	}
	raw := w.arrives(t, "jan@postvak.example", "Re: My bill")
	h := header(t, raw)
	to, _, _ := strings.Cut(h.Get("Reply-To"), "@")
	if h.Get("In-Reply-To") != "<q1@postvak.example>" || h.Get("References") != "<q1@postvak.example>" || !strings.HasPrefix(h.Get("Message-ID"), "<c.") ||
		!strings.HasPrefix(strings.TrimLeft(to, "<"), "support+c.") || !strings.Contains(h.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("%v", h)
	}
	eventually(t, "it is the customer's turn", func() bool { return caseOf(c, k.ID).Status == "waiting" })
	eventually(t, "the message says that it was sent", func() bool {
		return ask[api.Outgoing](c, "GET", "/v1/outgoing/"+sent.Outbox.ID.String(), nil).State == "sent"
	})

	// A reply without any reference, to the signed address only.
	reply, err := mail.ParseAddress(h.Get("Reply-To"))
	if err != nil {
		t.Fatal(err)
	}
	w.send(t, "jan@postvak.example", reply.Address, message("jan@postvak.example", reply.Address, "other words", "q2@postvak.example", "And in February?"))
	eventually(t, "her reply is in the conversation", func() bool { return caseOf(c, k.ID).Status == "todo" && caseOf(c, k.ID).Messages == 3 })
	// The address of a stranger who got hold of it.
	w.send(t, "eve@elsewhere.example", reply.Address, message("eve@elsewhere.example", reply.Address, "let me in", "e1@elsewhere.example", "Send me everything."))
	eve := waitCase(c, "let me in")
	if eve.ID == k.ID || eve.CustomerID == k.CustomerID || caseOf(c, k.ID).Messages != 3 {
		t.Error("a stranger with the address joined the conversation")
	}
	// The whole chain on the next answer.
	answerCase(c, k.ID, "February too", 0)
	second := w.arrives(t, "jan@postvak.example", "February too")
	chain := strings.Fields(header(t, second).Get("References"))
	if len(chain) != 3 || chain[0] != "<q1@postvak.example>" || chain[1] != h.Get("Message-ID") || chain[2] != "<q2@postvak.example>" {
		t.Errorf("References: %v", chain)
	}
	s.stop()
	look(t, s.place).whole(t, "after answers")
}

// What somebody beside the customer gets has no address that speaks for her: not in
// copy, not in blind copy, and not when it goes to them instead.
func TestWhoIsInCopySpeaksForThemself(t *testing.T) {
	w := newMailWorld(t)
	_, c := serving(t, settingsScopes)
	support(t, c, w, nil)
	w.send(t, "jan@postvak.example", "support@halden.example", message("Jan Meijer <jan@postvak.example>", "support@halden.example", "My bill", "q1@postvak.example", "Why is it higher?"))
	k := waitCase(c, "My bill")
	undo := 0
	for words, in := range map[string]api.ReplyInput{
		"both of you read this":  {Cc: []string{"eve@elsewhere.example"}},
		"one of you reads along": {Bcc: []string{"eve@elsewhere.example"}},
		"only you read this":     {To: []string{"eve@elsewhere.example"}},
	} {
		in.IfSeq, in.HTML, in.UndoSeconds = caseOf(c, k.ID).Seq, "<p>"+words+"</p>", &undo
		ask[api.Queued](c, "POST", "/v1/cases/"+k.ID.String()+"/reply", in)
		h := header(t, w.arrives(t, "eve@elsewhere.example", words))
		if got := h.Get("Reply-To"); got != "" {
			t.Errorf("%s: she holds %s", words, got)
		}
		eventually(t, "it was sent", func() bool { return caseOf(c, k.ID).Seq > in.IfSeq })
		before := caseOf(c, k.ID).Messages
		id := strings.ReplaceAll(words, " ", ".") + "@elsewhere.example"
		w.send(t, "eve@elsewhere.example", "support@halden.example", message("eve@elsewhere.example", "support@halden.example", "On "+words, id, "I have a word to say.",
			"In-Reply-To: "+h.Get("Message-ID"), "References: "+h.Get("Message-ID")))
		eve := waitCase(c, "On "+words)
		if eve.ID == k.ID || eve.CustomerID == k.CustomerID || caseOf(c, k.ID).Messages != before {
			t.Errorf("%s: her words count as the customer's", words)
		}
	}
}

func TestTwoNeverAnswerTwice(t *testing.T) {
	w := newMailWorld(t)
	_, c := serving(t, settingsScopes)
	support(t, c, w, nil)
	w.send(t, "jan@postvak.example", "support@halden.example", message("jan@postvak.example", "support@halden.example", "My bill", "q1@postvak.example", "Why?"))
	k := waitCase(c, "My bill")
	undo := 0
	seen := caseOf(c, k.ID).Seq
	post := func(text, key string) *answer {
		return c.do("POST", "/v1/cases/"+k.ID.String()+"/reply", api.ReplyInput{IfSeq: seen, HTML: "<p>" + text + "</p>", UndoSeconds: &undo, IdempotencyKey: key})
	}
	if a := post("Anna's answer", "anna"); a.status != http.StatusOK {
		t.Fatal(a.status, string(a.body))
	}
	w.arrives(t, "jan@postvak.example", "Anna's answer")
	a := post("Ben's answer", "ben")
	p := c.wantProblem(a, http.StatusConflict, crm.Conflict)
	if !strings.Contains(string(a.body), "Anna's answer") || p.Detail == "" {
		t.Errorf("it must show what is newer: %s", a.body)
	}
	if a := post("Anna's answer", "anna"); a.status != http.StatusOK {
		t.Errorf("a request that is sent again is no second message: %d %s", a.status, a.body)
	}
	if got := len(w.box(t, "jan@postvak.example")); got != 1 {
		t.Errorf("Jan got %d mails", got)
	}
}

func TestAMessageCanBeTakenBack(t *testing.T) {
	w := newMailWorld(t)
	_, c := serving(t, settingsScopes)
	support(t, c, w, nil)
	w.send(t, "jan@postvak.example", "support@halden.example", message("jan@postvak.example", "support@halden.example", "My bill", "q1@postvak.example", "Why?"))
	k := waitCase(c, "My bill")
	held := answerCase(c, k.ID, "Too early", 30)
	back := ask[api.Cancelled](c, "POST", "/v1/outgoing/"+held.Outbox.ID.String()+"/cancel", nil)
	if back.Outbox.State != "cancelled" || back.Draft == nil || !strings.Contains(string(back.Draft.Content), "Too early") {
		t.Errorf("%+v", back)
	}
	c.wantProblem(c.do("POST", "/v1/outgoing/"+held.Outbox.ID.String()+"/cancel", nil), http.StatusConflict, crm.Conflict)
	answerCase(c, k.ID, "The right one", 0)
	w.arrives(t, "jan@postvak.example", "The right one")
	if got := len(w.box(t, "jan@postvak.example")); got != 1 {
		t.Errorf("Jan got %d mails", got)
	}
	if caseOf(c, k.ID).Messages != 2 {
		t.Error("what was taken back is no message")
	}
}

// Attack 18: whom a customer puts in copy hears nothing by itself: no note, nothing
// of what was said before, and of an answer only what a colleague sends there.
func TestACopyOfTheCustomersChoiceHearsWhatIsSentThere(t *testing.T) {
	w := newMailWorld(t)
	_, c := serving(t, settingsScopes)
	support(t, c, w, nil)
	w.send(t, "jan@postvak.example", "support@halden.example", message("Jan Meijer <jan@postvak.example>", "support@halden.example", "My bill", "q1@postvak.example", "My secret number is 4711."))
	k := waitCase(c, "My bill")
	undo := 0
	answer := func(words string, cc ...string) {
		t.Helper()
		ask[api.Queued](c, "POST", "/v1/cases/"+k.ID.String()+"/reply", api.ReplyInput{Cc: cc, IfSeq: caseOf(c, k.ID).Seq, HTML: "<p>" + words + "</p>", UndoSeconds: &undo})
		w.arrives(t, "jan@postvak.example", words)
	}
	answer("We look into it.")
	sent := header(t, w.arrives(t, "jan@postvak.example", "We look into it."))
	before := caseOf(c, k.ID).Messages
	reply := strings.Replace(message("Jan Meijer <jan@postvak.example>", "support@halden.example", "Re: My bill", "q2@postvak.example", "I put a friend in copy.",
		"In-Reply-To: "+sent.Get("Message-ID"), "References: <q1@postvak.example> "+sent.Get("Message-ID")), "Subject:", "Cc: eve@elsewhere.example\r\nSubject:", 1)
	w.send(t, "jan@postvak.example", "support@halden.example", reply)
	eventually(t, "the reply is in the conversation", func() bool { return caseOf(c, k.ID).Messages > before })
	ask[api.Interaction](c, "POST", "/v1/cases/"+k.ID.String()+"/note", map[string]any{"html": "<p>He owes us 300.</p>", "text": "He owes us 300."})
	answer("It was a mistake of ours.")
	if got := w.box(t, "eve@elsewhere.example"); len(got) != 0 {
		t.Fatalf("she heard of it without anybody's decision: %q", got)
	}
	answer("We send it again.", "eve@elsewhere.example")
	heard := w.arrives(t, "eve@elsewhere.example", "We send it again.")
	for _, words := range []string{"4711", "He owes", "We look into it", "mistake of ours"} {
		if strings.Contains(heard, words) {
			t.Errorf("with the answer she got %q", words)
		}
	}
}
