package identify_test

import (
	"context"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestVerifiedIdentifiersJoin(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		call := w.one(crm.Phone, "phone=0612345678")
		mail := w.one(crm.Mail, "email=Jan@Postvak.example Jan Meijer")
		w.different(call, mail, "nothing connects them yet")
		order := w.one(crm.Web, "user_id=u1!", "email=jan@postvak.example! Jan Meijer", "phone=+31612345678!")
		w.same(call, order, "the verified phone number")
		w.same(mail, order, "the verified mail address")
		if len(w.merges()) != 2 {
			t.Errorf("%d ledger entries, want 2", len(w.merges()))
		}
	})
}

func TestClaimsOnlySuggest(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		victim := w.one(crm.Mail, "email=jan@postvak.example Jan Meijer")
		claimed := w.one(crm.Web, "user_id=attacker", "email=jan@postvak.example")
		w.different(victim, claimed, "a typed mail address")
		if got := w.rows("suggestions"); got == "" {
			t.Error("a claim of a known address must make a suggestion")
		}
		// The claimed key of an unknown address must not be taken either.
		w.one(crm.Web, "user_id=attacker", "email=later@postvak.example")
		later := w.one(crm.Mail, "email=later@postvak.example")
		w.different(claimed, later, "an address that somebody claimed before its owner wrote")
	})
}

func TestGuards(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		jan := w.one(crm.Web, "user_id=jan!", "email=jan@home.example! Jan Meijer", "phone=0611111111! Jan Meijer")
		piet := w.one(crm.Web, "user_id=piet!", "email=piet@home.example! Piet Meijer", "phone=0611111111! Piet Meijer")
		w.different(jan, piet, "a family phone")
		w.same(w.one(crm.Phone, "phone=+31611111111 Piet Meijer"), piet, "a caller who gives his name on the family phone")
		w.same(w.one(crm.Phone, "phone=+31611111111 Jan"), jan, "a caller who gives her given name")
		anyone := w.one(crm.Phone, "phone=+31611111111")
		w.different(anyone, jan, "a caller without a name on a shared line")
		w.different(anyone, piet, "a caller without a name on a shared line")

		kim := w.one(crm.Web, "user_id=kim!", "phone=0622222222! Kim de Vries")
		w.different(w.one(crm.Phone, "phone=0622222222 Bas de Vries"), kim, "another person's name on a private line")
		w.same(w.one(crm.Phone, "phone=0622222222 K. de Vries"), kim, "an initial")

		a := w.one(crm.Web, "user_id=a!", "email=info@company.example! Anna Bakker")
		b := w.one(crm.Web, "user_id=b!", "email=info@company.example! Bram Cox")
		w.different(a, b, "the mail address of a post")

		n1 := w.one(crm.Web, "user_id=n1!", "phone=000000!")
		n2 := w.one(crm.Web, "user_id=n2!", "phone=000000!")
		w.different(n1, n2, "a blocked value")
		if err := w.s.Block(context.Background(), crm.Email, "Test@Test.example", "Ada"); err != nil {
			t.Fatal(err)
		}
		b1 := w.one(crm.Web, "user_id=b1!", "email=test@test.example!")
		b2 := w.one(crm.Web, "user_id=b2!", "email=test@test.example!")
		w.different(b1, b2, "a value that the firm blocked")
	})
}

func TestAVisitorWhoSignsIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		visit := w.one(crm.Web, "anonymous_id=device-1")
		known := w.one(crm.Mail, "email=x@y.example")
		account := w.one(crm.Web, "user_id=u9", "anonymous_id=device-1")
		w.same(visit, account, "the device signed in")
		other := w.one(crm.Web, "user_id=u10", "anonymous_id=device-1")
		w.different(other, account, "a second account on one device")
		w.different(known, account, "somebody else")
	})
}

func TestATypoSuggests(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		a := w.one(crm.Mail, "email=marleen.kuiper@gmial.example Marleen Kuiper")
		b := w.one(crm.Mail, "email=marleen.kuiper@gmail.example Marleen Kuiper")
		w.different(a, b, "a typo")
		if w.rows("suggestions") == "" {
			t.Error("the same name with a look-alike address must be suggested")
		}
	})
}

func TestNamelessContactsAreKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		a := w.one(crm.Mail, "email=not-an-address")
		b := w.one(crm.Mail, "email=")
		w.different(a, b, "two unknown senders")
		out := w.arrive(crm.Mail, append(person(crm.To, "email=colleague@firm.example"), person(crm.To, "email=c@d.example")...))[0]
		w.same(out, w.one(crm.Mail, "email=c@d.example"), "the recipient that is not ourselves")
	})
}

func TestNeverLinkHolds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := setup(t, db)
		ctx := context.Background()
		a, b := w.one(crm.Mail, "email=a@x.example"), w.one(crm.Phone, "phone=0633333333")
		if err := w.s.NeverLink(ctx, a.CustomerID, b.CustomerID, "Ada"); err != nil {
			t.Fatal(err)
		}
		w.one(crm.Web, "email=a@x.example!", "phone=0633333333!")
		w.different(a, b, "a pair that must never be linked")
		if _, err := w.s.Merge(ctx, a.CustomerID, b.CustomerID, "Bob", ""); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("merging them by hand: %v, want a conflict", err)
		}
		// Through a third one neither: c joins a, then a verified contact of c
		// and b must not pull b in.
		w.one(crm.Web, "email=a@x.example!", "phone=0644444444!")
		w.one(crm.Web, "phone=0644444444!", "account=z!")
		w.one(crm.Web, "account=z!", "phone=0633333333!")
		w.different(a, b, "a pair that must never be linked, through a third")
	})
}
