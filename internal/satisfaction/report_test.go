package satisfaction_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// put writes a survey as it would have been asked at a time; score -1: unanswered.
func (f *firm) put(n int, at time.Time, kind string, inbox, team, agent crm.ID, score int64, comment string) crm.ID {
	f.Helper()
	id := crm.DerivedID(at, "test", fmt.Sprint(n)).InBucket(int64(n % 7))
	now := f.now
	err := f.db.InTx(f.ctx, func(tx *store.Tx) error {
		_, err := tx.AddSurvey(f.ctx, sqlgen.AddSurveyParams{Bucket: id.RowBucket(), ID: id, ConversationID: id, ProfileID: crm.ID{1}, InboxID: inbox, TeamID: team, AssigneeID: agent,
			Kind: kind, Channel: "mail", Language: "en", Question: "?", AskedAt: crm.Micros(at), ExpiresAt: crm.Micros(at.Add(14 * 24 * time.Hour))})
		if err != nil || score < 0 {
			return err
		}
		_, err = tx.AnswerSurvey(f.ctx, sqlgen.AnswerSurveyParams{Bucket: id.RowBucket(), ID: id, Score: score, Comment: comment, At: crm.Micros(at.Add(time.Hour))})
		return err
	})
	f.now = now
	if err != nil {
		f.Fatal(err)
	}
	return id
}

func TestReportsCountWhatWasAsked(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db, inboxes.Survey{Kind: "csat"})
		f.now = time.Date(2026, 4, 20, 12, 0, 0, 0, time.UTC)
		a, b, hr, mia, tom, care := crm.ID{1}, crm.ID{2}, crm.ID{3}, crm.ID{4}, crm.ID{5}, crm.ID{6}
		day := func(d, h int) time.Time { return time.Date(2026, 4, d, h, 0, 0, 0, time.UTC) }
		n := 0
		add := func(at time.Time, kind string, inbox, agent crm.ID, score int64, comment string) {
			n++
			f.put(n, at, kind, inbox, care, agent, score, comment)
		}
		add(day(1, 9), "csat", a, mia, 5, "")
		add(day(1, 10), "csat", a, mia, 4, "Friendly")
		add(day(2, 9), "csat", a, tom, 2, "Slow")
		add(day(3, 9), "csat", b, tom, -1, "") // its time is over
		add(day(19, 9), "csat", b, mia, -1, "")
		add(day(6, 22), "csat", b, mia, 1, "") // a Monday in UTC; in Amsterdam it is Tuesday
		add(day(5, 9), "nps", a, mia, 9, "")
		add(day(5, 9), "csat", hr, tom, 1, "secret")
		for i := range 3 {
			add(time.Date(2026, 3, 31, 9, i, 0, 0, time.UTC), "csat", a, mia, 1, "before the period")
		}
		q := satisfaction.Query{Kind: "csat", From: day(1, 0), To: day(21, 0), Hidden: map[crm.ID]bool{hr: true}}
		report := func(change func(*satisfaction.Query)) satisfaction.Report {
			t.Helper()
			q := q
			if change != nil {
				change(&q)
			}
			r, err := f.surveys.Report(f.ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := report(nil)
		if x := r.Total; x.Asked != 6 || x.Answered != 4 || x.Pending != 1 || x.Value != 50 || !x.Few || fmt.Sprint(x.Scores) != "[1 1 0 1 1]" || fmt.Sprint(r.Kinds) != "map[csat:6 nps:1]" {
			t.Errorf("%+v %v", x, r.Kinds)
		}
		if x := report(func(q *satisfaction.Query) { q.Hidden = nil }).Total; x.Asked != 7 {
			t.Errorf("who may see everything: %+v", x)
		}
		if x := report(func(q *satisfaction.Query) { q.Inbox, q.Agent, q.Team = a, mia, care }).Total; x.Asked != 2 || x.Value != 100 {
			t.Errorf("%+v", x)
		}
		if x := report(func(q *satisfaction.Query) { q.Kind = "nps" }).Total; x.Asked != 1 || x.Value != 100 {
			t.Errorf("%+v", x)
		}
		// Parts are the whole.
		for _, by := range []string{satisfaction.ByInbox, satisfaction.ByTeam, satisfaction.ByAgent, satisfaction.ByDay, satisfaction.ByWeek, satisfaction.ByMonth} {
			sum := int64(0)
			for _, p := range report(func(q *satisfaction.Query) { q.By = by }).Parts {
				sum += p.Asked
			}
			if sum != 6 {
				t.Errorf("by %s: %d", by, sum)
			}
		}
		agents := report(func(q *satisfaction.Query) { q.By = satisfaction.ByAgent }).Parts
		if len(agents) != 2 || agents[0].ID != mia || agents[0].Answered != 3 || agents[1].Asked != 2 {
			t.Errorf("%+v", agents)
		}
		zone, err := time.LoadLocation("Europe/Amsterdam")
		if err != nil {
			t.Fatal(err)
		}
		days := report(func(q *satisfaction.Query) { q.By, q.Zone = satisfaction.ByDay, zone }).Parts
		if len(days) != 5 || days[3].From.Format(time.DateOnly) != "2026-04-07" || days[0].From.Format(time.RFC3339) != "2026-04-01T00:00:00+02:00" || days[0].Asked != 2 {
			t.Errorf("%+v", days)
		}
		weeks := report(func(q *satisfaction.Query) { q.By = satisfaction.ByWeek }).Parts
		if len(weeks) != 3 || weeks[0].From.Format(time.DateOnly) != "2026-03-30" || weeks[1].From.Format(time.DateOnly) != "2026-04-06" {
			t.Errorf("%+v", weeks)
		}

		// The list, page by page: the newest first, nothing hidden, nothing twice.
		list := func(low, commented bool) (scores []int64) {
			at, before := int64(1)<<62, crm.ID{0xff}
			for {
				rows, err := f.surveys.Answers(f.ctx, q, low, commented, at, before, 1)
				if err != nil {
					t.Fatal(err)
				}
				if len(rows) == 0 {
					return scores
				}
				scores = append(scores, rows[0].Score)
				at, before = rows[0].AnsweredAt, rows[0].ID
			}
		}
		if fmt.Sprint(list(false, false), list(true, false), list(false, true)) != "[1 2 4 5] [1 2] [2 4]" {
			t.Error(list(false, false), list(true, false), list(false, true))
		}
		for name, bad := range map[string]satisfaction.Query{"kind": {Kind: "x", From: day(1, 0), To: day(2, 0)}, "backwards": {Kind: "csat", From: day(2, 0), To: day(1, 0)},
			"ages": {Kind: "csat", From: day(1, 0).AddDate(-5, 0, 0), To: day(2, 0)}} {
			if _, err := f.surveys.Report(f.ctx, bad); crm.CodeOf(err) != crm.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
