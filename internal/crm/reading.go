package crm

import "time"

// Span is a byte range [From, To) of the text that a Reading was made from.
// The text is Subject + "\n" + Text when there is a subject, else Text.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Label is one value of a Reading with its calibrated probability and the words
// that made it say so.
type Label struct {
	Name       string  `json:"name"`
	Confidence float64 `json:"confidence"` // 0…1, calibrated
	Evidence   []Span  `json:"evidence,omitempty"`
}

// Ask is a question or a request of the customer.
type Ask struct {
	Text     string `json:"text"`
	Question bool   `json:"question"` // false: a request
	Span     Span   `json:"span"`
}

// Entity is a typed value found in the text.
type Entity struct {
	Kind  string `json:"kind"`  // order, invoice, amount, date, product, phone, email, tracking …
	Value string `json:"value"` // normalised: "A-10234", "EUR 12.50", "2026-03-01"
	Text  string `json:"text"`  // as written
	Span  Span   `json:"span"`
}

// Labelled says who labelled a text, and when.
type Labelled struct {
	Author string    `json:"author"`
	At     time.Time `json:"at"`
}

// Second names the second reader that said the intent, since the firm's own
// abstained, and when it did.
type Second struct {
	Model string    `json:"model"`
	At    time.Time `json:"at"`
}

// Reading is what a contact says. It is a pure function of the text and the
// model; it is never changed, a newer model writes a newer one.
type Reading struct {
	Model     string    `json:"model"`              // id and version of the models
	Language  Label     `json:"language"`           // ISO 639-1, or "und"
	Intents   []Label   `json:"intents,omitempty"`  // best first, at most 3; shown even when Unknown
	Labelled  *Labelled `json:"labelled,omitempty"` // the best intent is what a person said of a text that is nearly the same
	Second    *Second   `json:"second,omitempty"`   // the best intent is what a second reader said, without a probability that anybody measured
	Unknown   bool      `json:"unknown,omitempty"`  // the model abstains: no intent is sure enough
	Emotions  []Label   `json:"emotions,omitempty"` // joy, anger, sadness, fear, surprise, disgust over their thresholds
	Sentiment Label     `json:"sentiment"`          // positive, neutral, negative; empty name: can't say
	Urgency   Label     `json:"urgency"`            // normal, high, critical; evidence gives the reason
	Effort    []Label   `json:"effort,omitempty"`   // statements of effort: repeat_contact, no_answer, long_wait, transferred, repeated_self
	Leaving   *Label    `json:"leaving,omitempty"`  // a threat to leave
	Asks      []Ask     `json:"asks,omitempty"`
	Promises  []Ask     `json:"promises,omitempty"` // what the writer says will be done, by either side
	Entities  []Entity  `json:"entities,omitempty"`
}

// Intent is the best intent, or "" when the model abstains.
func (r *Reading) Intent() string {
	if r == nil || r.Unknown || len(r.Intents) == 0 {
		return ""
	}
	return r.Intents[0].Name
}

// ReadingText is the text that a Reading's spans point into.
func ReadingText(subject, text string) string {
	if subject == "" {
		return text
	}
	return subject + "\n" + text
}
