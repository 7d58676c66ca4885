package understand

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// What a telecom firm's starter packs know nothing of.
var (
	aboutTours = []string{
		"Do you offer guided tours of the switching centre for school classes?",
		"Our class would love a guided tour of your switching centre in May.",
		"Can pupils visit the switching centre? We are looking for a guided tour.",
		"I teach physics, is there a guided tour of the switching centre for 25 pupils?",
		"We would like to book a guided tour for our school class, preferably in the switching centre.",
		"How long does the guided tour take and may pupils take pictures in the switching centre?",
		"Is the guided tour of the switching centre free for school classes?",
		"A colleague told me about your guided tours for pupils. Do you still give them?",
		"How many pupils may join a guided tour of the switching centre?",
		"May our pupils see the old telephones during the guided tour of the switching centre?",
		"Which languages is the guided tour in? Some of our pupils speak Spanish.",
		"From which age are pupils allowed on the guided tour of the switching centre?",
	}
	aboutBees = []string{
		"An Ihrem Sendemast hängt ein Bienenschwarm, wer holt die Bienen ab?",
		"Ein Bienenschwarm hat sich am Sendemast niedergelassen, brauchen Sie einen Imker?",
		"Ich bin Imker und möchte den Bienenschwarm vom Sendemast einfangen.",
		"Am Sendemast hinter unserem Garten sitzen Bienen, darf der Imker hinauf?",
		"Die Bienen am Sendemast stören die Kinder, schicken Sie bitte einen Imker.",
		"Dürfen wir Bienenstöcke neben dem Sendemast aufstellen? Mein Vater ist Imker.",
	}
)

// hiddenTopics is an inbox of known topics with two that no intent fits, one that a
// single customer writes about, and one that too few write about.
func hiddenTopics() []ProposalText {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var out []ProposalText
	add := func(text, customer string) {
		n := fmt.Sprint(len(out))
		out = append(out, ProposalText{ID: crm.DerivedID(at.Add(time.Duration(len(out))*time.Minute), n), Profile: crm.DerivedID(at, customer), Text: text, Channel: crm.Mail, At: at})
	}
	for i, e := range Starter() {
		if (e.Language == "en" || e.Language == "de") && i%3 == 0 {
			add(e.Text, fmt.Sprint("somebody ", i))
		}
	}
	for i, text := range aboutTours {
		add(text, fmt.Sprint("teacher ", i))
	}
	for i, text := range aboutBees {
		add(text, fmt.Sprint("beekeeper ", i))
	}
	for i := range 8 {
		add(fmt.Sprintf("Number %d of my sonnets about the lighthouse keeper and the foghorn", i), "poet")
	}
	for i := range 4 {
		add("The cormorant nest on the antenna platform fell into the harbour", fmt.Sprint("birdwatcher ", i))
	}
	return out
}

