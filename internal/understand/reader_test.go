package understand

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestTry(t *testing.T) {
	r, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 4, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		d    crm.Direction
		s, t string
	}{
		{crm.Out, "Your order HM-20311", "Hello Jan,\n\nThank you for your order. We have added the text plan Text Plus to your subscription for EUR 5.00 per month.\n\nYour order number is HM-20311.\n\nKind regards,\nHalden Mobile"},
		{crm.In, "Re: Your order HM-20311", "Thanks! When does it start?\n\nJan"},
		{crm.In, "", "I am calling because I mailed on Monday and nobody answered: when does my text plan start?"},
		{crm.In, "", "This is the third time I contact you about my internet. If it isn't fixed by tomorrow I'm switching to another provider."},
		{crm.In, "Rechnung", "Guten Tag,\n\nmeine Rechnung vom März ist viel zu hoch. Können Sie mir erklären, woher die 49,90 € kommen?\n\nMit freundlichen Grüßen\nPetra Klein"},
		{crm.In, "", "Hoi, mijn pakket zou gisteren komen maar ik heb nog steeds niks. Bestelling 4471."},
		{crm.In, "", "asdf qwer zxcv"},
		{crm.In, "", "The weather in Rome and the history of painting in the sixteenth century"},
	} {
		x := r.Read(Input{Subject: c.s, Text: c.t, Direction: c.d, OccurredAt: at})
		full := crm.ReadingText(c.s, c.t)
		fmt.Printf("%v %q\n", x.Unknown, c.t)
		for _, l := range x.Intents {
			fmt.Printf("    %s %.2f", l.Name, l.Confidence)
			for _, e := range l.Evidence {
				fmt.Printf(" [%s]", full[e.From:e.To])
			}
			fmt.Println()
		}
		j, _ := json.Marshal(struct{ L, S, M, U, E, X, A, N any }{x.Language, x.Sentiment, x.Emotions, x.Urgency, x.Effort, x.Leaving, x.Asks, x.Entities})
		fmt.Println("    ", string(j))
	}
}

func BenchmarkRead(b *testing.B) {
	r, err := Default()
	if err != nil {
		b.Fatal(err)
	}
	in := Input{Subject: "Question about my bill", Text: "Hello,\n\nI have a question about my last invoice. You charged me 49.90 euros for June, but my plan costs only 25 euros a month. I already called on Monday and your colleague told me that somebody would call me back, but nobody did. Can you please explain the difference and correct the bill? Otherwise I have to look for another provider.\n\nKind regards,\nPetra Klein", Direction: crm.In, Locale: "en-GB", OccurredAt: time.Unix(1.7e9, 0)}
	b.ReportAllocs()
	for b.Loop() {
		r.Read(in)
	}
}
