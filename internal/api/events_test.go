package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
)

// TestEvents sends what the two libraries send, through the whole server: the
// key as the user of Basic, and in a plain-text body from a foreign page.
func TestEvents(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		send := func(path, body string, headers ...string) *answer {
			req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.server.URL+path, bytes.NewReader([]byte(body)))
			if err != nil {
				b.t.Fatal(err)
			}
			for i := 0; i < len(headers); i += 2 {
				req.Header.Set(headers[i], headers[i+1])
			}
			if len(headers) == 0 {
				req.SetBasicAuth(b.track, "")
			}
			return b.do(req)
		}
		foreign := []string{"Content-Type", "text/plain", "Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site"}
		if a := send("//v1//batch/", `{"batch":[{"type":"identify","userId":"u1","messageId":"1","traits":{"email":"victim@halden.example","name":"Jan Meijer"}},
			{"type":"track","userId":"u1","event":"Plan added","messageId":"2"}]}`); a.status != 200 || string(a.body) != `{"success":true}` {
			b.t.Fatalf("%d %s", a.status, a.body)
		}
		for range 2 { // the second one is a repeat
			if a := send("/v1/p", `{"writeKey":"`+b.track+`","anonymousId":"d1","userId":null,"name":"Pricing","messageId":"3"}`, foreign...); a.status != 200 {
				b.t.Fatalf("%d %s", a.status, a.body)
			}
		}
		send("/v1/t", `{"writeKey":"wrong","userId":"u1","event":"x"}`, foreign...).problem(401, crm.Unauthorized)
		send("/v1/t", `{"writeKey":"`+b.reader+`","userId":"u1","event":"x"}`, foreign...).problem(403, crm.Forbidden)
		send("/v1/t", `{`, foreign...).problem(400, crm.Invalid)
		found := as[api.Page[api.CustomerRow]](b.get("/v1/customers?q=u1"))
		if len(found.Items) != 1 || found.Items[0].Contacts != 2 {
			b.t.Fatalf("%+v", found)
		}
		c := as[api.Customer](b.get("/v1/customers/" + found.Items[0].ID.String()))
		for _, id := range c.IdentifierList {
			if id.Status == "verified" || id.Kind == crm.Email && id.Status != "claimed" {
				b.t.Errorf("a write key proves nothing: %+v", id)
			}
		}
		if all := as[api.Page[api.CustomerRow]](b.get("/v1/customers")); len(all.Items) != 2 {
			b.t.Errorf("%d customers, want the person and the device", len(all.Items))
		}
		// The mail address that the key claimed belongs to somebody else.
		r := as[api.Results](b.post("/v1/interactions", envelope("m", monday, "victim@halden.example", "Victim", "Hi", "Hello"))).Results[0]
		if r.CustomerID == c.ID {
			b.t.Error("a claim took over a mail address")
		}
		if a := b.send("GET", "/v1/projects/"+b.track+"/settings", "", "", nil); a.status != 200 || !strings.Contains(string(a.body), `"apiKey":"`+b.track+`"`) {
			b.t.Errorf("settings: %d %s", a.status, a.body)
		}
	})
}
