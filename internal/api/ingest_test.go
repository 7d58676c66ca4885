package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestIngest(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		first := envelope("a@x", monday, "Jan@Postvak.example", "Jan Meijer", "Start date", "When does my plan start?")
		second := envelope("b@x", monday.Add(time.Hour), "jan@postvak.example", "Jan Meijer", "Start date", "I asked this morning. When does it start?")
		one := as[api.Results](b.post("/v1/interactions", first))
		if len(one.Results) != 1 || one.Results[0].Status != flow.StatusNew || one.Results[0].Reading == nil || one.Results[0].CustomerID.IsZero() || one.Results[0].JourneyID.IsZero() {
			b.t.Fatalf("%+v", one)
		}
		bad := envelope("c@x", monday, "x@y.example", "", "", "")
		bad["participants"].([]map[string]any)[0]["role"] = 7
		odd := envelope("d@x", monday, "x@y.example", "", "", "")
		odd["colour"] = "red"
		wrong := envelope("e@x", monday, "x@y.example", "", "", "")
		wrong["channel"] = "pigeon"
		for _, body := range []any{[]any{first, second, bad, odd, wrong, 17}, map[string]any{"items": []any{first, second, bad, odd, wrong, 17}}} {
			got := as[api.Results](b.post("/v1/interactions", body)).Results
			if len(got) != 6 {
				b.t.Fatalf("%d results", len(got))
			}
			if got[0].Status != flow.StatusRepeated || got[0].ID != one.Results[0].ID || got[0].CustomerID != one.Results[0].CustomerID {
				b.t.Errorf("the repeat: %+v", got[0])
			}
			if got[1].CustomerID != one.Results[0].CustomerID {
				b.t.Errorf("the second mail: %+v", got[1])
			}
			for i, pointer := range map[int]string{2: "/participants/0/role", 3: "/colour", 4: "/channel", 5: ""} {
				if got[i].Status != flow.StatusRefused || got[i].Problem == nil || got[i].Problem.Pointer != pointer || got[i].Problem.Code != crm.Invalid {
					b.t.Errorf("item %d: %+v, %+v", i, got[i], got[i].Problem)
				}
			}
		}
		if a := b.post("/v1/interactions", bad); a.status != 422 || !strings.Contains(string(a.body), `"pointer":"/participants/0/role"`) {
			b.t.Errorf("a single refused item: %d %s", a.status, a.body)
		}
	})
}

func TestIngestRefusesTheWhole(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	for body, status := range map[string]int{"": 400, "{": 400, "[1,": 400, "hello": 400, `"x"`: 400, "[]": 422, `{"items":[]}`: 422, `{"items":7}`: 422,
		"[" + strings.Repeat("1,", 1000) + "1]": 422} {
		a := b.post("/v1/interactions", body)
		if a.status != status {
			t.Errorf("%.20q: %d, want %d: %s", body, a.status, status, a.body)
			continue
		}
		a.problem(status, crm.Invalid)
	}
	b.send("POST", "/v1/interactions", b.key, "text/csv", []byte("a,b")).problem(415, crm.Invalid)
	b.send("POST", "/v1/interactions", b.key, "application/json", make([]byte, 33<<20)).problem(413, crm.Invalid)
	b.send("POST", "/v1/interactions", "", "application/json", []byte("{}")).problem(401, crm.Unauthorized)
}

func TestIngestMail(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		mail := "From: Jan <jan@postvak.example>\r\nTo: help@halden.example\r\nMessage-ID: <m1@x>\r\nSubject: Hello\r\nDate: Mon, 2 Mar 2026 10:00:00 +0000\r\n" +
			"Content-Type: text/html\r\n\r\n<p onclick=x()>When does it <b>start</b>?</p><script>x()</script><img src=\"https://track.example/p.gif\">"
		got := as[api.Results](b.send("POST", "/v1/interactions?source=mail:test", b.key, "message/rfc822", []byte(mail))).Results[0]
		if got.Status != flow.StatusNew {
			b.t.Fatalf("%+v %+v", got, got.Problem)
		}
		i := as[api.Interaction](b.get("/v1/interactions/" + got.ID.String()))
		if i.Subject != "Hello" || i.Source != "mail:test" || !i.HasHTML || i.CustomerID != got.CustomerID || i.JourneyID != got.JourneyID || i.Link == nil || i.Reading == nil {
			b.t.Errorf("%+v", i)
		}
		raw := b.get("/v1/interactions/" + got.ID.String() + "/raw")
		if string(raw.body) != mail || raw.header.Get("Content-Disposition") != `attachment; filename="`+got.ID.String()+`.eml"` ||
			!strings.HasPrefix(raw.header.Get("Content-Security-Policy"), "sandbox") || raw.header.Get("Content-Type") != "text/plain; charset=utf-8" {
			b.t.Errorf("raw: %v %q", raw.header, raw.body)
		}
		if inline := b.get("/v1/interactions/" + got.ID.String() + "/raw?inline=true"); inline.header.Get("Content-Disposition") != "inline" {
			b.t.Errorf("inline: %v", inline.header)
		}
		html := b.get("/v1/interactions/" + got.ID.String() + "/html")
		for _, bad := range []string{"script", "onclick", "track.example", "x()"} {
			if strings.Contains(string(html.body), bad) {
				b.t.Errorf("%q in %s", bad, html.body)
			}
		}
		if !strings.Contains(string(html.body), "<b>start</b>") || !strings.Contains(html.header.Get("Content-Security-Policy"), "sandbox allow-same-origin") ||
			html.header.Get("Content-Type") != "text/html; charset=utf-8" || strings.Contains(html.header.Get("Content-Security-Policy"), "script") {
			b.t.Errorf("html: %v %s", html.header, html.body)
		}
		b.get("/v1/interactions/"+as[api.Results](b.post("/v1/interactions", envelope("n@x", monday, "a@b.example", "", "", "x"))).Results[0].ID.String()+"/html").
			problem(404, crm.NotFound)
	})
}

