package e2e

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// publicBase is where customers reach the server, as far as mails know.
const publicBase = "https://desk.halden.example"

var surveyLinks = regexp.MustCompile(regexp.QuoteMeta(publicBase) + `(/s/[\w-]+/\d+)`)

// textPart is the plain text of a mail with two parts.
func textPart(t testing.TB, raw string) string {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := multipart.NewReader(m.Body, params["boundary"]).NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(p))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A mail is answered and the case is done: the customer gets one question, a
// scanner that opens all its links changes nothing, and her click counts once.
func TestASolvedMailIsAskedAbout(t *testing.T) {
	w := newMailWorld(t)
	s, c := serving(t, settingsScopes)
	ask[api.SetupState](c, "PUT", "/v1/setup/steps", map[string]string{"base_url": publicBase})
	support(t, c, w, func(in *api.InboxChange) {
		delay := 0
		in.Brand, in.Settings.Satisfaction = "Halden", inboxes.Survey{Kind: "csat", DelayMin: &delay}
	})
	w.send(t, "anna@postvak.example", "support@halden.example", message("Anna Berg <anna@postvak.example>", "support@halden.example", "My bill", "q1@postvak.example", "Why is my bill higher than last month?"))
	k := waitCase(c, "My bill")
	answerCase(c, k.ID, "It is the roaming.", 0)
	w.arrives(t, "anna@postvak.example", "Re: My bill")
	eventually(t, "it is the customer's turn", func() bool { return caseOf(c, k.ID).Status == "waiting" })
	ask[api.Changed](c, "POST", "/v1/cases/changes", map[string]any{"ids": []string{k.ID.String()}, "set": map[string]string{"status": "done"}})

	raw := w.arrives(t, "anna@postvak.example", "How did we do?")
	h := header(t, raw)
	if h.Get("Auto-Submitted") != "auto-generated" || h.Get("In-Reply-To") != "<q1@postvak.example>" || h.Get("List-Unsubscribe-Post") == "" {
		t.Errorf("%v", h)
	}
	text := textPart(t, raw)
	all := surveyLinks.FindAllStringSubmatch(text, -1)
	if len(all) != 5 {
		t.Fatalf("%d links in %s", len(all), text)
	}
	visit := func(method, path string, form url.Values) (int, string) {
		t.Helper()
		req, err := http.NewRequest(method, s.URL+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(req) // as a browser: it follows to the page that says thank you
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(body)
	}
	for range 2 {
		for _, link := range all {
			if status, body := visit("GET", link[1], nil); status != http.StatusOK || !strings.Contains(body, "How satisfied are you with our help?") {
				t.Fatalf("%s: %d %s", link[1], status, body)
			}
		}
	}
	if v := caseOf(c, k.ID).Survey; v == nil || v.Score != -1 || !v.AnsweredAt.IsZero() {
		t.Fatalf("after a scanner: %+v", v)
	}
	page := all[0][1][:strings.LastIndex(all[0][1], "/")]
	for range 3 {
		if status, body := visit("POST", page, url.Values{"score": {"2"}, "comment": {"Nobody called back. =1+1"}}); status != http.StatusOK || !strings.Contains(body, "Your answer is saved") {
			t.Fatalf("%d %s", status, body)
		}
	}
	report := ask[api.SatisfactionReport](c, "GET", "/v1/satisfaction?by=inbox", nil)
	if x := report.Total; x.Asked != 1 || x.Answered != 1 || x.Value != 0 || len(report.Parts) != 1 || report.Parts[0].Name != "Support" {
		t.Errorf("%+v", report)
	}
	answers := ask[api.Page[api.SurveyAnswer]](c, "GET", "/v1/satisfaction/answers?low=true&commented=true", nil)
	if len(answers.Items) != 1 || answers.Items[0].CustomerName != "Anna Berg" || answers.Items[0].CaseID != k.ID || answers.Items[0].Subject != "My bill" {
		t.Errorf("%+v", answers.Items)
	}
	now := caseOf(c, k.ID)
	if now.Status != "done" || now.Survey.Score != 2 || !now.Survey.Low {
		t.Errorf("%s %+v", now.Status, now.Survey)
	}
	rated := 0
	for _, i := range ask[api.Page[struct {
		Kind, Author string
	}]](c, "GET", "/v1/cases/"+k.ID.String()+"/messages", nil).Items {
		if i.Kind == "rated" && i.Author == "Anna Berg" {
			rated++
		}
	}
	if rated != 1 {
		t.Errorf("%d answers stand in the conversation", rated)
	}
	export := c.do("GET", "/v1/satisfaction/export", nil)
	if export.status != http.StatusOK || !strings.Contains(string(export.body), ",2,5,Nobody called back. =1+1,Anna Berg,My bill,Support,") {
		t.Errorf("%d %s", export.status, export.body)
	}
	// A machine that answers the question answers nothing.
	reply, err := mail.ParseAddress(h.Get("Reply-To"))
	if err != nil {
		t.Fatal(err)
	}
	w.send(t, "anna@postvak.example", reply.Address, "Auto-Submitted: auto-replied\n"+message("anna@postvak.example", reply.Address, "Out of office", "ooo@postvak.example", "I am away."))
	eventually(t, "her out-of-office is in the conversation", func() bool { return caseOf(c, k.ID).Messages == 4 })
	if got := caseOf(c, k.ID); got.Status != "done" {
		t.Errorf("a machine opened the case: %s", got.Status)
	}
	if got := len(w.box(t, "anna@postvak.example")); got != 2 {
		t.Errorf("Anna got %d mails, want the answer and the question", got)
	}
	s.stop()
	look(t, s.place).whole(t, "after a survey")
}
