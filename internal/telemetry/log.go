package telemetry

import (
	"io"
	"log/slog"
	"strings"
)

// secretNames are attribute names whose values never reach a log.
var secretNames = map[string]bool{
	"password": true, "token": true, "secret": true, "authorization": true, "cookie": true, "key_secret": true,
	"body": true, "text": true, "html": true, "raw": true, "dsn": true,
}

// NewLogger makes the program's logger. level is debug, info, warn or error;
// format is text or json. Anything else is info and json, which is the safer
// reading of a value that config would have refused.
func NewLogger(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: l, ReplaceAttr: clean}
	if format == "text" {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// clean puts times into UTC and hides what has the name of a secret.
func clean(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindTime {
		return slog.Time(a.Key, a.Value.Time().UTC())
	}
	if secretNames[strings.ToLower(a.Key)] {
		return slog.String(a.Key, "[redacted]")
	}
	return a
}
