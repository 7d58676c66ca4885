package journey

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// told is a contact with the chain that it truly belongs to.
type told struct {
	c     *Contact
	chain int
	issue string // the true intent
}

// generate tells the chains of many customers (relationship science, section
// 5): concurrent intents, channel switches, delays, missing identity, typing
// errors, paraphrase, system messages, and distractors, which are other issues
// inside the window. It reports the share of customers with two issues open at
// once.
func generate(seed uint64, customers int) (all []told, concurrent float64) {
	g := &generator{r: rand.New(rand.NewPCG(seed, 7))}
	two := 0
	for i := range customers {
		if g.customer(i) {
			two++
		}
	}
	slices.SortStableFunc(g.all, func(a, b told) int { return cmp.Or(a.c.At.Compare(b.c.At), slices.Compare(a.c.ID[:], b.c.ID[:])) })
	return g.all, float64(two) / float64(customers)
}

type generator struct {
	r     *rand.Rand
	all   []told
	chain int
	n     int
}

func (g *generator) chance(p float64) bool { return g.r.Float64() < p }

var (
	genIntents  = []string{"technical_fault", "invoice_question", "delivery_late", "contract_cancel", "roaming", "password_reset", "number_porting", "device_setup", "return_request", "slow_connection", "order_status", "service_start"}
	genChannels = []crm.Channel{crm.Mail, crm.Mail, crm.Phone, crm.Phone, crm.Chat, crm.Text, crm.Messenger, crm.Web}
)

func (g *generator) customer(i int) (twoOpen bool) {
	id := crm.DerivedID(monday, "gen", fmt.Sprint(i))
	profile := Profile{Bucket: id.Bucket(), ID: id}
	start := monday.Add(time.Duration(g.r.IntN(60*24)) * time.Hour)
	var lastEnd time.Time
	intents := g.r.Perm(len(genIntents)) // each issue of a customer has an intent of its own
	for k := range 1 + g.r.IntN(4) {
		if k > 0 {
			if g.chance(.35) { // a distractor: opens while the one before is open
				start = start.Add(time.Duration(1+g.r.IntN(36)) * time.Hour)
			} else {
				start = later(start, lastEnd).Add(time.Duration(10+g.r.IntN(40)) * day)
			}
		}
		if start.Before(lastEnd) {
			twoOpen = true
		}
		lastEnd = later(lastEnd, g.issue(profile, genIntents[intents[k]], start))
	}
	return twoOpen
}

// issue tells one chain and returns its end.
func (g *generator) issue(p Profile, intent string, at time.Time) time.Time {
	g.chain++
	order := fmt.Sprintf("HM-%d", 10000+g.chain)
	topic := make([]string, 6)
	for i := range topic {
		topic[i] = fmt.Sprintf("%s%c", strings.ReplaceAll(intent, "_", ""), 'a'+g.r.IntN(18)) // a topic has 18 words
	}
	numbered := g.chance(.4)
	channel := genChannels[g.r.IntN(len(genChannels))]
	conversation := g.conversation(p, at)
	add := func(dir crm.Direction, automatic bool) *told {
		g.n++
		c := &Contact{Profile: p, CustomerID: p.ID, Members: []Profile{p}, ConversationID: conversation, Channel: channel, Kind: crm.KindMessage,
			Direction: dir, At: at, Automatic: automatic, Reading: &crm.Reading{}}
		c.ID = crm.DerivedID(at, "gen", fmt.Sprint(g.n)).InBucket(p.Bucket)
		if channel == crm.Phone {
			c.Kind = crm.KindCall
		}
		g.say(c, intent, topic, dir == crm.In)
		if numbered && g.chance(.6) {
			c.Reading.Entities = append(c.Reading.Entities, crm.Entity{Kind: "order", Value: order})
		}
		g.all = append(g.all, told{c: c, chain: g.chain, issue: intent})
		return &g.all[len(g.all)-1]
	}
	waiting := false
	for step := range 1 + g.r.IntN(4) {
		if step > 0 {
			at = at.Add(g.delay())
			if g.chance(.45) {
				channel, conversation = genChannels[g.r.IntN(len(genChannels))], g.conversation(p, at)
			} else if channel != crm.Mail || g.chance(.25) {
				conversation = g.conversation(p, at)
			}
		}
		t := add(crm.In, false)
		if waiting && g.chance(.5) {
			t.c.Reading.Effort = []crm.Label{{Name: "no_answer"}}
		}
		if g.chance(.12) { // not recognised: a customer of its own
			stranger := crm.DerivedID(at, "stranger", fmt.Sprint(g.n))
			sp := Profile{Bucket: stranger.Bucket(), ID: stranger}
			t.c.Profile, t.c.CustomerID, t.c.Members, t.c.ConversationID = sp, stranger, []Profile{sp}, g.conversation(sp, at)
		}
		waiting = true
		if g.chance(.2) {
			at = at.Add(time.Minute)
			add(crm.Out, true)
		}
		if g.chance(.55) {
			at = at.Add(time.Duration(1+g.r.IntN(30)) * time.Hour)
			add(crm.Out, false)
			waiting = false
		}
	}
	return at
}

