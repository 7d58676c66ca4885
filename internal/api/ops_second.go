package api

import (
	"context"
	"net/http"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/second"
	"github.com/rapport-crm/rapport/internal/store"
)

// SecondReader is how the endpoint that helps reading is set up, and how it does.
type SecondReader struct {
	second.Kept
	Usage []second.EndpointUsage `json:"usage" doc:"Of this month (UTC), part by part"`
}

// SecondReaderChange says how it is to be.
type SecondReaderChange struct {
	second.Settings
	Key     string `json:"key,omitempty" maxLength:"4000" doc:"Sent as a bearer token; missing: stays, as long as the host does; \"-\" removes it. It never comes back out"`
	Version int64  `json:"version" minimum:"0" doc:"The version that its author saw"`
}

// SecondReaderTrial is how each part did when it was tried.
type SecondReaderTrial struct {
	Parts []second.EndpointTrial `json:"parts" doc:"Empty: there is nothing set up to try"`
}

func (s *server) registerSecond() {
	op(s, http.MethodGet, "/v1/second-reader", "get-second-reader", "Read how the endpoint that helps reading is set up, what it used this month, and how it does", access.Settings,
		func(ctx context.Context, _ *none) (*body[SecondReader], error) {
			kept, err := s.Second.Settings(ctx)
			if err != nil {
				return nil, err
			}
			return respond(s.secondReader(ctx, kept))
		})
	op(s, http.MethodPut, "/v1/second-reader", "change-second-reader", "Set up the endpoint that helps reading. Nothing leaves before a part is on", access.Settings,
		func(ctx context.Context, in *struct{ Body SecondReaderChange }) (*body[SecondReader], error) {
			// It decides what leaves the firm, and where to.
			if err := s.Access.CheckFresh(ctx); err != nil {
				return nil, err
			}
			kept, err := s.Second.Change(ctx, in.Body.Settings, in.Body.Key, in.Body.Version, author(ctx), func(tx *store.Tx) error {
				return records.Audit(ctx, tx, s.Clock(), author(ctx), "changed", "second reader "+in.Body.BaseURL, "")
			})
			if err != nil {
				return nil, err
			}
			return respond(s.secondReader(ctx, kept))
		})
	op(s, http.MethodPost, "/v1/second-reader/test", "try-second-reader", "Ask the endpoint about a sample that is nobody's, as it is kept; counts against the budget", access.Settings,
		func(ctx context.Context, _ *none) (*body[SecondReaderTrial], error) {
			parts, err := s.Second.Try(ctx)
			return respond(SecondReaderTrial{parts}, err)
		})
}

func (s *server) secondReader(ctx context.Context, kept second.Kept) (SecondReader, error) {
	used, err := s.Second.Used(ctx)
	return SecondReader{kept, used}, err
}
