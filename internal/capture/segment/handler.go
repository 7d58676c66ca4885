package segment

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The limits of the vendor's API.
const (
	maxEvent  = 32 << 10
	maxBatch  = 500 << 10
	maxEvents = 2500
)

// Options of a Handler. Submit, Key and Fail are required.
type Options struct {
	// Submit takes the events over and returns when they are safe. Its error is
	// a crm.Error: Busy and Unavailable make the libraries try again.
	Submit func(context.Context, []crm.Item) error
	// Key finds what a write key may write as: a name that becomes part of the
	// source. Its error is a crm.Error.
	Key func(ctx context.Context, writeKey string) (name string, err error)
	// Fail answers an error as a problem document. status 0: by its code.
	Fail func(w http.ResponseWriter, r *http.Request, status int, err error)
	// Clock tells when an event was received. Default: time.Now.
	Clock crm.Clock
	// BaseURL is the address of this API as browsers reach it, told to the
	// browser library with its settings. Default: the library's own setting.
	BaseURL string
}

type handler struct{ Options }

// Handler answers the paths that Route gives.
func Handler(o Options) http.Handler {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	return &handler{o}
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Pages of any origin send events. Credentials are never allowed, so no
	// cookie of ours comes with them.
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	w.Header().Set("Cache-Control", "no-store")
	path, ok := Route(r.URL.Path)
	if !ok {
		h.Fail(w, r, 0, crm.Errorf(crm.NotFound, "There is nothing at this address."))
		return
	}
	name := strings.TrimPrefix(path, "/v1/")
	settings := strings.HasPrefix(name, "projects/")
	switch {
	case r.Method == http.MethodOptions:
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Content-Encoding")
		w.Header().Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
	case settings && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		h.settings(w, r, strings.TrimSuffix(strings.TrimPrefix(name, "projects/"), "/settings"))
	case !settings && r.Method == http.MethodPost:
		if status, err := h.collect(r, calls[name]); err != nil {
			h.Fail(w, r, status, err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"success":true}`) // the peer may be gone; its event is safe
	default:
		w.Header().Set("Allow", "POST, OPTIONS")
		h.Fail(w, r, http.StatusMethodNotAllowed, crm.Errorf(crm.Invalid, "Send events with POST."))
	}
}

// settings answers what the browser library asks before it sends anything.
func (h *handler) settings(w http.ResponseWriter, r *http.Request, key string) {
	if _, err := h.Key(r.Context(), key); err != nil {
		h.Fail(w, r, 0, err)
		return
	}
	destination := map[string]string{"apiKey": key}
	if scheme, host, ok := strings.Cut(h.BaseURL, "://"); ok {
		destination["apiHost"], destination["protocol"] = strings.TrimSuffix(host, "/")+"/v1", scheme
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{ // the peer may be gone
		"integrations": map[string]any{"Segment.io": destination},
		"plan":         map[string]any{},
	})
}

// collect reads a request and hands its events over. A status of 0 goes by the
// error's code.
func (h *handler) collect(r *http.Request, call string) (status int, err error) {
	limit := int64(maxEvent)
	if call == "batch" {
		limit = maxBatch
	}
	body, err := readBody(r, limit)
	if err != nil {
		return http.StatusBadRequest, err
	}
	req, err := decode(call, body)
	if err != nil {
		return http.StatusBadRequest, err
	}
	key := req.writeKey
	if user, _, ok := r.BasicAuth(); ok && user != "" {
		key = user
	}
	if key == "" {
		return 0, crm.Errorf(crm.Unauthorized, "A write key is needed: as the user of Basic authentication, or as writeKey in the body.")
	}
	name, err := h.Key(r.Context(), key)
	if err != nil {
		return 0, err
	}
	received := h.Clock()
	items := make([]crm.Item, len(req.events))
	for i, e := range req.events {
		items[i] = e.item("segment:"+name, received)
	}
	if len(items) == 0 {
		return 0, nil
	}
	return 0, h.Submit(r.Context(), items)
}

// readBody reads at most limit bytes, unpacked. A packed body may not unpack to
// more either.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	in := io.Reader(r.Body)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(io.LimitReader(r.Body, limit))
		if err != nil {
			return nil, &crm.Error{Code: crm.Invalid, Message: "The body is not gzip.", Err: err}
		}
		defer z.Close()
		in = z
	}
	body, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, &crm.Error{Code: crm.Invalid, Message: "The body could not be read.", Err: err}
	}
	if int64(len(body)) > limit {
		return nil, crm.Errorf(crm.Invalid, "The body is larger than %d KB.", limit>>10)
	}
	if err != nil {
		return nil, &crm.Error{Code: crm.Invalid, Message: "The body is cut off.", Err: err}
	}
	return body, nil
}
