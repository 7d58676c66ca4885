package e2e

import (
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// fields wants JSON that has a number under each of the names.
func fields(t *testing.T, stdout string, names ...string) {
	t.Helper()
	got := lastJSON[map[string]json.RawMessage](t, stdout)
	for _, n := range names {
		if _, err := strconv.ParseFloat(string(got[n]), 64); err != nil {
			t.Errorf("%s is %q in %s", n, got[n], tail(stdout))
		}
	}
}

// TestCommandContract reads what commands print for other programs.
func TestCommandContract(t *testing.T) {
	t.Parallel()
	onEngines(t, func(t *testing.T, fresh func() place) {
		p := fresh()
		crowd := newCrowd("cli", 5, 8)
		file := crowd.ndjson(t, 20)
		for range 2 {
			code, out, errs := rapport(t, p, "import", "ndjson", file, "--json")
			if code != 0 {
				t.Fatalf("exit %d: %s", code, errs)
			}
			fields(t, out, "read", "new", "repeated", "quarantined", "lost")
		}
		if key := p.key(t, "cli", "read,write"); len(key) < 40 {
			t.Errorf("the key is %q", key)
		}
		if code, _, _ := rapport(t, p, "import", "ndjson", file+".missing", "--json"); code == 0 {
			t.Error("a file that is not there is imported")
		}
		for _, args := range [][]string{{"keys", "list"}, {"user", "list"}, {"doctor"}, {"config"}} {
			if _, out, errs := rapport(t, p, append(args, "--json")...); !json.Valid([]byte(out)) || out == "" {
				t.Errorf("%v --json prints %q %s", args, tail(out), tail(errs))
			}
		}
	})
}

// TestBenchContract measures hardly anything: only the form counts here.
func TestBenchContract(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			beside(t)
			p := newPlace(t, "")
			if engine == "postgres" {
				p.db = storetest.PostgresURL(t)
			}
			code, out, errs := rapport(t, p, "bench", "capture", "--engine", engine, "--stored", "100", "--items", "500", "--rounds", "1", "--latency", "1s", "--rate", "50", "--json")
			if code != 0 {
				t.Fatalf("exit %d: %s", code, tail(errs))
			}
			fields(t, out, "accepted_per_s", "bare_per_s", "ratio", "p50_ms", "p99_ms", "cpu_us_per_item")
			if got := lastJSON[map[string]any](t, out); got["engine"] != engine {
				t.Errorf("engine is %v", got["engine"])
			}
		})
	}
}

// The budget of an idle installation.
const (
	mostProgram  = 60 << 20 // bytes of the program
	mostResident = 80 << 20 // bytes in memory, idle
	// mostOwn is what of it is the program's own. The rest are pages of its file,
	// which the kernel maps by the dozen where they are cached, and drops at will.
	mostOwn = 40 << 20
)

// TestBudget weighs the program. How fast it starts is logged: on a busy machine
// that says nothing about it.
func TestBudget(t *testing.T) {
	beside(t)
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("the program has %d MB", info.Size()>>20)
	if info.Size() > mostProgram {
		t.Errorf("the program has %d bytes", info.Size())
	}
	if runtime.GOOS != "linux" {
		t.Skip("resident memory is read from /proc")
	}
	p := newPlace(t, "")
	key := p.key(t, "budget", "read,write")
	begun := time.Now()
	s := boot(t, p, "serve")
	t.Logf("it is ready after %v", time.Since(begun).Round(time.Millisecond))
	s.client(key).post(newCrowd("budget", 20, 9).take(500)...)
	pid := s.cmd.Process.Pid
	defer func() {
		t.Logf("idle after some work it holds %d MB, %d of them pages of its file", resident(t, pid, "VmRSS")>>20, resident(t, pid, "RssFile")>>20)
	}()
	eventually(t, "memory is given back", func() bool {
		return resident(t, pid, "VmRSS") <= mostResident && resident(t, pid, "RssAnon") <= mostOwn
	})
}

// resident is the memory of a process that a field of proc_pid_status(5) tells, in bytes.
func resident(t *testing.T, pid int, field string) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), field+":")
	kB, err := strconv.ParseInt(strings.TrimSpace(strings.SplitN(rest, "kB", 2)[0]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kB << 10
}
