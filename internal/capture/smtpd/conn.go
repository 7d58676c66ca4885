package smtpd

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The pace that a stranger's server is allowed. It is far over what one mail
// server of a customer sends, and one that is told to wait does.
const (
	mailsBurst  = 500
	mailsEvery  = 100 * time.Millisecond
	peersMemory = 8192
)

// guarded gives connections that are watched, and refuses too many.
type guarded struct {
	net.Listener
	s *Server
}

func (g *guarded) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		ip := ipOf(c.RemoteAddr())
		w := &watched{Conn: c}
		if !g.s.peers.enter(ip, w, g.s.o.LMTP) {
			_ = c.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = c.Write([]byte("421 4.7.0 Too many connections, try again later\r\n")) // it may be gone
			c.Close()
			continue
		}
		w.leave = func() { g.s.peers.leave(ip, w) }
		return w, nil
	}
}

// watched sees whether a peer sent text before it was asked to: after DATA it
// must wait for 354, after STARTTLS for 220 (RFC 2920 3.1, RFC 3207 4.2). What
// it slipped in may come from somebody in between.
type watched struct {
	net.Conn
	tail  [12]byte // the end of what was read
	early atomic.Bool
	last  atomic.Bool // the next answer is the last
	dead  atomic.Bool // nothing more is obeyed
	once  sync.Once
	leave func()
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	if n >= len(w.tail) {
		copy(w.tail[:], b[n-len(w.tail):n])
	} else if n > 0 {
		copy(w.tail[:], w.tail[n:])
		copy(w.tail[len(w.tail)-n:], b[:n])
	}
	return n, err
}

func (w *watched) Write(b []byte) (int, error) {
	switch {
	case bytes.HasPrefix(b, []byte("354 ")):
		w.early.Store(!w.endsWith("DATA"))
	case bytes.HasPrefix(b, []byte("220 2.0.0 Ready to start TLS")):
		if !w.endsWith("STARTTLS") {
			_, _ = w.Conn.Write([]byte("554 5.5.0 Text before the answer to STARTTLS\r\n")) // it is hung up on anyway
			w.dead.Store(true)
			w.Close()
			return 0, net.ErrClosed
		}
	}
	n, err := w.Conn.Write(b)
	if w.last.Load() {
		w.Close()
	}
	return n, err
}

// endsWith reports whether the last line that was read is the command.
func (w *watched) endsWith(command string) bool {
	return bytes.HasSuffix(bytes.ToUpper(bytes.TrimRight(w.tail[:], " \r\n")), []byte(command))
}

func (w *watched) Close() error {
	w.once.Do(func() {
		if w.leave != nil {
			w.leave()
		}
	})
	return w.Conn.Close()
}

// peers counts what each address does, bounded in memory.
type peers struct {
	clock crm.Clock

	mu    sync.Mutex
	open  map[*watched]struct{}
	conns map[string]int
	mails map[string]*rate.Limiter
}

func newPeers(clock crm.Clock) *peers {
	return &peers{clock: clock, open: map[*watched]struct{}{}, conns: map[string]int{}, mails: map[string]*rate.Limiter{}}
}

// enter lets a connection in. Servers of the firm, over LMTP, share one address.
func (p *peers) enter(ip net.IP, w *watched, trusted bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) >= maxAtOnce || !trusted && p.conns[ip.String()] >= maxPerPeer {
		return false
	}
	p.open[w] = struct{}{}
	p.conns[ip.String()]++
	return true
}

func (p *peers) leave(ip net.IP, w *watched) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, w)
	if p.conns[ip.String()]--; p.conns[ip.String()] <= 0 {
		delete(p.conns, ip.String())
	}
}

func (p *peers) closeAll() {
	p.mu.Lock()
	open := make([]*watched, 0, len(p.open))
	for w := range p.open {
		open = append(open, w)
	}
	p.mu.Unlock()
	for _, w := range open {
		w.Close()
	}
}

// mayMail takes one mail of an address's allowance.
func (p *peers) mayMail(ip net.IP) bool {
	now := p.clock()
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.mails[ip.String()]
	if l == nil {
		if len(p.mails) >= peersMemory {
			clear(p.mails) // many addresses at once are no reason to remember them
		}
		l = rate.NewLimiter(rate.Every(mailsEvery), mailsBurst)
		p.mails[ip.String()] = l
	}
	return l.AllowN(now, 1)
}
