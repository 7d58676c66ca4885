package journey

import (
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// Profile names a profile and its bucket.
type Profile struct {
	Bucket int64
	ID     crm.ID
}

// Contact is one interaction as the linker sees it. Link fills JourneyID and
// Link.
type Contact struct {
	ID             crm.ID
	Profile        Profile
	CustomerID     crm.ID
	Members        []Profile // all profiles of the customer, this one included
	Fresh          bool      // all of them were made in this batch, so there are no journeys to read
	ConversationID crm.ID
	Continued      bool // the conversation existed before this contact
	Channel        crm.Channel
	Kind           crm.Kind
	Direction      crm.Direction
	At             time.Time
	Automatic      bool
	Agent          bool // a person of the firm took part: a call or visit with an agent among its participants
	Subject        string
	Text           string
	Turns          []crm.Turn // of a talk with a transcript: who says what in Text
	Reading        *crm.Reading

	JourneyID crm.ID   // out; zero: belongs to no journey (a passing web event)
	Link      crm.Link // out
	Intent    string   // out: the journey's, as it stands after the batch
	Effort    float64  // out: the journey's, 0…100

	facts *facts
}

// strongKinds are the numbers that name one matter: two contacts of a customer
// that share one belong together. Contract and customer numbers are left out,
// since they stand under everything a customer writes.
var strongKinds = map[string]bool{
	"order": true, "invoice": true, "ticket": true, "case": true, "tracking": true, "booking": true, "claim": true, "return": true,
}

// softIntents say how somebody speaks, not what it is about: they neither tie a
// contact to a journey nor part it from one, and never become its intent.
var softIntents = map[string]bool{
	"thanks": true, "acknowledge": true, "greeting": true, "welcome": true, "agent_answer": true, "compliment": true,
	"provide_information": true, "information_request": true, "talk_to_human": true, "callback_request": true,
	"complaint_waiting": true, "complaint_service": true, "complaint_staff": true, "feedback": true, "survey_answer": true,
	"survey_invitation": true, "case_status": true, "status_update": true, "order_confirmation": true, "out_of_office": true,
	"bounce": true, "marketing": true, "identity_check": true, "no_show": true,
}

// facts are what linker and measures take from a contact, computed once.
type facts struct {
	terms    []uint32
	intent   string  // known and about something, else ""
	weight   float64 // its confidence
	guess    string  // best intent of a model that abstains
	guessed  float64
	entities []string // kind=value, strong kinds and products
	strong   int      // how many of them, from the front, are strong
	effort   int64    // statements of effort
	thanks   bool     // says thanks or "solved", and nothing else
	asks     bool     // asks a question
}

func (c *Contact) read() *facts {
	if c.facts != nil {
		return c.facts
	}
	f := &facts{terms: Words(c.Subject, c.Text)}
	c.facts = f
	f.asks = strings.Contains(c.words(crm.CustomerSide), "?")
	r := c.Reading
	if r == nil {
		f.thanks = bareThanks(c, f)
		return f
	}
	// What we say has no intent of the customer: an answer sounds like anything.
	if intent := r.Intent(); c.Direction == crm.Out {
	} else if intent != "" {
		if !softIntents[intent] {
			f.intent, f.weight = intent, r.Intents[0].Confidence
		}
	} else if len(r.Intents) > 0 && !softIntents[r.Intents[0].Name] {
		f.guess, f.guessed = r.Intents[0].Name, r.Intents[0].Confidence
	}
	for _, e := range r.Entities {
		if key := e.Kind + "=" + e.Value; strongKinds[e.Kind] && !slices.Contains(f.entities, key) {
			f.entities = append(f.entities, key)
		}
	}
	f.strong = len(f.entities)
	for _, e := range r.Entities {
		if key := e.Kind + "=" + e.Value; e.Kind == "product" && !slices.Contains(f.entities, key) {
			f.entities = append(f.entities, key)
		}
	}
	f.effort = int64(len(r.Effort))
	for _, a := range r.Asks {
		f.asks = f.asks || a.Question
	}
	f.thanks = bareThanks(c, f)
	return f
}

// byCustomer reports whether the contact is one that the customer made: what
// effort, switches and repeat contact count.
func (c *Contact) byCustomer() bool {
	if c.Direction != crm.In || c.Automatic {
		return false
	}
	return c.Kind != crm.KindEvent && c.Kind != crm.KindNote
}

// byPerson reports whether a person of the firm spoke to the customer.
func (c *Contact) byPerson() bool {
	return c.Direction == crm.Out && !c.Automatic && c.Kind != crm.KindEvent && c.Kind != crm.KindNote
}

// words are what a side says in a talk with a transcript, else the whole text.
func (c *Contact) words(side crm.Side) string {
	if len(c.Turns) == 0 {
		return c.Text
	}
	full := crm.ReadingText(c.Subject, c.Text)
	var b strings.Builder
	for _, t := range c.Turns {
		if t.Side == side && t.Span.From >= 0 && t.Span.From <= t.Span.To && t.Span.To <= len(full) {
			b.WriteString(full[t.Span.From:t.Span.To])
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// sideAt is whose words stand at an offset.
func (c *Contact) sideAt(at int) crm.Side {
	for _, t := range c.Turns {
		if at >= t.Span.From && at < t.Span.To {
			return t.Side
		}
	}
	return ""
}

// spoken reports whether the contact is a conversation face to face or by
// phone, whose text is an agent's note rather than the customer's words, unless
// it has a transcript.
func (c *Contact) spoken() bool {
	return c.Kind == crm.KindCall || c.Kind == crm.KindVisit || c.Kind == crm.KindMeeting
}
