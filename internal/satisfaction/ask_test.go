package satisfaction_test

import (
	"encoding/json"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestACaseThatStaysDoneIsAskedAboutOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db, inboxes.Survey{Kind: "csat", DelayMin: whole(120)})
		r := f.solve("1@postvak.example", "anna@postvak.example", nil)
		if f.pass(119 * time.Minute); len(f.asked()) != 0 {
			t.Fatal("it was asked before the delay")
		}
		f.pass(2 * time.Minute)
		f.path()
		for range 3 {
			f.pass(24 * time.Hour)
		}
		letter := f.asked()
		if len(letter) != 1 {
			t.Fatalf("%d surveys", len(letter))
		}
		m, err := mail.ReadMessage(strings.NewReader(letter[0]))
		if err != nil {
			t.Fatal(err)
		}
		h := m.Header
		if h.Get("Auto-Submitted") != "auto-generated" || h.Get("Precedence") != "bulk" || h.Get("X-Auto-Response-Suppress") != "All" ||
			h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.HasPrefix(h.Get("List-Unsubscribe"), "<https://desk.halden.example/u/") ||
			h.Get("In-Reply-To") != "<1@postvak.example>" || !strings.Contains(h.Get("Subject"), "My bill") || !strings.Contains(h.Get("To"), "anna@postvak.example") {
			t.Errorf("%v", h)
		}
		if !strings.HasPrefix(strings.TrimLeft(h.Get("Reply-To"), "<"), "support+c.") {
			t.Errorf("who replies must reach the conversation: %s", h.Get("Reply-To"))
		}
		c, err := f.desk.Get(f.ctx, r.ConversationID)
		if err != nil || c.Status != desk.Done {
			t.Errorf("the question opened the case: %s, %v", c.Status, err)
		}
		if row := f.survey(r.ConversationID); row.Kind != "csat" || row.Language != "en" || row.Score != -1 || row.InboxID != f.inbox.ID {
			t.Errorf("%+v", row)
		}
	})
}

func TestWhoIsNotAsked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db, inboxes.Survey{Kind: "csat", DelayMin: whole(60)})
		trait := func(name, value string) func(*crm.Item) {
			return func(i *crm.Item) { i.Envelope.Traits = map[string]json.RawMessage{name: json.RawMessage(value)} }
		}
		for name, c := range map[string]struct {
			from   string
			change func(*crm.Item)
		}{
			"a machine":       {"robot@a.example", func(i *crm.Item) { i.Envelope.Automatic = true }},
			"a list":          {"news@a.example", func(i *crm.Item) { i.Raw = []byte("List-Id: x\r\n\r\nx"); i.Envelope.Automatic = true }},
			"no-reply":        {"no-reply@a.example", nil},
			"a forged sender": {"eve@a.example", trait("mail.auth", `"fail"`)},
			"two senders":     {"two@a.example", trait("mail.from_ambiguous", `true`)},
			"spam":            {"win@a.example", func(i *crm.Item) { i.Raw = []byte("X-Spam-Flag: YES\r\n\r\nx") }},
			"a colleague":     {"mia@halden.example", nil},
		} {
			r := f.mail(name+"@x", c.from, c.change)
			f.reply(r, c.from)
			status := desk.Todo
			if _, err := f.desk.Change(f.ctx, desk.Change{IDs: []crm.ID{r.ConversationID}, Set: desk.Set{Status: &status}, By: "Mia"}); err != nil {
				t.Fatal(err)
			}
			f.set(r.ConversationID, desk.Done)
			f.letters = nil
			if f.pass(2 * time.Hour); len(f.asked()) != 0 {
				t.Errorf("%s was asked", name)
			}
		}
		// Nobody answered: there is nothing to rate.
		r := f.mail("unanswered@x", "jan@postvak.example", nil)
		f.set(r.ConversationID, desk.Done)
		if f.pass(2 * time.Hour); len(f.asked()) != 0 {
			t.Error("a case that nobody answered was asked about")
		}
		// Whoever unsubscribed, or whose address bounced.
		for address, kind := range map[string]string{"gone@postvak.example": act.AllMail, "enough@postvak.example": act.Surveys} {
			f.solve(address, address, nil)
			if err := f.out.Suppress(f.ctx, address, kind, "test", ""); err != nil {
				t.Fatal(err)
			}
			if f.pass(2 * time.Hour); len(f.asked()) != 0 {
				t.Errorf("%s was asked", address)
			}
		}
		// Nobody said how customers reach this server.
		f.base = ""
		f.solve("lost@x", "lost@postvak.example", nil)
		if f.pass(2 * time.Hour); len(f.asked()) != 0 {
			t.Error("a mail without a way to answer it")
		}
		f.base = "https://desk.halden.example"
		// The control: somebody like everybody.
		f.solve("fine@x", "fine@postvak.example", nil)
		f.pass(2 * time.Hour)
		f.path()
	})
}

