package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// Event is what a widget is told.
type Event struct {
	Type    string              `json:"type"` // message, typing, seen, ack, error, survey
	Message *Message            `json:"message,omitempty"`
	Name    string              `json:"name,omitempty"`  // of typing
	State   string              `json:"state,omitempty"` // of typing
	ID      string              `json:"id,omitempty"`    // of ack and error: the widget's message
	Detail  string              `json:"detail,omitempty"`
	Reason  string              `json:"reason,omitempty"` // of error: which of the known ones about files
	Seq     int64               `json:"seq,omitempty"`    // of seen: until which message somebody of the firm has read
	Survey  *satisfaction.Asked `json:"survey,omitempty"` // missing: none any more
}

// listener is one open widget.
type listener struct {
	look  chan struct{} // something came
	signs chan desk.Sign
}

// board knows which widgets wait for which conversations: one reader of the feed
// serves them all.
type board struct {
	mu   sync.Mutex
	open map[crm.ID]map[*listener]struct{}
}

func (b *board) init() { b.open = map[crm.ID]map[*listener]struct{}{} }

func (b *board) join(conversation crm.ID, l *listener) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open[conversation] == nil {
		b.open[conversation] = map[*listener]struct{}{}
	}
	b.open[conversation][l] = struct{}{}
}

func (b *board) leave(conversation crm.ID, l *listener) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open[conversation], l)
	if len(b.open[conversation]) == 0 {
		delete(b.open, conversation)
	}
}

func (b *board) each(conversation crm.ID, fn func(*listener)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for l := range b.open[conversation] {
		fn(l)
	}
}

func (b *board) empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.open) == 0
}

func (l *listener) ring() {
	select {
	case l.look <- struct{}{}:
	default:
	}
}

