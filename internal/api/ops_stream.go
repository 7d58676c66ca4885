package api

import (
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
	"github.com/rapport-crm/rapport/internal/live"
)

// The rhythm of a stream: a comment that keeps proxies from closing it, and how
// long one may outlive its session.
const (
	heartbeat   = 15 * time.Second
	recheck     = 4 * time.Second
	writeWithin = 10 * time.Second
)

func (s *server) registerStream() {
	op(s, http.MethodGet, "/v1/stream", "stream", "What changes, as server-sent events named \"change\"", access.Read,
		func(ctx context.Context, in *struct {
			After       string `query:"after" maxLength:"8192" doc:"The id of an event: get what changed since"`
			LastEventID string `header:"Last-Event-ID" doc:"The same, as browsers send it"`
		}) (*huma.StreamResponse, error) {
			sub, err := s.Hub.Subscribe(ctx, in.After)
			if in.After == "" && in.LastEventID != "" {
				if sub != nil {
					sub.Close()
				}
				sub, err = s.Hub.Subscribe(ctx, in.LastEventID)
				if crm.CodeOf(err) == crm.Invalid {
					// A browser would never come back after an error; it asks for
					// everything again when the stream opens.
					sub, err = s.Hub.Subscribe(ctx, "")
				}
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
	checked, beat := time.Now(), time.Now()
	for {
		waiting, cancel := context.WithTimeout(ctx, recheck)
		e, err := sub.Next(waiting)
		cancel()
		switch {
		case err == nil:
			data, err := json.Marshal(Change{Type: e.Type, ID: e.RowID, CustomerID: e.CustomerID, JourneyID: e.JourneyID, At: e.At})
			if err != nil || !write("id: %s\nevent: change\ndata: %s\n\n", e.ID, data) {
				return
			}
		case ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return
		}
		now := time.Now()
		if now.Sub(checked) >= recheck-time.Second {
			if s.Access.Valid(ctx) != nil {
				return
			}
			checked = now
		}
		if err != nil && now.Sub(beat) >= heartbeat-recheck {
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
