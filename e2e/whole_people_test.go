package e2e

import (
	"encoding/json"

	"github.com/rapport-crm/rapport/internal/crm"
)

// checkIdentity: customers are the connected components over the ledger entries
// that are not undone, and every key leads to a profile that is there.
func (s *snapshot) checkIdentity() {
	parent := map[crm.ID]crm.ID{}
	var find func(crm.ID) crm.ID
	find = func(id crm.ID) crm.ID {
		if parent[id] != id {
			parent[id] = find(parent[id])
		}
		return parent[id]
	}
	for _, p := range s.tables["profiles"] {
		id := p.id("profile_id")
		parent[id], s.customer[id] = id, p.id("customer_id")
		if id.Bucket() != p.int("bucket") || p.id("customer_id").Bucket() != p.int("head_bucket") {
			s.fault("profile %s is in the wrong bucket", id)
		}
	}
	for _, m := range s.tables["merges"] {
		a, b := m.id("profile_id"), m.id("other_id")
		if parent[a].IsZero() || parent[b].IsZero() {
			s.fault("merge %s is of a profile that is not there", m.id("id"))
		} else if m.int("undone_at") == 0 {
			parent[find(a)] = find(b)
		}
	}
	component := map[crm.ID]crm.ID{} // customer to the root of its profiles
	roots := map[crm.ID]crm.ID{}
	for id, customer := range s.customer {
		root := find(id)
		if r, ok := component[customer]; ok && r != root {
			s.fault("customer %s holds profiles that nothing in the ledger joins", customer)
		}
		if c, ok := roots[root]; ok && c != customer {
			s.fault("the ledger joins %s and %s, but they are two customers", c, customer)
		}
		component[customer], roots[root] = root, customer
	}
	used := map[crm.ID]bool{}
	for _, x := range s.contacts {
		used[x.id("profile_id")] = true
	}
	for id := range s.customer {
		if !used[id] {
			s.fault("profile %s has no contact", id)
		}
	}
	for id := range used {
		if s.customer[id].IsZero() {
			s.fault("contacts of profile %s, which is not there", id)
		}
	}
	for _, k := range []struct{ table, col string }{{"identity_keys", "profile_id"}, {"shared_keys", "profile_id"}, {"profile_keys", "profile_id"},
		{"customer_terms", "customer_id"}, {"thread_keys", "profile_id"}, {"suggestions", "profile_id"}, {"suggestions", "other_id"}} {
		for _, r := range s.tables[k.table] {
			if s.customer[r.id(k.col)].IsZero() {
				s.fault("%s leads to profile %s, which is not there", k.table, r.id(k.col))
			}
		}
	}
	s.checkPairs()
}

// checkPairs: a suggestion stands at both of its profiles, and every profile
// has the identifier that made it and words to be found by.
func (s *snapshot) checkPairs() {
	pairs := map[[2]crm.ID]bool{}
	for _, r := range s.tables["suggestions"] {
		pairs[[2]crm.ID{r.id("profile_id"), r.id("other_id")}] = true
	}
	for p := range pairs {
		if !pairs[[2]crm.ID{p[1], p[0]}] {
			s.fault("the suggestion of %s and %s stands at one of them only", p[0], p[1])
		}
	}
	evidence := map[crm.ID]bool{}
	for _, r := range s.tables["profile_keys"] {
		evidence[r.id("profile_id")] = true
	}
	for id := range s.customer {
		if !evidence[id] {
			s.fault("profile %s has no identifier", id)
		}
	}
}

// checkCustomers: the row of a customer counts its contacts, and exactly those
// are hidden whose profile is part of another customer.
func (s *snapshot) checkCustomers() {
	want := map[crm.ID]*span{}
	for _, x := range s.contacts {
		c := s.customer[x.id("profile_id")]
		if want[c] == nil {
			want[c] = &span{}
		}
		want[c].add(x.int("occurred_at"))
	}
	for _, c := range s.tables["customers"] {
		id := c.id("customer_id")
		w := want[id]
		switch {
		case s.customer[id].IsZero():
			s.fault("customer %s is named after a profile that is not there", id)
		case c.yes("hidden") != (s.customer[id] != id):
			s.fault("customer %s: hidden is %t, and its profile is of %s", id, c.yes("hidden"), s.customer[id])
		case c.yes("hidden"):
		case w == nil:
			s.fault("customer %s has no contact", id)
		case c.int("contacts") != w.n || c.int("first_at") != w.first || c.int("last_at") != w.last:
			s.fault("customer %s counts %d contacts from %d to %d, there are %d from %d to %d", id, c.int("contacts"), c.int("first_at"), c.int("last_at"), w.n, w.first, w.last)
		}
		if !c.yes("hidden") {
			delete(want, id)
		}
	}
	for id := range want {
		s.fault("customer %s has no row", id)
	}
	members := map[crm.ID]crm.ID{}
	for _, m := range s.tables["customer_profiles"] {
		if other, ok := members[m.id("profile_id")]; ok {
			s.fault("profile %s is listed at %s and at %s", m.id("profile_id"), other, m.id("customer_id"))
		}
		members[m.id("profile_id")] = m.id("customer_id")
	}
	for id, c := range s.customer {
		if members[id] != c {
			s.fault("profile %s is of customer %s, but is listed at %s", id, c, members[id])
		}
	}
	if len(members) != len(s.customer) {
		s.fault("%d profiles, but customers list %d", len(s.customer), len(members))
	}
}

