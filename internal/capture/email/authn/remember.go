package authn

import (
	"errors"
	"net"
	"sync"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// How long an answer of DNS is believed without asking again. Keys of signatures
// change by getting a new name, so a few minutes are safe.
const (
	rememberFor   = 5 * time.Minute
	rememberFault = 20 * time.Second // a resolver that does not answer must not hold every mail up
	rememberMost  = 4096
)

type answer struct {
	txt   []string
	err   error
	until time.Time
}

// remember keeps the answers of a resolver, bounded in memory. A thousand mails
// of one provider ask once.
func remember(lookup func(string) ([]string, error), clock crm.Clock) func(string) ([]string, error) {
	var mu sync.Mutex
	known := map[string]answer{}
	return func(name string) ([]string, error) {
		now := clock()
		mu.Lock()
		a, ok := known[name]
		mu.Unlock()
		if ok && now.Before(a.until) {
			return a.txt, a.err
		}
		a.txt, a.err = lookup(name)
		a.until = now.Add(rememberFor)
		var fault *net.DNSError
		if a.err != nil && (!errors.As(a.err, &fault) || !fault.IsNotFound) {
			a.until = now.Add(rememberFault)
		}
		mu.Lock()
		if len(known) >= rememberMost {
			clear(known)
		}
		known[name] = a
		mu.Unlock()
		return a.txt, a.err
	}
}
