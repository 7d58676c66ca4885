package discover

import (
	"context"
	"encoding/xml"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// Found are settings to propose.
type Found struct {
	IMAP     inboxes.Server `json:"imap,omitzero"`
	SMTP     inboxes.Server `json:"smtp,omitzero"`
	Provider string         `json:"oauth_provider,omitempty" enum:"google,microsoft" doc:"Sign in there instead of with a password"`
	By       string         `json:"by" enum:"mx,autoconfig,srv,guess,none" doc:"Where it was found"`
	Note     string         `json:"note" doc:"A sentence about it"`
}

// Resolver is the part of DNS that is asked; net.Resolver has it.
type Resolver interface {
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
	LookupHost(ctx context.Context, host string) ([]string, error)
}

// Finder asks.
type Finder struct {
	DNS Resolver // default: the system's
	// Fetch reads a page of the web, from public addresses only. Default: the web
	// is not asked.
	Fetch func(ctx context.Context, url string, limit int64) (body []byte, contentType string, err error)
}

// within bounds a search: a person waits for it.
const within = 8 * time.Second

// maxConfig bounds what a domain says about itself, in bytes.
const maxConfig = 64 << 10

// Find proposes settings for an address.
func (f *Finder) Find(ctx context.Context, address string) (Found, error) {
	local, domain, ok := strings.Cut(strings.ToLower(strings.TrimSpace(address)), "@")
	domain, err := idna.Lookup.ToASCII(strings.TrimSuffix(domain, "."))
	if !ok || local == "" || err != nil || !strings.Contains(domain, ".") || strings.ContainsAny(domain, "/:@ ") {
		return Found{}, &crm.Error{Code: crm.Invalid, Pointer: "/address", Message: "This is not a mail address."}
	}
	address = local + "@" + domain
	if f.DNS == nil {
		f.DNS = net.DefaultResolver
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	ways := []func(context.Context, string, string) (Found, bool){f.mx, f.autoconfig, f.srv, f.guess}
	found, good := make([]Found, len(ways)), make([]bool, len(ways))
	var wg sync.WaitGroup
	for n, way := range ways {
		wg.Go(func() { found[n], good[n] = way(ctx, address, domain) })
	}
	wg.Wait()
	for n := range ways {
		if good[n] {
			return found[n], nil
		}
	}
	return Found{By: "none", Note: "Nothing is known of " + domain + ". Ask whoever runs its mail for the names of the IMAP and SMTP servers."}, nil
}

// known are providers that take their customers' mail under names of their own.
var known = []struct {
	suffix string
	found  Found
}{
	{"google.com", Found{Provider: "google", IMAP: server("imap.gmail.com", 993, "tls", "oauth"), SMTP: server("smtp.gmail.com", 465, "tls", "oauth"),
		Note: "Its mail is at Google. Sign in with Google; a password works only as an app password."}},
	{"googlemail.com", Found{Provider: "google", IMAP: server("imap.gmail.com", 993, "tls", "oauth"), SMTP: server("smtp.gmail.com", 465, "tls", "oauth"),
		Note: "Its mail is at Google. Sign in with Google; a password works only as an app password."}},
	{"outlook.com", Found{Provider: "microsoft", IMAP: server("outlook.office365.com", 993, "tls", "oauth"), SMTP: server("smtp.office365.com", 587, "starttls", "oauth"),
		Note: "Its mail is at Microsoft. Sign in with Microsoft; passwords are no longer accepted there."}},
}

func server(host string, port int, security, auth string) inboxes.Server {
	return inboxes.Server{Host: host, Port: port, Security: security, Auth: auth}
}

// mx knows large providers by where the domain's mail goes.
func (f *Finder) mx(ctx context.Context, _, domain string) (Found, bool) {
	list, _ := f.DNS.LookupMX(ctx, domain) // broken records come beside good ones
	for _, mx := range list {
		host := strings.ToLower(strings.TrimSuffix(mx.Host, "."))
		for _, k := range known {
			if strings.HasSuffix(host, "."+k.suffix) {
				k.found.By = "mx"
				return k.found, true
			}
		}
	}
	return Found{}, false
}

// autoconfig asks the domain itself (wiki.mozilla.org Thunderbird:Autoconfiguration).
func (f *Finder) autoconfig(ctx context.Context, address, domain string) (Found, bool) {
	for _, at := range []string{"https://autoconfig." + domain + "/mail/config-v1.1.xml?emailaddress=" + url.QueryEscape(address),
		"https://" + domain + "/.well-known/autoconfig/mail/config-v1.1.xml"} {
		if f.Fetch == nil {
			return Found{}, false
		}
		text, _, err := f.Fetch(ctx, at, maxConfig)
		if err != nil {
			continue
		}
		if found, ok := Parse(text, address); ok {
			found.By, found.Note = "autoconfig", domain+" says so."
			return found, true
		}
	}
	return Found{}, false
}

type configServer struct {
	Type     string   `xml:"type,attr"`
	Host     string   `xml:"hostname"`
	Port     int      `xml:"port"`
	Socket   string   `xml:"socketType"`
	User     string   `xml:"username"`
	Security []string `xml:"authentication"`
}

// Parse reads the format of autoconfig, which is also that of the ISPDB. Servers
// without TLS are passed over.
func Parse(text []byte, address string) (Found, bool) {
	var c struct {
		In  []configServer `xml:"emailProvider>incomingServer"`
		Out []configServer `xml:"emailProvider>outgoingServer"`
	}
	if len(text) > maxConfig || xml.Unmarshal(text, &c) != nil {
		return Found{}, false
	}
	pick := func(list []configServer, kind string) inboxes.Server {
		for _, socket := range []string{"SSL", "STARTTLS"} {
			for _, s := range list {
				s.Host = fill(s.Host, address)
				if s.Type != kind || s.Socket != socket || !hostname(s.Host) || s.Port < 1 || s.Port > 65535 {
					continue
				}
				out := server(s.Host, s.Port, map[string]string{"SSL": "tls", "STARTTLS": "starttls"}[socket], "password")
				if user := fill(s.User, address); user != address && len(user) < 250 && !strings.ContainsAny(user, "\r\n\x00") {
					out.User = user
				}
				if len(s.Security) > 0 && !slices.ContainsFunc(s.Security, func(a string) bool { return strings.HasPrefix(a, "password") }) && slices.Contains(s.Security, "OAuth2") {
					out.Auth = "oauth"
				}
				return out
			}
		}
		return inboxes.Server{}
	}
	found := Found{IMAP: pick(c.In, "imap"), SMTP: pick(c.Out, "smtp")}
	return found, found.IMAP.Host != "" || found.SMTP.Host != ""
}

func fill(s, address string) string {
	local, domain, _ := strings.Cut(address, "@")
	return strings.TrimSpace(strings.NewReplacer("%EMAILADDRESS%", address, "%EMAILLOCALPART%", local, "%EMAILDOMAIN%", domain).Replace(s))
}

// hostname reports whether a name can be one of a server.
func hostname(s string) bool {
	return s != "" && len(s) < 254 && strings.Contains(s, ".") && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789-.") == ""
}

// srv reads the domain's own records.
func (f *Finder) srv(ctx context.Context, _, domain string) (Found, bool) {
	find := func(service, security string) inboxes.Server {
		_, list, _ := f.DNS.LookupSRV(ctx, service, "tcp", domain) // broken records come beside good ones
		for _, s := range list {
			// A target of "." says that there is no such service (RFC 2782).
			if host := strings.TrimSuffix(s.Target, "."); hostname(host) {
				return server(host, int(s.Port), security, "password")
			}
		}
		return inboxes.Server{}
	}
	first := func(list ...inboxes.Server) inboxes.Server {
		for _, s := range list {
			if s.Host != "" {
				return s
			}
		}
		return inboxes.Server{}
	}
	found := Found{By: "srv", Note: "The DNS of " + domain + " says so.",
		IMAP: first(find("imaps", "tls"), find("imap", "starttls")), SMTP: first(find("submissions", "tls"), find("submission", "starttls"))}
	return found, found.IMAP.Host != ""
}

// guess tries the usual names.
func (f *Finder) guess(ctx context.Context, _, domain string) (Found, bool) {
	exists := func(names ...string) string {
		for _, n := range names {
			if list, err := f.DNS.LookupHost(ctx, n); err == nil && len(list) > 0 {
				return n
			}
		}
		return ""
	}
	imap, smtp := exists("imap."+domain, "mail."+domain), exists("smtp."+domain, "mail."+domain)
	if imap == "" {
		return Found{}, false
	}
	found := Found{By: "guess", Note: "This is a guess by the usual names. Try it, and correct it if the sign-in fails.", IMAP: server(imap, 993, "tls", "password")}
	if smtp != "" {
		found.SMTP = server(smtp, 465, "tls", "password")
	}
	return found, true
}
