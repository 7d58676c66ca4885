package e2e

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience bounds what would otherwise hang. It is no measure of speed.
const patience = 2 * time.Minute

// log keeps what a process wrote, for when a test fails.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// place is where a program keeps its data: a folder and, for PostgreSQL, a
// database.
type place struct {
	dir string
	db  string // empty: in the folder

	program string   // another build; empty: the one under test
	env     []string // beside the machine's
}

func (p place) flags() []string {
	if p.db == "" {
		return []string{"--data", p.dir}
	}
	return []string{"--data", p.dir, "--db", p.db}
}

func newPlace(t testing.TB, db string) place {
	t.Helper()
	return place{dir: filepath.Join(t.TempDir(), "data"), db: db}
}

// told is a demo that was opened once and closed: demos opened in a copy of it
// don't tell their ninety days again.
var told struct {
	sync.Mutex
	dir string
}

// newDemo is a place with a demo that was told already.
func newDemo(t testing.TB) place {
	t.Helper()
	told.Lock()
	defer told.Unlock()
	if told.dir == "" {
		p := place{dir: filepath.Join(workshop, "demo")}
		boot(t, p, "demo").stop()
		told.dir = p.dir
	}
	p := newPlace(t, "")
	if err := os.CopyFS(p.dir, os.DirFS(told.dir)); err != nil {
		t.Fatal(err)
	}
	return p
}

// command makes the program with the place's flags, in an empty folder so that
// no rapport.toml of the machine is read.
func (p place) command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(cmp.Or(p.program, program), append(args, p.flags()...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(environment(), p.env...)
	return cmd
}

// server is a program that answers.
type server struct {
	URL    string `json:"url"`
	SignIn string `json:"sign_in"`
	Key    string `json:"key"`

	t     testing.TB
	place place
	cmd   *exec.Cmd
	log   *log
	ended chan struct{}
	err   error // of Wait, once ended is closed
}

// boot starts serve or demo on a free port and waits for its ready line. The
// server is killed at the end of the test if nobody ended it before.
func boot(t testing.TB, p place, args ...string) *server {
	t.Helper()
	s := &server{t: t, place: p, log: &log{}, ended: make(chan struct{})}
	s.cmd = p.command(t, append(args, "--listen", "127.0.0.1:0", "--json")...)
	s.cmd.Stderr = s.log
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go func() {
		r := bufio.NewReader(stdout)
		line, _ := r.ReadString('\n') // an empty line says enough
		ready <- line
		_, _ = io.Copy(s.log, r) // the ready line is the only one; more shows in the log
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("%s logged:\n%s", strings.Join(args, " "), tail(s.log.String()))
		}
	})
	select {
	case line := <-ready:
		if err := json.Unmarshal([]byte(line), s); err != nil || s.URL == "" {
			t.Fatalf("the ready line is %q (%v)", line, err)
		}
	case <-time.After(patience):
		t.Fatal("no ready line")
	}
	return s
}

// kill ends the program as a power cut would: SIGKILL, nothing is tidied up.
func (s *server) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	<-s.ended
}

// stop asks the program to end, and wants it to do so well.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	select {
	case <-s.ended:
		if s.err != nil {
			s.t.Errorf("the server ended with %v", s.err)
		}
	case <-time.After(patience):
		s.t.Error("the server doesn't end")
	}
}

// rapport runs a command to its end and returns what it printed.
func rapport(t testing.TB, p place, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := p.command(t, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

// lastJSON reads the last line of what a command with --json printed.
func lastJSON[T any](t testing.TB, stdout string) T {
	t.Helper()
	var v T
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &v); err != nil {
		t.Fatalf("the last line is no JSON: %v\n%s", err, tail(stdout))
	}
	return v
}

// key makes an API key; scopes is a list with commas.
func (p place) key(t testing.TB, name, scopes string) string {
	t.Helper()
	code, out, errs := rapport(t, p, "keys", "create", "--name", name, "--scope", scopes, "--json")
	if code != 0 {
		t.Fatalf("keys create: exit %d: %s", code, errs)
	}
	return lastJSON[struct {
		Key string `json:"key"`
	}](t, out).Key
}

// tail is the end of a long log.
func tail(s string) string {
	const most = 4000
	if len(s) > most {
		return "…" + s[len(s)-most:]
	}
	return s
}
