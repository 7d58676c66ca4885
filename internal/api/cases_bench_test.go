package api_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/store/storetest/fixture"
)

// many fills a database with cases as a busy firm has them: most are done, a few
// thousand wait for somebody, and some values are rare.
func many(t testing.TB, db *store.DB, n int, person crm.ID) (tag, inbox, team crm.ID) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	ids := func(n int) []crm.ID {
		out := make([]crm.ID, n)
		for i := range out {
			out[i] = crm.DerivedID(monday, "of many", fmt.Sprint(n, i))
		}
		return out
	}
	people, teams, inboxes, tags := append(ids(30), person, crm.ID{}, crm.ID{}), ids(6), ids(12), ids(20)
	var b fixture.Batch
	var profiles []crm.ID
	for i := range n / 4 {
		profiles = append(profiles, b.Person(fmt.Sprintf("Person %d", i), monday))
	}
	for i := range n {
		c := fixture.Case{Profile: profiles[r.IntN(len(profiles))], Inbox: inboxes[r.IntN(12)], Assignee: people[r.IntN(len(people))], Team: teams[r.IntN(6)],
			Channel: crm.Mail, Status: "done", Intent: fmt.Sprintf("intent_%d", r.IntN(60)), Language: []string{"en", "en", "en", "de", "nl", "pt"}[r.IntN(6)],
			Priority: 1, Effort: int64(r.IntN(101)), Value: int64(r.IntN(10_000)), At: monday.Add(-time.Duration(i) * time.Minute), Breached: r.IntN(20) == 0, ReadBy: person}
		switch x := r.IntN(100); {
		case x < 8:
			c.Status = "todo"
		case x < 14:
			c.Status = "waiting"
		case x < 17:
			c.Status = "snoozed"
		case x < 19:
			c.Status = "ignored"
		}
		switch x := r.IntN(1000); {
		case x < 1:
			c.Channel = crm.Review // rare
		case x < 300:
			c.Channel = crm.Chat
		}
		if x := r.IntN(100); x < 2 {
			c.Priority = 3
		}
		if r.IntN(10) == 0 {
			c.Tag = tags[r.IntN(20)]
		}
		if r.IntN(1000) == 0 {
			c.Mentions = person
		}
		if r.IntN(50) == 0 {
			c.ReadBy = crm.ID{}
		}
		c.Due = c.At.Add(4 * time.Hour)
		b.Case(c)
		if i%5000 == 4999 || i == n-1 {
			if err := b.Write(t.Context(), db); err != nil {
				t.Fatal(err)
			}
		}
	}
	return tags[3], inboxes[3], teams[3]
}

// BenchmarkCaseLists reads first and second pages of every queue in every order
// under every filter, through the whole handler, of 100,000 cases. It reports the
// slowest combinations.
//
//	go test ./internal/api -run '^$' -bench CaseLists -benchtime 1x
func BenchmarkCaseLists(b *testing.B) {
	w := setup(b, storetest.SQLite(b))
	person := w.worker("anna@halden.example", access.Agent)
	tag, inbox, team := many(b, w.db, 100_000, person.id)
	filters := []string{"", "tag=" + tag.String(), "inbox=" + inbox.String(), "channel=review", "intent=intent_7", "language=pt", "unread=true",
		"inbox=" + inbox.String() + "&language=de", "priority=3&breached=true"}
	queues := []string{"all", "mine", "unassigned", "mentions", "team&team=" + team.String()}
	type timing struct {
		query string
		took  time.Duration
	}
	for b.Loop() {
		var all []timing
		for _, queue := range queues {
			for _, status := range []string{"todo", "done", "any"} {
				for _, sort := range []string{"wait", "due", "effort", "newest", "oldest"} {
					for _, filter := range filters {
						q := "/v1/cases?queue=" + queue + "&status=" + status + "&sort=" + sort + "&limit=50&" + filter
						begun := time.Now()
						next := person.page(q)
						all = append(all, timing{q, time.Since(begun)})
						if next != "" {
							begun = time.Now()
							person.page(q + "&cursor=" + url.QueryEscape(next))
							all = append(all, timing{q + " 2", time.Since(begun)})
						}
					}
				}
			}
		}
		begun := time.Now()
		person.page("/v1/cases/counts")
		counts := time.Since(begun)
		slices.SortFunc(all, func(x, y timing) int { return int(y.took - x.took) })
		b.ReportMetric(float64(all[len(all)/2].took.Microseconds())/1000, "ms-p50")
		b.ReportMetric(float64(all[len(all)/20].took.Microseconds())/1000, "ms-p95")
		b.ReportMetric(float64(all[len(all)/100].took.Microseconds())/1000, "ms-p99")
		b.ReportMetric(float64(all[0].took.Microseconds())/1000, "ms-max")
		b.ReportMetric(float64(counts.Microseconds())/1000, "ms-counts")
		b.ReportMetric(0, "ns/op")
		for _, x := range all[:25] {
			b.Logf("%v %s", x.took, x.query)
		}
	}
}

// worker is a person who signed in.
type worker struct {
	b      *bench
	id     crm.ID
	cookie *http.Cookie
}

func (b *bench) worker(email, role string) *worker {
	b.t.Helper()
	ctx := b.t.Context()
	u, err := b.access.CreateUser(ctx, access.NewUser{Email: email, Name: strings.SplitN(email, "@", 2)[0], Role: role, Password: "a long enough password 4711"})
	if err != nil {
		b.t.Fatal(err)
	}
	token, err := b.access.NewSignInLink(ctx, u.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	session, err := b.access.SignInWithLink(ctx, token, "127.0.0.1")
	if err != nil {
		b.t.Fatal(err)
	}
	return &worker{b, u.ID, b.access.Cookie(session)}
}

func (w *worker) call(method, path string, sent any) *answer {
	w.b.t.Helper()
	p := &browser{bench: w.b, cookie: w.cookie}
	return p.call(method, path, sent)
}

func (w *worker) page(path string) (next string) {
	w.b.t.Helper()
	a := w.call("GET", path, nil)
	if a.status != http.StatusOK {
		w.b.t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	_, after, _ := strings.Cut(string(a.body), `"next":"`)
	next, _, _ = strings.Cut(after, `"`)
	return next
}
