package bench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

var openings = []string{"Hello,", "Hi there,", "Good morning,", "Dear team,", "Hi,", "To whom it may concern,"}

var sentences = []string{
	"I ordered a new phone last week and the parcel still has not arrived, although the tracking page says that it was handed over on Tuesday.",
	"The invoice of this month is much higher than what we agreed when I changed my plan in the shop.",
	"My internet at home has been dropping every evening since the storm, and restarting the router only helps for a few minutes.",
	"Could you please tell me when the number will be moved to the new contract, because I need it for work?",
	"I already wrote about this two weeks ago and nobody answered me.",
	"I would like to change the address on my account, we moved to another street in the same town.",
	"The app does not let me sign in any more and the reset link that it sends leads to an empty page.",
	"Please cancel the extra data option, I no longer travel that often.",
	"What does it cost to add a second card for my daughter to the same plan?",
	"Thank you for the quick help yesterday, the technician was friendly and everything works again.",
	"I was charged twice for the same order and I want the second amount back on my account.",
	"The display of the device that I bought in March has a dark stripe, is that covered by the warranty?",
	"When I called I was put through three times and then the line went dead.",
	"Can I return the case that came with the offer even though the box is open?",
	"We are thinking about moving all our lines to another company if this is not solved by Friday.",
}

var given = []string{"Anna", "Bram", "Clara", "David", "Elif", "Femke", "Georg", "Hanna", "Ivan", "Jule", "Kees", "Lena", "Mark", "Nina", "Omar", "Petra", "Rosa", "Sven", "Tess", "Yusuf"}

var family = []string{"Bakker", "Brandt", "Coster", "Dijk", "Evers", "Fischer", "Graf", "Hoek", "Jansen", "Keller", "Lang", "Meyer", "Nagel", "Otte", "Prins", "Roth", "Smit", "Vos", "Weber", "Zander"}

// syllables give every customer of a benchmark a name of its own.
var syllables = []string{"an", "be", "co", "du", "el", "fa", "go", "hi", "ja", "ke", "lo", "mu", "na", "or", "pi", "ra", "so", "ta", "ur", "vi"}

// nameOf is the name of the n-th customer.
func nameOf(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 3))
	return given[r.IntN(len(given))] + " " + family[r.IntN(len(family))] + syllables[n%20] + syllables[n/20%20] + syllables[n/400%20]
}

// mail makes the n-th contact of a benchmark: a mail of 50 to 80 words by a
// customer of its own, so that nothing is found in a cache.
func mail(n int, at time.Time) crm.Item { return write(n, n, at.Add(time.Duration(n)*time.Second)) }

// again is the n-th contact, by a customer who may have written before; the
// contacts of one customer lie days apart.
func again(n, who int) crm.Item {
	return write(n, who, time.Now().Add(-400*24*time.Hour).Add(time.Duration(n)*30*time.Second))
}

func write(n, who int, at time.Time) crm.Item {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	var b strings.Builder
	b.WriteString(openings[r.IntN(len(openings))] + "\n\n")
	for range 3 {
		b.WriteString(sentences[r.IntN(len(sentences))] + " ")
	}
	fmt.Fprintf(&b, "My order number is HM-%06d.\n\nKind regards", n)
	name := nameOf(who)
	address := fmt.Sprintf("%s.%d@post%d.example", strings.ToLower(strings.ReplaceAll(name, " ", ".")), who, who%97)
	env := crm.Envelope{Source: "bench", ExternalID: fmt.Sprintf("mail-%d", n), Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In,
		OccurredAt: at, Subject: fmt.Sprintf("Question about order HM-%06d", n), Text: b.String(),
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: address, Name: name},
			{Role: crm.To, Kind: crm.Email, Value: "support@halden-mobile.example"}},
		Thread: crm.Thread{MessageID: fmt.Sprintf("%d@post.example", n)}}
	raw, err := json.Marshal(env)
	if err != nil {
		panic(err)
	}
	return crm.Item{Envelope: env, Raw: raw, RawType: "application/json"}
}
