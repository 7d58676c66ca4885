package second_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/second"
	"github.com/rapport-crm/rapport/internal/second/fake"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestTroubleOfTheEndpointCostsNothing(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		intent := w.anIntent("cancel")
		w.set(nil)
		w.endpoint.Answer = always(fake.Reply{Status: http.StatusTooManyRequests, RetryAfter: "120"})
		r := w.submit("1", strange)
		w.run()
		if u := w.usage(); u.Error != second.Limited || u.Requests != 1 || u.Units != 0 || strings.Contains(u.Detail, "SECRET") {
			w.t.Errorf("usage %+v", u)
		}
		w.later.Add(int64(110 * time.Second))
		w.run()
		if n := len(w.endpoint.Requests()); n != 1 {
			w.t.Fatalf("asked %d times within the time that it wanted", n)
		}
		w.later.Add(int64(20 * time.Second))
		w.endpoint.Answer = always(fake.Reply{Status: http.StatusServiceUnavailable})
		other := w.submit("2", strange+" Too.")
		w.run()
		if n := len(w.endpoint.Requests()); n != 2 {
			w.t.Fatalf("asked %d times: while it is in trouble one asks for all", n)
		}
		if got, version := w.reading(r); !got.Unknown || version != 1 {
			w.t.Errorf("%+v", got)
		}
		w.endpoint.Answer = always(says(intent, "hums all night"))
		w.later.Add(int64(20 * time.Minute))
		w.run()
		for _, x := range []flow.Result{r, other} {
			if got, _ := w.reading(x); got.Intent() != intent {
				w.t.Errorf("it works again: %+v", got)
			}
		}
		// What nobody answers in three days is left as it is.
		w.endpoint.Answer = always(fake.Reply{Status: http.StatusInternalServerError})
		old := w.submit("3", strange+" Three.")
		for range 400 {
			if w.run() == 0 && w.later.Load() > int64(96*time.Hour) {
				break
			}
			w.later.Add(int64(20 * time.Minute))
		}
		if dead, err := jobs.ListDead(w.t.Context(), w.db, crm.ID{}, 10); err != nil || len(dead) != 0 {
			w.t.Errorf("dead jobs: %v %+v", err, dead)
		}
		if got, _ := w.reading(old); !got.Unknown {
			w.t.Errorf("%+v", got)
		}
	})
}

func TestASlowEndpointIsLeft(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		w.set(func(s *second.Settings) { s.TimeoutS = 1 })
		w.endpoint.Answer = always(fake.Reply{Delay: 1500 * time.Millisecond, Content: "{}"})
		w.submit("1", strange)
		w.run()
		if u := w.usage(); u.Error != second.Timeout || u.Units == 0 {
			w.t.Errorf("a request that ran out of time may have been paid: %+v", u)
		}
	})
}

func TestTheBudgetHolds(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		intent := w.anIntent("cancel")
		w.endpoint.Answer = always(says(intent, "hums all night"))
		w.set(func(s *second.Settings) { s.Reading.Requests = 2 })
		var all []flow.Result
		for _, n := range []string{"1", "2", "3"} {
			all = append(all, w.submit(n, strange+" "+strings.Repeat("Again. ", len(all)+1)))
		}
		w.run()
		if n := len(w.endpoint.Requests()); n != 2 {
			w.t.Errorf("%d requests of 2", n)
		}
		w.set(func(s *second.Settings) { s.Reading.Units = 2000 })
		w.later.Add(int64(2 * time.Hour))
		w.run()
		if n := len(w.endpoint.Requests()); n != 2 {
			w.t.Errorf("%d requests: 1,800 of 2,000 tokens are used", n)
		}
		w.set(nil)
		w.later.Add(int64(2 * time.Hour))
		w.run()
		for _, r := range all {
			if got, _ := w.reading(r); got.Intent() != intent {
				w.t.Errorf("after there was more: %+v", got)
			}
		}
	})
}

