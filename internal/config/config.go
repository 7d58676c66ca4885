package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Config is every bootstrap setting. A field's name in the file is its toml
// tag, its flag the same with dashes, its variable the same in capitals after
// RAPPORT_.
type Config struct {
	// Listen is the address to serve on; port 0 takes a free one. Until an owner
	// exists only a loopback address is accepted. Default: 127.0.0.1:8080.
	Listen string `toml:"listen"`

	// BaseURL is the address that people open, without a path. Links are built
	// from it and never from the Host of a request; https turns on Secure
	// cookies. Empty means http:// and the listening address. Default: empty.
	BaseURL string `toml:"base_url"`

	// Proxies are the addresses or networks of reverse proxies whose
	// X-Forwarded-For is believed. Default: none.
	Proxies []string `toml:"proxies"`

	// Data is the folder of the embedded database and of import states. It is
	// made when it is missing. Default: rapport-data.
	Data string `toml:"data"`

	// DB is postgres://… for a server or sqlite:FILE; empty means rapport.db in
	// Data. A password in it is a secret: RAPPORT_DB_FILE names a file that
	// holds the URL. Default: empty.
	DB string `toml:"db" secret:"url"`

	// Durability full keeps an acknowledged contact through a power loss;
	// relaxed may lose the last moments of it on SQLite and is faster.
	// PostgreSQL follows its own synchronous_commit. Default: full.
	Durability string `toml:"durability"`

	// Region is the ISO 3166 country, in capitals, whose telephone numbers may
	// be written without a country code. Default: US.
	Region string `toml:"region"`

	// Firm is the name of the firm as customers know it. Empty means the name
	// that was given at setup. Default: empty.
	Firm string `toml:"firm"`

	// Own are the firm's mail domains and addresses. Mail from them is outgoing.
	// Empty means those that were given at setup. Default: none.
	Own []string `toml:"own"`

	// OwnerEmail and OwnerPassword make the owner at the first start without a
	// browser. They are ignored once an owner exists; the password is best given
	// by RAPPORT_OWNER_PASSWORD_FILE. Default: empty.
	OwnerEmail    string `toml:"owner_email"`
	OwnerPassword string `toml:"owner_password" secret:"all"`

	// SecretKey seals the passwords of mailboxes and signs reply addresses: 64
	// hexadecimal digits, best given by RAPPORT_SECRET_KEY_FILE. Several, with
	// commas, change it: the first is used, all are understood. Empty means
	// secret.key in Data, which is made at the first start; nodes that share a
	// database need the same. Default: empty.
	SecretKey string `toml:"secret_key" secret:"all"`

	// MailListen is the address of the built-in SMTP server, such as :25, which
	// takes mail for the inboxes that allow it. Empty: it is off. Default: empty.
	MailListen string `toml:"mail_listen"`

	// LMTPListen is the same for a mail server of the firm that hands mail on by
	// LMTP, such as 127.0.0.1:24; whoever reaches it is trusted. Default: empty.
	LMTPListen string `toml:"lmtp_listen"`

	// MailHost is the name that the mail server goes by. Empty means the name of
	// the machine. Default: empty.
	MailHost string `toml:"mail_host"`

	// MailCert and MailKey are PEM files with which the mail server offers
	// STARTTLS; they are read again when they change. Default: empty, both.
	MailCert string `toml:"mail_cert"`
	// Default: empty.
	MailKey string `toml:"mail_key"`

	// QueueItems bounds the contacts that wait for a transaction; past it a
	// sender is told to try again. Default: 5000.
	QueueItems int `toml:"queue_items"`

	// LogLevel is debug, info, warn or error. Default: info.
	LogLevel string `toml:"log_level"`

	// LogFormat is text or json; auto is text on a terminal and json elsewhere.
	// Default: auto.
	LogFormat string `toml:"log_format"`
}

// Default is the Config without any source.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8080", Data: "rapport-data", Durability: "full",
		Region: "US", QueueItems: 5000, LogLevel: "info", LogFormat: "auto",
	}
}

// Redacted stands for a secret wherever it would be shown.
const Redacted = "[redacted]"

// field is one setting, found by reflection so that a new field of Config needs
// no second list.
type field struct {
	key    string // as in the file
	secret string // "", "url" (the password in it) or "all"
	index  int
}

// fields are the settings in the order of the struct.
var fields = func() []field {
	t := reflect.TypeFor[Config]()
	out := make([]field, t.NumField())
	for i := range out {
		out[i] = field{key: t.Field(i).Tag.Get("toml"), secret: t.Field(i).Tag.Get("secret"), index: i}
	}
	return out
}()

