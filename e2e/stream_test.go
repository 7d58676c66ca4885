package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// arrives bounds how long something may take to reach an open page. The aim is
// far lower and is measured elsewhere; here a busy machine must pass.
const arrives = 10 * time.Second

// change is an event of GET /v1/stream.
type change struct {
	Type       string `json:"type"`
	ID         crm.ID `json:"id"`
	CustomerID crm.ID `json:"customer_id"`
	JourneyID  crm.ID `json:"journey_id"`

	at    time.Time // when it was read
	place string
}

// stream is an open event stream.
type stream struct {
	t      testing.TB
	cancel context.CancelFunc
	events chan change
	last   string // id of the newest event that was taken, from which to resume
}

// stream opens the event stream, and returns once the server has said where it
// stands: what is posted from then on is on it.
func (c *client) stream(after string) *stream {
	c.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	c.t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/v1/stream", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+c.key)
	if after != "" {
		req.Header.Set("Last-Event-ID", after)
	}
	open := &http.Client{Transport: c.http.Transport} // a stream has no time limit
	res, err := open.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		c.t.Fatalf("the stream answers %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	s := &stream{t: c.t, cancel: cancel, events: make(chan change, 4096)}
	ready := make(chan string, 1)
	go func() {
		defer close(s.events)
		defer res.Body.Close()
		s.read(bufio.NewScanner(res.Body), ready)
	}()
	select {
	case s.last = <-ready:
	case <-time.After(patience):
		c.t.Fatal("the stream does not say where it stands")
	}
	return s
}

// read takes frames apart: lines up to an empty one (HTML standard, 9.2.6).
func (s *stream) read(lines *bufio.Scanner, ready chan<- string) {
	lines.Buffer(nil, 1<<20)
	var e change
	var name, data string
	first := true
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case lines.Text() == "":
			if first {
				first = false
				ready <- e.place
			}
			if name == "change" {
				if err := json.Unmarshal([]byte(data), &e); err != nil {
					s.t.Errorf("event %q: %v", data, err)
				}
				e.at = time.Now()
				s.events <- e
			}
			e, name, data = change{place: e.place}, "", ""
		case field == "id":
			e.place = value
		case field == "event":
			name = value
		case field == "data":
			data += value
		}
	}
}

func (s *stream) close() { s.cancel() }

// wait takes events until one is the one.
func (s *stream) wait(is func(change) bool) change {
	s.t.Helper()
	timeout := time.After(arrives)
	var others []string
	for {
		select {
		case e, ok := <-s.events:
			if !ok {
				s.t.Fatal("the stream ended")
			}
			s.last = e.place
			if is(e) {
				return e
			}
			others = append(others, e.Type+" "+e.ID.String())
		case <-timeout:
			s.t.Fatalf("it did not come within %s; what came: %v", arrives, others)
		}
	}
}

// interactions takes events until each of the contacts came, and counts all
// contacts that did.
func (s *stream) interactions(want []result) map[crm.ID]int {
	s.t.Helper()
	open, counts := map[crm.ID]bool{}, map[crm.ID]int{}
	for _, r := range want {
		open[r.ID] = true
	}
	s.wait(func(e change) bool {
		if e.Type == "interaction" {
			counts[e.ID]++
			delete(open, e.ID)
		}
		return len(open) == 0
	})
	return counts
}