// Run tells the widgets what comes until ctx ends.
func (s *Server) Run(ctx context.Context) {
	signs, stop := s.Desk.Presence.Watch()
	defer stop()
	go func() {
		for {
			select {
			case sign := <-signs:
				if !sign.Visitor {
					s.board.each(sign.ConversationID, func(l *listener) {
						select {
						case l.signs <- sign:
						default:
						}
					})
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		tick := time.NewTicker(time.Hour)
		defer tick.Stop()
		for {
			if err := s.tidy(ctx); err != nil && ctx.Err() == nil {
				s.Log.Warn("what visitors left behind could not be tidied", "err", err)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	for ctx.Err() == nil {
		if err := s.follow(ctx); err != nil && ctx.Err() == nil {
			// A dropped reader may have missed something: every widget looks.
			s.board.mu.Lock()
			for _, of := range s.board.open {
				for l := range of {
					l.ring()
				}
			}
			s.board.mu.Unlock()
		}
	}
}

func (s *Server) follow(ctx context.Context) error {
	sub, err := s.Hub.Subscribe(ctx, "")
	if err != nil {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
		return err
	}
	defer sub.Close()
	for {
		e, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		if s.board.empty() {
			continue
		}
		if e.Type == live.Case { // it may be asked how it went
			s.board.each(e.RowID, (*listener).ring)
		}
		if e.Type != live.Interaction {
			continue
		}
		row, err := s.DB.Read().PlaceOfInteraction(ctx, sqlgen.PlaceOfInteractionParams{Bucket: e.RowID.RowBucket(), ID: e.RowID})
		if err == nil {
			s.board.each(row.ConversationID, (*listener).ring)
		}
	}
}

// heartbeat keeps a quiet connection open, and finds out when it is gone; stillMay
// is how often it is looked whether it may go on.
const (
	heartbeat = 25 * time.Second
	stillMay  = 4 * time.Second
)

// Shows reports whether a widget of this process shows the conversation.
func (s *Server) Shows(conversation crm.ID) (open bool) {
	s.board.each(conversation, func(*listener) { open = true })
	return open
}

// ticket gives a ticket for one connection.
func (s *Server) ticket(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	if _, _, err := s.visitorOf(r.Context(), inbox, token(r)); err != nil {
		return err
	}
	t, err := s.newTicket(token(r))
	if err != nil {
		return err
	}
	return answer(w, map[string]string{"ticket": t})
}

// ticketed is the visitor of a connection.
func (s *Server) ticketed(r *http.Request, inbox *inboxes.Inbox) (*visitor, *session, error) {
	text, err := s.redeem(r.Context(), r.URL.Query().Get("ticket"))
	if err != nil {
		return nil, nil, err
	}
	return s.visitorOf(r.Context(), inbox, text)
}

// may reports whether a connection may go on: its session has not ended, its inbox
// is open, and nobody else signed in with the browser.
func (s *Server) may(ctx context.Context, inbox *inboxes.Inbox, v *visitor, known *session) bool {
	if !known.ExpiresAt.After(s.Clock()) {
		return false
	}
	if i, err := s.Inboxes.Get(ctx, inbox.ID); err != nil || i.State != inboxes.Active {
		return false
	}
	row, err := s.DB.Read().Visitor(ctx, sqlgen.VisitorParams{KeyBucket: int64(v.hash[0]), Hash: v.hash[:]})
	if err != nil || row.UserID != known.UserID {
		return false
	}
	if !row.ConversationID.IsZero() {
		v.moveTo(row.ConversationID) // it may have begun by another request
	}
	return true
}

// socket talks over a WebSocket (RFC 6455).
func (s *Server) socket(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	if !sameOrigin(r) {
		return crm.Errorf(crm.Forbidden, "This request came from another site.")
	}
	v, known, err := s.ticketed(r, inbox)
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // a wrong one reads from the beginning
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return nil // it answered
	}
	defer c.CloseNow()
	c.SetReadLimit(maxBody)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	out := make(chan Event, 16)
	go func() {
		defer cancel()
		s.listen(ctx, c, inbox, v, known, out)
	}()
	return s.tell(ctx, inbox, v, known, after, out, func(e Event) error {
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return c.Write(ctx, websocket.MessageText, data)
	}, c.Ping)
}

// listen takes what the widget says.
func (s *Server) listen(ctx context.Context, c *websocket.Conn, inbox *inboxes.Inbox, v *visitor, known *session, out chan<- Event) {
	for {
		_, data, err := c.Read(ctx)
		if err != nil {
			return
		}
		var in struct {
			Type  string `json:"type"`
			Seq   int64  `json:"seq"`
			State string `json:"state"`
			said
		}
		if json.Unmarshal(data, &in) != nil {
			return
		}
		switch in.Type {
		case "message":
			m, err := (*Message)(nil), error(crm.Errorf(crm.Busy, "Too fast. Try again in a moment."))
			if s.pace("visitor:" + v.row.AnonymousID) {
				m, err = s.take(ctx, inbox, v, known.UserID, in.said)
			}
			e := Event{Type: "ack", ID: in.ID, Message: m}
			if err != nil {
				e = Event{Type: "error", ID: in.ID, Detail: err.Error()}
				var known *crm.Error
				if errors.As(err, &known) {
					e.Detail, e.Reason = known.Message, reasonOf(known)
				}
			}
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
		case "seen":
			if !s.pace("visitor:" + v.row.AnonymousID) {
				continue
			}
			if err := s.noteSeen(ctx, v, in.Seq); err != nil && ctx.Err() == nil {
				s.Log.Error("what a visitor has seen could not be noted", "err", err)
			}
		case "typing":
			if !s.pace("visitor:" + v.row.AnonymousID) {
				continue
			}
			state := desk.Typing
			if in.State != "typing" {
				state = desk.Viewing
			}
			s.sayTyping(v, state)
		}
	}
}

// tell sends a widget what comes, from a number on.
func (s *Server) tell(ctx context.Context, inbox *inboxes.Inbox, v *visitor, known *session, after int64, out <-chan Event, write func(Event) error, beat func(context.Context) error) error {
	l := &listener{look: make(chan struct{}, 1), signs: make(chan desk.Sign, 8)}
	s.board.join(v.key(), l)
	defer s.board.leave(v.key(), l)
	var joined crm.ID
	asked := told{last: "null"}
	var seen int64
	// tellSeen says what the widget does not know yet of what the firm has read.
	tellSeen := func(seq int64) error {
		if seq <= seen {
			return nil
		}
		seen = seq
		return write(Event{Type: "seen", Seq: seq})
	}
	defer func() {
		if !joined.IsZero() {
			s.board.leave(joined, l)
			s.sayTyping(v, desk.Left)
			s.left(ctx, v)
		}
	}()
	look := time.NewTicker(stillMay)
	defer look.Stop()
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		if id := v.conversation(); id != joined && !id.IsZero() {
			if !joined.IsZero() {
				s.board.leave(joined, l)
			}
			s.board.join(id, l)
			joined, seen = id, 0
			l.ring() // what came before it joined
		}
		select {
		case <-ctx.Done():
			return nil
		case e := <-out:
			if write(e) != nil {
				return nil
			}
		case <-l.look:
			if joined.IsZero() {
				if !s.may(ctx, inbox, v, known) {
					return nil
				}
				continue
			}
			list, err := s.after(ctx, joined, after, known.UserID != "")
			if err != nil {
				return nil // it comes back, and gets everything then
			}
			for _, m := range list {
				if write(Event{Type: "message", Message: &m}) != nil {
					return nil
				}
				after = m.Seq
			}
			if question, err := s.asked(ctx, joined); err == nil {
				if changed, err := asked.news(question); err == nil && changed && write(Event{Type: "survey", Survey: question}) != nil {
					return nil
				}
			}
			if seq, err := s.seenByFirm(ctx, joined); err != nil || tellSeen(seq) != nil {
				return nil
			}
		case sign := <-l.signs:
			if sign.State == desk.Seen {
				if tellSeen(sign.Seq) != nil {
					return nil
				}
			} else if write(Event{Type: "typing", Name: sign.Name, State: sign.State}) != nil {
				return nil
			}
		case <-tick.C:
			if beat(ctx) != nil {
				return nil
			}
			if !joined.IsZero() {
				l.ring() // what a doorbell lost, and what was read at another process
			}
		case <-look.C:
			if !s.may(ctx, inbox, v, known) {
				return nil
			}
		}
	}
}

// stream tells a widget the same by server-sent events, where sockets don't pass.
func (s *Server) stream(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	v, known, err := s.ticketed(r, inbox)
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		after = last
	}
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	send := func(format string, args ...any) error {
		_ = control.SetWriteDeadline(time.Now().Add(10 * time.Second)) // connections without deadlines are those of tests
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return err
		}
		return control.Flush()
	}
	if send("retry: 2000\n\n") != nil {
		return nil
	}
	return s.tell(r.Context(), inbox, v, known, after, nil, func(e Event) error {
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if e.Message != nil {
			return send("id: %d\ndata: %s\n\n", e.Message.Seq, data)
		}
		return send("data: %s\n\n", data)
	}, func(context.Context) error { return send(": still here\n\n") })
}
