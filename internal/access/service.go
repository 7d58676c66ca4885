package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
)

// Service is the one authority on access of a process.
type Service struct {
	db      *store.DB
	clock   crm.Clock
	log     *slog.Logger
	local   bool // loopback for ever: the demo
	secure  bool // cookies over https only
	host    string
	proxies []netip.Prefix

	accounts, peers *limiter
	hashing         chan struct{} // one password at a time: 19 MiB each
	decoy           string        // a hash that no password matches
	owner           atomic.Bool   // an owner was seen; owners never vanish
	keys            *keyCache
	reached         reachCache
	watchers        watchers
	audit           AuditFunc
	mail            MailFunc
	resets          *limiter // links to a new password, by address
	codes           *limiter // of second factors, by person
	sealer          Sealer
	base            string // configured
	listening       atomic.Pointer[string]
	beside          sync.WaitGroup
}

// Option changes a Service.
type Option func(*Service)

// LoopbackOnly answers this machine only, whether or not an owner exists.
func LoopbackOnly() Option { return func(s *Service) { s.local = true } }

// BaseURL is the address that people open; https makes cookies Secure, and its
// host is accepted beside localhost while only this machine is answered.
func BaseURL(u string) Option {
	return func(s *Service) {
		scheme, host, _ := strings.Cut(u, "://")
		s.secure, s.host, s.base = scheme == "https", host, u
	}
}

// Proxies are the peers whose X-Forwarded-For is believed. Default: none.
func Proxies(nets []netip.Prefix) Option { return func(s *Service) { s.proxies = nets } }

// Log receives the security events. Default: slog.Default().
func Log(l *slog.Logger) Option { return func(s *Service) { s.log = l } }

// New makes the service over an open database.
func New(db *store.DB, clock crm.Clock, options ...Option) *Service {
	s := &Service{
		db: db, clock: clock, log: slog.Default(),
		accounts: newLimiter(clock, accountBurst, accountEvery),
		peers:    newLimiter(clock, peerBurst, peerEvery),
		resets:   newLimiter(clock, resetBurst, resetEvery),
		codes:    newLimiter(clock, codeBurst, codeEvery),
		hashing:  make(chan struct{}, 1),
		decoy:    decoyHash(),
		keys:     newKeyCache(clock),
	}
	for _, o := range options {
		o(s)
	}
	return s
}

// event logs a security event with values that can't forge a line: slog quotes
// them. Nothing secret may be passed.
func (s *Service) event(ctx context.Context, what string, args ...any) {
	s.log.InfoContext(ctx, what, append([]any{"event", "access"}, args...)...)
}

// newToken is 256 random bits for a cookie or a link.
func newToken() string {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("access: the system's random source failed: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashToken is what is kept of a token. A fast hash is right here: 256 random
// bits can't be guessed, and a slow one would be paid on every request.
func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
