package imap

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// What a server may send at once. The library reads lines and some literals into
// memory as they come, so the limits stand below it.
const (
	maxLine     = 16 << 20 // a list of two million UIDs is one line
	maxLiteral  = maxMessage + 1<<20
	maxResponse = 2*batchBytes + 2*maxMessage // all literals of one answer
)

// dial connects as the settings say. It never goes on in the clear where they
// ask for TLS.
func dial(ctx context.Context, set inboxes.Server) (net.Conn, error) {
	port := set.Port
	if port == 0 {
		port = 993
		if set.Security == "starttls" || set.Security == "none" {
			port = 143
		}
	}
	address := net.JoinHostPort(set.Host, strconv.Itoa(port))
	d := &net.Dialer{Timeout: dialWithin, KeepAlive: 30 * time.Second}
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, crm.Errorf(crm.Unavailable, "%s can't be reached: %v", address, err)
	}
	if set.Security == "none" {
		return c, nil
	}
	_ = c.SetDeadline(time.Now().Add(dialWithin)) // a closed one is noticed by who reads
	greeting := ""
	if set.Security == "starttls" {
		if greeting, err = startTLS(c); err != nil {
			c.Close()
			return nil, crm.Errorf(crm.Unavailable, "%s offers no protected connection: %v", address, err)
		}
	}
	safe := tls.Client(c, tlsConfig(set))
	if err := safe.HandshakeContext(ctx); err != nil {
		c.Close()
		return nil, crm.Errorf(crm.Unavailable, "%s can't be reached safely: %v", address, err)
	}
	_ = c.SetDeadline(time.Time{})
	if greeting != "" {
		return &begun{safe, strings.NewReader(greeting)}, nil
	}
	return safe, nil
}

func tlsConfig(set inboxes.Server) *tls.Config {
	// #nosec G402 -- the operator's explicit choice for one inbox, shown in the console
	return &tls.Config{ServerName: set.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: set.SkipVerify}
}

// startTLS asks for TLS and gives the greeting for who speaks afterwards. What a
// server says before TLS besides is not believed, and text behind its answer is
// an attack (RFC 9051 6.2.1, CVE-2011-0411 of the other direction).
func startTLS(c net.Conn) (greeting string, err error) {
	r := bufio.NewReaderSize(c, 8<<10)
	line := func() (string, error) {
		text, err := r.ReadSlice('\n')
		return strings.TrimRight(string(text), "\r\n"), err
	}
	if greeting, err = line(); err != nil {
		return "", err
	}
	if !strings.HasPrefix(greeting, "* OK") {
		return "", fmt.Errorf("it greets with %.60q", greeting)
	}
	if _, err := c.Write([]byte("s1 STARTTLS\r\n")); err != nil {
		return "", err
	}
	for range 20 {
		answer, err := line()
		switch {
		case err != nil:
			return "", err
		case strings.HasPrefix(answer, "* "):
			continue
		case !strings.HasPrefix(strings.ToUpper(answer), "S1 OK"):
			return "", fmt.Errorf("it answers %.60q to STARTTLS", answer)
		case r.Buffered() > 0:
			return "", errors.New("it sends text between STARTTLS and TLS")
		}
		// Capabilities are asked for again under TLS.
		return "* OK ready\r\n", nil
	}
	return "", errors.New("it does not answer STARTTLS")
}

// begun is a connection whose first bytes were read already.
type begun struct {
	net.Conn
	first *strings.Reader
}

func (b *begun) Read(p []byte) (int, error) {
	if b.first.Len() > 0 {
		return b.first.Read(p)
	}
	return b.Conn.Read(p)
}

// patient is a connection whose reads end when nothing comes for too long, when
// an answer takes too long altogether, and when more comes than may.
type patient struct {
	net.Conn
	mu    sync.Mutex
	limit time.Duration
	until time.Time // zero: no end

	seen    counter
	refused error
}

var errTooMuch = errors.New("imap: the server sends more than any answer has")

func (p *patient) Read(b []byte) (int, error) {
	if p.refused != nil {
		return 0, p.refused
	}
	// Under the lock: else an older limit could replace the one that wait sets.
	p.mu.Lock()
	end := time.Now().Add(p.limit)
	if !p.until.IsZero() && p.until.Before(end) {
		end = p.until
	}
	err := p.Conn.SetReadDeadline(end)
	p.mu.Unlock()
	if err != nil {
		return 0, err
	}
	n, err := p.Conn.Read(b)
	if !p.seen.count(b[:n]) {
		p.refused = errTooMuch
		p.Conn.Close()
		return 0, errTooMuch
	}
	return n, err
}

func (p *patient) Write(b []byte) (int, error) {
	p.mu.Lock()
	limit := p.limit
	p.mu.Unlock()
	if err := p.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}

// SetReadDeadline does nothing: the library has its own idea of patience.
func (p *patient) SetReadDeadline(time.Time) error { return nil }

// wait allows a pause between bytes, and for all of an answer; zero: any time.
func (p *patient) wait(limit, all time.Duration) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limit, p.until = limit, time.Time{}
	end := now.Add(limit)
	if all > 0 {
		p.until = now.Add(all)
		if p.until.Before(end) {
			end = p.until
		}
	}
	_ = p.Conn.SetReadDeadline(end) // a closed one is noticed by who reads
}

// counter follows lines and literals (RFC 9051 4.3) of what a server sends.
type counter struct {
	literal  int64 // bytes of a literal that are still to come
	line     int64
	response int64  // bytes of literals since the answer began
	tail     []byte // the end of the line
}

// count reports whether all is within the limits.
func (c *counter) count(b []byte) bool {
	for len(b) > 0 {
		if c.literal > 0 {
			n := min(c.literal, int64(len(b)))
			c.literal -= n
			b = b[n:]
			continue
		}
		end := bytes.IndexByte(b, '\n')
		part := b
		if end >= 0 {
			part = b[:end]
		}
		if c.line += int64(len(part)); c.line > maxLine {
			return false
		}
		c.tail = append(c.tail, part[max(0, len(part)-announcement):]...)
		c.tail = c.tail[max(0, len(c.tail)-announcement):]
		if end < 0 {
			return true
		}
		b = b[end+1:]
		size, ok := announced(c.tail)
		c.tail = nil
		if !ok {
			c.line, c.response = 0, 0
			continue
		}
		if c.response += size; size < 0 || size > maxLiteral || c.response > maxResponse {
			return false
		}
		c.literal = size
	}
	return true
}

// announcement is the longest {number+} at the end of a line.
const announcement = 32

// announced gives the size of the literal that a line ends with.
func announced(line []byte) (int64, bool) {
	text := strings.TrimSuffix(strings.TrimRight(string(line), "\r"), "}")
	i := strings.LastIndexByte(text, '{')
	if i < 0 || !strings.HasSuffix(strings.TrimRight(string(line), "\r"), "}") {
		return 0, false
	}
	digits := strings.TrimSuffix(text[i+1:], "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return -1, true // more than any number
	}
	return n, true
}
