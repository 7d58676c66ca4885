package authn

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// world is a DNS with a domain that signs, and one that wants nothing unsigned.
type world struct {
	key crypto.Signer
	txt map[string][]string
}

func newWorld(t testing.TB) *world {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &world{private, map[string][]string{
		"s._domainkey.postvak.example": {"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)},
		"s._domainkey.evil.example":    {"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)},
		"_dmarc.postvak.example":       {"v=DMARC1; p=reject"},
		"_dmarc.loose.example":         {"v=DMARC1; p=none"},
	}}
}

func (w *world) checker() *Checker {
	return &Checker{LookupTXT: func(domain string) ([]string, error) {
		if strings.HasPrefix(domain, "_dmarc.down.") {
			return nil, &net.DNSError{Err: "timeout", Name: domain, IsTimeout: true, IsTemporary: true}
		}
		if v, ok := w.txt[domain]; ok {
			return v, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: domain, IsNotFound: true}
	}}
}

func (w *world) sign(t testing.TB, domain, message string) string {
	t.Helper()
	var b bytes.Buffer
	if err := dkim.Sign(&b, strings.NewReader(crlf(message)), &dkim.SignOptions{Domain: domain, Selector: "s", Signer: w.key}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

const plain = "From: Jan <jan@postvak.example>\nTo: support@halden.example\nSubject: Hello\n\nIs anybody there?\n"

func TestVerdicts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signed := w.sign(t, "postvak.example", plain)
	for what, c := range map[string]struct {
		message string
		trusted []string
		spf     string
		want    string
	}{
		"signed by her domain":                {signed, nil, "", Pass},
		"with plain line ends":                {strings.ReplaceAll(signed, "\r\n", "\n"), nil, "", Pass},
		"changed on the way":                  {strings.Replace(signed, "anybody", "nobody", 1), nil, "", Fail},
		"signed by somebody else":             {w.sign(t, "evil.example", plain), nil, "", Fail},
		"not signed, the domain wants it":     {plain, nil, "", Fail},
		"not signed, but sent by its server":  {plain, nil, "postvak.example", Pass},
		"sent by another server":              {plain, nil, "evil.example", Fail},
		"not signed, the domain wants little": {strings.ReplaceAll(plain, "postvak", "loose"), nil, "", None},
		"a domain that says nothing":          {strings.ReplaceAll(plain, "postvak", "silent"), nil, "", None},
		"DNS is down":                         {strings.ReplaceAll(plain, "postvak", "down"), nil, "", None},
		"a second From before a signed mail":  {"From: boss@halden.example\r\n" + signed, nil, "", None},
		"two mailboxes in From":               {strings.Replace(plain, "From: Jan <jan@postvak.example>", "From: a@postvak.example, b@postvak.example", 1), nil, "", None},
		"no From":                             {"To: x@y.example\n\nHello\n", nil, "", None},
		"a body length in the signature":      {strings.Replace(signed, "a=ed25519-sha256;", "a=ed25519-sha256; l=5;", 1), nil, "", Fail},
		"a trusted server says pass":          {"Authentication-Results: mx.halden.example; dmarc=pass header.from=postvak.example\n" + plain, []string{"MX.halden.example"}, "", Pass},
		"a trusted server says fail":          {"Authentication-Results: mx.halden.example; dmarc=fail header.from=postvak.example\n" + signed, []string{"mx.halden.example"}, "", Fail},
		"somebody says that it passed":        {"Authentication-Results: mx.halden.example; dmarc=pass header.from=postvak.example\n" + plain, nil, "", Fail},
		"another server on top":               {"Authentication-Results: evil.example; dmarc=pass\nAuthentication-Results: mx.halden.example; dmarc=pass header.from=postvak.example\n" + plain, []string{"mx.halden.example"}, "", Fail},
		"it passed for another domain":        {"Authentication-Results: mx.halden.example; dkim=pass header.d=evil.example\n" + plain, []string{"mx.halden.example"}, "", None},
		"nothing at all":                      {"", nil, "", None},
	} {
		if got := w.checker().Check([]byte(c.message), c.trusted, c.spf); got.Verdict != c.want || got.Reason == "" {
			t.Errorf("%s: %+v, want %s", what, got, c.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(plain))
	f.Add([]byte("Authentication-Results: a; dmarc=pass\nDKIM-Signature: v=1; a=rsa-sha256; d=x; s=y; h=from; bh=; b=\nFrom: x@y\n\n"))
	c := &Checker{LookupTXT: func(string) ([]string, error) { return nil, errors.New("no DNS here") }}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if r := c.Check(raw, []string{"trusted.example"}, ""); r.Verdict == Pass && !bytes.Contains(bytes.ToLower(raw), []byte("trusted.example")) {
			t.Errorf("%q passes without anybody who vouches", raw)
		}
	})
}
