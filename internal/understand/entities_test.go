package understand

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestEntities(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	for _, c := range []struct{ locale, text, want string }{
		{"", "order number: A-10234.", "order A-10234"},
		{"", "my order #4471 and order no. 4472", "order 4471, order 4472"},
		{"", "I ordered 12 shirts in 2024", ""},
		{"", "invoice 2026-0117", "invoice 2026-0117"},
		{"", "HM-20311 please", "reference HM-20311"},
		{"", "5G in room 3B with 200Mbit", ""},
		{"de", "Bestellnummer 88123, Kundennummer: 20311, Rechnung Nr. RE-2026-7", "order 88123, customer 20311, invoice RE-2026-7"},
		{"nl", "factuurnummer 2026117 en klantnummer 20311", "invoice 2026117, customer 20311"},
		{"", "tracking code 3SABCD1234567", "tracking 3SABCD1234567"},
		{"", "order 0612345678", "order 0612345678"},
		{"", "call 06 12345678 or +44 20 7946 0958", "phone 0612345678, phone +442079460958"},
		{"", "€ 5, 12,50 €, EUR 1.234,56, $1,234.50, 20 euros, 5 quid, CHF 3", "amount EUR 5.00, amount EUR 12.50, amount EUR 1234.56, amount USD 1234.50, amount EUR 20.00, amount GBP 5.00, amount CHF 3.00"},
		{"", "I pay 49.90 euros; it was 5 apples", "amount EUR 49.90"},
		{"", "2026-03-01, 1.3.2026 and 31/12/26", "date 2026-03-01, date 2026-03-01, date 2026-12-31"},
		{"en-US", "03/04/2026", "date 2026-03-04"},
		{"en-GB", "03/04/2026", "date 2026-04-03"},
		{"", "31.02.2026", ""},
		{"", "on 5 March, March 6th, the 7th of March 2027", "date 2026-03-05, date 2026-03-06, date 2027-03-07"},
		{"de", "am 5. März und übermorgen", "date 2026-03-05, date 2026-03-06"},
		{"de", "Guten Morgen, bis morgen", "date 2026-03-05"},
		{"nl", "vorige maandag en aanstaande vrijdag", "date 2026-03-02, date 2026-03-06"},
		{"", "I may march in may", ""},
		{"", "She called on Tuesday. Come on Tuesday.", "date 2026-03-03, date 2026-03-10"},
		{"", "Write to Jan.Visser@Example.org. Or @jan", "email jan.visser@example.org"},
		{"", "DE89 3704 0044 0532 0130 00 and GB82WEST12345698765432", "iban DE89370400440532013000, iban GB82WEST12345698765432"},
		{"", "DE89 3704 0044 0532 0130 01", ""},
		{"", "4111-1111-1111-1111, not 4111 1111 1111 1112", "card **** 1111"},
		{"", "TEXT PLUS or text plusses", "product Text Plus"},
	} {
		got := r.Read(Input{Text: c.text, Locale: c.locale, OccurredAt: when, Direction: crm.In})
		var list []string
		for _, e := range got.Entities {
			list = append(list, fmt.Sprintf("%s %s", e.Kind, e.Value))
			if e.Kind != "card" && c.text[e.Span.From:e.Span.To] != e.Text {
				t.Errorf("%q: span %v is not %q", c.text, e.Span, e.Text)
			}
		}
		if s := strings.Join(list, ", "); s != c.want {
			t.Errorf("%q: got %q, want %q", c.text, s, c.want)
		}
		if s := fmt.Sprintf("%+v", got); strings.Contains(s, "4111-1111-1111-1111") {
			t.Errorf("a card number got out: %s", s)
		}
	}
	if got := r.Read(Input{Text: "see you tomorrow, Monday or 5 March", Direction: crm.In}); got.Entities != nil {
		t.Errorf("dates without a time to count from: %+v", got.Entities)
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"One. Two! Three?", []string{"One.", "Two!", "Three?"}},
		{"Dr. Klein wrote at 5.30 p.m. Yes, e.g. this", []string{"Dr. Klein wrote at 5.30 p.m. Yes, e.g. this"}},
		{"Am 5. März kam nichts. Warum?", []string{"Am 5. März kam nichts.", "Warum?"}},
		{"It is 12.50 on www.shop.example. Why", []string{"It is 12.50 on www.shop.example.", "Why"}},
		{"nobody answered: when does it start?", []string{"nobody answered:", "when does it start?"}},
		{"Hello\nWhere is it?\n\nJan", []string{"Hello", "Where is it?", "Jan"}},
		{"this line was wrapped by a program that sends mails of\nseventy columns. Next", []string{"this line was wrapped by a program that sends mails of\nseventy columns.", "Next"}},
		{"Really?! (yes.) ok...", []string{"Really?!", "(yes.)", "ok..."}},
	} {
		s := newScratch()
		s.loadTokens("", c.text)
		s.split()
		var got []string
		for _, x := range s.sentences {
			got = append(got, s.full[x.from:x.to])
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// Greeting, closing, signature and reply subject are no part of the matter.
func TestCore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"Hi", "Hi"},
		{"Dear Sir,\n\nWhere is it?\n\nKind regards,\nJan\n+31 6 12345678", "Where is it?"},
		{"Where is it?\n-- \nJan Visser\nHalden", "Where is it?"},
		{"Where is it?\n\nSent from my phone", "Where is it?"},
		{"Kind regards,\nis what you wrote. Why?", "Kind regards,\nis what you wrote. Why?"},
		{"Guten Tag,\r\n\r\nwo ist es?\r\n\r\nMit freundlichen Grüßen\r\nPetra", "wo ist es?"},
		{"Thanks,\nJan", "Thanks,\nJan"},
	} {
		from, to := core(c.text, 0)
		if got := strings.TrimSpace(c.text[from:to]); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
	for subject, want := range map[string]bool{"Re: order": true, "AW: Bestellung": true, "RE[2]: x": true, "Fwd: x": true, "Report": false, "Re order": false, "": false, "I: nota": true} {
		if got := replySubject(subject); got != want {
			t.Errorf("%q is a reply: %v", subject, got)
		}
	}
}
