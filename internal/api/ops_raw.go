package api

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// bytesOutput is an answer that is no JSON, with the headers that keep it from
// running: nobody can be sure what somebody else's bytes are.
type bytesOutput struct {
	ContentType           string `header:"Content-Type"`
	ContentDisposition    string `header:"Content-Disposition"`
	ContentSecurityPolicy string `header:"Content-Security-Policy"`
	Body                  []byte
}

type rawInput struct {
	ByID
	Inline bool `query:"inline" doc:"Show it as plain text instead of saving it"`
}

func (s *server) registerRaw() {
	op(s, http.MethodGet, "/v1/interactions/{id}/raw", "get-raw", "The bytes that a contact came in as", access.Read,
		func(ctx context.Context, in *rawInput) (*bytesOutput, error) {
			row, err := s.DB.Read().Interaction(ctx, sqlgen.InteractionParams{Bucket: in.ID.RowBucket(), ID: in.ID})
			if err == nil && !access.CanSource(ctx, row.Source) {
				err = sql.ErrNoRows
			}
			if err != nil {
				return nil, missing(err, "interaction")
			}
			return s.raw(ctx, capture.RawID(row.Source, row.ExternalID), in.ID, in.Inline)
		}, bytesAnswer)
	op(s, http.MethodGet, "/v1/quarantine/{id}/raw", "get-quarantined-raw", "The bytes of an item in quarantine", access.Read,
		func(ctx context.Context, in *rawInput) (*bytesOutput, error) {
			return s.raw(ctx, in.ID, in.ID, in.Inline)
		}, bytesAnswer)
	op(s, http.MethodGet, "/v1/interactions/{id}/html", "get-html", "The HTML of a contact, sanitised, for a sandboxed frame. Remote images are not loaded until images asks for them, and then come from here", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Images bool `query:"images" doc:"Show remote images, fetched by this server"`
		}) (*bytesOutput, error) {
			return s.html(ctx, in.ID, in.Images)
		}, bytesAnswer)
}

// bytesAnswer describes an answer that is no JSON.
func bytesAnswer(o *huma.Operation) {
	o.Responses = map[string]*huma.Response{"200": {Description: "The bytes", Content: map[string]*huma.MediaType{
		"*/*": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}}
}

// raw answers the bytes of a raw row; name becomes the name of the file, so
// nothing that a stranger wrote gets into a header.
func (s *server) raw(ctx context.Context, id, name crm.ID, inline bool) (*bytesOutput, error) {
	row, err := s.DB.Read().Raw(ctx, sqlgen.RawParams{Bucket: id.RowBucket(), ID: id})
	if errors.Is(err, sql.ErrNoRows) || err == nil && !access.CanSource(ctx, row.Source) {
		return nil, crm.Errorf(crm.NotFound, "There are no bytes of this.")
	}
	if err != nil {
		return nil, err
	}
	extension, text := ".bin", true
	switch {
	case row.RawType == "message/rfc822":
		extension = ".eml"
	case row.RawType == "application/json":
		extension = ".json"
	case strings.HasPrefix(row.RawType, "text/"):
		extension = ".txt"
	default:
		text = false
	}
	out := &bytesOutput{ContentType: "application/octet-stream", ContentSecurityPolicy: "sandbox; default-src 'none'; frame-ancestors 'none'",
		ContentDisposition: `attachment; filename="` + name.String() + extension + `"`, Body: row.Body}
	if text || inline {
		out.ContentType = "text/plain; charset=utf-8"
	}
	if inline {
		out.ContentDisposition = "inline"
	}
	return out, nil
}
