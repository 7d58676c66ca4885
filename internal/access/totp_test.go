package access

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// rfcSecret is the ASCII secret of RFC 4226 appendix D and, for SHA-1, of RFC
// 6238 appendix B.
var rfcSecret = []byte("12345678901234567890")

// TestRFC6238 has the SHA-1 rows of appendix B: eight digits, every 30 seconds.
func TestRFC6238(t *testing.T) {
	t.Parallel()
	for unix, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		at := time.Unix(unix, 0)
		if got := hotp(rfcSecret, stepAt(at), 8); got != want {
			t.Errorf("at %d: %s, want %s", unix, got, want)
		}
		// What apps show is the end of it.
		if step, ok := matchStep(rfcSecret, want[2:], at, 0); !ok || step != stepAt(at) {
			t.Errorf("at %d: six digits are step %d, %v", unix, step, ok)
		}
	}
}

// TestRFC4226 has the rows of appendix D.
func TestRFC4226(t *testing.T) {
	t.Parallel()
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got := hotp(rfcSecret, int64(counter), codeDigits); got != want {
			t.Errorf("counter %d: %s, want %s", counter, got, want)
		}
	}
}

func TestSkewIsOneStep(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 4, 9, 0, 15, 0, time.UTC)
	for off, ok := range map[time.Duration]bool{0: true, stepLength: true, -stepLength: true, 2 * stepLength: false, -2 * stepLength: false} {
		code := hotp(rfcSecret, stepAt(at.Add(off)), codeDigits)
		if _, got := matchStep(rfcSecret, code, at, 0); got != ok {
			t.Errorf("a clock that is %v wrong: %v", off, got)
		}
	}
	code := hotp(rfcSecret, stepAt(at), codeDigits)
	if _, ok := matchStep(rfcSecret, code, at, stepAt(at)); ok {
		t.Error("a step that was used matched again")
	}
}

func TestOtpAddress(t *testing.T) {
	t.Parallel()
	a := otpAddress("Müller: Söhne & Co", "olga+x@firm.example", rfcSecret)
	u, err := url.Parse(a)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Müller  Söhne & Co:olga+x@firm.example" || q.Get("secret") != "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" ||
		q.Get("issuer") != "Müller  Söhne & Co" || q.Get("period") != "30" || q.Get("digits") != "6" || q.Get("algorithm") != "SHA1" || strings.Contains(u.RawQuery, "+") {
		t.Errorf("%s", a)
	}
}
