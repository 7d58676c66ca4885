package access

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The names of the session cookie. __Host- binds it to this host, to https and
// to the whole site (RFC 6265bis 4.1.3.2); plain http can't have it.
const (
	secureCookie = "__Host-rapport"
	plainCookie  = "rapport_session"
)

// collection are the routes of event collection: called from foreign pages with
// a public key, so neither an origin nor a cookie counts there.
var collection = map[string]bool{
	"/v1/identify": true, "/v1/track": true, "/v1/page": true, "/v1/screen": true, "/v1/group": true, "/v1/alias": true,
	"/v1/batch": true, "/v1/import": true, "/v1/i": true, "/v1/t": true, "/v1/p": true, "/v1/s": true, "/v1/g": true, "/v1/a": true, "/v1/b": true, "/v1/m": true,
}

// Middleware finds the caller and puts it into the context. A request without
// credentials goes on with nobody; wrong ones are refused here, because a
// program that sends a key must learn that it is wrong.
func (s *Service) Middleware(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ip := s.clientIP(r)
		ctx := context.WithValue(context.WithValue(r.Context(), ipKey, ip), agentKey, r.UserAgent())
		r = r.WithContext(ctx)
		if err := s.admit(r, ip); err != nil {
			s.refuse(w, r, err)
			return
		}
		secret, given := bearer(r)
		var p *Principal
		var err error
		switch {
		case given:
			p, err = s.Authenticate(ctx, secret)
		case collection[r.URL.Path]:
		default:
			// Whatever changes something in a browser must come from our own
			// pages, signed in or about to be (sign-in, setup).
			if origins.Check(r) != nil {
				s.event(ctx, "cross-site request refused", "path", r.URL.Path, "ip", ip)
				s.refuse(w, r, crm.Errorf(crm.Forbidden, "This request came from another site."))
				return
			}
			if c, e := r.Cookie(s.cookieName()); e == nil && c.Value != "" {
				p, err = s.bySession(ctx, hashToken(c.Value))
			}
		}
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		if p != nil {
			r = r.WithContext(With(ctx, p))
		}
		next.ServeHTTP(w, r)
	})
}

// bearer takes a key from the Authorization header: as a bearer token, or as
// the user of Basic with an empty password, which is what Segment's libraries
// send.
func bearer(r *http.Request) (string, bool) {
	h := r.Header.Get("Authorization")
	if scheme, token, ok := strings.Cut(h, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return strings.TrimSpace(token), true
	}
	if user, _, ok := r.BasicAuth(); ok {
		return user, true
	}
	return "", h != ""
}

// admit keeps everybody but this machine out while nobody owns the
// installation. The Host is checked too: a page that rebinds its own name to
// 127.0.0.1 reaches the port with a loopback address, and so does a proxy.
func (s *Service) admit(r *http.Request, ip string) error {
	if !s.local {
		has, err := s.HasOwner(r.Context())
		if err != nil || has {
			return err
		}
	}
	peer, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !isLoopback(peer) || !isLoopback(ip) {
		return crm.Errorf(crm.Forbidden, "Only this machine is answered until an owner exists.")
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if host != "localhost" && !strings.HasSuffix(host, ".localhost") && !isLoopback(host) && (s.host == "" || r.Host != s.host) {
		return crm.Errorf(crm.Forbidden, "Open this on this machine, at localhost, until an owner exists.")
	}
	return nil
}

// CheckListen refuses an address that others can reach while nobody owns the
// installation.
func (s *Service) CheckListen(ctx context.Context, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return crm.Errorf(crm.Invalid, "%q is not an address to listen on.", address)
	}
	if host == "localhost" || isLoopback(host) {
		return nil
	}
	if s.local {
		return crm.Errorf(crm.Forbidden, "The demo has an open sign-in link, so it listens on this machine only, not on %s.", address)
	}
	has, err := s.HasOwner(ctx)
	if err != nil {
		return err
	}
	if !has {
		return crm.Errorf(crm.Forbidden, "%s can be reached from outside, but nobody owns this installation yet. "+
			"Start on 127.0.0.1 and open the setup link, or run: rapport user create --owner.", address)
	}
	return nil
}

// clientIP is the peer's address; behind a listed proxy, the nearest address in
// X-Forwarded-For that is not one.
func (s *Service) clientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.isProxy(host); i-- {
		a, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		host = a.Unmap().String()
	}
	return host
}

func (s *Service) isProxy(ip string) bool {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	for _, p := range s.proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

func (s *Service) cookieName() string {
	if s.secure {
		return secureCookie
	}
	return plainCookie
}

// Cookie carries a session. The browser may keep it as long as the session can
// live at most; the server ends it earlier when it is idle.
func (s *Service) Cookie(session Session) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(), Value: session.Token, Path: "/", Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(sessionAbsolute.Seconds()),
	}
}

// NoCookie removes the session's cookie.
func (s *Service) NoCookie() *http.Cookie {
	return &http.Cookie{Name: s.cookieName(), Path: "/", Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1}
}

// refuse answers with a problem document (RFC 9457).
func (s *Service) refuse(w http.ResponseWriter, r *http.Request, err error) {
	code := crm.CodeOf(err)
	status, detail := http.StatusInternalServerError, "Something went wrong here. The log has the cause."
	switch code {
	case crm.Unauthorized:
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", "Bearer")
	case crm.Forbidden:
		status = http.StatusForbidden
	default:
		s.log.ErrorContext(r.Context(), "access failed", "err", err)
	}
	if e, ok := err.(*crm.Error); ok {
		detail = e.Message
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{ // the peer may be gone; there is nobody else to tell
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail, "code": code,
	})
}