// checkConversations: a conversation counts its messages, and all of them are
// of one customer.
func (s *snapshot) checkConversations() {
	held := map[crm.ID]*span{}
	customers := map[crm.ID]crm.ID{}
	for id, x := range s.contacts {
		c := x.id("conversation_id")
		if c.IsZero() {
			if x.str("kind") != string(crm.KindEvent) {
				s.fault("contact %s (%s) has no conversation", id, x.str("kind"))
			}
			continue
		}
		if held[c] == nil {
			held[c] = &span{}
			customers[c] = s.customer[x.id("profile_id")]
		}
		held[c].add(x.int("occurred_at"))
		if customers[c] != s.customer[x.id("profile_id")] && !s.parted {
			s.fault("conversation %s has messages of two customers", c)
		}
	}
	there := map[crm.ID]bool{}
	for _, c := range s.tables["conversations"] {
		id := c.id("id")
		there[id] = true
		w := held[id]
		if w == nil {
			s.fault("conversation %s is empty", id)
			continue
		}
		if c.int("messages") != w.n || c.int("last_at") != w.last {
			s.fault("conversation %s counts %d messages, there are %d", id, c.int("messages"), w.n)
		}
		if s.customer[c.id("profile_id")] != customers[id] && !s.parted {
			s.fault("conversation %s is not of the customer who wrote in it", id)
		}
	}
	for id := range held {
		if !there[id] {
			s.fault("conversation %s has no row", id)
		}
	}
	for _, k := range s.tables["thread_keys"] {
		if !there[k.id("conversation_id")] {
			s.fault("thread key %s leads to a conversation that is not there", k.str("value"))
		}
	}
}

// checkJourneys: a journey counts its links, no link leaves its customer, and
// whatever a customer says belongs to a journey.
func (s *snapshot) checkJourneys() {
	held := map[crm.ID]*span{}
	customers := map[crm.ID]crm.ID{}
	linked := map[crm.ID]bool{}
	for _, l := range s.tables["journey_links"] {
		x, j := s.contacts[l.id("interaction_id")], l.id("journey_id")
		if x == nil || x.id("profile_id") != l.id("profile_id") {
			s.fault("a link of contact %s, which is not there", l.id("interaction_id"))
			continue
		}
		linked[l.id("interaction_id")] = true
		customer := s.customer[l.id("profile_id")]
		if held[j] == nil {
			held[j], customers[j] = &span{}, customer
		}
		held[j].add(x.int("occurred_at"))
		if customers[j] != customer {
			s.fault("journey %s has contacts of two customers", j)
		}
		if l.int("confidence") < 0 || l.int("confidence") > 1000 || l.str("reason") == "" || l.str("author") == "" {
			s.fault("the link of %s doesn't say why: %d, %q, %q", l.id("interaction_id"), l.int("confidence"), l.str("reason"), l.str("author"))
		}
	}
	for _, j := range s.tables["journeys"] {
		id := j.id("id")
		w := held[id]
		if w == nil {
			s.fault("journey %s is empty", id)
			continue
		}
		delete(held, id)
		var data struct {
			Count    int64 `json:"count"`
			Contacts int64 `json:"contacts"`
		}
		if err := json.Unmarshal([]byte(j.str("data")), &data); err != nil || data.Count != w.n || data.Contacts > w.n {
			s.fault("journey %s counts %d contacts, it has %d links (%v)", id, data.Count, w.n, err)
		}
		if j.int("opened_at") != w.first || j.int("last_at") != w.last {
			s.fault("journey %s runs from %d to %d, its contacts from %d to %d", id, j.int("opened_at"), j.int("last_at"), w.first, w.last)
		}
		if s.customer[j.id("profile_id")] != customers[id] {
			s.fault("journey %s is not of the customer whose contacts it has", id)
		}
		if j.yes("active") == crm.JourneyState(j.str("state")).Closed() {
			s.fault("journey %s is %s and active is %t", id, j.str("state"), j.yes("active"))
		}
	}
	for id := range held {
		s.fault("links of journey %s, which is not there", id)
	}
	for id, x := range s.contacts {
		if !linked[id] && x.str("direction") == string(crm.In) && x.str("kind") != string(crm.KindEvent) && !x.yes("automatic") {
			s.fault("contact %s (%s, %s) belongs to no journey", id, x.str("channel"), x.str("kind"))
		}
	}
}
