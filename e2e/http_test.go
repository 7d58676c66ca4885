package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// client asks a server as one program or person: with a key, or with the cookie
// of a sign-in.
type client struct {
	t    testing.TB
	base string
	key  string
	http *http.Client
}

func (s *server) client(key string) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	s.t.Cleanup(transport.CloseIdleConnections)
	return &client{t: s.t, base: s.URL, key: key, http: &http.Client{Transport: transport, Timeout: patience}}
}

// answer is a response, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// problem is an RFC 9457 problem document.
type problem struct {
	Type    string   `json:"type"`
	Title   string   `json:"title"`
	Status  int      `json:"status"`
	Code    crm.Code `json:"code"`
	Detail  string   `json:"detail"`
	Pointer string   `json:"pointer"`
}

// result is the answer to one interaction.
type result struct {
	ID             crm.ID       `json:"id"`
	Status         string       `json:"status"`
	CustomerID     crm.ID       `json:"customer_id"`
	ProfileID      crm.ID       `json:"profile_id"`
	ConversationID crm.ID       `json:"conversation_id"`
	JourneyID      crm.ID       `json:"journey_id"`
	Reading        *crm.Reading `json:"reading"`
	Problem        *problem     `json:"problem"`
}

type results struct {
	Results []result `json:"results"`
}

// page is the form of every list.
type page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// try sends a request and gives back what went wrong with the connection. body
// is bytes, a string, or a value for JSON.
func (c *client) try(method, path string, body any, header ...string) (*answer, error) {
	var data []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		data = b
	case string:
		data = []byte(b)
	default:
		var err error
		if data, err = json.Marshal(b); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequest(method, c.base+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	a := &answer{status: res.StatusCode, header: res.Header}
	var closed error
	a.body, err = io.ReadAll(res.Body)
	closed = res.Body.Close()
	return a, errors.Join(err, closed)
}

// do sends a request; only the status is left to the caller.
func (c *client) do(method, path string, body any, header ...string) *answer {
	c.t.Helper()
	a, err := c.try(method, path, body, header...)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// ask wants a 2xx answer and decodes it.
func ask[T any](c *client, method, path string, body any) T {
	c.t.Helper()
	a := c.do(method, path, body)
	if a.status/100 != 2 {
		c.t.Fatalf("%s %s: %d %s", method, path, a.status, tail(string(a.body)))
	}
	return decode[T](c.t, a)
}

func decode[T any](t testing.TB, a *answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %s", err, tail(string(a.body)))
	}
	return v
}

// wantProblem wants a problem document with the status and code.
func (c *client) wantProblem(a *answer, status int, code crm.Code) problem {
	c.t.Helper()
	p := problem{}
	err := json.Unmarshal(a.body, &p)
	if a.status != status || err != nil || p.Status != status || p.Code != code || p.Detail == "" || p.Title == "" || p.Type == "" ||
		!strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") {
		c.t.Errorf("got %d %q %s, want a problem with %d and %s", a.status, a.header.Get("Content-Type"), tail(string(a.body)), status, code)
	}
	return p
}

// post sends interactions, which must all be answered.
func (c *client) post(items ...crm.Envelope) []result {
	c.t.Helper()
	r := ask[results](c, "POST", "/v1/interactions", items).Results
	if len(r) != len(items) {
		c.t.Fatalf("%d interactions, %d results", len(items), len(r))
	}
	return r
}

// eventually polls for what the program does by itself, without a signal that a
// test could wait for.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not in %s", what, patience)
		}
		<-tick.C
	}
}
