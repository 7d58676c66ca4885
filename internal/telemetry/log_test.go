package telemetry

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestLogger(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "text"} {
		var out bytes.Buffer
		log := NewLogger(&out, "info", format)
		log.Debug("not shown")
		log.Info("signed in", "name", "x\r\nlevel=ERROR msg=forged", "token", "hunter2", "Password", "hunter2")
		s := out.String()
		if strings.Count(s, "\n") != 1 || strings.Contains(s, "\r") {
			t.Errorf("%s: a value made a line of its own: %q", format, s)
		}
		if strings.Contains(s, "hunter2") || !strings.Contains(s, "[redacted]") {
			t.Errorf("%s: a secret was printed: %q", format, s)
		}
	}
}

func TestUTC(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	NewLogger(&out, "nonsense", "json").Info("x")
	var line struct{ Time, Level string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil || !strings.HasSuffix(line.Time, "Z") || line.Level != "INFO" {
		t.Errorf("%s: %v", out.String(), err)
	}
}
