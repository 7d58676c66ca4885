package crm

// Transcript is the written form of a talk as its source delivered it.
type Transcript struct {
	ContentType string `json:"content_type,omitempty"` // text/vtt, which is also the default
	Text        string `json:"text,omitempty"`         // the file; empty: the attachment of that type is it
	// Speakers says on whose side the voices are that no participant is named after.
	Speakers map[string]Side `json:"speakers,omitempty"`
}

// Side is whose words they are; empty: nobody knows.
type Side string

// The sides of a talk.
const (
	CustomerSide Side = "customer"
	AgentSide    Side = "agent"
)

// Turn is what one speaker says in a talk before another one does. Span points
// into ReadingText of the contact.
type Turn struct {
	Speaker string `json:"speaker,omitempty"` // as the transcript names them
	Side    Side   `json:"side,omitempty" enum:"customer,agent"`
	Start   int64  `json:"start_ms"` // since the beginning of the talk
	End     int64  `json:"end_ms"`
	Span    Span   `json:"span"`
}
