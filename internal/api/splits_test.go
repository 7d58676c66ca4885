package api_test

import (
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
)

// listed reads a whole list in small pages.
func (w *worker) listed(query string) (ids []crm.ID) {
	w.b.t.Helper()
	q, err := url.ParseQuery(query)
	if err != nil {
		w.b.t.Fatal(err)
	}
	q.Set("limit", strconv.Itoa(23))
	for {
		p := as[api.Page[api.Case]](w.call("GET", "/v1/cases?"+q.Encode(), nil))
		for _, c := range p.Items {
			ids = append(ids, c.ID)
		}
		if p.Next == "" {
			slices.SortFunc(ids, crm.ID.Compare)
			return ids
		}
		q.Set("cursor", p.Next)
	}
}

// TestTheRestIsWhatNoSplitHolds compares everything else with all that the splits
// themselves list, in each status and order, and the counts with the lists.
func TestTheRestIsWhatNoSplitHolds(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		anna, ben := b.worker("anna@halden.example", access.Agent), b.worker("ben@halden.example", access.Agent)
		tag, inbox, team := many(b.t, b.db, 300, anna.id)
		queries := []string{"channel=chat&queue=all", "queue=all&tag=" + tag.String(), "priority=3", // mine, which an address leaves out
			"queue=mentions", "language=de&queue=unassigned&unread=true", "queue=team&team=" + team.String() + "&breached=true",
			"queue=all&rest=true", "queue=all&assignee=nobody-of-this-name"}
		var splits []crm.ID
		for i, q := range queries {
			v := as[desk.View](anna.call("POST", "/v1/views", map[string]any{"id": crm.ID{}, "owner_id": crm.ID{}, "name": "View " + strconv.Itoa(i), "query": q, "shared": false}))
			splits = append(splits, v.ID)
		}
		if rest := as[api.Counts](anna.call("GET", "/v1/cases/counts", nil)).Rest; rest != (api.StatusCounts{}) {
			b.t.Errorf("without splits the rest counts %+v", rest)
		}
		slices.Reverse(splits)
		chosen := as[access.Personal](anna.call("PATCH", "/v1/me/settings", map[string]any{"splits": splits}))
		if !slices.Equal(chosen.Splits, splits) {
			b.t.Fatalf("the splits are %v", chosen.Splits)
		}
		counts := as[api.Counts](anna.call("GET", "/v1/cases/counts", nil))
		for status, counted := range map[string]int64{"todo": counts.Rest.Todo, "waiting": counts.Rest.Waiting, "snoozed": counts.Rest.Snoozed, "done": -1} {
			held := map[crm.ID]bool{}
			for i, q := range queries[:6] {
				values, err := url.ParseQuery(q)
				if err != nil {
					b.t.Fatal(err)
				}
				if values.Get("queue") == "" {
					values.Set("queue", "mine")
				}
				values.Set("status", status)
				own := anna.listed(values.Encode())
				for _, id := range own {
					held[id] = true
				}
				view := counts.Views[splits[len(splits)-1-i].String()]
				if n := map[string]int64{"todo": view.Todo, "waiting": view.Waiting, "snoozed": view.Snoozed, "done": int64(len(own))}[status]; n != int64(len(own)) {
					b.t.Errorf("%s counts %d %s, lists %d", q, n, status, len(own))
				}
			}
			for _, of := range []string{"queue=all", "queue=unassigned&sort=due", "queue=all&sort=effort&inbox=" + inbox.String(), "queue=all&sort=oldest&tag=" + tag.String()} {
				want := slices.DeleteFunc(anna.listed(of+"&status="+status), func(id crm.ID) bool { return held[id] })
				got := anna.listed(of + "&rest=true&status=" + status)
				if !slices.Equal(got, want) {
					b.t.Errorf("%s in %s: %d are in no split, want %d", of, status, len(got), len(want))
				}
				if of == "queue=all" && counted >= 0 && counted != int64(len(want)) {
					b.t.Errorf("the rest counts %d %s, want %d", counted, status, len(want))
				}
				if of == "queue=all" && (len(want) == 0 || len(held) == 0) {
					b.t.Errorf("nothing to tell apart in %s: %d held, %d left", status, len(held), len(want))
				}
			}
		}
		// What is somebody else's own takes nothing from one's rest, pinned or not.
		ben.call("PATCH", "/v1/me/settings", map[string]any{"splits": splits})
		if got, all := ben.listed("queue=all&rest=true"), ben.listed("queue=all"); !slices.Equal(got, all) {
			b.t.Errorf("%d of %d are left by splits that one can't see", len(got), len(all))
		}
		for name, wrong := range map[string][]crm.ID{"twice": {splits[0], splits[0]}, "too many": append(slices.Clone(splits), crm.NewID(monday))} {
			if a := anna.call("PATCH", "/v1/me/settings", map[string]any{"splits": wrong}); a.status != 422 {
				b.t.Errorf("%s: %d", name, a.status)
			}
		}
	})
}
