package access

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The limits of sign-in attempts: a person who mistypes is not stopped, a
// program that guesses gets one try a minute an account and six an address.
const (
	accountBurst = 10
	accountEvery = time.Minute
	peerBurst    = 30
	peerEvery    = 10 * time.Second
	resetBurst   = 3 // mails to one address
	resetEvery   = 10 * time.Minute
	codeBurst    = 5 // codes of a second factor: three of a million are right at any time
	codeEvery    = 5 * time.Minute
	limiterMax   = 8192 // entries; more would let strangers fill the memory
)

// limiter is a token bucket a key, bounded in memory.
type limiter struct {
	clock crm.Clock
	burst int
	every time.Duration

	mu sync.Mutex
	m  map[string]*rate.Limiter
}

func newLimiter(clock crm.Clock, burst int, every time.Duration) *limiter {
	return &limiter{clock: clock, burst: burst, every: every, m: map[string]*rate.Limiter{}}
}

// allow takes one try of the key; when none is left it says how long until one
// is.
func (l *limiter) allow(key string) (bool, time.Duration) {
	now := l.clock()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.m[key]
	if b == nil {
		if len(l.m) >= limiterMax {
			l.evict(now)
		}
		b = rate.NewLimiter(rate.Every(l.every), l.burst)
		l.m[key] = b
	}
	if b.AllowN(now, 1) {
		return true, 0
	}
	missing := 1 - b.TokensAt(now)
	return false, time.Duration(math.Ceil(missing * float64(l.every)))
}

// forget gives the key its tries back, after it proved who it is.
func (l *limiter) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.m, key)
}

// evict drops what is full again, and of the rest the fullest eighth, so that
// it is rarely called: the keys under attack are the emptiest and stay limited.
func (l *limiter) evict(now time.Time) {
	type entry struct {
		key    string
		tokens float64
	}
	left := make([]entry, 0, len(l.m))
	for k, b := range l.m {
		if t := b.TokensAt(now); t >= float64(l.burst) {
			delete(l.m, k)
		} else {
			left = append(left, entry{k, t})
		}
	}
	slices.SortFunc(left, func(a, b entry) int { return cmp.Compare(b.tokens, a.tokens) })
	for _, e := range left[:max(0, len(left)-limiterMax*7/8)] {
		delete(l.m, e.key)
	}
}

// peerKey is the address that counts: a whole IPv6 customer network is one
// peer, because every machine has 2^64 addresses.
func peerKey(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
