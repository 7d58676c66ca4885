package satisfaction_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// A scanner opens every link of a mail, often, and none of it counts.
func TestOpeningALinkChangesNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db, inboxes.Survey{Kind: "csat", DelayMin: whole(0)})
		r := f.solve("1@x", "anna@postvak.example", nil)
		f.pass(time.Minute)
		path := f.path()
		before := f.survey(r.ConversationID)
		for range 3 {
			for _, method := range []string{"GET", "HEAD"} {
				for _, score := range []string{"", "/1", "/2", "/3", "/4", "/5", "/5?score=1", "/1?comment=bad"} {
					if a := f.do(method, path+score, nil); a.status != http.StatusOK {
						t.Fatalf("%s %s: %d", method, score, a.status)
					}
				}
			}
		}
		if a := f.do("POST", path+"/1", nil); a.status != http.StatusMethodNotAllowed {
			t.Errorf("a POST to a link of the mail: %d", a.status)
		}
		if after := f.survey(r.ConversationID); after != before {
			t.Errorf("%+v became %+v", before, after)
		}
		if list, _ := f.rated(r.ConversationID); len(list) != 0 {
			t.Errorf("%+v", list)
		}
		page := f.get(path + "/4")
		csp := page.header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "default-src 'none'; style-src 'sha256-") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") ||
			!strings.Contains(csp, "form-action 'self'") || page.header.Get("Referrer-Policy") != "no-referrer" || page.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v", page.header)
		}
		if strings.Contains(page.body, "<script") || !strings.Contains(page.body, `value="4" checked`) || !strings.Contains(page.body, `method="post" action="`+path+`"`) {
			t.Errorf("%s", page.body)
		}
	})
}

func TestAnAnswerIsOneAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db, inboxes.Survey{Kind: "csat", DelayMin: whole(0)})
		r := f.solve("1@x", "anna@postvak.example", nil)
		f.pass(time.Minute)
		path := f.path()
		// The same form sent ten times at once, as impatient people and proxies do.
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if a := f.answer(path, 4, "  Quick.  "); a.status != http.StatusSeeOther || a.header.Get("Location") != path {
					t.Errorf("%d %s", a.status, a.body)
				}
			})
		}
		wg.Wait()
		row := f.survey(r.ConversationID)
		list, authors := f.rated(r.ConversationID)
		if row.Score != 4 || row.Comment != "Quick." || row.Changes != 1 || len(list) != 1 || list[0].Score != 4 || list[0].High != 5 || list[0].Low || list[0].Before != nil || authors[0] != "Anna Berg" {
			t.Errorf("%+v and %+v by %v", row, list, authors)
		}
		page := f.get(path)
		for _, want := range []string{"Thank you", "2026-03-16", `value="4" checked`, "Quick."} {
			if !strings.Contains(page.body, want) {
				t.Errorf("no %q in %s", want, page.body)
			}
		}
		// Another mind: the time of the first answer stays.
		f.now = f.now.Add(time.Hour)
		f.answer(path, 2, "It came back.")
		again := f.survey(r.ConversationID)
		list, _ = f.rated(r.ConversationID)
		if again.Score != 2 || again.AnsweredAt != row.AnsweredAt || again.ChangedAt <= row.ChangedAt || len(list) != 2 || list[0].Before == nil || *list[0].Before != 4 || !list[0].Low {
			t.Errorf("%+v and %+v", again, list)
		}
		if c, err := f.desk.Get(f.ctx, r.ConversationID); err != nil || c.Status != desk.Done {
			t.Errorf("a low score opened the case: %s, %v", c.Status, err)
		}
		// Somebody who plays with it fills no conversation.
		for i := range 70 {
			f.answer(path, 1+i%5, "")
		}
		if list, _ = f.rated(r.ConversationID); len(list) > 50 {
			t.Errorf("%d changes", len(list))
		}
	})
}

