package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// drain is how long requests may go on after a signal.
const drain = 30 * time.Second

// streamPath is the server-sent events: answers that last as long as the
// console is open, so no deadline holds for them.
const streamPath = "/v1/stream"

// listen opens the address before anything is promised, so that a port in use
// is known at once.
func listen(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w (choose another address with --listen)", err)
	}
	return l, nil
}

// serve answers on the listener until ctx ends, then lets requests finish.
func serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger) error {
	streams, endStreams := context.WithCancel(context.Background())
	defer endStreams()
	s := &http.Server{
		Handler:           endless(h, streams),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // broken handshakes of strangers
	}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping", "drain", drain.String())
	endStreams() // they would never end by themselves; consoles reconnect
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if err := s.Shutdown(end); err != nil {
		s.Close()
		return fmt.Errorf("some requests did not end within %s", drain)
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// endless lifts the deadlines of streams, and ends them with the server.
func endless(h http.Handler, streams context.Context) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !lasting(r.URL.Path) {
			h.ServeHTTP(w, r)
			return
		}
		c := http.NewResponseController(w)
		if errors.Join(c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{})) != nil {
			http.Error(w, "streams don't work over this connection", http.StatusHTTPVersionNotSupported)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(streams, cancel)()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

// lasting reports whether answers of the path last as long as a page is open: the
// console's stream, and the lines of widgets.
func lasting(path string) bool {
	return path == streamPath || strings.HasPrefix(path, "/w/") && (strings.HasSuffix(path, "/stream") || strings.HasSuffix(path, "/socket"))
}
