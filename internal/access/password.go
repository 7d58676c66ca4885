package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/rapport-crm/rapport/internal/crm"
)

// The argon2id cost of new hashes: 19 MiB, two passes, one lane, which OWASP's
// password storage sheet names as equal to the larger settings of RFC 9106.
// Memory is what an idle process must give back, so the small one is taken.
const (
	argonKiB    = 19 * 1024
	argonPasses = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// Limits of a password in characters. There are no composition rules, and
// nothing is cut off (NIST SP 800-63B 5.1.1.2).
const (
	passwordMin = 8
	passwordMax = 256
)

//go:embed common.txt
var commonText string

var common = func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if w := strings.TrimSpace(line); w != "" && !strings.HasPrefix(w, "#") {
			m[w] = true
		}
	}
	return m
}()

// CheckPassword refuses passwords that others would guess. email and name are
// words that must not be the whole password.
func CheckPassword(password string, personal ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return invalid("/password", "A password must be text.")
	case n < passwordMin:
		return invalid("/password", fmt.Sprintf("A password needs at least %d characters; 15 or more are advised.", passwordMin))
	case n > passwordMax:
		return invalid("/password", fmt.Sprintf("A password has at most %d characters.", passwordMax))
	}
	folded := strings.ToLower(password)
	if common[folded] || common[strings.TrimRight(folded, "0123456789!.?#*@$")] || oneRun(folded) {
		return invalid("/password", "This is one of the first passwords that anybody tries. Choose a less common one.")
	}
	for _, p := range personal {
		p = strings.ToLower(p)
		local, _, _ := strings.Cut(p, "@")
		if p != "" && (folded == p || folded == local) {
			return invalid("/password", "A password must not be your name or address.")
		}
	}
	return nil
}

// oneRun reports whether s is one character repeated, or counts up or down by
// one: aaaaaaaa, 12345678, hgfedcba.
func oneRun(s string) bool {
	r := []rune(s)
	step := r[1] - r[0]
	if step < -1 || step > 1 {
		return false
	}
	for i := 2; i < len(r); i++ {
		if r[i]-r[i-1] != step {
			return false
		}
	}
	return true
}

// hash makes the stored form: $argon2id$v=19$m=…,t=…,p=…$salt$key.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("random salt: %w", err)
	}
	key, err := s.derive(ctx, password, salt, argonKiB, argonPasses, argonLanes, argonKey)
	if err != nil {
		return "", err
	}
	return encodeHash(argonKiB, argonPasses, argonLanes, salt, key), nil
}

// matches compares in constant time, with the parameters stored in the hash.
func (s *Service) matches(ctx context.Context, hash, password string) (bool, error) {
	var memory, passes uint32
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, fmt.Errorf("stored password has an unknown form")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("stored password: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 || passes == 0 || lanes == 0 {
		return false, fmt.Errorf("stored password can't be read")
	}
	got, err := s.derive(ctx, password, salt, memory, passes, lanes, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// derive computes one hash at a time: a burst of sign-ins waits in line instead
// of taking 19 MiB each, and leaves when its caller is gone.
func (s *Service) derive(ctx context.Context, password string, salt []byte, memory, passes uint32, lanes uint8, size uint32) ([]byte, error) {
	select {
	case s.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, size), nil
}

func encodeHash(memory, passes uint32, lanes uint8, salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, b64(salt), b64(key))
}

// decoyHash is compared when an account is unknown, so that the answer takes as
// long. Its key is random, so nothing matches it.
func decoyHash() string {
	b := make([]byte, argonSalt+argonKey)
	if _, err := rand.Read(b); err != nil {
		panic("access: the system's random source failed: " + err.Error())
	}
	return encodeHash(argonKiB, argonPasses, argonLanes, b[:argonSalt], b[argonSalt:])
}

func invalid(pointer, message string) error {
	return &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: message}
}
