package smtpd

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/foxcpp/go-mockdns"
	"go.uber.org/goleak"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a listener of the inbox support@halden.example.
type bench struct {
	*testing.T
	address string
	server  *Server

	mu   sync.Mutex
	got  []Mail
	fail error
}

var errNoRoom = errors.New("no room")

func newBench(t *testing.T, change func(*Options)) *bench {
	t.Helper()
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	db := storetest.SQLite(t)
	boxes := inboxes.New(db, time.Now, keys)
	for _, in := range []inboxes.Inbox{
		{Name: "Support", Kind: inboxes.Mail, Address: "support@halden.example", Settings: inboxes.Settings{Listener: true}},
		{Name: "Paused", Kind: inboxes.Mail, Address: "paused@halden.example", State: inboxes.Paused, Settings: inboxes.Settings{Listener: true}},
		{Name: "Mailbox only", Kind: inboxes.Mail, Address: "mailbox@halden.example"},
	} {
		if _, err := boxes.Create(t.Context(), in, inboxes.Secrets{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	b := &bench{T: t}
	o := Options{Inboxes: boxes, Host: "mx.halden.example", Full: func(err error) bool { return errors.Is(err, errNoRoom) },
		Resolver: &mockdns.Resolver{Zones: map[string]mockdns.Zone{"postvak.example.": {TXT: []string{"v=spf1 ip4:127.0.0.1 -all"}}}},
		Take: func(_ context.Context, _ *inboxes.Inbox, m Mail) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.fail == nil {
				b.got = append(b.got, m)
			}
			return b.fail
		}}
	if change != nil {
		change(&o)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address, b.server = l.Addr().String(), New(o)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.server.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) mails() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.got
}

// talk is a connection that is spoken to by hand.
type talk struct {
	*testing.T
	net.Conn
	r *bufio.Reader
}

func (b *bench) dial() *talk {
	b.Helper()
	c, err := net.Dial("tcp", b.address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	t := &talk{b.T, c, bufio.NewReader(c)}
	t.want("220")
	return t
}

func (t *talk) put(lines ...string) *talk {
	_, _ = io.WriteString(t.Conn, strings.Join(lines, "")) // a closed one is seen by who reads
	return t
}

// want reads an answer, of several lines too.
func (t *talk) want(code string) string {
	t.Helper()
	for {
		line, err := t.r.ReadString('\n')
		if err != nil {
			t.Fatalf("want %s: %v", code, err)
		}
		if len(line) > 3 && line[3] == '-' {
			continue
		}
		if !strings.HasPrefix(line, code) {
			t.Fatalf("want %s, got %q", code, line)
		}
		return line
	}
}

// closed reads until the connection ends and gives what came.
func (t *talk) closed() string {
	t.Helper()
	rest, err := io.ReadAll(t.r)
	var n net.Error
	if errors.As(err, &n) && n.Timeout() {
		t.Fatalf("the connection stays open after %q", rest)
	}
	return string(rest)
}

func (t *talk) to(rcpt string) *talk {
	t.put("EHLO mail.postvak.example\r\n").want("250")
	t.put("MAIL FROM:<jan@postvak.example>\r\n").want("250")
	t.put("RCPT TO:<" + rcpt + ">\r\n").want("250")
	return t
}

const hello = "From: Jan <jan@postvak.example>\r\nTo: support@halden.example\r\nSubject: Hello\r\n\r\nIs anybody there?\r\n"

func TestAMailIsTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	if err := smtp.SendMail(b.address, nil, "jan@postvak.example", []string{"Support+c.abc@Halden.example"}, []byte(hello)); err != nil {
		t.Fatal(err)
	}
	got := b.mails()
	if len(got) != 1 || got[0].SPF != "postvak.example" || got[0].Recipient != "Support+c.abc@Halden.example" {
		t.Fatalf("%+v", got)
	}
	raw := string(got[0].Raw)
	if !strings.HasPrefix(raw, "Return-Path: <jan@postvak.example>\r\nDelivered-To: Support+c.abc@Halden.example\r\nReceived: from ") || !strings.HasSuffix(raw, hello) {
		t.Errorf("%q", raw)
	}
	health, err := b.server.o.Inboxes.Health(t.Context())
	if err != nil || len(health) != 1 || health[0].Part != Part || health[0].LastSuccess.IsZero() {
		t.Errorf("%+v %v", health, err)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.dial()
	c.put("EHLO mail.postvak.example\r\n").want("250")
	c.put("MAIL FROM:<>\r\n").want("250")
	for rcpt, code := range map[string]string{"nobody@halden.example": "550", "jan@postvak.example": "550", "mailbox@halden.example": "550", "support": "501",
		"paused@halden.example": "450", "support@halden.example": "250"} {
		c.put("RCPT TO:<" + rcpt + ">\r\n").want(code)
	}
	c.put("DATA\r\n").want("354")
	b.mu.Lock()
	b.fail = crm.Errorf(crm.Unavailable, "The store can't be written now.")
	b.mu.Unlock()
	c.put(hello, ".\r\n").want("451")
	b.mu.Lock()
	b.fail = errNoRoom
	b.mu.Unlock()
	c.put("MAIL FROM:<>\r\n").want("250")
	c.put("RCPT TO:<support@halden.example>\r\n").want("250")
	c.put("DATA\r\n").want("354")
	c.put(hello, ".\r\n").want("452")
	b.mu.Lock()
	b.fail = nil
	b.mu.Unlock()
	// The same connection is good again, nothing was kept meanwhile.
	c.put("MAIL FROM:<>\r\n").want("250")
	c.put("RCPT TO:<support@halden.example>\r\n").want("250")
	c.put("DATA\r\n").want("354")
	c.put(hello, ".\r\n").want("250")
	if len(b.mails()) != 1 {
		t.Errorf("%d mails", len(b.mails()))
	}
	c.put("MAIL FROM:<> SIZE=99999999999\r\n").want("5")
}

func TestGuessingAddressesEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.dial().put("EHLO x\r\n")
	c.want("250")
	c.put("MAIL FROM:<a@b.example>\r\n").want("250")
	for n := range maxUnknown {
		c.put(fmt.Sprintf("RCPT TO:<guess%d@halden.example>\r\n", n)).want("550")
	}
	c.put("RCPT TO:<again@halden.example>\r\n").want("421")
	c.closed()
}

// Attack 19: what another server may see as the end of a mail and the beginning
// of a second one is one mail here, and refused.
func TestSmuggling(t *testing.T) {
	t.Parallel()
	second := "MAIL FROM:<boss@halden.example>\r\nRCPT TO:<support@halden.example>\r\nDATA\r\nFrom: boss@halden.example\r\n\r\nPay at once.\r\n.\r\n"
	for what, dot := range map[string]string{"LF dot LF": "\n.\n", "LF dot CR LF": "\n.\r\n", "CR dot CR": "\r.\r", "CR LF dot LF": "\r\n.\n",
		"CR CR LF dot": "\r\r\n.\r\n", "NUL": "\r\n\x00.\n"} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, nil)
			c := b.dial().to("support@halden.example")
			c.put("DATA\r\n").want("354")
			c.put("From: jan@postvak.example\r\n\r\nHello", dot, second, "\r\n.\r\n").want("554")
			if rest := c.closed(); strings.Contains(rest, "250") || len(b.mails()) != 0 {
				t.Errorf("%d mails, and the answers %q", len(b.mails()), rest)
			}
		})
	}
}

