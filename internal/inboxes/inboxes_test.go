package inboxes

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func testKeys(t testing.TB) *Keys {
	t.Helper()
	k, err := LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeysAreMadeOnceAndPrivate(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	all := make([]*Keys, 8)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() {
			k, err := LoadKeys("", dir)
			if err != nil {
				t.Error(err)
				return
			}
			all[i] = k
		})
	}
	wg.Wait()
	for _, k := range all {
		if k == nil || !bytes.Equal(k.Derive("x"), all[0].Derive("x")) {
			t.Fatal("programs that start at once must use the same key")
		}
	}
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v, want a file for its owner only", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, keyFile+".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for _, bad := range []string{"abc", strings.Repeat("g", 64), ",", strings.Repeat("a", 62)} {
		if _, err := ParseKeys(bad); err == nil {
			t.Errorf("%q is no key", bad)
		}
	}
}

func TestSealedDataOpensInItsPlaceWithItsKey(t *testing.T) {
	t.Parallel()
	old, fresh := strings.Repeat("a1", 32), strings.Repeat("b2", 32)
	before, err := ParseKeys(old)
	if err != nil {
		t.Fatal(err)
	}
	sealed := before.Seal("here", []byte("secret"))
	if bytes.Contains(sealed, []byte("secret")) {
		t.Error("it can be read")
	}
	rotated, _ := ParseKeys(fresh + ", " + old)
	if got, err := rotated.Open("here", sealed); err != nil || string(got) != "secret" {
		t.Errorf("after a change of keys: %q %v", got, err)
	}
	retired, _ := ParseKeys(fresh)
	if _, err := retired.Open("here", sealed); err == nil {
		t.Error("a retired key still opens")
	}
	if _, err := before.Open("there", sealed); err == nil {
		t.Error("sealed bytes must not be moved to another place")
	}
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := before.Open("here", broken); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", i)
		}
	}
	if _, err := before.Open("here", sealed[:5]); err == nil {
		t.Error("too short")
	}
}

func TestReplyAddressesNameConversationAndRecipient(t *testing.T) {
	t.Parallel()
	k := testKeys(t)
	c := crm.NewID(monday)
	a := k.ReplyAddress("support@halden.example", c, "Jan@Postvak.example")
	local, _, _ := strings.Cut(a, "@")
	if len(local) > 64 || !strings.HasSuffix(a, "@halden.example") {
		t.Fatalf("%s can't be a mail address", a)
	}
	plain, r := k.ParseReplyAddress(strings.ToUpper(a))
	if plain != "support@halden.example" || r == nil || r.Conversation != c {
		t.Fatalf("%q %+v", plain, r)
	}
	if !r.For("jan@postvak.example") || !r.For(" JAN@postvak.example") {
		t.Error("it was made for Jan")
	}
	if r.For("eve@elsewhere.example") || testKeysReply(t, a).For("jan@postvak.example") {
		t.Error("it counts for others")
	}
	cut, _ := strings.CutSuffix(local, local[len(local)-1:])
	_, short := k.ParseReplyAddress(cut + "@halden.example")
	if short == nil || short.For("jan@postvak.example") {
		t.Error("a truncated one counts")
	}
	other := k.ReplyAddress("support@halden.example", crm.NewID(monday), "jan@postvak.example")
	_, mac, _ := strings.Cut(strings.TrimSuffix(other, "@halden.example"), "+c.")
	_, mac, _ = strings.Cut(mac, ".")
	id, _, _ := strings.Cut(strings.TrimPrefix(local, "support+c."), ".")
	if _, forged := k.ParseReplyAddress("support+c." + id + "." + mac + "@halden.example"); forged == nil || forged.For("jan@postvak.example") {
		t.Error("the signature of another conversation counts")
	}
	if long := strings.Repeat("x", 40) + "@halden.example"; k.ReplyAddress(long, c, "j@x") != long {
		t.Error("a local part that is too long must stay as it is")
	}
	if _, none := k.ParseReplyAddress("support@halden.example"); none != nil {
		t.Error("a plain address has no note")
	}
}

func testKeysReply(t *testing.T, address string) *Reply {
	t.Helper()
	_, r := testKeys(t).ParseReplyAddress(address)
	return r
}

func TestMessageIDsAreOurs(t *testing.T) {
	t.Parallel()
	k := testKeys(t)
	id := crm.NewID(monday)
	m := k.MessageID(id, "halden.example")
	if got, ok := k.ParseMessageID("<" + m + ">"); !ok || got != id || m != k.MessageID(id, "halden.example") {
		t.Errorf("%s: %v %v", m, got, ok)
	}
	if _, ok := testKeys(t).ParseMessageID(m); ok {
		t.Error("another installation's id counts")
	}
	for _, bad := range []string{"", "c.x.y@z", "<a@b>", "c." + strings.Repeat("a", 26) + ".0123456789abcdef@halden.example"} {
		if _, ok := k.ParseMessageID(bad); ok {
			t.Errorf("%q is not ours", bad)
		}
	}
}

func FuzzParseReplyAddress(f *testing.F) {
	k, err := ParseKeys(strings.Repeat("a1", 32))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(k.ReplyAddress("support@halden.example", crm.NewID(monday), "j@x.example"), "j@x.example")
	f.Add("support+c..@x", "")
	f.Fuzz(func(t *testing.T, address, recipient string) {
		if _, r := k.ParseReplyAddress(address); r != nil && r.For(recipient) && !strings.Contains(strings.ToLower(address), replyMAC(k.Derive("reply address"), r.Conversation, recipient)) {
			t.Errorf("%q counts for %q", address, recipient)
		}
		k.ParseMessageID(address)
	})
}

