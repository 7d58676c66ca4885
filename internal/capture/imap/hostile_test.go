package imap

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/capture/imap/dovecottest"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// hostile is a mail server that answers as the test says. It is asked with the
// tag and the command of each line.
func hostile(t *testing.T, greeting string, answer func(tag, line string, c net.Conn) string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = c.Write([]byte(greeting)) // a client that went away is no news
				r := bufio.NewReader(c)
				for {
					line, err := r.ReadString('\n')
					if err != nil {
						return
					}
					tag, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
					text := answer(tag, rest, c)
					if text == "" {
						text = usual(tag, rest, 7)
					}
					if _, err := c.Write([]byte(text)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

const greets = "* OK [CAPABILITY IMAP4rev1 UIDPLUS] hello\r\n"

// usual is what a decent server answers.
func usual(tag, line string, validity uint32) string {
	ok := tag + " OK done\r\n"
	switch upper := strings.ToUpper(line); {
	case strings.HasPrefix(upper, "CAPABILITY"):
		return "* CAPABILITY IMAP4rev1 UIDPLUS\r\n" + ok
	case strings.HasPrefix(upper, "SELECT"):
		return fmt.Sprintf("* 1 EXISTS\r\n* OK [UIDVALIDITY %d] ok\r\n* OK [UIDNEXT 2] ok\r\n%s", validity, ok)
	case strings.HasPrefix(upper, "UID SEARCH"):
		return "* SEARCH 1\r\n" + ok
	case strings.HasPrefix(upper, "UID FETCH") && strings.Contains(upper, "BODY"):
		mail := strings.ReplaceAll(letter("hostile"), "\n", "\r\n")
		return fmt.Sprintf("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s)\r\n%s", len(mail), mail, ok)
	case strings.HasPrefix(upper, "UID FETCH"):
		return `* 1 FETCH (UID 1 RFC822.SIZE 100 INTERNALDATE "` + time.Now().Format("02-Jan-2006 15:04:05 -0700") + `")` + "\r\n" + ok
	}
	return ok
}

// Attack 20: each server does its worst; the connection ends, another inbox goes
// on, nothing is taken that was not sent, and memory stays bounded.
func TestHostileServers(t *testing.T) {
	t.Parallel()
	forever := func(c net.Conn, text string) string {
		for {
			if _, err := c.Write([]byte(text)); err != nil {
				return " "
			}
		}
	}
	on := func(command string, do func(tag string, c net.Conn) string) func(string, string, net.Conn) string {
		return func(tag, line string, c net.Conn) string {
			if strings.Contains(strings.ToUpper(line), command) {
				return do(tag, c)
			}
			return ""
		}
	}
	endless := strings.Repeat("x", 1<<20)
	for what, answer := range map[string]func(tag, line string, c net.Conn) string{
		"a literal of 2 GB":              on("BODY", func(string, net.Conn) string { return "* 1 FETCH (UID 1 BODY[] {2147483648}\r\nabc" }),
		"a literal of more than numbers": on("BODY", func(string, net.Conn) string { return "* 1 FETCH (UID 1 BODY[] {99999999999999999999999}\r\nabc" }),
		"a literal as a name":            on("SELECT", func(string, net.Conn) string { return "* LIST () \"/\" {1900000000}\r\nabc" }),
		"a literal that is too short":    on("BODY", func(string, net.Conn) string { return "* 1 FETCH (UID 1 BODY[] {500}\r\nSubject: x\r\n\r\nabc)\r\n" }),
		"a literal that is too long": on("BODY", func(tag string, _ net.Conn) string {
			return "* 1 FETCH (UID 1 BODY[] {3}\r\nabcdef)\r\n" + tag + " OK\r\n"
		}),
		"an endless line":                on("UID FETCH", func(_ string, c net.Conn) string { return forever(c, endless) }),
		"an endless greeting of its own": on("LOGIN", func(_ string, c net.Conn) string { return forever(c, endless) }),
		"endless literals": on("BODY", func(_ string, c net.Conn) string {
			return forever(c, "* 1 FETCH (UID 1 BODY[] {1048576}\r\n"+endless+")\r\n")
		}),
		"deep lists": on("UID FETCH", func(tag string, _ net.Conn) string {
			return "* 1 FETCH " + strings.Repeat("(", 1<<20) + "\r\n" + tag + " OK\r\n"
		}),
		"nonsense":          on("SELECT", func(string, net.Conn) string { return "\x00\xff * ( {} ) \r\n)(\r\n" }),
		"another one's tag": on("SELECT", func(string, net.Conn) string { return "T99999 OK\r\n" }),
		"silence":           on("SELECT", func(_ string, c net.Conn) string { _, _ = c.Read(make([]byte, 1)); return " " }),
		"goodbye":           on("SELECT", func(string, net.Conn) string { return "* BYE\r\n" }),
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			i := b.inbox("support", hostile(t, greets, answer), nil)
			_, stop := b.run()
			b.waits("the failure is told", func() bool { return b.health(i).Failures > 0 })
			stop()
			for _, m := range b.got {
				if !strings.Contains(string(m.Raw), "Subject: hostile") {
					t.Errorf("taken: %.60q", m.Raw)
				}
			}
			var mem runtime.MemStats
			runtime.ReadMemStats(&mem)
			if mem.HeapInuse > 1500<<20 {
				t.Errorf("%d MB are in use", mem.HeapInuse>>20)
			}
		})
	}
}

// A server that numbers its mailbox anew at every look gives the same mails again
// and again, which are known by their content; nothing is lost and it ends.
func TestFlippingValidity(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var n atomic.Uint32
	i := b.inbox("support", hostile(t, greets, func(tag, line string, _ net.Conn) string {
		if strings.HasPrefix(strings.ToUpper(line), "SELECT") {
			return usual(tag, line, n.Add(1))
		}
		return ""
	}), nil)
	for range 3 {
		before := n.Load()
		_, stop := b.run()
		b.waits("it reads", func() bool { return n.Load() > before && len(b.subjects()) >= int(before) })
		b.has("hostile")
		stop()
	}
	if h := b.health(i); h.LastSuccess.IsZero() {
		t.Errorf("%+v", h)
	}
}

// TLS is never downgraded: no word of the sign-in goes out in the clear.
func TestTLSIsNotDowngraded(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		greeting, answer string
	}{
		"STARTTLS is gone":          {"* OK [CAPABILITY IMAP4rev1] hello\r\n", "BAD no such command\r\n"},
		"STARTTLS is refused":       {greets, "NO not now\r\n"},
		"signed in already":         {"* PREAUTH welcome\r\n", "OK\r\n"},
		"text is slipped in":        {greets, "OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nT1 OK [CAPABILITY IMAP4rev1] in\r\n"},
		"no certificate of anybody": {greets, "OK begin\r\n"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			var leaked atomic.Bool
			address := hostile(t, c.greeting, func(tag, line string, _ net.Conn) string {
				if strings.Contains(line, dovecottest.Password) || strings.Contains(strings.ToUpper(line), "LOGIN") {
					leaked.Store(true)
				}
				return tag + " " + c.answer
			})
			for _, security := range []string{"starttls", "tls"} {
				b := newBench(t)
				i := b.inbox("support", address, func(in *inboxes.Inbox) { in.Settings.IMAP.Security = security })
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				m, err := New(b.o).open(ctx, i)
				cancel()
				if err == nil {
					m.close()
					t.Errorf("%s: it went on", security)
				}
			}
			if leaked.Load() {
				t.Error("the password went out in the clear")
			}
		})
	}
}

func FuzzCounter(f *testing.F) {
	f.Add([]byte("* 1 FETCH (BODY[] {5}\r\nabcde)\r\n"), 3)
	f.Add([]byte("{99999999999999999999}\r\n{-1}\r\n{1+}\r\nx"), 1)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		whole, parts := &counter{}, &counter{}
		a := whole.count(data)
		b := true
		if cut = max(1, min(cut, 1000)); true {
			for at := 0; at < len(data) && b; at += cut {
				b = parts.count(data[at:min(len(data), at+cut)])
			}
		}
		if a != b || a && (whole.literal != parts.literal || whole.line != parts.line) {
			t.Errorf("%q: %v and %v in parts of %d", data, a, b, cut)
		}
	})
}
