package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// by lists the contacts in which an identifier of a kind takes part.
func by(all []crm.Item, kind crm.IdentifierKind, values ...string) []crm.Item {
	var out []crm.Item
	for _, it := range all {
		for _, p := range it.Envelope.Participants {
			if p.Kind == kind && slices.Contains(values, p.Value) {
				out = append(out, it)
				break
			}
		}
	}
	return out
}

// verifiedFor lists the user ids that an item verified together with a value.
func verifiedFor(all []crm.Item, kind crm.IdentifierKind, value string) []string {
	var users []string
	for _, it := range all {
		has, user := false, ""
		for _, p := range it.Envelope.Participants {
			has = has || it.MayVerify && p.Verified && p.Kind == kind && p.Value == value
			if p.Verified && p.Kind == crm.UserID {
				user = p.Value
			}
		}
		if has && !slices.Contains(users, user) {
			users = append(users, user)
		}
	}
	slices.Sort(users)
	return users
}

// Jan's story at several hours of the day: order, confirmation, reply, no answer,
// call; and the resolved question of two months ago.
func TestJan(t *testing.T) {
	t.Parallel()
	for h := 0; h < 24; h += 5 {
		now := time.Date(2026, 3, 18, h, 5, 0, 0, time.UTC)
		var kinds []string
		var confirmation, reply, call crm.Envelope
		all := items(t, now)
		for _, it := range by(all, crm.Email, Jan) {
			if strings.HasPrefix(it.Envelope.ExternalID, "jan-text-plan") && it.Envelope.Channel == crm.Mail {
				if it.Envelope.Automatic {
					confirmation = it.Envelope
				} else {
					reply = it.Envelope
				}
			}
			if it.Envelope.Kind == crm.KindOrder && it.Envelope.ExternalID != JanOrder {
				t.Errorf("order %s", it.Envelope.ExternalID)
			}
		}
		for _, it := range all {
			e := it.Envelope
			if e.ExternalID == JanOrder || strings.HasPrefix(e.ExternalID, "jan-text-plan") && e.Kind != crm.KindEvent {
				kinds = append(kinds, string(e.Direction)+" "+string(e.Channel)+" "+string(e.Kind))
				if e.Kind == crm.KindCall {
					call = e
				}
			}
		}
		want := []string{"in web order", "out mail message", "in mail message", "in phone call"}
		if !slices.Equal(kinds, want) {
			t.Fatalf("at %v: %v", now, kinds)
		}
		if confirmation.HTML == "" || reply.Thread.InReplyTo != confirmation.Thread.MessageID || !strings.Contains(reply.Text, "When does it start?") {
			t.Errorf("the reply: %+v", reply)
		}
		if gap := reply.OccurredAt.Sub(confirmation.OccurredAt); gap < 15*time.Minute || gap > 25*time.Minute {
			t.Errorf("she replies after %v", gap)
		}
		day := weekdays["en"][reply.OccurredAt.In(zone).Weekday()]
		if !strings.Contains(call.Text, "I mailed on "+day+" and nobody answered") || call.Participants[0].Value != FamilyPhone {
			t.Errorf("the call: %+v", call)
		}
	}
}

func TestSharedIdentifiers(t *testing.T) {
	t.Parallel()
	all := items(t, noon)
	for _, c := range []struct {
		kind  crm.IdentifierKind
		value string
		want  []string
	}{
		{crm.PhoneNumber, FamilyPhone, []string{JanUserID, PietUserID}},
		{crm.PhoneNumber, OkaforPhone, []string{"u-20021", "u-20022", "u-20023"}},
		{crm.PhoneNumber, DeWitPhone, []string{"u-20026", "u-20027"}},
		{crm.Email, BrandtMail, []string{"u-20024", "u-20025"}},
		{crm.Email, Tulip, []string{"u-20031", "u-20032", "u-20033"}},
		{crm.Email, TypoClaim, nil}, // claimed only
	} {
		if got := verifiedFor(all, c.kind, c.value); !slices.Equal(got, c.want) {
			t.Errorf("%s is verified for %v, want %v", c.value, got, c.want)
		}
	}
	if calls := by(all, crm.PhoneNumber, FamilyPhone); len(calls) < 5 {
		t.Errorf("the family phone appears %d times", len(calls))
	}
	// Nobody else shares a verified identifier.
	owner := map[string]string{}
	shared := []string{FamilyPhone, OkaforPhone, DeWitPhone, BrandtMail, Tulip}
	for _, it := range all {
		user := ""
		for _, p := range it.Envelope.Participants {
			if p.Kind == crm.UserID && p.Role != crm.Agent {
				user = p.Value
			}
		}
		for _, p := range it.Envelope.Participants {
			if user == "" || !p.Verified || p.Kind == crm.UserID || slices.Contains(shared, p.Value) {
				continue
			}
			key := string(p.Kind) + " " + p.Value
			if o := owner[key]; o != "" && o != user {
				t.Errorf("%s belongs to %s and %s", key, o, user)
			}
			owner[key] = user
		}
	}
}

