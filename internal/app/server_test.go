package app

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/config"
)

// TestDrain ends a server with one request under way and one stream open: the
// request is answered, the stream ends, and nobody new is let in.
func TestDrain(t *testing.T) {
	t.Parallel()
	l, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	began, goOn := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		close(began)
		<-goOn
		io.WriteString(w, "done")
	})
	mux.HandleFunc(streamPath, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "hello\n")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, l, mux, slog.New(slog.DiscardHandler)) }()
	base := "http://" + l.Addr().String()

	stream, err := http.Get(base + streamPath)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	body := bufio.NewReader(stream.Body)
	if line, err := body.ReadString('\n'); err != nil || line != "hello\n" {
		t.Fatalf("%q, %v", line, err)
	}
	slow := make(chan string, 1)
	go func() {
		res, err := http.Get(base + "/slow")
		if err != nil {
			slow <- err.Error()
			return
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		slow <- string(b)
	}()
	<-began
	stop()
	if _, err := body.ReadString('\n'); err == nil {
		t.Error("the stream goes on")
	}
	if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
		c.Close()
		t.Error("a new connection is accepted")
	}
	close(goOn)
	if got := <-slow; got != "done" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for listening, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		"[::1]:80":       "http://[::1]:80",
		":8080":          "http://localhost:8080",
		"0.0.0.0:8080":   "http://localhost:8080",
		"[::]:8080":      "http://localhost:8080",
		"192.0.2.1:1":    "http://192.0.2.1:1",
	} {
		if got := baseURL(&config.Config{}, listening); got != want {
			t.Errorf("%s: %s, want %s", listening, got, want)
		}
	}
	if got := setupLink(baseURL(&config.Config{BaseURL: "https://crm.firm.example"}, ":8080"), "T"); got != "https://crm.firm.example/setup#t=T" {
		t.Errorf("setup link %s", got)
	}
}

func TestOwnAddress(t *testing.T) {
	t.Parallel()
	own := ownAddress([]string{"Firm.example", "@other.example", "boss@gmail.example", " ", "@"})
	for address, want := range map[string]bool{
		"support@firm.example": true, "SUPPORT@FIRM.EXAMPLE ": true, "a@mail.firm.example": true, "a@other.example": true, "boss@gmail.example": true,
		"jan@gmail.example": false, "a@notfirm.example": false, "a@firm.example.evil.example": false, "": false, "firm.example@evil.example": false,
	} {
		if got := own(address); got != want {
			t.Errorf("own(%q) = %v", address, got)
		}
	}
	if ownAddress(nil)("a@b.example") {
		t.Error("without own addresses, one is own")
	}
}

func TestBrokenPipeline(t *testing.T) {
	t.Parallel()
	code, _, errs := newCLI(t).run(context.Background(), "doctor", "--listen", "not an address")
	if code != exitUsage || !strings.Contains(errs, "listen:") {
		t.Errorf("exit %d: %s", code, errs)
	}
}
