package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// swarms are about bees on the firm's masts, of which the starter packs know
// nothing.
var swarms = []string{
	"An Ihrem Sendemast hängt ein Bienenschwarm, wer holt die Bienen ab?",
	"Ein Bienenschwarm hat sich am Sendemast niedergelassen, brauchen Sie einen Imker?",
	"Ich bin Imker und möchte den Bienenschwarm vom Sendemast einfangen.",
	"Am Sendemast hinter unserem Garten sitzen Bienen, darf der Imker hinauf?",
	"Die Bienen am Sendemast stören die Kinder, schicken Sie bitte einen Imker.",
	"Dürfen wir Bienenstöcke neben dem Sendemast aufstellen? Mein Vater ist Imker.",
	"Wieder Bienen am Sendemast, der Imker vom letzten Jahr ist im Urlaub.",
}

// A group of contacts that no intent fits is proposed, dismissed, put back,
// accepted and taken back; what is not everybody's, or gone, is never in it.
func TestIntentProposals(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		now := monday.Add(7 * 24 * time.Hour) // as the bench's clock
		write := func(i *inboxes.Inbox, texts []string, round, problem string) (ids []crm.ID) {
			t.Helper()
			var items []crm.Item
			for n, text := range texts {
				e := crm.Envelope{Source: i.Source, ExternalID: fmt.Sprintf("bees-%s-%d", round, n), Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: now.Add(-time.Duration(n+1) * time.Hour), Text: text,
					Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: fmt.Sprintf("%s%d@bees.example", round, n)}}}
				items = append(items, crm.Item{Raw: []byte(text), RawType: "text/plain", Envelope: e, Problem: problem})
			}
			results, err := f.engine.Submit(t.Context(), items)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range results {
				if problem == "" && r.Status != flow.StatusNew {
					t.Fatalf("%+v", r)
				}
				ids = append(ids, r.ID)
			}
			return ids
		}
		ids := write(f.open, swarms, "first", "")
		marked := func(word string) (out []string) {
			for _, s := range swarms {
				out = append(out, s+" "+word+".")
			}
			return out
		}
		write(f.hidden, marked("Geheimsache"), "hidden", "")
		write(f.open, marked("Kauderwelsch"), "broken", "it can't be read")

		look := func() {
			t.Helper()
			if err := understand.Look(t.Context(), db, f.engine.Reader(), now); err != nil {
				t.Fatal(err)
			}
		}
		list := func() api.IntentProposals {
			t.Helper()
			a := f.olga.call("GET", "/v1/taxonomy/proposals", nil)
			if a.status != http.StatusOK {
				t.Fatalf("%d %s", a.status, a.body)
			}
			for _, word := range []string{"Geheimsache", "Kauderwelsch", "secret words"} {
				if strings.Contains(string(a.body), word) {
					t.Errorf("%s is shown: %s", word, around(a.body, word))
				}
			}
			return as[api.IntentProposals](a)
		}
		if got := list(); got.State != "looking" || len(got.Items) != 0 || !got.At.IsZero() {
			t.Errorf("before the first look: %+v", got)
		}
		look()
		got := list()
		if len(got.Items) != 1 || got.Unread < len(swarms) {
			t.Fatalf("proposed: %+v", got)
		}
		bees := got.Items[0]
		if bees.Size != len(swarms) || bees.Customers != len(swarms) || bees.Language != "de" || len(bees.Texts) != len(swarms) || !strings.Contains(bees.Label, "Imker") || bees.Texts[0].ConversationID.IsZero() {
			t.Errorf("proposed: %+v", bees)
		}

		path := "/v1/taxonomy/proposals/" + bees.ID.String()
		expect := func(a *answer, status int) {
			t.Helper()
			if a.status != status {
				t.Errorf("%d, not %d: %s", a.status, status, a.body)
			}
		}
		expect(f.olga.call("POST", path+"/dismiss", nil), http.StatusNoContent)
		expect(f.olga.call("POST", path+"/dismiss", nil), http.StatusNotFound)
		// One more customer writes: it is the same group, and stays away.
		write(f.open, []string{"Noch ein Bienenschwarm am Sendemast, bitte schicken Sie den Imker."}, "later", "")
		look()
		if got := list(); len(got.Items) != 0 {
			t.Errorf("dismissed, and proposed again: %+v", got.Items)
		}
		expect(f.olga.call("POST", path+"/reopen", nil), http.StatusNoContent)
		if got := list(); len(got.Items) != 1 {
			t.Fatalf("put back: %+v", got.Items)
		}

		// A body beside the name of the path: both are read.
		if renamed := as[api.IntentDetail](f.olga.call("PATCH", "/v1/taxonomy/repair", map[string]any{"label": "Repairs"})); renamed.Name != "repair" || renamed.Label != "Repairs" {
			t.Errorf("renamed: %+v", renamed)
		}

		// What was erased since is gone from the list, and from what is accepted.
		erase(t, db, ids[0])
		if got := list().Items[0]; len(got.Texts) != len(swarms)-1 {
			t.Errorf("%d texts after one was erased", len(got.Texts))
		}
		expect(f.olga.call("POST", path+"/accept", map[string]any{"into": "no_such"}), http.StatusUnprocessableEntity)
		made := as[api.IntentDetail](f.olga.call("POST", path+"/accept", map[string]any{"label": "Bees on masts"}))
		if made.Name != "bees_on_masts" || !made.Active || made.Examples != len(swarms)-1 {
			t.Errorf("accepted: %+v", made)
		}
		for _, x := range made.Texts {
			if x.Text == swarms[0] {
				t.Error("an erased text became an example")
			}
		}
		expect(f.olga.call("POST", path+"/accept", map[string]any{}), http.StatusNotFound)
		read := as[api.Page[api.ReadText]](f.olga.call("POST", "/v1/taxonomy/read", map[string]any{"texts": []string{swarms[1], "Where is my order?", "Xyzzy"}})).Items
		if read[0].Intent != made.Name || read[0].Label != "Bees on masts" || read[0].Unknown || read[1].Intent != "order_status" || !read[2].Unknown {
			t.Errorf("read: %+v", read)
		}
		write(f.open, marked("Danke"), "after", "")
		look()
		if got := list(); len(got.Items) != 0 {
			t.Errorf("accepted, and proposed again: %+v", got.Items)
		}

		// Taking the new intent back gives the proposal back.
		changes := as[api.Page[api.IntentChange]](f.olga.call("GET", "/v1/taxonomy/changes", nil)).Items
		// The clock of the test stands still, so the newest may not be the first.
		for _, c := range changes {
			if c.Name == made.Name {
				expect(f.olga.call("POST", "/v1/taxonomy/changes/"+c.ID.String()+"/undo", nil), http.StatusOK)
			}
		}
		look()
		if got := list(); len(got.Items) != 1 {
			t.Errorf("taken back: %+v", got.Items)
		}
		// So does a restriction of the inbox take it away at once.
		restrict(t, db, f.open)
		if got := list(); len(got.Items) != 0 {
			t.Errorf("of an inbox that is restricted now: %+v", got.Items)
		}
	})
}

// erase takes a contact away as an erasure does.
func erase(t *testing.T, db *store.DB, id crm.ID) {
	t.Helper()
	storetest.Exec(t, db, "DELETE FROM interactions WHERE bucket = $1 AND id = $2", id.RowBucket(), id)
}

func restrict(t *testing.T, db *store.DB, i *inboxes.Inbox) {
	t.Helper()
	storetest.Exec(t, db, "UPDATE inboxes SET restricted = TRUE WHERE id = $1", i.ID)
}
