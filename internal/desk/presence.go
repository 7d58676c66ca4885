package desk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// What somebody does with a conversation.
const (
	Viewing = "viewing"
	Typing  = "typing"
	Left    = "left"
	Seen    = "seen" // a person read until Seq: told once, and no state that lasts
)

// presenceFor is how long a sign of life counts.
const presenceFor = 20 * time.Second

// Sign says what somebody does with a conversation now. UserID is zero for a
// visitor of a widget.
type Sign struct {
	ConversationID crm.ID `json:"conversation_id"`
	UserID         crm.ID `json:"user_id"`
	Name           string `json:"name"`
	State          string `json:"state"`
	Visitor        bool   `json:"visitor,omitempty"`
	Seq            int64  `json:"seq,omitempty"` // of Seen: until which message
	at             time.Time
	told           time.Time // when watchers last heard of it
}

// Presence knows who looks at what. It is news of the moment, kept nowhere: each
// process says what it hears to those that share its database (Share), and a sign
// that is not said again ends by itself, also that of a process that was killed.
type Presence struct {
	clock crm.Clock
	node  string
	out   chan Sign

	mu       sync.Mutex
	signs    map[crm.ID]map[string]Sign // by conversation, then by who
	watchers map[chan Sign]struct{}
}

// NewPresence makes an empty one.
func NewPresence(clock crm.Clock) *Presence {
	return &Presence{clock: clock, node: rand.Text(), out: make(chan Sign, 256), signs: map[crm.ID]map[string]Sign{}, watchers: map[chan Sign]struct{}{}}
}

// Say notes what somebody does here. Watchers, also those of other processes, hear
// of it when it is new.
func (p *Presence) Say(s Sign) {
	if !p.note(s) {
		return
	}
	select {
	case p.out <- s:
	default: // nobody shares it, or the database is slow
	}
}

// note takes a sign in, and reports whether watchers were told.
func (p *Presence) note(s Sign) bool {
	who := s.UserID.String()
	if s.Visitor {
		who = "visitor"
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.at = p.clock()
	old, known := p.signs[s.ConversationID][who]
	if s.State == Seen {
		p.tell(s)
		return true
	}
	if s.State == Left {
		delete(p.signs[s.ConversationID], who)
		if len(p.signs[s.ConversationID]) == 0 {
			delete(p.signs, s.ConversationID)
		}
		if !known {
			return false
		}
	} else {
		if p.signs[s.ConversationID] == nil {
			p.signs[s.ConversationID] = map[string]Sign{}
		}
		news := !known || old.State != s.State || s.at.Sub(old.told) >= presenceFor/4
		if s.told = old.told; news {
			s.told = s.at
		}
		p.signs[s.ConversationID][who] = s
		if !news {
			return false
		}
	}
	p.tell(s)
	return true
}

// tell gives a sign to all watchers. The caller holds the lock.
func (p *Presence) tell(s Sign) {
	for w := range p.watchers {
		select {
		case w <- s:
		default: // news of the moment is not worth waiting for
		}
	}
}

// call is a sign on its way to the other processes.
type call struct {
	Node string `json:"presence"`
	Sign Sign   `json:"sign"`
}

// Share tells the signs of this process to those that share its database, and
// takes in theirs, until ctx ends. Without it each process knows its own people.
func (p *Presence) Share(ctx context.Context, db *store.DB) {
	calls, stop := db.Hear()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-p.out:
			text, err := json.Marshal(call{p.node, s})
			if err == nil {
				_ = db.Call(ctx, string(text)) // it is said again soon, or over
			}
		case text := <-calls:
			var c call
			if json.Unmarshal([]byte(text), &c) == nil && c.Node != "" && c.Node != p.node && !c.Sign.ConversationID.IsZero() {
				p.note(c.Sign)
			}
		}
	}
}

// Of lists who is with a conversation now, by name.
func (p *Presence) Of(conversation crm.ID) []Sign {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := []Sign{}
	now := p.clock()
	for who, s := range p.signs[conversation] {
		if now.Sub(s.at) > presenceFor {
			delete(p.signs[conversation], who)
			continue
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Sign) int {
		return slices.Compare([]string{a.Name, a.UserID.String()}, []string{b.Name, b.UserID.String()})
	})
	return out
}

// Watch gives every sign from now on, until stop.
func (p *Presence) Watch() (signs <-chan Sign, stop func()) {
	w := make(chan Sign, 64)
	p.mu.Lock()
	p.watchers[w] = struct{}{}
	p.mu.Unlock()
	return w, func() {
		p.mu.Lock()
		delete(p.watchers, w)
		p.mu.Unlock()
	}
}