func TestReopenedBeforeTheDelayIsNotAsked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db, inboxes.Survey{Kind: "ces", DelayMin: whole(60)})
		r := f.solve("1@x", "anna@postvak.example", nil)
		f.now = f.now.Add(30 * time.Minute)
		f.mail("2@x", "anna@postvak.example", func(i *crm.Item) { i.Envelope.Thread.InReplyTo = "1@x" })
		if c, _ := f.desk.Get(f.ctx, r.ConversationID); c.Status != desk.Todo {
			t.Fatalf("it is %s", c.Status)
		}
		if f.pass(3 * time.Hour); len(f.asked()) != 0 {
			t.Fatal("a case that is open again was asked about")
		}
		// Done once more: the delay begins anew.
		f.reply(r, "anna@postvak.example")
		f.set(r.ConversationID, desk.Done)
		if f.pass(59 * time.Minute); len(f.asked()) != 0 {
			t.Fatal("too early")
		}
		f.pass(2 * time.Minute)
		f.path()
	})
}

func TestACustomerIsLeftAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db, inboxes.Survey{Kind: "csat", DelayMin: whole(0), QuietDays: whole(10)})
		count := func(id, from string) int {
			f.solve(id, from, nil)
			f.pass(time.Minute)
			return len(f.asked())
		}
		if count("1@x", "anna@postvak.example") != 1 || count("2@x", "anna@postvak.example") != 0 || count("3@x", "jan@postvak.example") != 1 {
			t.Fatal("one question a customer and period")
		}
		f.pass(11 * 24 * time.Hour)
		if count("4@x", "anna@postvak.example") != 1 {
			t.Error("after the quiet period there is a question again")
		}
		// Two cases of one customer that are done in the same moment.
		f.pass(11 * 24 * time.Hour)
		a, b := f.mail("5@x", "anna@postvak.example", nil), f.mail("6@x", "anna@postvak.example", nil)
		f.reply(a, "anna@postvak.example")
		f.reply(b, "anna@postvak.example")
		f.letters = nil
		f.set(a.ConversationID, desk.Done)
		f.set(b.ConversationID, desk.Done)
		if f.pass(time.Minute); len(f.asked()) != 1 {
			t.Errorf("%d questions at once", len(f.asked()))
		}
	})
}

func TestTheQuestionIsInTheCustomersLanguage(t *testing.T) {
	t.Parallel()
	f := newFirm(t, storetest.SQLite(t), inboxes.Survey{Kind: "nps", DelayMin: whole(0), Questions: map[string]string{"de": "Würden Sie {{firm.name}} empfehlen?"}})
	german := "Guten Tag, ich habe eine Frage zu meiner Rechnung, die höher ist als im letzten Monat. Können Sie mir bitte erklären, warum das so ist? Vielen Dank und freundliche Grüße"
	r := f.solve("1@x", "jürgen@postvak.example", func(i *crm.Item) { i.Envelope.Text = german })
	f.pass(time.Minute)
	if row := f.survey(r.ConversationID); row.Language != "de" || row.Question != "Würden Sie Halden empfehlen?" {
		t.Errorf("%s: %s", row.Language, row.Question)
	}
	page := f.get(f.path() + "/7")
	for _, want := range []string{`lang="de"`, "Würden Sie Halden empfehlen?", `value="10"`, "Sehr wahrscheinlich", "Antwort senden"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("no %q in %s", want, page.body)
		}
	}
	if strings.Count(page.body, `type="radio"`) != 11 || strings.Count(page.body, " checked") != 1 || !strings.Contains(page.body, `value="7" checked`) {
		t.Errorf("%s", page.body)
	}
}

func TestEveryLanguageSaysEverything(t *testing.T) {
	t.Parallel()
	for _, l := range inboxes.SurveyLanguages {
		if missing := satisfaction.Untold(l); len(missing) > 0 {
			t.Errorf("%s lacks %v", l, missing)
		}
	}
}
