package importer

import (
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

const goodLine = `{"source":"shop","external_id":"o1","channel":"web","kind":"order","direction":"in","occurred_at":"2026-01-01T10:00:00Z","participants":[{"role":"from","kind":"email","value":"a@b.c","verified":true}],"text":"x","thread":{"key":"k"},"traits":{"total":12.5}}`

func TestLines(t *testing.T) {
	t.Parallel()
	it := openAll(t, "ndjson", options(), write(t, "a", "\ufeff"+goodLine+"\r\n"))[0].item
	e := it.Envelope
	if it.Problem != "" || e.Source != "shop" || e.ExternalID != "o1" || e.Kind != crm.KindOrder || e.Thread.Key != "k" || string(e.Traits["total"]) != "12.5" ||
		!e.OccurredAt.Equal(time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)) || string(it.Raw) != goodLine || it.RawType != "application/json" {
		t.Errorf("%+v", it)
	}
	it = openAll(t, "ndjson", options(), write(t, "a", strings.NewReplacer(`"source":"shop","external_id":"o1",`, "", `"kind":"order","direction":"in",`, "").Replace(goodLine)))[0].item
	if e = it.Envelope; it.Problem != "" || e.Source != "import:ndjson" || !strings.HasPrefix(e.ExternalID, "sha256:") || e.Kind != crm.KindMessage || e.Direction != crm.In {
		t.Errorf("%+v", it)
	}
}

func TestLineProblems(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"{broken":                 "not valid JSON at byte 2",
		`{"channel":"mail"`:       "ends too early",
		"[]":                      "can't be a array",
		"null":                    "not a JSON object",
		goodLine + goodLine:       "more than one",
		`{"chanel":"mail"}`:       `unknown field "chanel"`,
		`{"channel":7}`:           "field channel can't be a number",
		`{"channel":"mail"}`:      "occurred_at is missing",
		`{"text":"x"}`:            "channel is missing",
		`{"occurred_at":"today"}`: "not an interaction",
		strings.Replace(goodLine, `"web"`, `"fax"`, 1):                       `no channel "fax"`,
		strings.Replace(goodLine, `"order"`, `"gift"`, 1):                    `no kind "gift"`,
		strings.Replace(goodLine, `"direction":"in"`, `"direction":"up"`, 1): `no direction "up"`,
		strings.Repeat("x", MaxLine+1):                                       "limit is 10 MB",
	} {
		list := openAll(t, "ndjson", options(), write(t, "a", line+"\n\n"+goodLine+"\n"))
		if len(list) != 2 || list[1].item.Problem != "" || list[1].item.Envelope.ExternalID != "o1" {
			t.Errorf("%.60q: %d items", line, len(list))
			continue
		}
		it := list[0].item
		if !strings.Contains(it.Problem, want) || len(it.Raw) != min(len(line), keepRaw) {
			t.Errorf("%.60q: %q with %d raw bytes", line, it.Problem, len(it.Raw))
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte(goodLine+"\n"+goodLine), 0)
	f.Add([]byte("{\n\n{\"text\":\"\\u0000\"}\r\nnull\n"), 1)
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		path := write(t, "a", string(data))
		list := openAll(t, "ndjson", options(), path)
		for _, d := range list {
			if strings.ContainsRune(d.item.Envelope.Text, 0) {
				t.Errorf("NUL in %q", d.item.Envelope.Text)
			}
		}
		resumes(t, "ndjson", path, list, at)
	})
}