// Two hidden topics are found and named, in any order of the texts; what one
// customer or too few write about is not.
func TestPropose(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	texts := hiddenTopics()
	got := r.Propose(texts)
	said := map[crm.ID]string{}
	for _, x := range texts {
		said[x.ID] = x.Text
	}
	find := func(topic []string, language string, words ...string) {
		t.Helper()
		unknown := 0 // the reader does not abstain on all of them
		for _, text := range topic {
			_, abstains := r.abstains(0, ProposalText{Text: text, Channel: crm.Mail})
			unknown += count(abstains)
		}
		if unknown < minCluster {
			t.Fatalf("the reader abstains on %d texts only", unknown)
		}
		for _, p := range got.Items {
			in := 0
			for _, id := range p.Texts {
				in += count(slices.Contains(topic, said[id]))
			}
			if in == 0 {
				continue
			}
			if in < len(p.Texts) || in < unknown-1 || p.Size != p.Customers || p.Language != language {
				t.Errorf("%d of %d texts of %v: %+v", in, unknown, p.Terms, p)
			}
			for _, w := range words {
				if !strings.Contains(strings.Join(p.Terms, " "), w) {
					t.Errorf("named %v, without %q", p.Terms, w)
				}
			}
			return
		}
		t.Errorf("nothing was proposed for %q", topic[0])
	}
	find(aboutTours, "en", "guided tour", "pupils")
	find(aboutBees, "de", "Sendemast", "Imker")
	for _, p := range got.Items {
		for _, id := range p.Texts {
			if strings.Contains(said[id], "sonnets") || strings.Contains(said[id], "cormorant") {
				t.Errorf("proposed: %v with %q", p.Terms, said[id])
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		rng.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
		if again := r.Propose(texts); !reflect.DeepEqual(again, got) {
			t.Fatalf("in another order: %+v, not %+v", again, got)
		}
	}
}

// A group is known again when texts have joined and left, and taken for no other.
func TestSameCentre(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	texts := hiddenTopics()
	all := r.Propose(texts).Items
	fewer := r.Propose(slices.DeleteFunc(texts, func(x ProposalText) bool {
		return x.Text == aboutTours[0] || x.Text == aboutTours[1] || x.Text == aboutBees[0]
	})).Items
	if len(all) < 2 || len(fewer) != len(all) {
		t.Fatalf("%d groups, then %d", len(all), len(fewer))
	}
	for i, a := range all {
		for j, b := range all {
			if a.Centre.Same(b.Centre) != (i == j) {
				t.Errorf("%v and %v: same %v", a.Terms, b.Terms, a.Centre.Same(b.Centre))
			}
		}
		if n := slices.IndexFunc(fewer, func(b Proposal) bool { return b.Centre.Same(a.Centre) }); n < 0 {
			t.Errorf("%v is not known again", a.Terms)
		}
	}
}

// Texts that say nothing, or nothing twice, make no group and break nothing.
func TestProposeNothing(t *testing.T) {
	t.Parallel()
	r := defaultReader(t)
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	var texts []ProposalText
	for i, text := range []string{"", "?", "ok", "ok", "ok", "ok", "ok", "12345", "\xff\xfe", "😀😀", "zzyzx quux"} {
		texts = append(texts, ProposalText{ID: crm.DerivedID(at, fmt.Sprint(i)), Profile: crm.DerivedID(at, "p", fmt.Sprint(i)), Text: text})
	}
	for n := range len(texts) + 1 {
		if got := r.Propose(texts[:n]); len(got.Items) > 0 {
			t.Errorf("proposed %+v", got.Items)
		}
	}
}

// BenchmarkPropose looks at an inbox of 20,000 texts, a third of which no intent
// fits.
func BenchmarkPropose(b *testing.B) {
	r := defaultReader(b)
	known := Starter()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	rng := rand.New(rand.NewPCG(3, 4))
	things := strings.Fields("lighthouse foghorn cormorant sonnet beehive switching glacier orchard trombone walrus lantern parapet quarry sextant thimble urchin viaduct windmill yardarm zeppelin")
	verbs := strings.Fields("paint rent borrow photograph measure restore visit sketch weigh bless")
	texts := make([]ProposalText, 20_000)
	for i := range texts {
		text := known[i%len(known)].Text
		if i%3 == 0 {
			a, c := things[rng.IntN(len(things))], things[rng.IntN(len(things))]
			text = fmt.Sprintf("May we %s the %s beside the old %s on %d May, and whom do we ask about the %s?", verbs[rng.IntN(len(verbs))], a, c, i%28, a)
		}
		texts[i] = ProposalText{ID: crm.DerivedID(at.Add(time.Duration(i)*time.Minute), fmt.Sprint(i)), Profile: crm.DerivedID(at, fmt.Sprint(i)), Text: text}
	}
	for b.Loop() {
		got := r.Propose(texts)
		b.ReportMetric(float64(got.Unread), "unread")
		b.ReportMetric(float64(len(got.Items)), "groups")
	}
}
