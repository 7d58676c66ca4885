package discover

import (
	"context"
	"errors"
	"net"
	"testing"
)

// dns answers from maps.
type dns struct {
	mx   map[string]string
	srv  map[string]net.SRV
	host map[string]bool
}

var errNone = errors.New("no such host")

func (d dns) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if h, ok := d.mx[name]; ok {
		return []*net.MX{{Host: h}}, nil
	}
	return nil, errNone
}

func (d dns) LookupSRV(_ context.Context, service, _, name string) (string, []*net.SRV, error) {
	if s, ok := d.srv[service+" "+name]; ok {
		return "", []*net.SRV{&s}, nil
	}
	return "", nil, errNone
}

func (d dns) LookupHost(_ context.Context, name string) ([]string, error) {
	if d.host[name] {
		return []string{"192.0.2.1"}, nil
	}
	return nil, errNone
}

func TestFind(t *testing.T) {
	t.Parallel()
	f := &Finder{DNS: dns{
		mx: map[string]string{"shop.example": "aspmx.l.google.com.", "works.example": "works-example.mail.protection.outlook.com.", "evil.example": "notgoogle.com."},
		srv: map[string]net.SRV{"imaps halden.example": {Target: "mail.halden.example.", Port: 993}, "submissions halden.example": {Target: "mail.halden.example.", Port: 465},
			"imaps none.example": {Target: ".", Port: 0}, "imap old.example": {Target: "mx.old.example.", Port: 143}, "submission old.example": {Target: "mx.old.example.", Port: 587}},
		host: map[string]bool{"imap.small.example": true, "mail.small.example": true},
	}}
	for address, want := range map[string]string{
		"a@shop.example": "mx google imap.gmail.com smtp.gmail.com", "a@works.example": "mx microsoft outlook.office365.com smtp.office365.com",
		"Support@Halden.example": "srv  mail.halden.example mail.halden.example", "a@old.example": "srv  mx.old.example mx.old.example",
		"a@small.example": "guess  imap.small.example mail.small.example", "a@none.example": "none   ", "a@evil.example": "none   ",
	} {
		got, err := f.Find(t.Context(), address)
		if s := got.By + " " + got.Provider + " " + got.IMAP.Host + " " + got.SMTP.Host; err != nil || s != want || got.Note == "" {
			t.Errorf("%s: %q, want %q (%v)", address, s, want, err)
		}
	}
	for _, bad := range []string{"", "a", "@x.example", "a@localhost", "a@x.example/..", "a@127.0.0.1:80", "a@b@c.example/x"} {
		if got, err := f.Find(t.Context(), bad); err == nil && got.By != "none" {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

const config = `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x">
<incomingServer type="pop3"><hostname>pop.x.example</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>plain.x.example</hostname><port>143</port><socketType>plain</socketType></incomingServer>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType><username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.x.example</hostname><port>587</port><socketType>STARTTLS</socketType><username>%EMAILADDRESS%</username><authentication>OAuth2</authentication></outgoingServer>
</emailProvider></clientConfig>`

func TestParse(t *testing.T) {
	t.Parallel()
	got, ok := Parse([]byte(config), "jan@x.example")
	if !ok || got.IMAP.Host != "imap.x.example" || got.IMAP.User != "jan" || got.IMAP.Security != "tls" || got.SMTP.Security != "starttls" || got.SMTP.User != "" || got.SMTP.Auth != "oauth" {
		t.Errorf("%+v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(config), "jan@x.example")
	f.Fuzz(func(t *testing.T, text []byte, address string) {
		got, ok := Parse(text, address)
		if ok && got.IMAP.Host != "" && !hostname(got.IMAP.Host) {
			t.Errorf("%+v", got)
		}
	})
}
