package api_test

import (
	"context"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
)

// TestCaseListsAreWhole compares every queue in every order under every filter,
// read in small pages, with what the cases themselves say. However a list is
// read, by its order or by a rare value, it must hold the same.
func TestCaseListsAreWhole(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		w := b.worker("anna@halden.example", access.Agent)
		tag, inbox, team := many(b.t, b.db, 300, w.id)
		// What time does to cases is done now, and not in the middle of the lists.
		for range 3 {
			if err := b.desk.Sweep(context.Background(), monday.Add(7*24*time.Hour), 1000); err != nil {
				b.t.Fatal(err)
			}
		}
		list := func(query string, limit int) []api.Case {
			var out []api.Case
			q, err := url.ParseQuery(query)
			if err != nil {
				b.t.Fatal(err)
			}
			q.Set("limit", strconv.Itoa(limit))
			for {
				p := as[api.Page[api.Case]](w.call("GET", "/v1/cases?"+q.Encode(), nil))
				out = append(out, p.Items...)
				if p.Next == "" {
					return out
				}
				q.Set("cursor", p.Next)
			}
		}
		all := list("status=any&sort=newest", 200)
		if len(all) != 300 {
			b.t.Fatalf("%d cases", len(all))
		}
		tagged := map[crm.ID]bool{}
		for _, c := range list("status=any&tag="+tag.String(), 200) {
			tagged[c.ID] = true
		}
		queues := map[string]func(api.Case) bool{"all": func(api.Case) bool { return true }, "mine": func(c api.Case) bool { return c.AssigneeID == w.id },
			"unassigned": func(c api.Case) bool { return c.AssigneeID.IsZero() }, "mentions": func(c api.Case) bool { return c.Mentioned },
			"team&team=" + team.String(): func(c api.Case) bool { return c.TeamID == team }}
		statuses := map[string]func(api.Case) bool{"todo": func(c api.Case) bool { return c.Status == "todo" }, "done": func(c api.Case) bool { return c.Status == "done" },
			"open": func(c api.Case) bool { return c.Status == "todo" || c.Status == "waiting" || c.Status == "snoozed" }, "any": func(api.Case) bool { return true }}
		filters := map[string]func(api.Case) bool{"": func(api.Case) bool { return true }, "inbox=" + inbox.String(): func(c api.Case) bool { return c.InboxID == inbox },
			"channel=chat": func(c api.Case) bool { return c.Channel == crm.Chat }, "language=de": func(c api.Case) bool { return c.Language == "de" },
			"unread=true": func(c api.Case) bool { return c.Unread }, "breached=true": func(c api.Case) bool { return c.Breached },
			"intent=intent_7": func(c api.Case) bool { return c.Intent == "intent_7" }, "priority=3": func(c api.Case) bool { return c.Priority == 3 },
			"tag=" + tag.String() + "&channel=mail": func(c api.Case) bool { return tagged[c.ID] && c.Channel == crm.Mail }}
		never := int64(math.MaxInt64)
		sorts := map[string]func(api.Case) int64{"newest": func(c api.Case) int64 { return -crm.Micros(c.LastAt) }, "oldest": func(c api.Case) int64 { return crm.Micros(c.LastAt) },
			"effort": func(c api.Case) int64 { return -c.Effort }, "value": func(c api.Case) int64 { return -c.Value }, "wait": func(c api.Case) int64 { return crm.Micros(c.WaitingSince) },
			"due": func(c api.Case) int64 {
				if c.DueAt.IsZero() {
					return never
				}
				return crm.Micros(c.DueAt)
			}}
		for queue, inQueue := range queues {
			for status, hasStatus := range statuses {
				for filter, fits := range filters {
					for sort, by := range sorts {
						query := "queue=" + queue + "&status=" + status + "&sort=" + sort + "&" + filter
						if crm.KeyBucket(query)%3 != 0 {
							continue // a third of them covers every pair
						}
						var want []crm.ID
						for _, c := range all {
							if inQueue(c) && hasStatus(c) && fits(c) && (sort != "wait" || !c.WaitingSince.IsZero()) {
								want = append(want, c.ID)
							}
						}
						got := list(query, 23)
						if !slices.IsSortedFunc(got, func(x, y api.Case) int { return int(min(max(by(x)-by(y), -1), 1)) }) {
							b.t.Errorf("%s is not in order", query)
						}
						ids := make([]crm.ID, len(got))
						for i, c := range got {
							ids[i] = c.ID
						}
						slices.SortFunc(ids, crm.ID.Compare)
						slices.SortFunc(want, crm.ID.Compare)
						if !slices.Equal(ids, want) {
							b.t.Fatalf("%s: %d cases, want %d", query, len(ids), len(want))
						}
					}
				}
			}
		}
		counts := as[api.Counts](w.call("GET", "/v1/cases/counts", nil))
		for queue, inQueue := range queues {
			if strings.HasPrefix(queue, "team") {
				continue
			}
			var todo int64
			for _, c := range all {
				if inQueue(c) && c.Status == "todo" {
					todo++
				}
			}
			if got := counts.Queues[queue].Todo; got != todo {
				b.t.Errorf("%s counts %d in todo, want %d", queue, got, todo)
			}
		}
	})
}
