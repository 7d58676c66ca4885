package flow_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// rows reads a table as maps.
func rows(t testing.TB, db *store.DB, table string) []map[string]any {
	t.Helper()
	all, err := db.Tables(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(b *store.Bulk) bool { return b.Table == table })
	var out []map[string]any
	if err := db.ReadAll(context.Background(), all[i], func(row []any) error {
		m := map[string]any{}
		for c, v := range row {
			m[all[i].Cols[c].Name] = v
		}
		out = append(out, m)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// sound lists what a database must never show, whatever happened to it: a
// contact that is half there, or a customer that is not the set of its profiles.
func sound(t testing.TB, db *store.DB) []string {
	t.Helper()
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }

	contacts := map[crm.ID]crm.ID{} // to their profiles
	perProfile := map[crm.ID]int64{}
	inConversation := map[crm.ID]int64{}
	bySource := map[string]crm.ID{}
	seqs := map[string]bool{}
	for _, x := range rows(t, db, "interactions") {
		id, profile := x["id"].(crm.ID), x["profile_id"].(crm.ID)
		if key := fmt.Sprint(x["source"], "\x00", x["external_id"]); bySource[key].IsZero() {
			bySource[key] = id
		} else {
			say("%s is there twice", key)
		}
		if at := fmt.Sprint(x["bucket"], ".", x["seq"]); seqs[at] {
			say("feed number %s was given twice", at)
		} else {
			seqs[at] = true
		}
		if x["bucket"] != profile.Bucket() || id.RowBucket() != profile.Bucket() {
			say("contact %v stands in the wrong bucket", id)
		}
		contacts[id] = profile
		perProfile[profile]++
		inConversation[x["conversation_id"].(crm.ID)]++
	}
	done := 0
	for _, r := range rows(t, db, "raws") {
		if r["state"] != "done" {
			continue
		}
		done++
		if contacts[r["interaction_id"].(crm.ID)] != r["profile_id"] || r["profile_id"].(crm.ID).IsZero() {
			say("raw %v names a contact that is not there", r["id"])
		}
	}
	if done != len(contacts) {
		say("%d contacts with %d raw rows", len(contacts), done)
	}
	read := map[crm.ID]bool{}
	for _, r := range rows(t, db, "readings") {
		read[r["interaction_id"].(crm.ID)] = true
	}
	if len(read) != len(contacts) {
		say("%d contacts with %d readings", len(contacts), len(read))
	}
	for _, c := range rows(t, db, "conversations") {
		if n := inConversation[c["id"].(crm.ID)]; n != c["messages"] {
			say("conversation %v counts %v of %d messages", c["id"], c["messages"], n)
		}
		delete(inConversation, c["id"].(crm.ID))
	}
	delete(inConversation, crm.ID{})
	if len(inConversation) > 0 {
		say("%d conversations are not there", len(inConversation))
	}
	journeys := map[crm.ID]bool{}
	for _, j := range rows(t, db, "journeys") {
		journeys[j["id"].(crm.ID)] = true
	}
	for _, l := range rows(t, db, "journey_links") {
		if contacts[l["interaction_id"].(crm.ID)].IsZero() || !journeys[l["journey_id"].(crm.ID)] {
			say("link of %v to %v: one of them is not there", l["interaction_id"], l["journey_id"])
		}
	}

	head := map[crm.ID]crm.ID{}
	for _, p := range rows(t, db, "profiles") {
		head[p["profile_id"].(crm.ID)] = p["customer_id"].(crm.ID)
	}
	sums := map[crm.ID]int64{}
	for p, h := range head {
		if head[h] != h {
			say("%v is headed by %v, which is headed by %v", p, h, head[h])
		}
		sums[h] += perProfile[p]
	}
	for p := range perProfile {
		if head[p].IsZero() {
			say("profile %v is not there", p)
		}
	}
	members := 0
	for _, m := range rows(t, db, "customer_profiles") {
		members++
		if head[m["profile_id"].(crm.ID)] != m["customer_id"] {
			say("%v is listed under %v, but headed by %v", m["profile_id"], m["customer_id"], head[m["profile_id"].(crm.ID)])
		}
	}
	if members != len(head) {
		say("%d profiles in %d lists", len(head), members)
	}
	shown := 0
	for _, c := range rows(t, db, "customers") {
		id := c["customer_id"].(crm.ID)
		if c["hidden"] != (head[id] != id) {
			say("customer %v: hidden is %v, its head is %v", id, c["hidden"], head[id])
		}
		if c["hidden"] == false {
			shown++
			if c["contacts"] != sums[id] {
				say("customer %v counts %v of %d contacts", id, c["contacts"], sums[id])
			}
		}
	}
	if shown != len(sums) {
		say("%d customers are shown of %d", shown, len(sums))
	}
	for _, k := range rows(t, db, "identity_keys") {
		if head[k["profile_id"].(crm.ID)].IsZero() {
			say("key %v=%v points to a profile that is not there", k["kind"], k["value"])
		}
	}
	wrong = append(wrong, soundCases(t, db)...)
	return wrong
}

// soundCases lists what the desk must never show.
func soundCases(t testing.TB, db *store.DB) []string {
	t.Helper()
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	spoken := map[crm.ID]int64{}
	for _, x := range rows(t, db, "interactions") {
		if slices.Contains([]any{"message", "call", "form", "review", "post"}, x["kind"]) && (x["direction"] == "in" || x["direction"] == "out" && x["automatic"] == false) {
			spoken[x["conversation_id"].(crm.ID)]++
		}
	}
	conversations := map[crm.ID]map[string]any{}
	for _, c := range rows(t, db, "conversations") {
		conversations[c["id"].(crm.ID)] = c
	}
	for _, c := range rows(t, db, "cases") {
		id := c["conversation_id"].(crm.ID)
		v := conversations[id]
		if v == nil || v["bucket"] != c["bucket"] || v["profile_id"] != c["profile_id"] {
			say("case %v has no conversation in its place", id)
			continue
		}
		if n := c["messages"].(int64); n < spoken[id] || n > v["messages"].(int64) {
			say("case %v counts %d messages, %d were said", id, n, spoken[id])
		}
		if c["status"] == "done" && c["waiting_since"] != int64(0) {
			say("case %v is done, and somebody waits", id)
		}
		delete(spoken, id)
	}
	delete(spoken, crm.ID{})
	for id := range spoken {
		say("conversation %v has no case", id)
	}
	return wrong
}
