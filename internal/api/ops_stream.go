package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/live"
)

// The rhythm of a stream: a comment that keeps proxies from closing it, and how
// long it waits for an event before it looks whether one is due.
const (
	heartbeat   = 15 * time.Second
	idle        = 4 * time.Second
	writeWithin = 10 * time.Second
)

func (s *server) registerStream() {
	op(s, http.MethodGet, "/v1/stream", "stream", "What changes, as server-sent events named \"change\"", access.Read,
		func(ctx context.Context, in *struct {
			After       string `query:"after" maxLength:"8192" doc:"The id of an event: get what changed since"`
			LastEventID string `header:"Last-Event-ID" doc:"The same, as browsers send it when they come back; it counts more"`
		}) (*huma.StreamResponse, error) {
			// What a browser heard last is newer than the address it began with.
			sub, err := s.Hub.Subscribe(ctx, cmp.Or(in.LastEventID, in.After))
			if in.LastEventID != "" && crm.CodeOf(err) == crm.Invalid {
				// A browser would never come back after an error; it asks for
				// everything again when the stream opens.
				sub, err = s.Hub.Subscribe(ctx, "")
			}
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(c huma.Context) {
				defer sub.Close()
				_, w := humago.Unwrap(c)
				s.stream(ctx, w, sub)
			}}, nil
		}, func(o *huma.Operation) {
			o.Responses = map[string]*huma.Response{"200": {Description: "Events; the data of each is a Change", Content: map[string]*huma.MediaType{
				"text/event-stream": {Schema: s.huma.OpenAPI().Components.Schemas.Schema(typeOf[Change](), true, "Change")},
			}}}
		})
}

// stream writes events until the listener goes, the hub drops it, or its
// session ends.
func (s *server) stream(ctx context.Context, w http.ResponseWriter, sub *live.Subscription) {
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	write := func(format string, args ...any) bool {
		// A peer that reads nothing must not hold this goroutine. Connections
		// without deadlines are those of tests.
		_ = control.SetWriteDeadline(time.Now().Add(writeWithin))
		_, err := fmt.Fprintf(w, format, args...)
		return err == nil
	}
	// The place comes first, so that a browser that gets nothing else resumes.
	if !write("retry: 1000\nid: %s\n\n", sub.Place()) || control.Flush() != nil {
		return
	}
	// It ends as soon as the caller may see or do something else than before.
	ctx, stop := s.Access.Watch(ctx)
	defer stop()
	beat := time.Now()
	for {
		waiting, cancel := context.WithTimeout(ctx, idle)
		e, err := sub.Next(waiting)
		cancel()
		switch {
		case err == nil && e.Sign != nil:
			if !s.writeSign(ctx, write, e.Sign) {
				return
			}
		case err == nil && (!access.CanSource(ctx, e.Source) || !access.CanInbox(ctx, e.InboxID)):
			// It does not exist for this caller; the next event's id covers it.
		case err == nil:
			data, err := json.Marshal(Change{Type: e.Type, ID: e.RowID, CustomerID: e.CustomerID, JourneyID: e.JourneyID, CaseID: e.Case, At: e.At})
			if err != nil || !write("id: %s\nevent: change\ndata: %s\n\n", e.ID, data) {
				return
			}
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return
		}
		if now := time.Now(); err != nil && now.Sub(beat) >= heartbeat-idle {
			if !write(": still here\n\n") {
				return
			}
			beat = now
		}
		if sub.Idle() && control.Flush() != nil {
			return
		}
	}
}

// writeSign tells who looks at a conversation, to those who may see it.
func (s *server) writeSign(ctx context.Context, write func(string, ...any) bool, sign *desk.Sign) bool {
	if sign.UserID == access.From(ctx).UserID && !sign.UserID.IsZero() {
		return true // one's own
	}
	row, err := s.Desk.Get(ctx, sign.ConversationID)
	if err != nil || !access.CanInbox(ctx, row.InboxID) {
		return true
	}
	data, err := json.Marshal(sign)
	return err == nil && write("event: presence\ndata: %s\n\n", data)
}
