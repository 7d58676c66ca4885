package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
)

type contextKey int

const requestKey contextKey = 0

// requestID names the request of ctx in answers and in the log.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey).(string)
	return id
}

// outside is the outermost layer: a name for the request, the headers that
// every answer has, and the net under a handler that panics.
func (s *server) outside(next http.Handler) http.Handler {
	https := strings.HasPrefix(s.BaseURL, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A name from outside is not taken over: it would go into the log.
		id := rand.Text()[:16]
		r = r.WithContext(context.WithValue(r.Context(), requestKey, id))
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		if strings.HasPrefix(r.URL.Path, "/v1/") || r.URL.Path == "/openapi.json" {
			// Answers are data, never pages: whoever opens one in a browser gets
			// nothing that runs.
			h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
			h.Set("Cache-Control", "no-store")
		}
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			s.Log.ErrorContext(r.Context(), "a handler panicked", "request", id, "panic", v, "stack", stack())
			s.problem(w, r, nil)
		}()
		next.ServeHTTP(w, r)
	})
}

// problem answers outside of huma.
func (s *server) problem(w http.ResponseWriter, r *http.Request, err error) {
	p := newProblem(http.StatusInternalServerError, "internal", "")
	p.Instance = "urn:request:" + requestID(r.Context())
	if err != nil {
		p = logged(r.Context(), s.Log, err)
	}
	for k, v := range p.GetHeaders() {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the peer may be gone; there is nobody else to tell
}
