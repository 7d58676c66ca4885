package smtpd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-smtp"

	"github.com/rapport-crm/rapport/internal/failpoint"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// The answers, with the enhanced codes of RFC 3463.
var (
	errUnknown  = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "There is no such address here"}
	errPaused   = &smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 2, 1}, Message: "This address takes no mail at the moment, try again later"}
	errGuessing = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "Too many unknown addresses"}
	errRate     = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "Too many mails at once, try again later"}
	errStore    = &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "The mail can't be stored now, try again later"}
	errFull     = &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "There is no room for the mail now, try again later"}
	errBare     = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "The mail has bare CR or LF characters, which RFC 5321 2.3.8 forbids"}
	errEnded    = &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "This connection has ended"}
	errEarly    = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 5, 0}, Message: "Text before the answer to DATA"}
)

// session is one connection.
type session struct {
	s       *Server
	c       *smtp.Conn
	conn    *watched // nil under TLS, where nothing can be slipped in
	peer    net.IP
	unknown int
	dead    bool // what is still buffered of this connection is not obeyed

	from       string
	recipients []recipient
}

type recipient struct {
	address string
	inbox   *inboxes.Inbox
}

var _ smtp.LMTPSession = (*session)(nil)

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	out := &session{s: s, c: c, peer: ipOf(c.Conn().RemoteAddr())}
	out.conn, _ = c.Conn().(*watched)
	return out, nil
}

func ipOf(a net.Addr) net.IP {
	if t, ok := a.(*net.TCPAddr); ok {
		return t.IP
	}
	return nil
}

func (x *session) Reset()        { x.from, x.recipients = "", nil }
func (x *session) Logout() error { return nil }

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if x.ended() {
		return errEnded
	}
	if !x.s.o.LMTP && !x.s.peers.mayMail(x.peer) {
		return errRate
	}
	x.from = from
	return nil
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	inbox, err := x.s.find(ctx, to)
	switch {
	case err != nil:
		x.s.o.Log.Error("the inboxes could not be read", "err", err)
		return errStore
	case inbox == nil:
		if x.unknown++; x.unknown > maxUnknown && !x.s.o.LMTP {
			x.hangUp()
			return errGuessing
		}
		return errUnknown
	case inbox.State == inboxes.Paused:
		return errPaused
	}
	x.recipients = append(x.recipients, recipient{to, inbox})
	return nil
}

// Data takes a mail for all its recipients: an answer for all of them is the
// worst of theirs, and who gets it again knows it.
func (x *session) Data(r io.Reader) error {
	raw, release, err := x.read(r)
	defer release()
	if err != nil {
		return err
	}
	for _, to := range x.recipients {
		if e := x.deliver(raw, to); e != nil {
			err = e
		}
	}
	return err
}

// LMTPData is Data with an answer for each recipient.
func (x *session) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	raw, release, err := x.read(r)
	defer release()
	if err != nil {
		return err
	}
	for _, to := range x.recipients {
		status.SetStatus(to.address, x.deliver(raw, to))
	}
	return nil
}

// read takes the bytes of a mail, bounded for all connections together.
func (x *session) read(r io.Reader) (raw []byte, release func(), err error) {
	held := int64(0)
	release = func() { x.s.held.Add(-held) }
	if x.conn != nil && x.conn.early.Load() {
		x.hangUp()
		return nil, release, errEarly
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		held += int64(n)
		if x.s.held.Add(int64(n)) > maxHeld {
			return nil, release, errFull
		}
		raw = append(raw, buf[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, release, err
		}
	}
	// Behind a mail server of the firm, bare characters can do no harm: only its
	// own CR LF dot CR LF ends a mail here.
	if !x.s.o.LMTP && bare(raw) {
		x.hangUp() // what follows may be a second mail that its sender's server never saw
		return nil, release, errBare
	}
	return raw, release, nil
}

// hangUp makes the next answer the last one. Commands that were read already are
// refused: closing the connection alone would not stop them.
func (x *session) hangUp() {
	x.dead = true
	if x.conn != nil {
		x.conn.last.Store(true)
	} else {
		_ = x.c.Conn().SetReadDeadline(time.Now())
	}
}

func (x *session) ended() bool { return x.dead || x.conn != nil && x.conn.dead.Load() }

// bare reports whether a line feed or a carriage return stands alone.
func bare(raw []byte) bool {
	for n, c := range raw {
		switch {
		case c == '\n' && (n == 0 || raw[n-1] != '\r'):
			return true
		case c == '\r' && (n+1 == len(raw) || raw[n+1] != '\n'):
			return true
		}
	}
	return false
}

// deliver stores a mail for one recipient.
func (x *session) deliver(raw []byte, to recipient) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	m := Mail{Raw: append(x.trace(to.address), raw...), Recipient: to.address}
	if !x.s.o.LMTP {
		m.SPF = x.spf(ctx)
	}
	failpoint.Here("smtpd read")
	err := x.s.o.Take(ctx, to.inbox, m)
	failpoint.Here("smtpd taken")
	x.s.note(ctx, to.inbox.ID, err)
	switch {
	case err == nil:
		return nil
	case x.s.o.Full(err):
		return errFull
	}
	x.s.o.Log.Error("a mail could not be stored", "inbox", to.inbox.Name, "err", err)
	return errStore
}

// spf gives the domain that may send from the peer's address (RFC 7208), or "".
func (x *session) spf(ctx context.Context) string {
	if x.peer == nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, spfWithin)
	defer cancel()
	options := []spf.Option{spf.WithContext(ctx)}
	if x.s.o.Resolver != nil {
		options = append(options, spf.WithResolver(x.s.o.Resolver))
	}
	if result, _ := spf.CheckHostWithSender(x.peer, x.c.Hostname(), x.from, options...); result != spf.Pass {
		return ""
	}
	if _, domain, ok := strings.Cut(x.from, "@"); ok {
		return strings.ToLower(domain)
	}
	return strings.ToLower(x.c.Hostname()) // of a null return path (RFC 7208 2.4)
}

// trace are the fields that the last server on the way adds (RFC 5321 4.4). They
// take no part in what a mail is known by.
func (x *session) trace(to string) []byte {
	protocol := "ESMTP"
	if x.s.o.LMTP {
		protocol = "LMTP"
	}
	if _, safe := x.c.TLSConnectionState(); safe {
		protocol += "S"
	}
	peer := "local"
	if x.peer != nil {
		peer = x.peer.String()
	}
	return fmt.Appendf(nil, "Return-Path: <%s>\r\nDelivered-To: %s\r\nReceived: from %s ([%s]) by %s with %s; %s\r\n",
		oneLine(x.from), oneLine(to), oneLine(x.c.Hostname()), peer, x.s.o.Host, protocol, x.s.o.Clock().UTC().Format(time.RFC1123Z))
}

// oneLine keeps what a peer said from starting a field of its own.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}