func TestNamedStories(t *testing.T) {
	t.Parallel()
	all := items(t, noon)
	channels := func(addr, prefix string) map[crm.Channel]int {
		m := map[crm.Channel]int{}
		for _, it := range all {
			if strings.HasPrefix(it.Envelope.ExternalID, prefix) {
				m[it.Envelope.Channel]++
			}
		}
		if len(by(all, crm.Email, addr)) == 0 {
			t.Errorf("%s never appears", addr)
		}
		return m
	}
	if m := channels(Churn, "churn-threat"); m[crm.Mail] < 3 || m[crm.Chat] < 5 || m[crm.Phone] < 1 || m[crm.Social] < 2 {
		t.Errorf("the churn story: %v", m)
	}
	if m := channels(LongThread, "long-thread"); m[crm.Mail] != 12 {
		t.Errorf("the long thread: %v", m)
	}
	if m := channels(TwoThreads, "two-fault-and-invoice"); m[crm.Mail] < 5 || m[crm.Phone] < 2 || m[crm.Text] < 2 || m[crm.Chat] < 3 {
		t.Errorf("the interleaved story: %v", m)
	}
	if n := len(by(all, crm.UserID, HeavyUserID)); n < 600 {
		t.Errorf("%d contacts of the heavy user", n)
	}
	revived := by(all, crm.Email, Revived)
	gap := false
	for i := 1; i < len(revived); i++ {
		a, b := revived[i-1].Envelope, revived[i].Envelope
		gap = gap || b.Thread.InReplyTo == a.Thread.MessageID && b.OccurredAt.Sub(a.OccurredAt) > 70*24*time.Hour
	}
	if !gap {
		t.Error("no thread is picked up after 75 days")
	}
	stranger := by(all, crm.Email, Stranger)
	if len(stranger) == 0 || !strings.Contains(strings.Join(stranger[0].Envelope.Thread.References, " "), "inbox-harbour.example") {
		t.Error("the stranger doesn't reply into Carol's thread")
	}
	wrong := by(all, crm.Email, TypoClaim)
	if len(wrong) != 1 || wrong[0].Envelope.Kind != crm.KindOrder || len(by(all, crm.Email, Typo)) < 3 {
		t.Errorf("the typing error: %d with it", len(wrong))
	}
	for _, addr := range []string{Business, Bereaved, Grateful, Forwarder} {
		if len(by(all, crm.Email, addr)) < 1 {
			t.Errorf("%s never appears", addr)
		}
	}
}

// The outage is a burst on every channel on one day.
func TestOutage(t *testing.T) {
	t.Parallel()
	perDay := map[int]int{}
	channels := map[crm.Channel]int{}
	all := items(t, noon)
	today := noon.In(zone).YearDay()
	for _, it := range all {
		e := it.Envelope
		if e.Direction != crm.In || e.Kind == crm.KindEvent {
			continue
		}
		d := today - e.OccurredAt.In(zone).YearDay()
		perDay[d]++
		if strings.HasPrefix(e.ExternalID, "outage-") && d == OutageDaysAgo {
			channels[e.Channel]++
		}
	}
	for d, n := range perDay {
		if d != OutageDaysAgo && n*3/2 > perDay[OutageDaysAgo] {
			t.Errorf("%d contacts %d days ago, %d on the day of the outage", n, d, perDay[OutageDaysAgo])
		}
	}
	if len(channels) < 7 {
		t.Errorf("the outage shows on %v", channels)
	}
}

// Some visitors sign in on a later visit, some never do.
func TestAnonymousVisitors(t *testing.T) {
	t.Parallel()
	signed, before := map[string]bool{}, map[string]bool{}
	for _, it := range items(t, noon) {
		anon, user := "", false
		for _, p := range it.Envelope.Participants {
			if p.Kind == crm.AnonymousID {
				anon = p.Value
			}
			user = user || p.Kind == crm.UserID && p.Role == crm.From
		}
		if anon == "" || it.Envelope.Source != "web" {
			continue
		}
		if user {
			signed[anon] = true
		} else if !signed[anon] {
			before[anon] = true
		}
	}
	never, later := 0, 0
	for anon := range before {
		if signed[anon] {
			later++
		} else {
			never++
		}
	}
	t.Log(never, "never sign in,", later, "sign in later")
	if never < 30 || later < 20 {
		t.Errorf("%d never sign in, %d sign in later", never, later)
	}
}
