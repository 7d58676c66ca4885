package journey

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// feature is one thing that a contact and a journey may have in common, or
// that parts them.
type feature int

// The features. Each is 0 when it says nothing, else 1 or the strength named.
const (
	fBias         feature = iota // a contact is more often about something new than about any one journey
	fGap                         // doublings of (1 + hours/6) since the journey's last contact
	fWeek                        // silent for more than a week
	fMonth                       // silent for more than a month
	fIntent                      // the same intent, times its confidence
	fAdjacent                    // an intent that often follows or goes with the journey's
	fOther                       // both intents are known and differ
	fGuess                       // the best guess of a model that abstained, on one side, is the other's intent
	fGuessOther                  // two guesses that differ
	fWords                       // share of the content words that both know
	fManyWords                   // … two or more of them
	fRareWords                   // share of the contact's words that the journey knows, rare words counting more
	fOtherWords                  // share of its words that only another journey of theirs knows, the same way
	fNoWords                     // several content words, none of them shared
	fSilent                      // says nothing of its own: fewer than three content words
	fConflict                    // names another order, invoice, ticket … than the journey
	fProduct                     // the same product
	fOtherProduct                // another product
	fAfterOrder                  // asks what people ask after an order, and the journey is one that nobody asked about
	fWaitsForUs                  // they wait for us and speak: mostly to ask where the answer stays
	fUnanswered                  // … the more with a question of theirs open
	fWaitsForThem                // we wait for them and they speak
	fEffort                      // "I wrote already": the one journey that waits for us
	fEffortLatest                // … the latest of several that wait, else the latest of all
	fRefers                      // "when I called", "any news": not the first contact about it
	fOurTurn                     // a person of ours speaks, and the last word was theirs
	fOurChannel                  // … on the channel of the customer's last contact
	fNotOurTurn                  // a person of ours speaks, and the last word was ours
	fLatest                      // nothing of this customer's has happened since
	fOnly                        // no other journey of theirs is open
	fChannel                     // the same channel
	fConversation                // the same pair of numbers or handles, which talks about many things
	fClosed                      // resolved or abandoned
	fClosedWords                 // … and shares words
	fParted                      // a person took this conversation out of the journey
	features
)

// featureNames are the names in the file of weights, and what people see.
var featureNames = [features]string{"bias", "gap", "week", "month", "intent", "adjacent", "other_intent", "guess", "other_guess", "words", "many_words", "rare_words", "other_words",
	"no_words", "silent", "other_number", "product", "other_product", "after_order", "waits_for_us", "unanswered", "waits_for_them", "effort", "effort_latest",
	"refers_back", "our_turn", "our_channel", "not_our_turn", "latest", "only_open", "channel", "conversation", "closed", "closed_words", "parted"}

// vector holds the features of a contact and a journey.
type vector [features]float64

// afterOrder is what people ask when they have ordered.
func afterOrder(intent string) bool {
	return strings.HasPrefix(intent, "delivery") || strings.HasPrefix(intent, "order_") || strings.HasPrefix(intent, "shipping") || intent == "service_start"
}

// around is what the journeys of a customer say together, for one contact.
type around struct {
	points *record // the journey that a statement of effort speaks of
	sure   feature // fEffort or fEffortLatest
	latest time.Time
	open   int
	refers bool

	words  []int8    // how many journeys know each word of the contact
	rarity []float64 // of each word of the contact, 0…1
	weight float64   // their sum
}

func look(c *Contact, f *facts, of []*record, p *Parameters) around {
	var a around
	a.points, a.sure = effortPointsTo(c, f, of)
	a.refers = c.byCustomer() && refersBack(c.words(crm.CustomerSide))
	a.words, a.rarity = make([]int8, len(f.terms)), make([]float64, len(f.terms))
	for i, w := range f.terms {
		a.rarity[i] = p.rarity(w)
		a.weight += a.rarity[i]
	}
	for _, r := range of {
		for i := range a.words {
			if contains(r.Data.Terms, f.terms[i]) {
				a.words[i]++
			}
		}
		if r.LastAt.After(c.At) {
			continue
		}
		a.latest = later(a.latest, r.LastAt)
		if !r.stateAt(c.At).state.Closed() {
			a.open++
		}
	}
	return a
}

