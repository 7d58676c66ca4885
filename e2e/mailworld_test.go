package e2e

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"github.com/rapport-crm/rapport/internal/capture/imap/dovecottest"
)

// mailWorld is the outside world of mail: opensmtpd takes mail for every
// address of its domains and hands it to dovecot, where the firm and its
// customers have mailboxes. Every password is "secret".
type mailWorld struct {
	smtp, imap string // host:port
	dir        string
	log        *log
}

// worldDomains are at home in the mail world.
var worldDomains = []string{"halden.example", "postvak.example", "elsewhere.example"}

// newMailWorld starts both servers on free ports. opensmtpd keeps its spool and
// its socket in fixed places, so that one runs at a time on a machine.
func newMailWorld(t *testing.T) *mailWorld {
	t.Helper()
	t.Parallel()
	for _, name := range []string{"dovecot", "smtpd"} {
		if _, err := exec.LookPath(name); err != nil {
			lacking(t, "no %s: install dovecot-imapd, dovecot-lmtpd and opensmtpd", name)
		}
	}
	if os.Geteuid() != 0 {
		lacking(t, "dovecot and opensmtpd start as root only")
	}
	exclusively(t, "rapport-opensmtpd.lock")
	d := dovecottest.Start(t)
	w := &mailWorld{imap: d.IMAP, dir: d.Dir, log: &log{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("opensmtpd logged:\n%s", tail(w.log.String()))
		}
	})
	w.startSMTPD(t, d.LMTP, refusing(t))
	return w
}

// refusingDomain is one whose server knows nobody.
const refusingDomain = "nobody.example"

// refusing is a mail server that takes nothing: what is sent there bounces.
func refusing(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := gosmtp.NewServer(refusal{})
	s.Domain = "mx." + refusingDomain
	ended := make(chan struct{})
	go func() { _ = s.Serve(l); close(ended) }() // it ends when it is closed
	t.Cleanup(func() { s.Close(); <-ended })
	return l.Addr().String()
}

type refusal struct{}

func (refusal) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return refusal{}, nil }
func (refusal) Mail(string, *gosmtp.MailOptions) error          { return nil }
func (refusal) Rcpt(string, *gosmtp.RcptOptions) error {
	return &gosmtp.SMTPError{Code: 550, EnhancedCode: gosmtp.EnhancedCode{5, 1, 1}, Message: "User unknown"}
}
func (refusal) Data(io.Reader) error { return gosmtp.ErrDataReset }
func (refusal) Reset()               {}
func (refusal) Logout() error        { return nil }

// smtpdSpool is where opensmtpd keeps what it has not delivered yet.
const smtpdSpool = "/var/spool/smtpd"

func (w *mailWorld) startSMTPD(t *testing.T, lmtp, refusing string) {
	// What is left in the spool would arrive in this world: a run that was killed, or
	// ran out of its time, tidied nothing up.
	for _, part := range []string{"queue", "incoming", "temporary"} {
		left, _ := filepath.Glob(filepath.Join(smtpdSpool, part, "*")) // the pattern is well formed
		for _, path := range left {
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	file := filepath.Join(w.dir, "smtpd.conf")
	dovecottest.Anew(t, func() error {
		w.smtp = dovecottest.FreeAddress(t)
		writeFile(t, file, fmt.Sprintf(`listen on 127.0.0.1 port %s hostname mx.world.example
table domains { "%s" }
action "mailbox" lmtp "%s" rcpt-to virtual { "@" = "mail" }
action "refused" relay host smtp://%s
match from any for domain <domains> action "mailbox"
match from any for domain "%s" action "refused"
`, portOf(w.smtp), strings.Join(worldDomains, `", "`), lmtp, refusing, refusingDomain))
		end, ended := w.smtpd(t, file)
		if err := dovecottest.Greets(w.smtp, ended); err != nil {
			end()
			return fmt.Errorf("opensmtpd: %w\n%s", err, tail(w.log.String()))
		}
		t.Cleanup(func() {
			_ = exec.Command("smtpctl", "remove", "all").Run() // it may be gone
			end()
		})
		return nil
	})
}

// smtpd runs opensmtpd in a process group of its own, until end is called.
func (w *mailWorld) smtpd(t *testing.T, conf string) (end func(), ended chan struct{}) {
	t.Helper()
	cmd := exec.Command("smtpd", "-d", "-f", conf)
	cmd.Stdout, cmd.Stderr = w.log, w.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended = make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	return func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may be gone
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
	}, ended
}

// send hands a mail to the world as any mail server would.
func (w *mailWorld) send(t testing.TB, from, to, message string) {
	t.Helper()
	message = strings.ReplaceAll(strings.ReplaceAll(message, "\r\n", "\n"), "\n", "\r\n")
	if err := smtp.SendMail(w.smtp, nil, from, []string{to}, []byte(message)); err != nil {
		t.Fatalf("send from %s to %s: %v", from, to, err)
	}
}

// box gives the mails that lie in an address's mailbox, the oldest first.
func (w *mailWorld) box(t testing.TB, address string) []string {
	t.Helper()
	var files []string
	root := filepath.Join(w.dir, "mail", address)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (filepath.Base(filepath.Dir(path)) == "new" || filepath.Base(filepath.Dir(path)) == "cur") {
			files = append(files, path)
		}
		return nil // a file that was renamed meanwhile is there under its new name
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	var out []string
	for _, f := range files {
		if data, err := os.ReadFile(f); err == nil {
			out = append(out, string(data))
		}
	}
	return out
}

// arrives waits for a mail that contains the words.
func (w *mailWorld) arrives(t testing.TB, address, words string) string {
	t.Helper()
	var found string
	eventually(t, "a mail with "+strconv.Quote(words)+" for "+address, func() bool {
		for _, m := range w.box(t, address) {
			if strings.Contains(m, words) {
				found = m
			}
		}
		return found != ""
	})
	return found
}

// exclusively makes tests of all packages take turns with something that a machine
// has once.
func exclusively(t *testing.T, name string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(os.TempDir(), name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

func reachable(t testing.TB, address string) {
	t.Helper()
	eventually(t, address+" answers", func() bool {
		c, err := net.DialTimeout("tcp", address, time.Second)
		if err != nil {
			return false
		}
		c.Close()
		return true
	})
}

// The world itself works: what is sent arrives, plus-addresses included.
func TestMailWorld(t *testing.T) {
	w := newMailWorld(t)
	w.send(t, "jan@postvak.example", "support+c.abc@halden.example", "From: Jan <jan@postvak.example>\nTo: support@halden.example\nSubject: Hello\n\nIs anybody there?\n")
	if m := w.arrives(t, "support@halden.example", "anybody"); !bytes.Contains([]byte(m), []byte("Subject: Hello")) {
		t.Errorf("it arrived as %q", m)
	}
}
