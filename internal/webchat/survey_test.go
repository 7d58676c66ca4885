package webchat_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// A chat that is done asks in the widget, at once where it is open; only who talked
// there answers, and it counts once.
func TestAWidgetAsksHowItWent(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(t, db)
		b.server.Surveys = &satisfaction.Service{DB: db, Clock: time.Now, Inboxes: b.boxes, Log: slog.New(slog.DiscardHandler)}
		runner := jobs.New(db, time.Now, slog.New(slog.DiscardHandler))
		b.server.Surveys.Register(runner)
		inbox, at := *b.inbox, 0
		inbox.Settings.Satisfaction.Kind, inbox.Settings.Satisfaction.DelayMin = "ces", &at
		if _, err := b.boxes.Update(t.Context(), inbox, inboxes.Secrets{}, nil); err != nil {
			t.Fatal(err)
		}
		_, v := b.call("POST", b.inbox.ID, "/session", "", map[string]string{"locale": "de-AT"})
		session := text(v["session"])
		b.write(session, "1", "Where is my parcel?")
		socket := b.dial(session, 0)
		b.next(socket, "message")
		conversation, profile, _ := b.theCase()
		b.answer(conversation, profile, crm.NewID(time.Now()).String(), "On its way.")
		set := func(status string) {
			t.Helper()
			if _, err := b.desk.Change(t.Context(), desk.Change{IDs: []crm.ID{conversation}, Set: desk.Set{Status: &status}, By: "Sam"}); err != nil {
				t.Fatal(err)
			}
			if _, err := runner.RunDue(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		set(desk.Done)
		e := b.next(socket, "survey")
		if e.Survey == nil || len(e.Survey.Scores) != 7 || e.Survey.Question != "Es war einfach, mein Anliegen zu lösen." || e.Survey.Score != -1 {
			t.Fatalf("%+v", e.Survey)
		}
		id := e.Survey.ID
		// Opened again before an answer, it is not a question any more.
		set(desk.Todo)
		if e := b.next(socket, "survey"); e.Survey != nil {
			t.Errorf("%+v", e.Survey)
		}
		if _, again := b.call("POST", b.inbox.ID, "/session", "", map[string]string{"visitor": text(v["visitor"])}); again["survey"] != nil {
			t.Errorf("%v", again["survey"])
		}
		set(desk.Done)
		if e := b.next(socket, "survey"); e.Survey == nil || e.Survey.ID != id {
			t.Fatalf("it was asked already, and stands again: %+v", e.Survey)
		}

		other := b.begin("", "")
		b.write(text(other["session"]), "2", "Another one.")
		rate := func(session string, body map[string]any, want int) map[string]any {
			t.Helper()
			status, out := b.call("POST", b.inbox.ID, "/survey", session, body)
			if status != want {
				t.Errorf("%v: %d %v, want %d", body, status, out, want)
			}
			return out
		}
		rate(text(other["session"]), map[string]any{"id": id, "score": 1}, 404) // somebody else
		rate("", map[string]any{"id": id, "score": 1}, 401)
		rate(session, map[string]any{"id": crm.NewID(time.Now()), "score": 1}, 404)
		rate(session, map[string]any{"id": id}, 422)
		rate(session, map[string]any{"id": id, "score": 8}, 422)
		for range 3 {
			if out := rate(session, map[string]any{"id": id, "score": 2, "comment": "<b>Langsam</b>"}, 200); out["score"] != 2.0 || text(out["thanks"]) == "" || text(out["text"]) != "<b>Langsam</b>" {
				t.Errorf("%v", out)
			}
		}
		if e := b.next(socket, "survey"); e.Survey == nil || e.Survey.Score != 2 {
			t.Errorf("other tabs must know: %+v", e.Survey)
		}
		row, err := b.server.Surveys.Get(t.Context(), id)
		if err != nil || row.Score != 2 || row.Changes != 1 || row.Channel != "widget" || row.Language != "de" {
			t.Errorf("%+v %v", row, err)
		}
		if c, err := b.desk.Get(t.Context(), conversation); err != nil || c.Status != desk.Done {
			t.Errorf("an answer opened the case: %s, %v", c.Status, err)
		}
		// Whoever comes back sees what they said.
		_, back := b.call("POST", b.inbox.ID, "/session", "", map[string]string{"visitor": text(v["visitor"])})
		if s, _ := back["survey"].(map[string]any); s["score"] != 2.0 {
			t.Errorf("%v", back["survey"])
		}
	})
}