func TestLinksThatDoNotCount(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db, inboxes.Survey{Kind: "csat", DelayMin: whole(0)})
		r := f.solve("1@x", "anna@postvak.example", nil)
		f.pass(time.Minute)
		path := f.path()
		token := strings.TrimPrefix(path, "/s/")
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			t.Fatal(err)
		}
		encode := base64.RawURLEncoding.EncodeToString
		flip := func(i int) string { b := append([]byte(nil), raw...); b[i] ^= 1; return encode(b) }
		unsubscribe := (&act.Unsubscribe{Keys: f.keys.DeriveAll}).URL("anna@postvak.example", act.Surveys)
		for name, forged := range map[string]string{"another signature": flip(0), "another survey": flip(16), "another bucket": flip(31), "cut short": token[:len(token)-2], "grown": token + "AA",
			"no signature": encode(append(make([]byte, 16), raw[16:]...)), "the id alone": encode(raw[16:]), "nothing": "x", "an unsubscribe link": strings.TrimPrefix(unsubscribe, "/u/"),
			"a survey that is none": f.surveys.TokenOf(crm.NewID(f.now)), "twice encoded": encode([]byte(token))} {
			for _, a := range []reply{f.get("/s/" + forged), f.get("/s/" + forged + "/5"), f.answer("/s/"+forged, 1, "forged")} {
				if a.status != http.StatusNotFound || !strings.Contains(a.body, "This link does not work") || strings.Contains(a.body, "<form") {
					t.Errorf("%s: %d %s", name, a.status, a.body)
				}
			}
		}
		// Scores that are none.
		for _, score := range []string{"", "0", "6", "-1", "4.5", "five", "99999999999999999999", "4 OR 1=1"} {
			a := f.do("POST", path, url.Values{"score": {score}, "comment": {"Kept <b>words</b>"}})
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Please choose a number") || !strings.Contains(a.body, "Kept &lt;b&gt;words&lt;/b&gt;") {
				t.Errorf("%q: %d %s", score, a.status, a.body)
			}
		}
		if a := f.get(path + "/9"); a.status != http.StatusNotFound {
			t.Errorf("a link with a score that is none: %d", a.status)
		}
		if a := f.answer(path, 3, strings.Repeat("x", 100<<10)); a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("a form of 100 KB: %d", a.status)
		}
		if row := f.survey(r.ConversationID); row.AnsweredAt != 0 {
			t.Fatalf("%+v", row)
		}
		// A used link after its time.
		f.answer(path, 5, "")
		f.now = f.now.Add(15 * 24 * time.Hour)
		for _, a := range []reply{f.get(path), f.get(path + "/1"), f.answer(path, 1, "late")} {
			if a.status != http.StatusGone || !strings.Contains(a.body, "This question has closed") || strings.Contains(a.body, "<form") {
				t.Errorf("%d %s", a.status, a.body)
			}
		}
		if row := f.survey(r.ConversationID); row.Score != 5 || row.Comment != "" {
			t.Errorf("%+v", row)
		}
	})
}

// What a customer types is text, wherever it stands.
func TestACommentIsText(t *testing.T) {
	t.Parallel()
	f := newFirm(t, storetest.SQLite(t), inboxes.Survey{Kind: "csat", DelayMin: whole(0)})
	r := f.solve("1@x", "anna@postvak.example", nil)
	f.pass(time.Minute)
	path := f.path()
	hostile := "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>\x00\x07 \u202e" + strings.Repeat("я", 3000)
	if a := f.answer(path, 1, hostile); a.status != http.StatusSeeOther {
		t.Fatal(a.status, a.body)
	}
	row := f.survey(r.ConversationID)
	if n := len([]rune(row.Comment)); n > 2000 || strings.ContainsRune(row.Comment, 0) {
		t.Errorf("%d characters: %q", n, row.Comment[:100])
	}
	body := f.get(path).body
	if strings.Contains(body, "<script") || strings.Contains(body, "<img") || strings.Count(body, "</textarea>") != 1 {
		t.Errorf("%s", body)
	}
}

func TestTheAssigneeIsToldOfALowScore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, tell := range []bool{true, false} {
			f := newFirm(t, db, inboxes.Survey{Kind: "csat", DelayMin: whole(0), QuietDays: whole(0), TellLow: tell})
			mia := crm.ID{7, byte(len(f.inbox.Source))}
			if tell {
				mia[2] = 1
			}
			told := func() int {
				rows, err := f.db.Read().Mentions(f.ctx, sqlgen.MentionsParams{UserID: mia, At: 1 << 62, MaxRows: 10})
				if err != nil {
					t.Fatal(err)
				}
				return len(rows)
			}
			r := f.mail("1@x", "anna@postvak.example", nil)
			f.reply(r, "anna@postvak.example")
			done := desk.Done
			if _, err := f.desk.Change(f.ctx, desk.Change{IDs: []crm.ID{r.ConversationID}, Set: desk.Set{Status: &done, AssigneeID: &mia}}); err != nil {
				t.Fatal(err)
			}
			f.letters = nil
			f.pass(time.Minute)
			path := f.path()
			if f.answer(path, 4, ""); told() != 0 {
				t.Error("a good score is no alarm")
			}
			f.answer(path, 2, "Nobody called back.")
			f.answer(path, 1, "Still nobody.")
			if want := map[bool]int{true: 1, false: 0}[tell]; told() != want {
				t.Errorf("told %d times, want %d", told(), want)
			}
			if row := f.survey(r.ConversationID); row.AssigneeID != mia {
				t.Errorf("%+v", row)
			}
		}
	})
}
