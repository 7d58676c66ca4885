package access

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"", "short", "1234567", "12345678", "Password", "password1!", "PASSW0RD2026", "qwertyuiop", "Summer2026!",
		"aaaaaaaaaaaa", "abcdefghijkl", "87654321", "rapport2026", "olga@firm.example", "Olga.Jansen", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8",
		strings.Repeat("é", passwordMax+1),
	} {
		if err := CheckPassword(bad, "olga@firm.example", "olga.jansen"); crm.CodeOf(err) != crm.Invalid {
			t.Errorf("%q was accepted", bad)
		}
	}
	for _, good := range []string{
		goodPassword, "abcdefgx", "tr0mb0ne", "        a", strings.Repeat("long and whole ", 17), "пароль-длинный", "密码密码很长的密码",
	} {
		if err := CheckPassword(good, "olga@firm.example"); err != nil {
			t.Errorf("%q was refused: %v", good, err)
		}
	}
	if len(common) < 190 {
		t.Errorf("the list has only %d entries", len(common))
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	s := New(nil, time.Now)
	ctx := context.Background()
	one, err := s.hash(ctx, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.hash(ctx, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %s and %s", one, two)
	}
	for password, want := range map[string]bool{goodPassword: true, goodPassword + " ": false, strings.ToUpper(goodPassword): false, "": false} {
		if got, err := s.matches(ctx, one, password); err != nil || got != want {
			t.Errorf("matches(%q) = %v, %v", password, got, err)
		}
	}
	// Nothing is cut off: the last character of a long one counts.
	long := strings.Repeat("x", 200)
	h, err := s.hash(ctx, long+"a")
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := s.matches(ctx, h, long+"b"); ok {
		t.Error("a long password is cut off")
	}
	// A hash with other parameters is still read by its own.
	old := encodeHash(8*1024, 1, 2, []byte("0123456789abcdef"), mustDerive(t, s, "old password", 8*1024, 1, 2))
	if ok, err := s.matches(ctx, old, "old password"); err != nil || !ok {
		t.Errorf("an older hash: %v, %v", ok, err)
	}
	if ok, err := s.matches(ctx, s.decoy, ""); err != nil || ok {
		t.Errorf("the decoy matches: %v, %v", ok, err)
	}
	for _, broken := range []string{"", "plain", "$argon2id$v=19$m=1,t=0,p=1$AA$AA", "$argon2id$v=19$m=x$AA$AA", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", "$argon2id$v=19$m=8,t=1,p=1$!$AA"} {
		if ok, err := s.matches(ctx, broken, "x"); err == nil || ok {
			t.Errorf("%q: %v, %v", broken, ok, err)
		}
	}
}

func mustDerive(t *testing.T, s *Service, password string, memory, passes uint32, lanes uint8) []byte {
	t.Helper()
	key, err := s.derive(context.Background(), password, []byte("0123456789abcdef"), memory, passes, lanes, 32)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestHashingWaitsInLineAndLeaves(t *testing.T) {
	t.Parallel()
	s := New(nil, time.Now)
	s.hashing <- struct{}{}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.hash(ctx, goodPassword); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	l := newLimiter(func() time.Time { return at }, 2, time.Minute)
	l.allow("victim")
	l.allow("victim")
	if ok, wait := l.allow("victim"); ok || wait != time.Minute {
		t.Fatalf("limit: %v, %s", ok, wait)
	}
	for i := range 3 * limiterMax {
		l.allow(crm.NewID(at).String() + string(rune(i)))
	}
	if len(l.m) > limiterMax {
		t.Errorf("%d entries", len(l.m))
	}
	if ok, _ := l.allow("victim"); ok {
		t.Error("a flood of other keys lifted the limit")
	}
}