func TestNoAnswerIsPaidTwice(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		intent := w.anIntent("cancel")
		w.set(nil)
		w.endpoint.Answer = always(says(intent, "hums all night"))
		r := w.submit("1", strange)
		w.run()
		again := func() {
			err := w.db.InTx(w.t.Context(), func(tx *store.Tx) error {
				return w.service.Open(w.t.Context(), tx, monday, []flow.Open{{ID: r.ID, Undecided: true, Recording: -1}})
			})
			if err != nil {
				w.t.Fatal(err)
			}
			w.run()
		}
		again()
		// As after a kill between keeping the answer and using it: the first reading
		// is the newest, and the job runs again.
		storetest.Exec(w.t, w.db, `DELETE FROM readings WHERE version = 2`)
		again()
		if got, version := w.reading(r); got.Intent() != intent || version != 2 {
			w.t.Errorf("%d %+v", version, got)
		}
		if n := len(w.endpoint.Requests()); n != 1 {
			w.t.Errorf("paid %d times", n)
		}
	})
}

func TestPeopleComeFirst(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		intent, other := w.anIntent("cancel"), w.anIntent("refund")
		w.set(nil)
		r := w.submit("1", strange)
		// Somebody says it while the endpoint thinks.
		w.endpoint.Answer = func(*fake.Request) fake.Reply {
			if err := w.engine.Correct(context.Background(), r.ID, other, "olga"); err != nil {
				w.t.Error(err)
			}
			return says(intent, "hums all night")
		}
		w.run()
		if got, version := w.reading(r); got.Intent() != other || version != 2 || got.Second != nil {
			w.t.Errorf("%d %+v", version, got)
		}
		// And before: nobody is asked.
		before := len(w.endpoint.Requests())
		x := w.submit("2", "Something else entirely: my grandmother's parrot repeats the announcement.")
		if err := w.engine.Correct(w.t.Context(), x.ID, flow.None, "olga"); err != nil {
			w.t.Fatal(err)
		}
		w.run()
		if n := len(w.endpoint.Requests()) - before; n != 0 {
			w.t.Errorf("%d requests for what a person decided", n)
		}
	})
}

func TestRestrictedInboxesAndOtherLanguagesStay(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		w.set(func(s *second.Settings) { s.Languages = []string{"de"} })
		w.endpoint.Answer = always(says(flow.None))
		w.submit("1", strange)
		w.run()
		w.set(nil)
		i, err := w.inboxes.Create(w.t.Context(), inboxes.Inbox{Name: "HR", Kind: inboxes.Mail, Address: "hr@halden.example", State: inboxes.Active, Restricted: true}, inboxes.Secrets{},
			func(*store.Tx, crm.ID) error { return nil })
		if err != nil {
			w.t.Fatal(err)
		}
		e := crm.Envelope{Source: i.Source, ExternalID: "1", Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: monday, Text: strange,
			Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "eva@postvak.example"}}}
		silent := e
		silent.Source, silent.ExternalID = "archive", "2"
		if _, err := w.engine.Submit(w.t.Context(), []crm.Item{{Envelope: e, Raw: []byte("x"), RawType: "text/plain"}, {Envelope: silent, Raw: []byte("x"), RawType: "text/plain", Silent: true}}); err != nil {
			w.t.Fatal(err)
		}
		w.run()
		if n := len(w.endpoint.Requests()); n != 0 {
			w.t.Errorf("%d contacts left that must stay", n)
		}
	})
}

func TestServersWithoutSchemasAreAskedWithout(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		intent := w.anIntent("cancel")
		w.endpoint.NoSchema, w.endpoint.Answer = true, always(says(intent, "hums all night"))
		w.set(nil)
		for n, text := range []string{strange, strange + " Twice."} {
			r := w.submit(text, text)
			w.run()
			if got, _ := w.reading(r); got.Intent() != intent {
				w.t.Errorf("%+v", got)
			}
			if got := len(w.endpoint.Requests()); got != n+2 {
				w.t.Errorf("%d requests after %d contacts", got, n+1)
			}
		}
	})
}

