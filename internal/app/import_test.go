package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/capture/importer"
)

// cli runs command lines in a folder of its own, without any settings of the
// machine.
type cli struct {
	t    *testing.T
	data string
	now  time.Time
}

func newCLI(t *testing.T) *cli {
	t.Helper()
	return &cli{t: t, data: filepath.Join(t.TempDir(), "data"), now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
}

func (c *cli) run(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	var out, errs bytes.Buffer
	code = Run(ctx, append(args, "--data", c.data), Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
		LookupEnv: func(string) (string, bool) { return "", false },
		Clock:     func() time.Time { return c.now },
	})
	return code, out.String(), errs.String()
}

// sum reads the last line of an import with --json.
func sum(t *testing.T, stdout string) summary {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	var s summary
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &s); err != nil {
		t.Fatalf("%q: %v", stdout, err)
	}
	return s
}

// lines writes a file of n contacts.
func lines(t *testing.T, n int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "contacts.ndjson")
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"source":"shop","external_id":"%d","channel":"chat","kind":"message","direction":"in","occurred_at":"2026-05-04T10:00:00Z",`+
			`"participants":[{"role":"from","kind":"email","value":"c%d@customer.example"}],"text":"When does my order %d come?"}`+"\n", i, i%97, i)
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// testImport is an import that a test drives batch by batch.
type testImport struct {
	*importing
	core *core
}

// importing opens the import as the command does.
func (c *cli) importing(t *testing.T, ctx context.Context, file string) *testImport {
	t.Helper()
	var said bytes.Buffer
	r := &runtime{Env: Env{Stdout: &said, Stderr: &said, Clock: func() time.Time { return c.now }}}
	cfg := demoConfig(c.data)
	k, err := r.openCore(t.Context(), cfg, r.logger(cfg))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := importer.Open("ndjson", []string{file}, importer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	state, err := openState(c.data, "ndjson", []string{file}, false)
	if err != nil {
		t.Fatal(err)
	}
	return &testImport{core: k, importing: &importing{r: r, ctx: ctx, engine: k.engine, reader: reader, state: state, bar: newProgress(&said, false, r.Clock)}}
}

// close ends it as a kill would: nothing is tidied up.
func (i *testImport) close() {
	i.reader.Close()
	i.core.close()
}

func TestStoppedImportGoesOn(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	file := lines(t, 5*importBatch)
	base, end := context.WithCancel(context.Background())
	defer end()
	state := filepath.Join(c.data, "imports")

	i := c.importing(t, base, file)
	first, last := i.read()
	if last {
		t.Fatal("one batch held everything")
	}
	if err := i.take(first); err != nil {
		t.Fatal(err)
	}
	end() // the signal
	if err := i.run(); err != errStopped {
		t.Fatalf("got %v", err)
	}
	i.close()
	if names, _ := os.ReadDir(state); len(names) != 1 {
		t.Fatalf("%d states are kept", len(names))
	}

	code, out, errs := c.run(context.Background(), "import", "ndjson", file, "--json")
	if s := sum(t, out); code != exitDone || s.Read != 5*importBatch || s.New != s.Read || s.Lost != 0 {
		t.Errorf("exit %d, %+v, %s", code, s, errs)
	}
	if !strings.Contains(errs, fmt.Sprintf("Going on after %d contacts", importBatch)) {
		t.Errorf("it doesn't say that it goes on: %s", errs)
	}
	if names, _ := os.ReadDir(state); len(names) != 0 {
		t.Errorf("%d states are left", len(names))
	}
}

// TestKilledBetweenStoreAndState loses the position after a batch was stored:
// the batch repeats and nothing doubles.
func TestKilledBetweenStoreAndState(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	file := lines(t, 2*importBatch)
	i := c.importing(t, context.Background(), file)
	b, _ := i.read()
	if _, err := i.submit(context.Background(), b.items); err != nil {
		t.Fatal(err)
	}
	i.close()
	code, out, _ := c.run(context.Background(), "import", "ndjson", file, "--json")
	if s := sum(t, out); code != exitDone || s.Repeated != importBatch || s.New != importBatch {
		t.Errorf("exit %d, %+v", code, s)
	}
}

func TestChangedFileStartsAnew(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	file := lines(t, 2*importBatch)
	i := c.importing(t, context.Background(), file)
	b, _ := i.read()
	if err := i.take(b); err != nil {
		t.Fatal(err)
	}
	i.close()
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
	_, out, errs := c.run(context.Background(), "import", "ndjson", file, "--json")
	if s := sum(t, out); s.Repeated != importBatch || s.New != importBatch || strings.Contains(errs, "Going on") {
		t.Errorf("%+v, %s", s, errs)
	}
}

func TestDamagedStateIsRead(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	file := lines(t, 3)
	s, err := openState(c.data, "ndjson", []string{file}, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.save(s.Position, s.Summary); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "{", `{"files":[]}`, "null", strings.Repeat("[", 1e5)} {
		if err := os.WriteFile(s.name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := openState(c.data, "ndjson", []string{file}, false); err != nil || got.Summary.Read != 0 || got.name != s.name {
			t.Errorf("%.20q: %+v, %v", text, got, err)
		}
	}
	if _, err := openState(c.data, "ndjson", []string{file}, true); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(s.name); err == nil {
		t.Error("--restart keeps the state")
	}
}

func TestUnreadableFileIsLostAndSaid(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root reads every file")
	}
	c := newCLI(t)
	file := lines(t, 3)
	if err := os.Chmod(file, 0); err != nil {
		t.Fatal(err)
	}
	code, out, errs := c.run(context.Background(), "import", "ndjson", file, "--json")
	if s := sum(t, out); code != exitFailed || s.Lost != 1 || len(s.Reasons) != 1 {
		t.Errorf("exit %d, %+v, %s", code, s, errs)
	}
}

func TestReasonsAreBounded(t *testing.T) {
	t.Parallel()
	var s summary
	for i := range 1000 {
		s.reason(fmt.Sprint("reason ", i))
	}
	s.reason("reason 1")
	if len(s.Reasons) != maxReasons+1 || s.Reasons["reason 1"] != 2 || s.Reasons["other reasons"] != 1000-maxReasons {
		t.Errorf("%d reasons: %v", len(s.Reasons), s.Reasons)
	}
	var out bytes.Buffer
	if err := s.print(&out); err != nil || !strings.Contains(out.String(), "950  other reasons\n       2  reason 1\n") {
		t.Errorf("%v:\n%s", err, out.String())
	}
}