// The library drops a dot and the CR behind it: what follows is text of the same
// mail.
func TestDotCRIsNoEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.dial().to("support@halden.example")
	c.put("DATA\r\n").want("354")
	c.put("From: jan@postvak.example\r\n\r\nHello\r\n.\rMAIL FROM:<boss@halden.example>\r\n.\r\n").want("250")
	c.put("NOOP\r\n").want("250")
	if got := b.mails(); len(got) != 1 || !strings.Contains(string(got[0].Raw), "MAIL FROM:<boss") {
		t.Errorf("%+v", got)
	}
}

func TestTextBeforeTheAnswerToDATA(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.dial().to("support@halden.example")
	c.put("DATA\r\n"+hello+".\r\n", "MAIL FROM:<x@y.example>\r\nRCPT TO:<support@halden.example>\r\nDATA\r\n"+hello+".\r\n")
	c.want("354")
	c.want("554")
	if rest := c.closed(); strings.Contains(rest, "250") || len(b.mails()) != 0 {
		t.Errorf("%d mails, and the answers %q", len(b.mails()), rest)
	}
}

func TestCommandsMayBePipelined(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.dial()
	c.put("EHLO x\r\n").want("250")
	c.put("MAIL FROM:<jan@postvak.example>\r\nRCPT TO:<support@halden.example>\r\nDATA\r\n")
	c.want("250")
	c.want("250")
	c.want("354")
	c.put(hello + ".\r\nQUIT\r\n").want("250")
	c.want("221")
	if len(b.mails()) != 1 {
		t.Errorf("%d mails", len(b.mails()))
	}
}

func certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mx.halden.example"}, NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mx.halden.example"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}

func TestSTARTTLS(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options) { o.TLS = certificate(t) })
	c := b.dial()
	c.put("EHLO x\r\n").want("250")
	c.put("STARTTLS\r\n").want("220")
	safe := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // the test's own certificate
	s := &talk{t, safe, bufio.NewReader(safe)}
	s.to("support@halden.example").put("DATA\r\n").want("354")
	s.put(hello, ".\r\n").want("250")
	if got := b.mails(); len(got) != 1 || !strings.Contains(string(got[0].Raw), "with ESMTPS;") {
		t.Errorf("%+v", got)
	}

	// Under TLS a bare dot ends the connection as well.
	s.put("MAIL FROM:<a@b.example>\r\n").want("250")
	s.put("RCPT TO:<support@halden.example>\r\n").want("250")
	s.put("DATA\r\n").want("354")
	s.put("Subject: x\r\n\r\na\n.\nMAIL FROM:<>\r\n\r\n.\r\nMAIL FROM:<c@d.example>\r\nRCPT TO:<support@halden.example>\r\nDATA\r\n", hello, ".\r\n").want("554")
	if s.closed(); len(b.mails()) != 1 {
		t.Errorf("%d mails", len(b.mails()))
	}
}

// What somebody in between puts behind STARTTLS must not be taken for what the
// peer says under TLS (CVE-2011-0411).
func TestSTARTTLSInjection(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options) { o.TLS = certificate(t) })
	c := b.dial()
	c.put("EHLO x\r\n").want("250")
	c.put("STARTTLS\r\nMAIL FROM:<evil@x.example>\r\nRCPT TO:<support@halden.example>\r\nDATA\r\n" + hello + ".\r\n").want("554")
	if rest := c.closed(); strings.Contains(rest, "250") || len(b.mails()) != 0 {
		t.Errorf("%d mails, and the answers %q", len(b.mails()), rest)
	}
}

func TestNoTLSNoOffer(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.dial()
	c.put("EHLO x\r\n").want("250")
	c.put("STARTTLS\r\n").want("502")
	c.put("AUTH PLAIN AGEAYg==\r\n").want("5")
}

func TestLMTPAnswersForEachRecipient(t *testing.T) {
	t.Parallel()
	b := newBench(t, func(o *Options) { o.LMTP = true })
	c := b.dial()
	c.put("LHLO mx\r\n").want("250")
	c.put("MAIL FROM:<jan@postvak.example>\r\n").want("250")
	c.put("RCPT TO:<support@halden.example>\r\n").want("250")
	c.put("RCPT TO:<nobody@halden.example>\r\n").want("550")
	c.put("RCPT TO:<support+x@halden.example>\r\n").want("250")
	c.put("DATA\r\n").want("354")
	c.put("From: jan@postvak.example\r\n\r\nfrom an old program\nwith bare ends\r\n.\r\n").want("250")
	c.want("250")
	if got := b.mails(); len(got) != 2 || got[0].SPF != "" {
		t.Errorf("%+v", got)
	}
}

func TestTooLargeAndTooLong(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	c := b.dial().to("support@halden.example")
	c.put("DATA\r\n").want("354")
	line := strings.Repeat("x", 998) + "\r\n"
	go func() {
		block := strings.Repeat(line, 1000)
		for range 54 {
			c.put(block)
		}
		c.put(".\r\n")
	}()
	c.want("552")
	d := b.dial()
	d.put("EHLO ", strings.Repeat("a", maxLine+10), "\r\n").want("500")
	d.closed()
	if len(b.mails()) != 0 || b.server.held.Load() != 0 {
		t.Errorf("%d mails, %d bytes held", len(b.mails()), b.server.held.Load())
	}
}

func TestTooManyConnections(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for range maxPerPeer {
		b.dial()
	}
	c, err := net.Dial("tcp", b.address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if line, _ := bufio.NewReader(c).ReadString('\n'); !strings.HasPrefix(line, "421") {
		t.Errorf("%q", line)
	}
}

func FuzzBare(f *testing.F) {
	f.Add([]byte("a\r\nb\r\n"))
	f.Add([]byte("a\n.\r"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		left := strings.ReplaceAll(string(raw), "\r\n", "")
		if bare(raw) != strings.ContainsAny(left, "\r\n") && !strings.Contains(left, "\r\n") {
			t.Errorf("%q", raw)
		}
	})
}