func (g *generator) conversation(p Profile, at time.Time) crm.ID {
	g.n++
	return crm.DerivedID(at, "conversation", fmt.Sprint(g.n)).InBucket(p.Bucket)
}

// delay is mostly hours to days, sometimes over a week.
func (g *generator) delay() time.Duration {
	switch {
	case g.chance(.3):
		return time.Duration(20+g.r.IntN(600)) * time.Minute
	case g.chance(.85):
		return time.Duration(8+g.r.IntN(110)) * time.Hour
	}
	return time.Duration(6+g.r.IntN(9)) * day
}

// say writes words of the topic among general ones, with typing errors, and
// reads them as a model would: abstaining often, wrong sometimes.
func (g *generator) say(c *Contact, intent string, topic []string, in bool) {
	var words []string
	for range 2 + g.r.IntN(4) {
		w := topic[g.r.IntN(len(topic))]
		if g.chance(.1) {
			w += "x"
		}
		words = append(words, w)
	}
	for range 4 {
		words = append(words, fmt.Sprintf("general%c", 'a'+g.r.IntN(26)))
	}
	if in && g.chance(.15) {
		words = nil
	}
	c.Text = strings.Join(words, " ")
	switch {
	case !in:
		c.Reading.Intents = []crm.Label{{Name: "agent_answer", Confidence: .9}}
	case g.chance(.3): // abstains, its best guess right half of the time
		c.Reading.Unknown = true
		if g.chance(.5) {
			intent = genIntents[g.r.IntN(len(genIntents))]
		}
		c.Reading.Intents = []crm.Label{{Name: intent, Confidence: .4}}
	default:
		if g.chance(.08) {
			intent = genIntents[g.r.IntN(len(genIntents))]
		}
		c.Reading.Intents = []crm.Label{{Name: intent, Confidence: .6 + .4*g.r.Float64()}}
	}
	if in && c.Channel == crm.Mail && g.chance(.6) {
		c.Reading.Asks = []crm.Ask{{Text: "When " + c.Text, Question: true}}
	}
}

// linked runs the linker over all contacts, without SQL, and returns the
// cluster of each; journeys that repeat one another are one chain.
func linked(all []told) clusters {
	var l linker
	people := map[crm.ID]*person{}
	chain := map[crm.ID]int{}
	out := make(clusters, len(all))
	for i, t := range all {
		p := people[t.c.CustomerID]
		if p == nil {
			p = &person{}
			people[t.c.CustomerID] = p
		}
		l.take(p, t.c, t.c.At)
		if t.c.JourneyID.IsZero() {
			out[i] = -1 - i
			continue
		}
		if _, ok := chain[t.c.JourneyID]; !ok {
			chain[t.c.JourneyID] = len(chain) + 1
			if of := p.journeys[len(p.journeys)-1].Data.Repeat.Of; !of.IsZero() {
				chain[t.c.JourneyID] = chain[of]
			}
		}
		out[i] = chain[t.c.JourneyID]
	}
	return out
}

// baseline links a contact to the latest one of the same customer within 7
// days, of the same intent when asked for.
func baseline(all []told, sameIntent bool) clusters {
	out := make(clusters, len(all))
	for i, t := range all {
		out[i] = i + 1
		for j := i - 1; j >= 0 && t.c.At.Sub(all[j].c.At) <= 7*day; j-- {
			if all[j].c.CustomerID != t.c.CustomerID || sameIntent && !intentAgrees(t.c, all[j].c) {
				continue
			}
			out[i] = out[j]
			break
		}
	}
	return out
}

