package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the real program by its name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rapport": main})
}

// TestScripts runs the command line as people and programs do.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			// Scripts see no settings of the machine that runs them.
			for _, v := range os.Environ() {
				if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "RAPPORT_") {
					e.Setenv(name, "")
				}
			}
			e.Setenv("XDG_CACHE_HOME", e.WorkDir+"/cache")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json": jsonCmd, "ready": readyCmd, "stop": stopCmd, "get": getCmd, "post": postCmd, "code": codeCmd,
		},
	})
}

// codeCmd runs a command and wants its exit code: code 2 rapport nonsense.
func codeCmd(ts *testscript.TestScript, neg bool, args []string) {
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if (fmt.Sprint(got) == args[0]) == neg {
		ts.Fatalf("exit code %d", got)
	}
}

// jsonCmd compares fields of the last line of standard output, and may keep
// one: json new=2 read=2, json key=$KEY.
func jsonCmd(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	var v map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &v); err != nil {
		ts.Fatalf("standard output does not end with JSON: %v", err)
	}
	for _, a := range args {
		name, want, _ := strings.Cut(a, "=")
		if variable, ok := strings.CutPrefix(want, "@"); ok {
			ts.Setenv(variable, fmt.Sprint(v[name]))
			continue
		}
		if got := fmt.Sprint(v[name]); (got == want) == neg {
			ts.Fatalf("%s is %s", name, got)
		}
	}
}

// server is a program that a script left running.
type server struct {
	cmd   *exec.Cmd
	ended chan error
	log   *strings.Builder
}

// servers holds one a script; scripts run in parallel.
var servers sync.Map

// readyCmd starts the program, waits for its one line, and keeps its fields:
// ready rapport serve --listen 127.0.0.1:0 --json sets $url, $sign_in, $key,
// and $token from the link.
func readyCmd(ts *testscript.TestScript, _ bool, args []string) {
	// testscript puts the program first in the path.
	cmd := exec.Command(filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], args[0]), args[1:]...)
	cmd.Dir = ts.Getenv("WORK")
	for _, name := range []string{"PATH", "HOME", "WORK", "TMPDIR", "XDG_CACHE_HOME", "RAPPORT_DATA"} {
		if v := ts.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	s := &server{cmd: cmd, ended: make(chan error, 1), log: &strings.Builder{}}
	cmd.Stderr = s.log
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		cmd.Wait()
		ts.Fatalf("no ready line: %s", s.log)
	}
	var line map[string]string
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
		ts.Fatalf("ready line %q: %v", lines.Text(), err)
	}
	for _, name := range []string{"url", "sign_in", "key"} {
		ts.Setenv(name, line[name])
	}
	_, token, _ := strings.Cut(line["sign_in"], "#t=")
	ts.Setenv("token", token)
	go func() {
		for lines.Scan() {
			s.log.WriteString("unexpected output: " + lines.Text() + "\n")
		}
		s.ended <- cmd.Wait()
	}()
	servers.Store(ts, s)
}

// stopCmd asks the running program to end, and wants it to do so well.
func stopCmd(ts *testscript.TestScript, _ bool, _ []string) {
	v, ok := servers.Load(ts)
	if !ok {
		ts.Fatalf("nothing was started")
	}
	s := v.(*server)
	ts.Check(s.cmd.Process.Signal(os.Interrupt))
	select {
	case err := <-s.ended:
		if err != nil || strings.Contains(s.log.String(), "unexpected output") {
			ts.Fatalf("%v: %s", err, s.log)
		}
	case <-time.After(40 * time.Second):
		ts.Fatalf("it did not end: %s", s.log)
	}
}

// getCmd asks the running program: get 200 /healthz, with a key as the third
// argument.
func getCmd(ts *testscript.TestScript, _ bool, args []string) {
	key := ""
	if len(args) > 2 {
		key = args[2]
	}
	request(ts, http.MethodGet, args[0], args[1], key, "")
}

// postCmd sends JSON to the running program: post 200 /v1/setup {…}.
func postCmd(ts *testscript.TestScript, _ bool, args []string) {
	request(ts, http.MethodPost, args[0], args[1], "", args[2])
}

func request(ts *testscript.TestScript, method, status, target, key, body string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, ts.Getenv("url")+target, strings.NewReader(body))
	ts.Check(err)
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	ts.Check(err)
	if fmt.Sprint(res.StatusCode) != status {
		ts.Fatalf("%s answers %d: %s", target, res.StatusCode, text)
	}
}