func TestInboxes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		now := monday
		s := New(db, func() time.Time { return now }, testKeys(t))
		made, err := s.Create(ctx, Inbox{Name: " Support ", Kind: Mail, Address: "Support@Halden.example",
			Settings: Settings{SMTP: Server{Host: "mail.halden.example"}}}, Secrets{IMAPPassword: "hunter2"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if made.Name != "Support" || made.Address != "support@halden.example" || made.Source != Source(made.ID) || !made.CanSend() ||
			fmt.Sprint(made.Secrets) != "[imap_password]" {
			t.Errorf("%+v", made)
		}
		if text := fmt.Sprintf("%+v %#v", Secrets{IMAPPassword: "hunter2"}, Secrets{IMAPPassword: "hunter2"}); strings.Contains(text, "hunter2") {
			t.Errorf("a secret was printed: %s", text)
		}
		if got, err := s.BySource(ctx, made.Source); err != nil || got.ID != made.ID {
			t.Error(got, err)
		}

		change := *made
		change.Name = "Care"
		changed, err := s.Update(ctx, change, Secrets{SMTPPassword: "s"}, nil)
		if err != nil || changed.Name != "Care" || changed.Version != made.Version+1 {
			t.Fatalf("%+v %v", changed, err)
		}
		if _, err := s.Update(ctx, change, Secrets{}, nil); crm.CodeOf(err) != crm.Conflict {
			t.Errorf("a change of an old version: %v", err)
		}
		secrets, err := s.Open(ctx, made.ID)
		if err != nil || secrets.IMAPPassword != "hunter2" || secrets.SMTPPassword != "s" {
			t.Errorf("%v", err)
		}
		if err := s.Keep(ctx, made.ID, func(x *Secrets) { x.OAuthToken = "t" }); err != nil {
			t.Fatal(err)
		}
		latest, _ := s.Get(ctx, made.ID)
		if _, err := s.Update(ctx, *latest, Secrets{IMAPPassword: "-"}, nil); err != nil {
			t.Fatal(err)
		}
		if secrets, _ = s.Open(ctx, made.ID); secrets.IMAPPassword != "" || secrets.OAuthToken != "t" {
			t.Error("a removed secret is there, or another one is gone")
		}

		// Another node sees it in time, and is told.
		other := New(db, func() time.Time { return now }, s.Keys)
		if _, err := other.All(ctx); err != nil {
			t.Fatal(err)
		}
		bell, stop := other.Watch()
		defer stop()
		if err := s.SetState(ctx, made.ID, Reconnect); err != nil {
			t.Fatal(err)
		}
		now = now.Add(fresh)
		if got, err := other.Get(ctx, made.ID); err != nil || got.State != Reconnect {
			t.Error(got, err)
		}
		select {
		case <-bell:
		default:
			t.Error("nobody was told of the change")
		}
	})
}

func TestBadInboxesAreRefusedWithThePlace(t *testing.T) {
	t.Parallel()
	s := New(storetest.SQLite(t), time.Now, testKeys(t))
	for pointer, in := range map[string]Inbox{
		"/name":                  {Kind: Mail, Address: "a@b.example"},
		"/kind":                  {Name: "x", Kind: "pigeon"},
		"/address":               {Name: "x", Kind: Mail, Address: "a+b@c.example"},
		"/settings/imap/host":    {Name: "x", Kind: Mail, Address: "a@b.example", Settings: Settings{IMAP: Server{Host: "a b"}}},
		"/settings/chat/origins": {Name: "x", Kind: Chat, Settings: Settings{Chat: ChatSettings{Origins: []string{"shop.example"}}}},
	} {
		_, err := s.Create(context.Background(), in, Secrets{}, nil)
		if e, ok := err.(*crm.Error); !ok || e.Code != crm.Invalid || e.Pointer != pointer {
			t.Errorf("%s: %v", pointer, err)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		now := monday
		s := New(db, func() time.Time { return now }, testKeys(t))
		id := crm.NewID(monday)
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.Failed(ctx, id, "imap", "The server does not answer.", now.Add(time.Minute)))
		must(s.Failed(ctx, id, "imap", "The password was refused.", now.Add(2*time.Minute)))
		h, err := s.Part(ctx, id, "imap")
		if err != nil || h.Failures != 2 || h.Error != "The password was refused." || !h.LastSuccess.IsZero() {
			t.Errorf("%+v %v", h, err)
		}
		now = now.Add(time.Minute)
		must(s.Succeeded(ctx, id, "imap", monday, `{"uid":7}`))
		must(s.Succeeded(ctx, id, "imap", time.Time{}, ""))
		now = now.Add(-time.Hour) // a clock that was set back
		must(s.Failed(ctx, id, "imap", "old news", now))
		all, err := s.Health(ctx)
		if err != nil || len(all) != 1 || all[0].Failures != 0 || all[0].Error != "" || all[0].Position != `{"uid":7}` || !all[0].OldestWaiting.IsZero() {
			t.Errorf("%+v %v", all, err)
		}
		must(s.Reset(ctx, id, "imap"))
		if h, err := s.Part(ctx, id, "imap"); err != nil || h.Position != "" || !h.LastAttempt.IsZero() {
			t.Errorf("%+v %v", h, err)
		}
	})
}
