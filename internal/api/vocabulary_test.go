package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// A firm teaches its numbers and products: what they would find is shown, what
// is too general is refused, the next contact is read by them here and on
// another server, and every change can be taken back.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		now := monday.Add(7 * 24 * time.Hour) // as the bench's clock
		n := 0
		write := func(i *inboxes.Inbox, text string) *crm.Reading {
			t.Helper()
			n++
			results, err := f.engine.Submit(t.Context(), []crm.Item{{Raw: []byte(text), RawType: "text/plain", Envelope: crm.Envelope{Source: i.Source, ExternalID: fmt.Sprint("v", n),
				Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: now.Add(-time.Hour), Text: text,
				Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: fmt.Sprintf("v%d@words.example", n)}}}}})
			if err != nil || results[0].Reading == nil {
				t.Fatal(results, err)
			}
			return results[0].Reading
		}
		found := func(r *crm.Reading) string {
			var out []string
			for _, e := range r.Entities {
				out = append(out, e.Kind+" "+e.Value)
			}
			return strings.Join(out, ", ")
		}
		call := func(method, path string, in, out any, code int) {
			t.Helper()
			a := f.olga.call(method, path, in)
			if a.status != code {
				t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
			}
			if out != nil {
				a.into(out)
			}
		}
		for i := range 25 {
			write(f.open, fmt.Sprintf("Meine Zählernummer ZX-%04d bitte, Nummer %d, am 03.04.2026", i*37, 700000+i))
		}
		write(f.hidden, "ZX-9999 is nobody's business")

		number := func(name, kind string, examples ...string) map[string]any {
			return map[string]any{"name": name, "kind": kind, "examples": examples}
		}
		meter := number("Meter", "contract", "ZX-0037", "zx-0074")
		var trial understand.Trial
		call("POST", "/v1/numbers/try", meter, &trial, 200)
		if trial.Refused != understand.ShapeOften || trial.Numbers != 25 || len(trial.Found) != 12 || !trial.Firm || strings.Contains(fmt.Sprint(trial), "9999") {
			t.Errorf("%+v", trial) // in every message: more than even a number with letters may be in
		}
		call("POST", "/v1/numbers", meter, nil, http.StatusUnprocessableEntity)
		for range 30 {
			write(f.open, "Danke, alles gut")
		}
		call("POST", "/v1/numbers/try", number("", "order", "700001", "711111"), &trial, 200)
		if trial.Refused != understand.ShapeOften || trial.Firm {
			t.Errorf("%+v", trial)
		}
		for _, general := range [][]string{{"Premium", "Basic"}, {"12", "34"}, {"ZX-1"}} {
			call("POST", "/v1/numbers", number("General", "order", general...), nil, http.StatusUnprocessableEntity)
		}
		var list api.Page[api.OwnNumber]
		call("POST", "/v1/numbers", meter, &list, 200)
		if len(list.Items) != 1 || list.Items[0].Name != "Meter" || !list.Items[0].Firm {
			t.Fatalf("%+v", list)
		}
		call("POST", "/v1/numbers", meter, nil, http.StatusConflict)
		if got := found(write(f.open, "Zähler zx-4711 läuft")); got != "contract ZX-4711" {
			t.Errorf("read: %s", got)
		}

		text := "Name;SKU;Synonyme\nÖkostrom Plus;OS-2;Grüner Strom\nGas;G-1;\nthe;;\n"
		var products understand.ProductTrial
		call("POST", "/v1/products/try", map[string]any{"text": text}, &products, 200)
		if products.Total != 2 || products.Left != 1 || products.Texts < 55 {
			t.Errorf("%+v", products)
		}
		var catalogue api.Catalogue
		call("POST", "/v1/products", map[string]any{"text": text}, &catalogue, 200)
		call("POST", "/v1/products", map[string]any{"text": "Gas;G-2\nWasser"}, &catalogue, 200)
		if catalogue.Total != 3 {
			t.Errorf("%+v", catalogue)
		}
		call("GET", "/v1/products?q=strom+os-2", nil, &catalogue, 200)
		if catalogue.Matches != 1 || catalogue.Items[0].Name != "Ökostrom Plus" {
			t.Errorf("%+v", catalogue)
		}
		if got := found(write(f.open, "Mit gruner strom und ÖKOSTROM-PLUS, zx-4711")); got != "product Ökostrom Plus, product Ökostrom Plus, contract ZX-4711" {
			t.Errorf("read: %s", got)
		}
		// Another server takes it over when the news of the models change.
		other, err := understand.LoadVocabulary(t.Context(), db.Read(), nil)
		if err != nil || len(other.Forms) != 1 || len(other.List) != 3 || other.Numbers != 1 || other.Products != 2 {
			t.Errorf("%+v %v", other, err)
		}
		if news, err := db.Read().ModelInUse(t.Context(), "intents"); err != nil || news.Numbers != 1 || news.Products != 2 {
			t.Errorf("%+v %v", news, err)
		}

		call("DELETE", "/v1/numbers/"+list.Items[0].ID.String(), nil, &list, 200)
		if got := found(write(f.open, "Zähler zx-4711 läuft")); len(list.Items) != 0 || got != "reference ZX-4711" {
			t.Errorf("removed: %+v, read %s", list, got)
		}
		var changes api.Page[api.VocabularyChange]
		call("POST", "/v1/vocabulary/restore", map[string]any{"kind": "numbers", "version": 1}, &changes, 200)
		if got := found(write(f.open, "Zähler zx-4711 läuft")); len(changes.Items) != 3 || changes.Items[0].Change != "undone" || changes.Items[1].Text != "Meter" || !changes.Items[1].Back || got != "contract ZX-4711" {
			t.Errorf("taken back: %+v, read %s", changes, got)
		}
		call("POST", "/v1/products/remove", map[string]any{"name": "Gas"}, &catalogue, 200)
		call("POST", "/v1/products/remove", map[string]any{"name": "Gas"}, nil, http.StatusNotFound)
		call("POST", "/v1/vocabulary/restore", map[string]any{"kind": "products", "version": 0}, &changes, 200)
		call("POST", "/v1/vocabulary/restore", map[string]any{"kind": "products", "version": 99}, nil, http.StatusNotFound)
		if got := found(write(f.open, "ÖKOSTROM-PLUS")); got != "" {
			t.Errorf("emptied: %s", got)
		}
	})
}
