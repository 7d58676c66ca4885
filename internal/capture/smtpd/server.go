package smtpd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"blitiri.com.ar/go/spf"
	"github.com/emersion/go-smtp"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// Part names the listener in the health of an inbox.
const Part = "listener"

// The limits.
const (
	maxMessage    = 50 << 20
	maxLine       = 256 << 10 // far over the 998 of RFC 5322: what programs write is long
	maxRecipients = 100
	maxUnknown    = 20 // addresses of nobody, before a connection is ended
	maxAtOnce     = 200
	maxPerPeer    = 20
	maxHeld       = 256 << 20 // bytes of mails that are being received, together
	idle          = 2 * time.Minute
	spfWithin     = 10 * time.Second
)

// Mail is a mail as it was handed over.
type Mail struct {
	Raw       []byte
	Recipient string // the address of the envelope, with what stands behind its plus
	SPF       string // the envelope's domain, when SPF passed for it
}

// Options of a Server.
type Options struct {
	Inboxes *inboxes.Service
	// Take hands a mail of an inbox to the flow and returns once it is on disk.
	Take func(ctx context.Context, inbox *inboxes.Inbox, m Mail) error
	// Full reports whether an error of Take means that the disk is full.
	Full func(error) bool
	// Host is the name that the server goes by. Default: the machine's.
	Host string
	// TLS offers STARTTLS. Default: nil, it is not offered.
	TLS *tls.Config
	// Resolver asks DNS for SPF. Default: the system's.
	Resolver spf.DNSResolver
	// LMTP speaks the protocol of local delivery: the peer is a mail server of
	// the firm, which is neither limited nor checked by SPF.
	LMTP  bool
	Clock crm.Clock // default: time.Now
	Log   *slog.Logger
}

// Server takes mail in. Serve makes it work.
type Server struct {
	o     Options
	smtp  *smtp.Server
	peers *peers
	held  atomic.Int64

	mu    sync.Mutex
	noted map[crm.ID]time.Time // when the health of an inbox was last written
}

// New makes a server.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Host == "" {
		o.Host, _ = os.Hostname() // without one it is localhost
	}
	if o.Host == "" {
		o.Host = "localhost"
	}
	if o.Full == nil {
		o.Full = func(error) bool { return false }
	}
	s := &Server{o: o, peers: newPeers(o.Clock), noted: map[crm.ID]time.Time{}}
	s.smtp = smtp.NewServer(smtp.BackendFunc(s.session))
	s.smtp.Domain, s.smtp.TLSConfig, s.smtp.LMTP = o.Host, o.TLS, o.LMTP
	s.smtp.MaxMessageBytes, s.smtp.MaxRecipients, s.smtp.MaxLineLength = maxMessage, maxRecipients, maxLine
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = idle, idle
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.ErrorLog = quiet{o.Log}
	return s
}

// Serve takes mail on the listener until ctx ends; then it lets transfers finish
// for a while.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.smtp.Serve(&guarded{Listener: l, s: s}) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := s.smtp.Shutdown(end); err != nil {
		s.peers.closeAll() // senders keep what was not acknowledged
	}
	<-failed //nolint:errcheck // it was told to end
	return nil
}

// quiet keeps the library's notes on broken peers at the level of details.
type quiet struct{ log *slog.Logger }

func (q quiet) Printf(format string, v ...any) {
	q.log.Debug("mail listener", "note", fmt.Sprintf(format, v...))
}
func (q quiet) Println(v ...any) { q.log.Debug("mail listener", "note", fmt.Sprint(v...)) }

// find gives the inbox that an address belongs to; what stands behind a plus is
// ours to read.
func (s *Server) find(ctx context.Context, address string) (*inboxes.Inbox, error) {
	address = strings.ToLower(address)
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return nil, nil
	}
	local, _, _ = strings.Cut(local, "+")
	all, err := s.o.Inboxes.All(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if i.Settings.Listener && i.Address == local+"@"+domain && i.State != inboxes.Archived {
			return i, nil
		}
	}
	return nil, nil
}

// note writes how the listener of an inbox does, at most every few seconds when
// all is well.
func (s *Server) note(ctx context.Context, inbox crm.ID, failure error) {
	now := s.o.Clock()
	s.mu.Lock()
	recent := now.Sub(s.noted[inbox]) < 5*time.Second && failure == nil
	if !recent {
		s.noted[inbox] = now
	}
	if failure != nil {
		delete(s.noted, inbox) // the next success counts at once
	}
	s.mu.Unlock()
	if recent {
		return
	}
	var err error
	if failure != nil {
		err = s.o.Inboxes.Failed(ctx, inbox, Part, sentence(failure), now.Add(time.Minute))
	} else {
		err = s.o.Inboxes.Succeeded(ctx, inbox, Part, time.Time{}, "")
	}
	if err != nil {
		s.o.Log.Warn("the health of an inbox could not be noted", "err", err)
	}
}

func sentence(err error) string {
	var known *crm.Error
	if errors.As(err, &known) {
		return known.Message
	}
	return "A mail could not be stored; its sender will try again."
}