func TestQuarantine(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		binary := []byte("\x00\x01\x02not a mail\xff‮" + strings.Repeat("\x00", 100))
		got := as[api.Results](b.send("POST", "/v1/interactions", b.key, "message/rfc822", binary)).Results[0]
		if got.Status != flow.StatusQuarantined || got.Problem == nil {
			b.t.Fatalf("%+v", got)
		}
		list := as[api.Page[api.QuarantineItem]](b.get("/v1/quarantine"))
		if len(list.Items) != 1 || list.Items[0].Size != int64(len(binary)) || list.Items[0].RawType != "message/rfc822" || list.Items[0].Reason == "" ||
			!strings.Contains(list.Items[0].Preview, "not a mail") || strings.ContainsAny(list.Items[0].Preview, "\x00‮") {
			b.t.Fatalf("%+v", list)
		}
		id := list.Items[0].ID.String()
		if raw := b.get("/v1/quarantine/" + id + "/raw"); string(raw.body) != string(binary) {
			b.t.Errorf("raw: %q", raw.body)
		}
		if r := as[api.Result](b.post("/v1/quarantine/"+id+"/retry", "{}")); r.Status != flow.StatusQuarantined {
			b.t.Errorf("retry: %+v", r)
		}
		if a := b.post("/v1/quarantine/"+id+"/discard", "{}"); a.status != 204 {
			b.t.Errorf("discard: %d %s", a.status, a.body)
		}
		if list := as[api.Page[api.QuarantineItem]](b.get("/v1/quarantine")); len(list.Items) != 0 {
			b.t.Errorf("after discard: %+v", list)
		}
		b.post("/v1/quarantine/"+id+"/retry", "{}").problem(404, crm.NotFound)
	})
}

func TestVerifiedCountsOnlyWithTheScope(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	item := func(id string) map[string]any {
		e := envelope(id, monday, id+"@postvak.example", "Jan", "", "hello")
		e["participants"].([]map[string]any)[0]["verified"] = true
		return e
	}
	plain := b.newKey("plain", access.Read, access.Write)
	for key, want := range map[string]string{b.key: "verified", plain: "seen"} {
		data, err := json.Marshal(item(want))
		if err != nil {
			t.Fatal(err)
		}
		r := as[api.Results](b.send("POST", "/v1/interactions", key, "application/json", data)).Results[0]
		c := as[api.Customer](b.get("/v1/customers/" + r.CustomerID.String()))
		if len(c.IdentifierList) != 1 || c.IdentifierList[0].Status != want {
			t.Errorf("%s: %+v", want, c.IdentifierList)
		}
	}
}

func TestKeyOfOneSource(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.SQLite(t))
	secret, _, err := b.access.CreateKey(t.Context(), "bound", []string{access.Write}, "shop:nl")
	if err != nil {
		t.Fatal(err)
	}
	for source, status := range map[string]flow.Status{"": flow.StatusNew, "shop:nl": flow.StatusRepeated, "mail": flow.StatusRefused} {
		if source == "shop:nl" {
			continue // after the empty one, below
		}
		e := envelope("s1", monday, "a@b.example", "", "", "x")
		e["source"] = source
		data, _ := json.Marshal(e)
		a := b.send("POST", "/v1/interactions", secret, "application/json", data)
		if !strings.Contains(string(a.body), fmt.Sprintf(`"status":%q`, status)) {
			t.Errorf("source %q: %s", source, a.body)
		}
	}
	e := envelope("s1", monday, "a@b.example", "", "", "x")
	e["source"] = "shop:nl"
	data, _ := json.Marshal(e)
	if a := b.send("POST", "/v1/interactions", secret, "application/json", data); !strings.Contains(string(a.body), `"repeated"`) {
		t.Errorf("%s", a.body)
	}
}

// TestHostileText goes through the whole pipeline and must come back readable.
func TestHostileText(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		for n, trait := range []string{`"a\u0000b"`, `{"x":"\u0000"}`, `"\ud800"`, `17e400`} {
			body := fmt.Sprintf(`{"source":"s","external_id":"h%d","channel":"web","kind":"event","direction":"in","occurred_at":"2026-03-02T10:00:00Z",
				"participants":[{"role":"from","kind":"user_id","value":"u\u0000%d"}],"subject":"x\u0000\r\ny","text":"'; DROP TABLE interactions; --","traits":{"t":%s}}`, n, n, trait)
			a := b.post("/v1/interactions", body)
			if a.status != 200 {
				b.t.Fatalf("trait %s: %d %s", trait, a.status, a.body)
			}
			r := as[api.Results](a).Results[0]
			if r.Status != flow.StatusNew {
				b.t.Errorf("trait %s: %+v %+v", trait, r, r.Problem)
				continue
			}
			got := as[api.Page[api.Interaction]](b.get("/v1/customers/" + r.CustomerID.String() + "/timeline"))
			if len(got.Items) != 1 || strings.ContainsAny(got.Items[0].Subject, "\r\n\x00") {
				b.t.Errorf("trait %s: %+v", trait, got)
			}
		}
	})
}