func TestSettingsKeepTheKey(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		ctx := w.t.Context()
		nothing := func(*store.Tx) error { return nil }
		w.set(nil)
		row, err := w.db.Read().SecondSettings(ctx)
		if err != nil || strings.Contains(row.Settings+string(row.Data), aKey) {
			w.t.Errorf("the key lies open: %v", err)
		}
		s := second.Settings{BaseURL: w.url, Reading: second.EndpointPart{On: true, Model: "large"}}
		kept, err := w.service.Change(ctx, s, "", w.version, "olga", nothing)
		if err != nil || !kept.HasKey || kept.Version != w.version+1 {
			w.t.Fatalf("%v %+v", err, kept)
		}
		if _, err := w.service.Change(ctx, s, "", w.version, "olga", nothing); crm.CodeOf(err) != crm.Conflict {
			w.t.Errorf("an old version: %v", err)
		}
		// A key goes to no other host.
		s.BaseURL = "https://evil.example/v1"
		if _, err := w.service.Change(ctx, s, "", kept.Version, "olga", nothing); crm.CodeOf(err) != crm.Invalid {
			w.t.Errorf("the key went along: %v", err)
		}
		if kept, err = w.service.Change(ctx, s, "-", kept.Version, "olga", nothing); err != nil || kept.HasKey {
			w.t.Errorf("%v %+v", err, kept)
		}
		for _, bad := range []second.Settings{{Reading: second.EndpointPart{On: true, Model: "x"}}, {BaseURL: "http://127.0.0.1:1/v1", Reading: second.EndpointPart{On: true}}, {BaseURL: "ftp://x"}, {BaseURL: "http://u:p@127.0.0.1/"},
			{BaseURL: "http://169.254.169.254/v1"}, {BaseURL: "http://[fd00:ec2::254]/v1"}, {BaseURL: "http://1.1.1.1/v1"}, {BaseURL: "http://127.0.0.1:25/v1"}, {BaseURL: "https://x.example/v1?a=b"}, {Languages: []string{"english"}}} {
			if _, err := w.service.Change(ctx, bad, "", kept.Version, "olga", nothing); crm.CodeOf(err) != crm.Invalid {
				w.t.Errorf("%+v: %v", bad, err)
			}
		}
	})
}

func TestTheConnectionCanBeTried(t *testing.T) {
	t.Parallel()
	onSQLite(t, func(w *world) {
		try := func() second.EndpointTrial {
			w.t.Helper()
			all, err := w.service.Try(w.t.Context())
			if err != nil || len(all) != 1 {
				w.t.Fatalf("%v %+v", err, all)
			}
			return all[0]
		}
		if all, err := w.service.Try(w.t.Context()); err != nil || len(all) != 0 {
			w.t.Errorf("nothing is set up: %v %+v", err, all)
		}
		w.set(func(s *second.Settings) { s.Reading.On = false })
		w.endpoint.Answer = always(says(w.anIntent("cancel"), "Where is my parcel?"))
		if got := try(); !got.OK || got.Intent == "" || got.Model != "small" || got.Units != 900 {
			w.t.Errorf("%+v", got)
		}
		for want, a := range map[second.Trouble]fake.Reply{second.Busy: {Status: 500}, second.Limited: {Status: 429}, second.Missing: {Status: 404}, second.Key: {Status: 401}, second.Unusable: says("x", "y")} {
			w.endpoint.Answer = always(a)
			if got := try(); got.OK || got.Error != want || strings.Contains(got.Detail, "SECRET") {
				w.t.Errorf("%s: %+v", want, got)
			}
		}
		w.set(func(s *second.Settings) { s.Reading.Requests = 1 })
		if got := try(); got.OK || got.Error != "spent" {
			w.t.Errorf("%+v", got)
		}
		closed := httptest.NewServer(w.endpoint)
		closed.Close()
		w.set(func(s *second.Settings) { s.BaseURL = closed.URL })
		w.endpoint.Key = ""
		if got := try(); got.OK || got.Error != second.Unreachable {
			w.t.Errorf("%+v", got)
		}
	})
}