// compare fills the features of c and r.
func (l linker) compare(c *Contact, f *facts, r *record, state crm.JourneyState, a around, x *vector) {
	d := &r.Data
	set := func(k feature, is bool) {
		if is {
			x[k] = 1
		}
	}
	gap := apart(r, c.At)
	x[fBias] = 1
	x[fGap] = math.Log2(1 + gap.Hours()/6)
	set(fWeek, gap > 7*day)
	set(fMonth, gap > 30*day)
	switch {
	case f.intent != "" && r.means(f.intent):
		x[fIntent] = f.weight
	case f.intent != "" && l.near(r, f.intent):
		x[fAdjacent] = f.weight
	case f.intent != "" && d.Guesses[f.intent] > 0, f.guess != "" && (r.means(f.guess) || d.Guesses[f.guess] > 0):
		x[fGuess] = 1
	case f.intent != "" && len(d.Intents) > 0:
		x[fOther] = f.weight
	case f.guess != "" && len(d.Intents)+len(d.Guesses) > 0:
		x[fGuessOther] = f.guessed
	}
	if n := common(f.terms, d.Terms); n > 0 {
		x[fWords] = float64(n) / float64(min(len(f.terms), len(d.Terms))+2)
		set(fManyWords, n > 1)
	} else if c.byCustomer() { // an answer of ours has words of its own
		set(fNoWords, min(len(f.terms), len(d.Terms)) >= 4)
	}
	if a.weight > 0 {
		mine, others := 0.0, 0.0
		for i, n := range a.words {
			if contains(d.Terms, f.terms[i]) {
				mine += a.rarity[i]
			} else if n > 0 {
				others += a.rarity[i]
			}
		}
		x[fRareWords], x[fOtherWords] = mine/(a.weight+1), others/(a.weight+1)
	}
	set(fSilent, len(f.terms) < 3)
	set(fConflict, conflicts(r, f))
	if sharesProduct(r, f) {
		x[fProduct] = 1
	} else {
		set(fOtherProduct, len(f.entities) > f.strong && hasProduct(r))
	}
	set(fAfterOrder, d.Ordered && d.LastIssue.IsZero() && afterOrder(f.intent))
	if c.byPerson() {
		if d.LastIn.After(d.LastOut) {
			x[fOurTurn] = 1
			set(fOurChannel, c.Channel == d.LastChannel)
		} else {
			x[fNotOurTurn] = 1
		}
	} else {
		switch state {
		case crm.WaitingForUs:
			x[fWaitsForUs] = 1
			set(fUnanswered, len(d.Unanswered) > 0)
		case crm.WaitingForThem:
			x[fWaitsForThem] = 1
		}
	}
	if r == a.points {
		x[a.sure] = 1
	}
	set(fRefers, a.refers)
	set(fLatest, !r.LastAt.Before(a.latest))
	set(fChannel, c.Channel == d.LastChannel)
	set(fConversation, inConversation(r, c))
	if state.Closed() {
		x[fClosed] = 1
		x[fClosedWords] = x[fWords]
	} else {
		set(fOnly, a.open == 1)
	}
	set(fParted, d.parted(c))
}

// effortPointsTo is the journey that a statement of effort speaks of, and how
// surely: the latest that waits for us, less surely when others wait too, else
// the latest of all.
func effortPointsTo(c *Contact, f *facts, of []*record) (*record, feature) {
	if f.effort == 0 || !c.byCustomer() {
		return nil, 0
	}
	var waiting, latest *record
	n := 0
	for _, r := range of {
		if r.LastAt.After(c.At) {
			continue
		}
		if latest == nil || !r.Data.LastIn.Before(latest.Data.LastIn) {
			latest = r
		}
		if r.stateAt(c.At).state != crm.WaitingForUs {
			continue
		}
		n++
		if waiting == nil || !r.Data.LastIn.Before(waiting.Data.LastIn) {
			waiting = r
		}
	}
	switch n {
	case 0:
		return latest, fEffortLatest
	case 1:
		return waiting, fEffort
	}
	return waiting, fEffortLatest
}

func contains(sorted []uint32, word uint32) bool {
	_, ok := slices.BinarySearch(sorted, word)
	return ok
}