func (f field) flag() string { return strings.ReplaceAll(f.key, "_", "-") }
func (f field) env() string  { return "RAPPORT_" + strings.ToUpper(f.key) }

// set reads text, as flags and variables hold it, into the field of c.
func (f field) set(c *Config, text string) error {
	v := reflect.ValueOf(c).Elem().Field(f.index)
	switch v.Kind() {
	case reflect.Int:
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("%s: %q is not a whole number", f.key, text)
		}
		v.SetInt(int64(n))
	case reflect.Slice:
		list := []string{}
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		v.Set(reflect.ValueOf(list))
	default:
		v.SetString(text)
	}
	return nil
}

// text shows the field of c without its secret.
func (f field) text(c *Config) string {
	v := reflect.ValueOf(c).Elem().Field(f.index)
	var s string
	switch v.Kind() {
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Slice:
		return strings.Join(v.Interface().([]string), ",")
	default:
		s = v.String()
	}
	switch {
	case s == "" || f.secret == "":
		return s
	case f.secret == "url":
		return RedactURL(s)
	}
	return Redacted
}

// RedactURL hides the password of a URL, also where it stands in the query as
// libpq allows. What can't be read as a URL is hidden whole: it may hold one.
func RedactURL(s string) string {
	if !strings.Contains(s, "://") {
		if strings.HasPrefix(s, "sqlite:") {
			return s
		}
		return Redacted
	}
	u, err := url.Parse(s)
	if err != nil {
		return Redacted
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), Redacted)
	}
	q := u.Query()
	for k := range q {
		if strings.Contains(strings.ToLower(k), "password") {
			q.Set(k, Redacted)
			u.RawQuery = q.Encode()
		}
	}
	return strings.ReplaceAll(u.String(), url.QueryEscape(Redacted), Redacted)
}

// check refuses values that no later step could use.
func (c *Config) check() error {
	oneOf := func(key, value string, allowed ...string) error {
		if !slices.Contains(allowed, value) {
			return fmt.Errorf("%s: %q is not one of %s", key, value, strings.Join(allowed, ", "))
		}
		return nil
	}
	for _, err := range []error{
		oneOf("durability", c.Durability, "full", "relaxed"),
		oneOf("log_level", c.LogLevel, "debug", "info", "warn", "error"),
		oneOf("log_format", c.LogFormat, "auto", "text", "json"),
	} {
		if err != nil {
			return err
		}
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("listen: %q is not an address such as 127.0.0.1:8080 or :8080", c.Listen)
	} else if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("listen: %q is not a port", port)
	}
	for key, value := range map[string]string{"mail_listen": c.MailListen, "lmtp_listen": c.LMTPListen} {
		if _, _, err := net.SplitHostPort(value); value != "" && err != nil {
			return fmt.Errorf("%s: %q is not an address such as 127.0.0.1:24 or :25", key, value)
		}
	}
	if (c.MailCert == "") != (c.MailKey == "") {
		return fmt.Errorf("mail_cert: it belongs together with mail_key: one is missing")
	}
	if c.BaseURL != "" {
		u, err := url.Parse(c.BaseURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			return fmt.Errorf("base_url: %q is not an address such as https://rapport.example.com", c.BaseURL)
		}
		c.BaseURL = u.Scheme + "://" + u.Host
	}
	if len(c.Region) != 2 || c.Region[0] < 'A' || c.Region[0] > 'Z' || c.Region[1] < 'A' || c.Region[1] > 'Z' {
		return fmt.Errorf("region: %q is not a country of two capitals such as US or NL", c.Region)
	}
	if c.QueueItems < 1 {
		return fmt.Errorf("queue_items: %d is less than 1", c.QueueItems)
	}
	if c.Data == "" {
		return fmt.Errorf("data: a folder is needed")
	}
	if _, err := c.ProxyNets(); err != nil {
		return err
	}
	return nil
}

// ProxyNets are the proxies as networks.
func (c *Config) ProxyNets() ([]netip.Prefix, error) {
	var nets []netip.Prefix
	for _, s := range c.Proxies {
		if a, err := netip.ParseAddr(s); err == nil {
			nets = append(nets, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("proxies: %q is neither an address nor a network such as 10.0.0.0/8", s)
		}
		nets = append(nets, p.Masked())
	}
	return nets, nil
}
