package dovecottest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Password is the password of every mailbox.
const Password = "secret"

// Server is a dovecot.
type Server struct {
	Dir        string
	IMAP, LMTP string // host:port

	t      testing.TB
	mu     sync.Mutex
	tokens map[string]string // token to address
	cmd    *exec.Cmd
	ended  chan struct{}
}

// Start runs a dovecot until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	if _, err := exec.LookPath("dovecot"); err != nil {
		t.Skip("no dovecot: install dovecot-imapd and dovecot-lmtpd (make tools)")
	}
	if os.Geteuid() != 0 {
		t.Skip("dovecot starts as root only")
	}
	dir, err := os.MkdirTemp("/tmp", "dv") // its sockets need a short path
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Dir: dir, t: t, tokens: map[string]string{}}
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log")) // missing: it never started
			t.Logf("dovecot logged:\n%s", log[max(0, len(log)-4000):])
		}
		os.RemoveAll(dir)
	})
	s.prepare()
	Anew(t, func() error {
		s.IMAP, s.LMTP = FreeAddress(t), FreeAddress(t)
		s.configure()
		return s.start()
	})
	return s
}

// Anew tries three times: between the look for free ports and the start of the
// server that wants them, another program of the machine may take one.
func Anew(t testing.TB, start func() error) {
	t.Helper()
	for try := 1; ; try++ {
		err := start()
		if err == nil {
			return
		}
		if try == 3 {
			t.Fatal(err)
		}
		t.Logf("it did not start: %v", err)
	}
}

// prepare makes what every start of the server finds.
func (s *Server) prepare() {
	stub := httptest.NewServer(http.HandlerFunc(s.introspect))
	s.t.Cleanup(stub.Close)
	if err := os.Chmod(s.Dir, 0o755); err != nil { //nolint:gosec // the server runs as users of its own
		s.t.Fatal(err)
	}
	mail, err := user.Lookup("mail")
	if err != nil {
		s.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(mail.Uid)
	gid, _ := strconv.Atoi(mail.Gid)
	boxes := filepath.Join(s.Dir, "mail")
	if err := errors.Join(os.Mkdir(boxes, 0o700), os.Chown(boxes, uid, gid)); err != nil {
		s.t.Fatal(err)
	}
	s.write("oauth2.conf.ext", fmt.Sprintf("introspection_mode = post\nintrospection_url = %s/introspect\nactive_attribute = active\nactive_value = true\nusername_attribute = username\n", stub.URL))
}

// configure writes the configuration for the addresses.
func (s *Server) configure() {
	_, imap, _ := net.SplitHostPort(s.IMAP)
	_, lmtp, _ := net.SplitHostPort(s.LMTP)
	s.write("dovecot.conf", strings.NewReplacer("DIR", s.Dir, "IMAP_PORT", imap, "LMTP_PORT", lmtp).Replace(config))
}

func (s *Server) write(name, text string) {
	if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o644); err != nil { //nolint:gosec // as above
		s.t.Fatal(err)
	}
}

// introspect answers dovecot's question whose token it is (RFC 7662).
func (s *Server) introspect(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	who, ok := s.tokens[r.FormValue("token")]
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"active": ok, "username": who}) // dovecot asks again
}

// Accept makes a token sign an address in; Revoke ends that.
func (s *Server) Accept(token, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = address
}

// Revoke ends a token.
func (s *Server) Revoke(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tokens, token)
}

// Restart starts a server that was killed, at the same addresses.
func (s *Server) Restart() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatal(err)
	}
}

// start returns when the server greets at both addresses. On an error none runs.
func (s *Server) start() error {
	_ = os.RemoveAll(filepath.Join(s.Dir, "run"))                                     // sockets of one that was killed
	s.cmd = exec.Command("dovecot", "-F", "-c", filepath.Join(s.Dir, "dovecot.conf")) //nolint:gosec // its folder was made here
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	s.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) { _ = cmd.Wait(); close(ended) }(s.cmd, s.ended)
	for _, address := range []string{s.IMAP, s.LMTP} {
		if err := Greets(address, s.ended); err != nil {
			s.Kill()
			log, _ := os.ReadFile(filepath.Join(s.Dir, "log")) // missing: it came to nothing
			return fmt.Errorf("dovecot: %w\n%s", err, log[max(0, len(log)-4000):])
		}
	}
	return nil
}

// Greets waits, for 40 s at most, until a mail server says its first line. It fails
// at once when the server has ended.
func Greets(address string, ended <-chan struct{}) error {
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			_, err = bufio.NewReader(c).ReadString('\n')
			c.Close()
			if err == nil {
				return nil
			}
		}
		select {
		case <-ended:
			return errors.New("it ended")
		case <-time.After(20 * time.Millisecond):
		}
	}
	return errors.New("it does not answer at " + address)
}

// Kill ends the server and all its processes at once.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.Continue()
	_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) // it may be gone
	<-s.ended
	s.cmd = nil
}

// Pause stops the server in the middle of what it does: connections stay open and
// say nothing. Continue lets it go on.
func (s *Server) Pause() { _ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGSTOP) }

// Continue is the reverse of Pause.
func (s *Server) Continue() { _ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGCONT) }

// Deliver puts messages into a mailbox, in order.
func (s *Server) Deliver(to string, messages ...string) {
	s.t.Helper()
	c, err := net.Dial("tcp", s.LMTP)
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Minute))
	r := bufio.NewReader(c)
	say := func(line, code string) {
		s.t.Helper()
		if line != "" {
			if _, err := c.Write([]byte(line + "\r\n")); err != nil {
				s.t.Fatal(err)
			}
		}
		for {
			answer, err := r.ReadString('\n')
			if err != nil || !strings.HasPrefix(answer, code) {
				s.t.Fatalf("%.40q: %q %v", line, answer, err)
			}
			if answer[3] == ' ' {
				return
			}
		}
	}
	say("", "220")
	say("LHLO test", "250")
	for _, m := range messages {
		m = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(m, "\r\n", "\n"), "\n.", "\n.."), "\n", "\r\n")
		say("MAIL FROM:<sender@elsewhere.example>", "250")
		say("RCPT TO:<"+to+">", "250")
		say("DATA", "354")
		say(m+"\r\n.", "250")
	}
	say("QUIT", "221")
}

// FreeAddress is an address of this machine that nobody listens on. It lies below
// the ports that Linux gives to outgoing connections: one of those may be taken
// between this look and the start of the server that asked for it.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(17000))) //nolint:gosec // any will do
		if err != nil {
			continue // taken
		}
		defer l.Close()
		return l.Addr().String()
	}
	t.Fatal("no free port below the range of outgoing connections")
	return ""
}

const config = `base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
mail_location = maildir:DIR/mail/%u
first_valid_uid = 1
mail_uid = mail
mail_gid = mail
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
mail_max_userip_connections = 100
# Where the machine has no more watches of files, dovecot looks by itself.
mailbox_idle_check_interval = 1 secs
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = DIR/oauth2.conf.ext
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=mail gid=mail home=DIR/mail/%u
}
service imap-login {
  inet_listener imap {
    port = IMAP_PORT
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = LMTP_PORT
  }
}
`
