package api_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/search"
)

// say takes in a mail n minutes after monday.
func (b *bench) say(n int, from, name, subject, text string) {
	b.t.Helper()
	at := monday.Add(time.Duration(n) * time.Minute)
	res, err := b.engine.Submit(b.t.Context(), []crm.Item{{Envelope: crm.Envelope{Source: "test", ExternalID: fmt.Sprint("search-", n), Channel: crm.Mail, Kind: crm.KindMessage,
		Direction: crm.In, OccurredAt: at, Subject: subject, Text: text, Quoted: "> what was said before: zebra",
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: from, Name: name}, {Role: crm.To, Kind: crm.Email, Value: "support@halden.example"}},
		Thread:       crm.Thread{MessageID: fmt.Sprintf("s%d@x.example", n)}}, Raw: []byte(fmt.Sprint(n)), RawType: "text/plain"}})
	if err != nil || res[0].Problem != nil {
		b.t.Fatal(err, res)
	}
}

func (b *bench) found(q string) []string {
	b.t.Helper()
	p := as[api.SearchPage](b.get("/v1/search?q=" + url.QueryEscape(q)))
	var out []string
	for _, h := range p.Items {
		out = append(out, h.Case.Subject)
	}
	return out
}

func TestSearch(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		b.say(1, "jan@example.com", "Jan de Vries", "Invoice of March", "The invoice HM-000123 is too high.")
		b.say(2, "soren@example.org", "Søren Jansen", "Rücksendung", "Ich möchte das Gerät zurückgeben, bitte um Rückmeldung.")
		b.say(3, "yuki@example.jp", "山田", "請求書", "今月の請求書について質問があります。")
		b.say(4, "jan@example.com", "Jan de Vries", "Cancel", "Please cancel the second invoice; it is wrong.")
		x := search.Indexer{DB: b.db, Log: slog.New(slog.DiscardHandler)}
		for range 2 { // twice, and after a rebuild: the same is found
			if _, err := x.CatchUp(b.t.Context()); err != nil {
				b.t.Fatal(err)
			}
			for q, want := range map[string]string{
				"invoice":                     "Cancel, Invoice of March",
				"INVOICE high":                "Invoice of March",
				`"second invoice"`:            "Cancel",
				`"invoice second"`:            "",
				"invoice -cancel":             "Invoice of March",
				"inv*":                        "Cancel, Invoice of March",
				"HM-000123":                   "Invoice of March",
				"subject:invoice":             "Invoice of March",
				"from:jan":                    "Cancel, Invoice of March",
				"from:jan.de":                 "Cancel, Invoice of March",
				"from:de.jan":                 "",
				"from:jan@example.com -wrong": "Invoice of March",
				"to:support":                  "Cancel, 請求書, Rücksendung, Invoice of March",
				"from:support":                "",
				"rucksendung":                 "Rücksendung",
				"gerät bitte":                 "Rücksendung",
				"請求":                          "請求書",
				"請":                           "請求書",
				"について":                        "請求書",
				"zebra":                       "", // quoted history is not what they said
				"-invoice":                    "請求書, Rücksendung",
				"channel:mail is:open":        "Cancel, 請求書, Rücksendung, Invoice of March",
				"channel:chat":                "",
				"has:attachment":              "",
				"is:done":                     "",
				"is:unassigned from:yuki":     "請求書",
				"customer:jan@example.com":    "Cancel, Invoice of March",
				"tag:none":                    "",
				"on:2026-03-02 high":          "Invoice of March",
				"before:2026-03-02 invoice":   "",
				"%' OR 1=1":                   "",
			} {
				if got := strings.Join(b.found(q), ", "); got != want {
					b.t.Errorf("%q finds %q, want %q", q, got, want)
				}
			}
			if err := search.Rebuild(b.t.Context(), b.db); err != nil {
				b.t.Fatal(err)
			}
		}
		if got := b.found("invoice"); len(got) != 0 {
			b.t.Errorf("an empty index finds %q", got)
		}
		p := as[api.SearchPage](b.get("/v1/search?q=" + url.QueryEscape("is:purple tag:gold")))
		if len(p.Notes) != 2 {
			b.t.Errorf("notes: %q", p.Notes)
		}
		s := as[api.Page[api.SearchSuggestion]](b.get("/v1/search/suggest?q=invoice+is:un"))
		if len(s.Items) != 2 || s.Items[0].Text != "is:unread" {
			b.t.Errorf("suggestions: %+v", s.Items)
		}
	})
}

// Pages join, whatever their size, and nothing comes twice.
func TestSearchPages(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		for n := range 23 {
			b.say(n, fmt.Sprintf("p%d@example.com", n), "", fmt.Sprintf("Letter %02d", n), "the same words")
		}
		x := search.Indexer{DB: b.db, Log: slog.New(slog.DiscardHandler)}
		if _, err := x.CatchUp(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
		for _, limit := range []int{1, 7, 23, 100} {
			var all []string
			for cursor := ""; ; {
				p := as[api.SearchPage](b.get(fmt.Sprintf("/v1/search?q=same+is:open&limit=%d&cursor=%s", limit, cursor)))
				for _, h := range p.Items {
					all = append(all, h.Case.Subject)
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			sorted := slices.Clone(all)
			slices.Sort(sorted)
			slices.Reverse(sorted)
			if len(all) != 23 || !slices.Equal(all, sorted) || len(slices.Compact(sorted)) != 23 {
				b.t.Errorf("by %d: %q", limit, all)
			}
		}
	})
}
