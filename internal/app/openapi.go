package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/live"
)

type openAPICmd struct {
	Compact bool `help:"On one line."`
}

// Run prints what GET /openapi.json answers.
func (c *openAPICmd) Run(ctx context.Context, r *runtime) error {
	doc, err := r.openAPI(ctx)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if c.Compact {
		err = json.Compact(&out, doc)
	} else {
		err = json.Indent(&out, doc, "", "  ")
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(r.Stdout, out.String())
	return err
}

// openAPI makes the document. The operations need a database to be registered
// with, so an empty one is made and thrown away before anything is printed: a
// reader that closes the pipe, such as head, ends the program.
func (r *runtime) openAPI(ctx context.Context) ([]byte, error) {
	dir, err := os.MkdirTemp("", "rapport-openapi-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cfg := config.Default()
	cfg.Data = dir
	log := slog.New(slog.DiscardHandler)
	k, err := r.openCore(ctx, &cfg, log)
	if err != nil {
		return nil, err
	}
	defer k.close()
	hub := live.New(k.db)
	h, err := r.handler(k, hub, k.widgets(hub, r.Clock, log), &cfg, log, false)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/openapi.json", nil)
	if err != nil {
		return nil, err
	}
	req.RemoteAddr = "127.0.0.1:0" // nobody owns the empty database, so only this machine is answered
	answer := &page{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(answer, req)
	if answer.status != http.StatusOK {
		return nil, fmt.Errorf("the document can't be made: status %d", answer.status)
	}
	return answer.body.Bytes(), nil
}

// page keeps the answer of a handler that is called without a connection.
type page struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (p *page) Header() http.Header         { return p.header }
func (p *page) Write(b []byte) (int, error) { return p.body.Write(b) }
func (p *page) WriteHeader(status int)      { p.status = status }
