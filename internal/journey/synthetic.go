package journey

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// syntheticStart is before everything that the generator tells.
var syntheticStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

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
	return generateAs(seed, customers, false)
}

// generateAs tells the same, and when wide also what is rarer in the reference
// than in life: answers of ours on another channel than the question, and calls
// of which nothing is known but that they were made. The linker learns from wide
// chains and is measured on the others.
func generateAs(seed uint64, customers int, wide bool) (all []told, concurrent float64) {
	g := &generator{wide: wide, r: rand.New(rand.NewPCG(seed, 7))} //nolint:gosec // reproducible, not secret
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
	wide  bool
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
	id := crm.DerivedID(syntheticStart, "gen", fmt.Sprint(i))
	profile := Profile{Bucket: id.Bucket(), ID: id}
	start := syntheticStart.Add(time.Duration(g.r.IntN(60*24)) * time.Hour)
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
		if g.wide && t.c.Channel == crm.Phone && g.chance(.15) {
			t.c.Text, t.c.Reading = "", &crm.Reading{Unknown: true}
		}
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
			if g.wide && g.chance(.3) {
				channel, conversation = genChannels[g.r.IntN(len(genChannels))], g.conversation(p, at)
			}
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
