package flow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// hostile are contacts that break the contract of no field, yet carry what an
// engine may trip over: NUL, broken UTF-8, huge texts and keys, letters of
// several bytes where something is cut.
func hostile() []crm.Item {
	var distinct strings.Builder
	for i := 0; distinct.Len() < 2<<20; i++ {
		fmt.Fprintf(&distinct, "w%dx%d ", i, i*i)
	}
	noise := make([]byte, 70_000)
	for i := range noise {
		noise[i] = byte(i*i>>3 ^ i)
	}
	texts := []string{"a\x00b", "a\xffb\xc3", string(noise), strings.Repeat("ü", 700_000), distinct.String(), strings.Repeat("日本", 300_000), "\u202e\ufeff\u200b",
		"'; DROP TABLE interactions; --", `{"a":"\u0000"}`, strings.Repeat("When does it start? ", 2000), strings.Repeat("😀", 20_000)}
	names := []string{"Jan Meijer", "Ü" + strings.Repeat("ß", 98) + " X", strings.Repeat("ﷺ", 66) + " Q", "Zoë\x00 O'Neil", strings.Repeat("é", 400), "İbrahim Çelik", "\xff\xfe X Y"}
	mails := []string{"Ünal.Öz@postvak.example", "日本@例え.example", strings.Repeat("ä", 300) + "@x.example", strings.Repeat("long", 200) + "@x.example", "a@b.example", "😀@x.example", "ß@straße.example"}
	var out []crm.Item
	at := monday
	for i, text := range texts {
		for j, name := range names {
			at = at.Add(time.Minute)
			m := mails[(i+j)%len(mails)]
			item := crm.Item{MayVerify: true, Raw: []byte(text[:min(len(text), 1000)]), RawType: "text/plain", Envelope: crm.Envelope{Source: "h\x00ostile", ExternalID: fmt.Sprintf("%d-%d-%s", i, j, strings.Repeat("é", 400)),
				Channel: []crm.Channel{crm.Mail, crm.Web, crm.Phone, crm.Chat}[j%4], Direction: crm.In, OccurredAt: at, Subject: text[:min(len(text), 4001)], HTML: "<p>" + text[:min(len(text), 5000)],
				Quoted: text[:min(len(text), 1501)], Locale: "nl\x00-NL\xff",
				Participants: []crm.Participant{p(crm.From, crm.Email, m, name, j%2 == 0), p(crm.From, crm.PhoneNumber, []string{"+31612345678", "0\x006123", "ü"}[j%3], name, i%2 == 0),
					p(crm.From, crm.AnonymousID, "dev日本語日本語日本語"+m+strings.Repeat("ü", j*100), "", false), p(crm.From, "Handle\xff", strings.Repeat("x日", 1000), name, true)},
				Thread:      crm.Thread{MessageID: strings.Repeat("<mid日", 200) + fmt.Sprint(i), InReplyTo: "r\x00\xff", References: []string{"\x00", strings.Repeat("é", 900)}, Key: strings.Repeat("ключ", i*60)},
				Traits:      map[string]json.RawMessage{"a": json.RawMessage(`"x\u0000y"`), "b": json.RawMessage(`[1e400,"\ud800"]`)},
				Attachments: []crm.Attachment{{Name: strings.Repeat("ü\x00", 300), ContentType: "\xff", Data: []byte("abc")}}}}
			if j == 0 {
				item.Envelope.Text = text
			} else {
				item.Envelope.Text = text[:min(len(text), 3000+j)]
			}
			out = append(out, item)
		}
	}
	large := mail("10 MB", at, "a@b.example", "", "See the attachment.", "")
	large.Raw, large.RawType = bytes.Repeat([]byte{0, 0xff, 'a', '\n'}, 10<<18), "message/rfc822"
	unreadable := crm.Item{Problem: "It is \xff not\x00 a mail.", Raw: []byte{0, 0xff}, RawType: "message/\x00rfc822\xff", Envelope: crm.Envelope{Source: "m\x00\xff", ExternalID: "\xff\x00"}}
	return append(out, large, unreadable)
}

// What one engine takes the other takes, and both keep it alike: after the same
// contacts, the two databases hold the same rows.
func TestHostileContactsAreStoredAlike(t *testing.T) {
	t.Parallel()
	var dumps [2][]string
	for i, open := range []func(testing.TB) *store.DB{storetest.SQLite, storetest.Postgres} {
		db := open(t)
		b := setup(t, db)
		var answers []flow.Result
		for _, item := range hostile() {
			answers = append(answers, b.submit(item)[0]) // one by one: all by themselves must do
			// Suggestions come from a comparison on a clock of its own, so it is
			// done here at each step, the same on both engines.
			if _, err := b.e.Identify.Compare(t.Context(), 1000); err != nil {
				t.Fatal(err)
			}
		}
		last := len(answers) - 1
		for n, r := range answers {
			if n < last && r.Status != flow.StatusNew || n == last && r.Status != flow.StatusQuarantined {
				t.Errorf("%s: contact %d: %s %v", db.Engine, n, r.Status, r.Problem)
			}
		}
		if wrong := sound(t, db); len(wrong) > 0 {
			t.Errorf("%s: %q", db.Engine, wrong)
		}
		dumps[i] = storetest.Dump(t, db, nil)
	}
	if d := storetest.Diff(dumps[1], dumps[0]); d != "" {
		t.Errorf("SQLite (before) and PostgreSQL (now) differ: %.3000s", d)
	}
}
