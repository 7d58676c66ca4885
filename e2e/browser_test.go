package e2e

import (
	"cmp"
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// browsing bounds a browser suite that hangs.
const browsing = 6 * time.Minute

// TestConsole runs the console's own suite: Jan's story, the keyboard,
// accessibility. Each file of it has a demo of its own.
func TestConsole(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	dir := modules(t, filepath.Join("..", "web"))
	specs, err := filepath.Glob(filepath.Join(dir, "e2e", "*.spec.ts"))
	if err != nil || len(specs) == 0 {
		t.Fatalf("no suite in %s: %v", dir, err)
	}
	// That one is in two halves, with a power cut between them: TestCorrections.
	specs = slices.DeleteFunc(specs, func(name string) bool { return filepath.Base(name) == "corrections.spec.ts" })
	// The longest first, so that none is left to run alone at the end: those that
	// look at every page, then by size.
	size := func(name string) int64 {
		if strings.Contains(name, "axe") {
			return math.MaxInt64
		}
		if info, err := os.Stat(name); err == nil {
			return info.Size()
		}
		return 0
	}
	slices.SortFunc(specs, func(a, b string) int { return cmp.Compare(size(b), size(a)) })
	next := make(chan string, len(specs))
	for _, spec := range specs {
		next <- filepath.Base(spec)
	}
	close(next)
	var all sync.WaitGroup
	for range cap(browsers) {
		all.Go(func() {
			for name := range next {
				t.Run(name, func(t *testing.T) {
					inABrowser(t)
					s := boot(t, newDemo(t), "demo")
					node(t, dir, s, browser, s.Key, "npm", "run", "e2e", "--", "--output", t.TempDir(), "e2e/"+name)
				})
			}
		})
	}
	all.Wait()
}

// TestSegment runs Segment's own libraries against a server.
func TestSegment(t *testing.T) {
	t.Parallel()
	inABrowser(t)
	browser := chromium(t)
	dir := modules(t, "segment")
	s, c := serving(t, "read,track")
	node(t, dir, s, browser, c.key, "npm", "test")
	s.stop()
	look(t, s.place).whole(t, "after Segment's libraries")
}

// chromium finds the browser. The headless shell is the same engine without the
// window around it, which saves a third of the processor time.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	lacking(t, "no Chromium: install it, or set CHROMIUM to its path")
	return ""
}

// modules installs what a folder's tests need, unless it is there.
func modules(t *testing.T, dir string) string {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil {
		lacking(t, "no npm: install Node.js")
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err == nil {
		return dir
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci in %s failed; it needs the network once: %v\n%s", dir, err, tail(string(out)))
	}
	return dir
}

// node runs a suite against the server and shows what it said when it fails.
func node(t *testing.T, dir string, s *server, browser, key, name string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), browsing)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(environment(), "BASE_URL="+s.URL, "SIGN_IN="+s.SignIn, "KEY="+key, "CHROMIUM="+browser)
	// A suite that hangs ends with its browser, not only with npm.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	out := &log{}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatalf("%s in %s hangs:\n%s", name, dir, tail(out.String()))
	}
	if err != nil {
		t.Fatalf("%s in %s: %v\n%s", name, dir, err, tail(out.String()))
	}
	t.Log(tail(out.String()))
}
