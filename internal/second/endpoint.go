package second

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/rapport-crm/rapport/internal/guard"
)

// Trouble is what is wrong with the endpoint.
type Trouble string

// The troubles. Busy ones pass by themselves; Rejected is a request that it does not
// take, whatever the time; the others need somebody who changes the settings.
const (
	Refused     Trouble = "refused"     // an address that is not reached from here
	Unreachable Trouble = "unreachable" // nothing answers
	Timeout     Trouble = "timeout"
	Key         Trouble = "key"      // 401, 403
	Missing     Trouble = "missing"  // 404: no such path or model
	Limited     Trouble = "limited"  // 429
	Busy        Trouble = "busy"     // 5xx
	Rejected    Trouble = "rejected" // other 4xx
	Unusable    Trouble = "unusable" // an answer, but none that can be used
)

// failure is a request that brought nothing.
type failure struct {
	trouble Trouble
	detail  string
	after   time.Duration // that it asks to wait; 0: nothing said
	units   int64         // that it took all the same
}

func (f *failure) Error() string { return string(f.trouble) + ": " + f.detail }

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 4 << 20

// post sends a body and decodes the answer. The failure never holds what the
// endpoint said: it may be any server of the firm's own network.
func (s *Service) post(ctx context.Context, set *loaded, wait time.Duration, path, contentType string, body []byte, into any) *failure {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, set.BaseURL+path, bytes.NewReader(body))
	if err != nil {
		return &failure{trouble: Refused, detail: "it is no address"}
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Accept", "application/json")
	if set.key != "" {
		r.Header.Set("Authorization", "Bearer "+set.key)
	}
	a, data, err := s.client().Do(ctx, r, maxAnswer) //nolint:bodyclose // Do read it to its end
	if err != nil {
		return unanswered(ctx, err)
	}
	if a.StatusCode < 200 || a.StatusCode > 299 {
		return refusal(a, s.Clock())
	}
	if err := json.Unmarshal(data, into); err != nil {
		return &failure{trouble: Unusable, detail: "its answer is no JSON"}
	}
	return nil
}

func unanswered(ctx context.Context, err error) *failure {
	var network net.Error
	switch {
	case errors.Is(err, guard.ErrRefused):
		return &failure{trouble: Refused, detail: err.Error()}
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &failure{trouble: Timeout, detail: "no answer in time"}
	}
	return &failure{trouble: Unreachable, detail: "no connection, or it broke"}
}

// refusal reads a status: RFC 9110 section 15, and section 10.2.3 for Retry-After.
func refusal(a *http.Response, now time.Time) *failure {
	f := &failure{trouble: Rejected, detail: fmt.Sprintf("HTTP %d", a.StatusCode), after: retryAfter(a.Header.Get("Retry-After"), now)}
	switch {
	case a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden:
		f.trouble = Key
	case a.StatusCode == http.StatusNotFound || a.StatusCode == http.StatusMethodNotAllowed || a.StatusCode < 400:
		f.trouble = Missing
	case a.StatusCode == http.StatusTooManyRequests:
		f.trouble = Limited
	case a.StatusCode >= 500 || a.StatusCode == http.StatusRequestTimeout || a.StatusCode == http.StatusConflict:
		f.trouble = Busy
	}
	return f
}

func retryAfter(text string, now time.Time) time.Duration {
	if s, err := strconv.ParseFloat(text, 64); err == nil && s > 0 && s < math.MaxInt32 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
