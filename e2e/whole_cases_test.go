package e2e

import (
	"math"
	"slices"

	"github.com/rapport-crm/rapport/internal/crm"
)

// checkCases: whoever spoke in a conversation has a case there, in the
// conversation's place; what a case counts was said; and a case's turn, times and
// targets agree with each other.
func (s *snapshot) checkCases() {
	type talk struct{ all, spoken int64 }
	said := map[crm.ID]*talk{}
	for _, x := range s.tables["interactions"] {
		answered := slices.Contains([]string{"message", "call", "form", "review", "post", "note"}, x.str("kind"))
		if c := x.id("conversation_id"); !c.IsZero() && answered && x.str("direction") != "internal" {
			if said[c] == nil {
				said[c] = &talk{}
			}
			said[c].all++
			if x.str("direction") == "in" || !x.yes("automatic") {
				said[c].spoken++
			}
		}
	}
	conversations := map[crm.ID]row{}
	for _, c := range s.tables["conversations"] {
		conversations[c.id("id")] = c
	}
	into := map[crm.ID]crm.ID{}
	for _, m := range s.tables["case_merges"] {
		into[m.id("conversation_id")] = m.id("into_id")
	}
	cases := map[crm.ID]bool{}
	for _, c := range s.tables["cases"] {
		id := c.id("conversation_id")
		cases[id] = true
		v, n := conversations[id], said[id]
		if v == nil || v.int("bucket") != c.int("bucket") || v.id("profile_id") != c.id("profile_id") {
			s.fault("case %s has no conversation in its place", id)
			continue
		}
		if n == nil {
			s.fault("nobody spoke in case %s", id)
			continue
		}
		if m := c.int("messages"); m < n.spoken || m > n.all {
			s.fault("case %s counts %d messages, there are %d to %d", id, m, n.spoken, n.all)
		}
		if c.int("last_at") > v.int("last_at") {
			s.fault("case %s was spoken in later than its conversation", id)
		}
		status := c.str("status")
		switch {
		case !slices.Contains([]string{"todo", "waiting", "snoozed", "done", "ignored"}, status):
			s.fault("case %s is %q", id, status)
		case status != "todo" && c.int("due_at") != math.MaxInt64:
			s.fault("case %s is %s, and a target runs", id, status)
		case (status == "done" || status == "ignored") && c.int("waiting_since") != 0:
			s.fault("case %s is %s, and somebody waits", id, status)
		case (status == "snoozed") != (c.int("snoozed_until") > 0):
			s.fault("case %s is %s until %d", id, status, c.int("snoozed_until"))
		case c.id("merged_into") != into[id]:
			s.fault("case %s was merged into %s, the list of merges says %s", id, c.id("merged_into"), into[id])
		}
	}
	for id, n := range said {
		if n.spoken > 0 && !cases[id] {
			s.fault("conversation %s has no case", id)
		}
	}
	for _, t := range s.tables["case_tags"] {
		if !cases[t.id("conversation_id")] {
			s.fault("a tag is on case %s, which is not there", t.id("conversation_id"))
		}
	}
}