// intentAgrees compares what a model says; of our own messages it knows nothing,
// so they follow the customer's last contact.
func intentAgrees(a, b *Contact) bool {
	return a.Direction == crm.Out || b.Direction == crm.Out || a.Reading.Intent() == b.Reading.Intent()
}

// TestGeneratedChains measures the linker on chains that are known, against the
// two baselines that a reporting system would use.
func TestGeneratedChains(t *testing.T) {
	t.Parallel()
	about, right := 0, 0
	for _, seed := range []uint64{1, 2, 3, 4, 5} {
		all, concurrent := generate(seed, 600)
		if concurrent < .15 {
			t.Errorf("only %.0f %% of the customers have two issues open at once", concurrent*100)
		}
		gold := make(clusters, len(all))
		for i, x := range all {
			gold[i] = x.chain
		}
		system := linked(all)
		ours := compareClusters(gold, system)
		same, any := compareClusters(gold, baseline(all, true)), compareClusters(gold, baseline(all, false))
		a, k := aboutTheUnanswered(all)
		about, right = about+a, right+k
		goldFCR, ourFCR := chainFCR(all, gold), chainFCR(all, system)
		t.Logf("seed %d: %d contacts, %.0f %% with two open", seed, len(all), concurrent*100)
		for _, m := range []struct {
			name string
			s    score
		}{{"journeys", ours}, {"same intent, 7 days", same}, {"same customer, 7 days", any}} {
			t.Logf("%-22s pairs P %.3f R %.3f F %.3f, B³ P %.3f R %.3f F %.3f, adjusted Rand %.3f", m.name, m.s.P, m.s.R, m.s.F, m.s.BP, m.s.BR, m.s.BF, m.s.Rand)
		}
		t.Logf("FCR %.1f %%, %.1f %% if linked without a fault, %.1f %% if everybody were recognised", ourFCR*100, chainFCR(all, reachable(all))*100, goldFCR*100)
		if ours.F <= same.F || ours.F <= any.F || ours.BF <= same.BF || ours.BF <= any.BF {
			t.Errorf("seed %d: a baseline is better", seed)
		}
		if ours.F < .7 || ours.P < .85 {
			t.Errorf("seed %d: F %.3f, P %.3f", seed, ours.F, ours.P)
		}
	}
	t.Logf("calls that are about an unanswered mail, said with confidence .95 or more: %d, of which %d are", about, right)
	if about < 20 || float64(right) < .95*float64(about) {
		t.Errorf("of %d calls said to be about an unanswered mail only %d are", about, right)
	}
}

// aboutTheUnanswered counts the calls that are surely about an unanswered mail,
// and how many of them are. That is as sure as the link of the call and the link
// of the mail, unless the mail opened the journey.
func aboutTheUnanswered(all []told) (about, right int) {
	open := map[crm.ID]*told{} // journey to its mail that nobody answered
	began := map[crm.ID]*told{}
	for i := range all {
		t := &all[i]
		j := t.c.JourneyID
		if began[j] == nil {
			began[j] = t
		}
		switch {
		case t.c.byPerson():
			delete(open, j)
		case !t.c.byCustomer():
		case t.c.Channel == crm.Mail:
			open[j] = t
		case t.c.Channel == crm.Phone && open[j] != nil:
			sure := t.c.Link.Confidence
			if open[j] != began[j] {
				sure *= open[j].c.Link.Confidence
			}
			if sure < .95 {
				continue
			}
			about++
			if open[j].chain == t.chain {
				right++
			}
		}
	}
	return about, right
}

// reachable are the chains as far as identity reaches: a contact of an unknown
// person is a chain of its own for any linker.
func reachable(all []told) clusters {
	number := map[string]int{}
	out := make(clusters, len(all))
	for i, t := range all {
		key := fmt.Sprint(t.chain, t.c.CustomerID)
		if number[key] == 0 {
			number[key] = len(number) + 1
		}
		out[i] = number[key]
	}
	return out
}

// chainFCR is the share of chains whose first contact of the customer was not
// followed by another within 7 days.
func chainFCR(all []told, c clusters) float64 {
	first := map[int]time.Time{}
	repeated := map[int]bool{}
	for i, t := range all {
		if !t.c.byCustomer() {
			continue
		}
		if at, ok := first[c[i]]; !ok {
			first[c[i]] = t.c.At
		} else if g := t.c.At.Sub(at); g >= forwardedWithin && g <= 7*day {
			repeated[c[i]] = true
		}
	}
	return 1 - float64(len(repeated))/float64(len(first))
}
