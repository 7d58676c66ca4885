package app

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"time"
)

// beginDesk makes what a new firm's desk starts with.
func (k *core) beginDesk(ctx context.Context) error { return k.desk.Begin(ctx, systemZone()) }

// catchUp makes cases of conversations that are older than the desk, beside
// everything else.
func (k *core) catchUp(ctx context.Context, log *slog.Logger) {
	n, err := k.desk.Backfill(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		log.Error("some old conversations are not in the inbox yet; the next start tries again", "err", err)
	case n > 0:
		log.Info("old conversations are in the inbox", "conversations", n)
	}
}

// systemZone is the time zone of this machine by its IANA name, else UTC.
func systemZone() string {
	names := []string{strings.TrimPrefix(os.Getenv("TZ"), ":"), time.Local.String()}
	if text, err := os.ReadFile("/etc/timezone"); err == nil {
		names = append(names, strings.TrimSpace(string(text)))
	}
	if link, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(link, "zoneinfo/"); ok {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if name == "" || name == "Local" {
			continue
		}
		if _, err := time.LoadLocation(name); err == nil {
			return name
		}
	}
	return "UTC"
}
