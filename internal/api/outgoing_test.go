package api_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// A mail is a contact before its row of the outbox says which, for as long as the
// mail server can't be reached: it stands in the conversation once.
func TestAnAnswerOnItsWayStandsOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		path := "/v1/cases/" + f.plain["other case"]
		one := as[struct{ Seq int64 }](f.bea.call("GET", path, nil))
		q := as[api.Queued](f.bea.call("POST", path+"/reply", map[string]any{"if_seq": one.Seq, "html": "<p>Soon.</p>", "attachments": []string{}}))
		row, err := db.Read().OutboxRow(t.Context(), sqlgen.OutboxRowParams{Bucket: q.Outbox.ID.RowBucket(), ID: q.Outbox.ID})
		if err != nil {
			t.Fatal(err)
		}
		e := crm.Envelope{Source: "inbox:test", ExternalID: act.ExternalID(crm.Channel(row.Channel), row.ID, row.MessageID), Channel: crm.Channel(row.Channel), Kind: crm.KindMessage,
			Direction: crm.Out, OccurredAt: monday, Text: "Soon."}
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		results, err := f.engine.Submit(t.Context(), []crm.Item{{Envelope: e, Raw: raw, RawType: "application/json", Place: &crm.Place{Profile: row.ProfileID, Conversation: row.ConversationID}}})
		if err != nil || results[0].ID.IsZero() {
			t.Fatalf("%+v, %v", results, err)
		}
		type item struct {
			Type     string        `json:"type"`
			ID       crm.ID        `json:"id"`
			Delivery *api.Delivery `json:"delivery"`
		}
		items := as[struct{ Items []item }](f.bea.call("GET", path+"/messages", nil)).Items
		if slices.ContainsFunc(items, func(i item) bool { return i.Type == "outgoing" }) {
			t.Error("it stands twice")
		}
		n := slices.IndexFunc(items, func(i item) bool { return i.ID == results[0].ID })
		if n < 0 || items[n].Delivery == nil || items[n].Delivery.State != act.Held || items[n].Delivery.OutboxID != q.Outbox.ID {
			t.Errorf("what becomes of it is not said: %+v", items)
		}
	})
}
