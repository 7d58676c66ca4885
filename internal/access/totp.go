package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238 1.2: HMAC-SHA-1 is what every authenticator app computes
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// The parameters of one-time codes. They are the defaults of RFC 6238 4.1 and
// 5.2; several authenticator apps ignore any others.
const (
	stepLength = 30 * time.Second
	codeDigits = 6
	codeSkew   = 1  // steps that a clock may be wrong, either way
	secretSize = 20 // bytes, as the HMAC's output (RFC 4226 4, R6)
)

// hotp is the code of a counter (RFC 4226 5.3).
func hotp(secret []byte, counter int64, digits int) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, counter) // a hash takes everything
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	n := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	modulus := uint32(1)
	for range digits {
		modulus *= 10
	}
	return fmt.Sprintf("%0*d", digits, n%modulus)
}

// stepAt is the time step of a moment (RFC 6238 4.2).
func stepAt(t time.Time) int64 { return t.Unix() / int64(stepLength/time.Second) }

// matchStep finds the step whose code was typed, within the skew and after the
// one that was used last. It compares with every step, whichever matches.
func matchStep(secret []byte, code string, now time.Time, last int64) (int64, bool) {
	found, ok := int64(0), false
	for step := stepAt(now) - codeSkew; step <= stepAt(now)+codeSkew; step++ {
		if subtle.ConstantTimeCompare([]byte(hotp(secret, step, codeDigits)), []byte(code)) == 1 && step > last {
			found, ok = step, true
		}
	}
	return found, ok
}

// isTimeCode reports whether a text has the form of a one-time code.
func isTimeCode(s string) bool {
	return len(s) == codeDigits && strings.Trim(s, "0123456789") == ""
}

// squeeze takes out what people type between the groups of a code.
func squeeze(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "\u00a0", "", "\t", "").Replace(code))
}

// secretText is a secret as people type it into an app.
func secretText(secret []byte) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
}

// otpAddress is what a QR code for an authenticator app holds.
func otpAddress(issuer, account string, secret []byte) string {
	issuer = strings.ReplaceAll(issuer, ":", " ") // it separates issuer and account
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account}
	q := url.Values{"secret": {secretText(secret)}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {fmt.Sprint(codeDigits)}, "period": {"30"}}
	// Apps read "+" as itself.
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20")
	return u.String()
}

// newRecoveryCode is 80 random bits in four groups, without letters that are
// mistaken for digits.
func newRecoveryCode() string {
	var b [10]byte
	random(b[:])
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

func random(b []byte) {
	if _, err := rand.Read(b); err != nil {
		panic("access: the system's random source failed: " + err.Error())
	}
}
