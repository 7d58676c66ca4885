package dovecottest

import (
	"strings"
	"testing"
)

// A server whose port is taken says so, and starts at another one.
func TestATakenPort(t *testing.T) {
	first, second := Start(t), Start(t)
	imap := second.IMAP
	second.Kill()
	second.IMAP = first.IMAP
	second.configure()
	if err := second.start(); err == nil || !strings.Contains(err.Error(), "Address already in use") {
		t.Fatalf("at a port that is taken: %v", err)
	}
	tries := 0
	Anew(t, func() error {
		if tries++; tries > 1 {
			second.IMAP = imap
		}
		second.configure()
		return second.start()
	})
	if tries != 2 {
		t.Errorf("it started at try %d, want 2", tries)
	}
	second.Deliver("jan@postvak.example", "Subject: Hello\n\nIs anybody there?\n")
}
