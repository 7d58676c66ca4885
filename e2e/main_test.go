package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var (
	// program is the path of the binary under test.
	program string
	// workshop is a folder that all tests share.
	workshop string
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

// run is TestMain without the exit, so that deferred calls happen.
func run(m *testing.M) int {
	flag.Parse()
	if err := flag.Set("test.parallel", "100"); err != nil { // turns bound what runs at a time
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	dir, err := os.MkdirTemp("", "rapport-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) // the system's folder for temporary files is cleared anyway
	workshop = dir
	if program = os.Getenv("RAPPORT_TEST_PROGRAM"); program != "" {
		return m.Run()
	}
	program = filepath.Join(dir, "rapport")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, "./cmd/rapport")
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// Tests that need the processors take turns: a browser has one to itself, so that
// what people wait for is what tests wait for. Those that mostly wait for mail
// servers take no turn; there is one mail world at a time.
var (
	turns    = make(chan struct{}, 3)
	browsers = make(chan struct{}, 2)
)

// beside runs a test beside others, in its turn.
func beside(t *testing.T) {
	t.Helper()
	t.Parallel()
	take(t, turns)
}

// inABrowser is the turn of a test with a browser.
func inABrowser(t *testing.T) {
	t.Helper()
	take(t, browsers)
	take(t, turns)
}

func take(t *testing.T, turns chan struct{}) {
	turns <- struct{}{}
	t.Cleanup(func() { <-turns })
}

// environment is that of the machine without its settings for Rapport.
func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "RAPPORT_") {
			env = append(env, v)
		}
	}
	return env
}

// lacking skips a test that needs what the machine doesn't have; in CI that is
// a failure.
func lacking(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
