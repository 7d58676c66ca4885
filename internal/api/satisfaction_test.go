package api_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// What was answered about a restricted inbox is seen by those who work in it; how a
// colleague does by those who lead, and by the colleague.
func TestWhoSeesWhatCustomersSaid(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		at := monday
		put := func(name string, inbox, agent crm.ID, score int64, comment string) {
			t.Helper()
			conversation, err := crm.ParseID(f.plain["case"])
			if err != nil {
				t.Fatal(err)
			}
			id := crm.DerivedID(at, "test", name).InBucket(conversation.RowBucket())
			if err := db.InTx(t.Context(), func(tx *store.Tx) error {
				if _, err := tx.AddSurvey(t.Context(), sqlgen.AddSurveyParams{Bucket: id.RowBucket(), ID: id, ConversationID: conversation, InboxID: inbox, AssigneeID: agent, Kind: "csat",
					Channel: "mail", Language: "en", Question: "?", AskedAt: crm.Micros(at), ExpiresAt: crm.Micros(at.AddDate(0, 0, 14))}); err != nil {
					return err
				}
				_, err := tx.AnswerSurvey(t.Context(), sqlgen.AnswerSurveyParams{Bucket: id.RowBucket(), ID: id, Score: score, Comment: comment, At: crm.Micros(at)})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		bea, hana := f.people["bea"].ID, f.people["hana"].ID
		put("open", crm.ID{}, bea, 5, "=HYPERLINK(\"x\")")
		put("colleague", crm.ID{}, hana, 1, "public words")
		put("hidden", f.hidden.ID, hana, 1, "secret words")
		for _, c := range []struct {
			who    *browser
			asked  int64
			agents int
		}{{f.olga, 3, 2}, {f.bea, 2, 1}, {f.vic, 2, 0}} {
			r := as[api.SatisfactionReport](c.who.call("GET", "/v1/satisfaction?by=agent", nil))
			if r.Total.Asked != c.asked || len(r.Parts) != c.agents {
				t.Errorf("%+v", r)
			}
			for _, path := range []string{"/v1/satisfaction/answers", "/v1/satisfaction/export"} {
				a := c.who.call("GET", path, nil)
				if a.status != http.StatusOK || !strings.Contains(string(a.body), "public words") || strings.Contains(string(a.body), "secret words") != (c.asked == 3) {
					t.Errorf("%s: %d %s", path, a.status, a.body)
				}
			}
		}
		if a := f.olga.call("GET", "/v1/satisfaction/export", nil); !strings.Contains(string(a.body), `"'=HYPERLINK(""x"")"`) || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
			t.Errorf("a cell that would be a formula: %s", a.body)
		}
		if a := f.bea.call("GET", "/v1/satisfaction?agent="+hana.String(), nil); a.status != http.StatusForbidden {
			t.Errorf("an agent saw how a colleague does: %d %s", a.status, a.body)
		}
		if a := f.bea.call("GET", "/v1/satisfaction?agent="+bea.String(), nil); a.status != http.StatusOK {
			t.Errorf("%d %s", a.status, a.body)
		}
		first := as[api.Page[api.SurveyAnswer]](f.olga.call("GET", "/v1/satisfaction/answers?limit=2", nil))
		rest := as[api.Page[api.SurveyAnswer]](f.olga.call("GET", "/v1/satisfaction/answers?limit=2&cursor="+first.Next, nil))
		if len(first.Items) != 2 || len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("%d and %d answers", len(first.Items), len(rest.Items))
		}
		for _, bad := range []string{"?from=yesterday", "?to=2026-13-01", "?tz=Moon/Sea", "?from=2026-03-02&to=2026-03-01", "?from=2001-01-01", "?kind=x"} {
			if a := f.olga.call("GET", "/v1/satisfaction"+bad, nil); a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", bad, a.status, a.body)
			}
		}
	})
}

// Data leaves as a whole, or from now on to somewhere else, only for a person who
// proved lately who they are; a key has no person to ask.
func TestAnExportAsksAgain(t *testing.T) {
	t.Parallel()
	f := newFirm(t, storetest.SQLite(t), access.Log(slog.New(slog.DiscardHandler)))
	const path = "/v1/satisfaction/export"
	if a := f.olga.call("GET", path, nil); a.status != http.StatusOK {
		t.Fatalf("right after signing in: %d %s", a.status, a.body)
	}
	f.later.Add(int64(11 * time.Minute))
	if a := f.olga.call("GET", path, nil); a.status != http.StatusForbidden || !strings.Contains(string(a.body), `"code":"step_up"`) {
		t.Errorf("without a fresh proof: %d %s", a.status, a.body)
	}
	off := map[string]any{"on": false, "model": "", "requests": 0, "units": 0}
	elsewhere := map[string]any{"base_url": "http://127.0.0.1:8081", "timeout_s": 0, "languages": []string{}, "version": 0, "reading": off, "transcription": off}
	if a := f.olga.call("PUT", "/v1/second-reader", elsewhere); a.status != http.StatusForbidden || !strings.Contains(string(a.body), `"code":"step_up"`) {
		t.Errorf("a second reader without a fresh proof: %d %s", a.status, a.body)
	}
	if a := f.olga.call("GET", "/v1/satisfaction/answers", nil); a.status != http.StatusOK {
		t.Errorf("reading asks too: %d %s", a.status, a.body)
	}
	if a := f.get(path); a.status != http.StatusOK {
		t.Errorf("by a key: %d %s", a.status, a.body)
	}
	if a := f.olga.call("POST", "/v1/me/prove", map[string]string{"password": agreed}); a.status >= 300 {
		t.Fatalf("proving: %d %s", a.status, a.body)
	}
	if a := f.olga.call("GET", path, nil); a.status != http.StatusOK {
		t.Errorf("after a proof: %d %s", a.status, a.body)
	}
}
