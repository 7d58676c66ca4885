package importer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func options() Options {
	return Options{Now: func() time.Time { return now }, Own: func(a string) bool { return strings.HasSuffix(a, "@firm.example") }}
}

// write makes a file in a new folder.
func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type delivered struct {
	item crm.Item
	pos  Position
}

// all reads to the end.
func all(t testing.TB, r *Reader) []delivered {
	t.Helper()
	var out []delivered
	for {
		it, pos, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if it.Envelope.ExternalID == "" || it.Envelope.Source == "" || it.Envelope.OccurredAt.IsZero() || len(it.Raw) == 0 && it.Problem == "" {
			t.Errorf("an incomplete item: %+v", it)
		}
		out = append(out, delivered{it, pos})
	}
}

func openAll(t testing.TB, kind string, o Options, paths ...string) []delivered {
	t.Helper()
	r, err := Open(kind, paths, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := all(t, r)
	if done, total := r.Progress(); done != total {
		t.Errorf("at the end %d of %d bytes are done", done, total)
	}
	return out
}

func ids(list []delivered) []string {
	out := []string{}
	for _, d := range list {
		out = append(out, d.item.Envelope.ExternalID)
	}
	return out
}

const header = "external_id,channel,occurred_at,email,text\n"

// samples are files with good and bad items, for the tests that hold for every
// kind.
func samples(t testing.TB) map[string][]string {
	msg := func(i int) string {
		return fmt.Sprintf("Message-ID: <%d@x>\nFrom: a@example.com\nSubject: %d\n\nText %d\n", i, i, i)
	}
	var mbox, ndjson, table strings.Builder
	table.WriteString(header)
	for i := range 20 {
		fmt.Fprintf(&mbox, "From a@example.com Mon Jan  1 10:00:%02d 2024\n%s\n", i, msg(i))
		fmt.Fprintf(&ndjson, `{"source":"s","external_id":"%d","channel":"mail","occurred_at":"2026-01-01T00:00:00Z","participants":[{"role":"from","kind":"email","value":"a@b.c"}],"thread":{}}`+"\n", i)
		fmt.Fprintf(&table, "r%d,mail,2026-01-01,a@b.c,\"line\nand \"\"quote\"\" %d\"\n", i, i)
		if i%7 == 3 {
			mbox.WriteString("From a@example.com Mon Jan  1 10:00:59 2024\n\x00\x01\x02binary\n\n")
			ndjson.WriteString("{broken\n\n")
			table.WriteString("bad,mail,yesterday,a@b.c,x\n,,,,\n,mail,2026-01-01,a@b.c,same\n,mail,2026-01-01,a@b.c,same\n\"r,mail\n")
		}
	}
	dir := t.TempDir()
	for i := range 6 {
		for _, name := range []string{fmt.Sprintf("eml/%d/m.eml", i), fmt.Sprintf("maildir/.sub%d/cur/%d:2,S", i/2, i)} {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			text := msg(i)
			if i == 4 {
				text = ""
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return map[string][]string{
		"mbox":    {write(t, "a.mbox", mbox.String()), write(t, "b.mbox", "From - \n"+msg(100))},
		"ndjson":  {write(t, "a.ndjson", ndjson.String())},
		"csv":     {write(t, "a.csv", table.String()), write(t, "b.csv", header+"z,mail,2026-01-01,a@b.c,last")},
		"eml":     {filepath.Join(dir, "eml")},
		"maildir": {filepath.Join(dir, "maildir")},
	}
}

// TestResumeAtEveryPosition kills the import after each item in turn: what was
// read before and what is read after must be the whole, in order.
func TestResumeAtEveryPosition(t *testing.T) {
	t.Parallel()
	for kind, paths := range samples(t) {
		whole := openAll(t, kind, options(), paths...)
		if len(whole) < 6 {
			t.Fatalf("%s: %d items", kind, len(whole))
		}
		problems := 0
		for i, d := range whole {
			if d.item.Problem != "" {
				problems++
			}
			r, err := Open(kind, paths, options())
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Seek(d.pos); err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			rest := all(t, r)
			if !reflect.DeepEqual(rest, whole[i+1:]) && len(rest)+len(whole[i+1:]) > 0 {
				t.Errorf("%s after item %d: %d items, want %d", kind, i, len(rest), len(whole[i+1:]))
			}
		}
		if problems == 0 {
			t.Errorf("%s: the sample has no bad item", kind)
		}
		if again := openAll(t, kind, options(), paths...); !reflect.DeepEqual(again, whole) {
			t.Errorf("%s: a second import gives other items", kind)
		}
	}
}

func TestSeekRefusesOtherFiles(t *testing.T) {
	t.Parallel()
	path := write(t, "a.ndjson", "{}\n")
	r, err := Open("ndjson", []string{path}, options())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Position{{File: "other"}, {File: path, Offset: 1000}, {File: path, Offset: -1}} {
		if err := r.Seek(p); err == nil {
			t.Errorf("%+v is taken", p)
		}
	}
	if err := r.Seek(Position{}); err != nil || len(all(t, r)) != 1 {
		t.Errorf("the start: %v", err)
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	paths := samples(t)["csv"]
	r, err := Open("csv", paths, options())
	if err != nil {
		t.Fatal(err)
	}
	last := int64(-1)
	for {
		_, _, err := r.Next()
		done, total := r.Progress()
		if done < last || done > total {
			t.Fatalf("progress goes from %d to %d of %d", last, done, total)
		}
		if last = done; errors.Is(err, io.EOF) {
			break
		}
	}
	if r.Files() != 2 {
		t.Errorf("%d files", r.Files())
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	file, dir := write(t, "a.csv", header), t.TempDir()
	for _, c := range []struct {
		kind  string
		paths []string
	}{{"pst", []string{file}}, {"csv", nil}, {"csv", []string{dir}}, {"mbox", []string{dir}}, {"maildir", []string{file}}, {"eml", []string{filepath.Join(dir, "none")}}} {
		if r, err := Open(c.kind, c.paths, options()); err == nil {
			t.Errorf("%s %v is opened: %+v", c.kind, c.paths, r)
		}
	}
}

func TestSourceAndTrust(t *testing.T) {
	t.Parallel()
	path := write(t, "a.csv", header+"1,mail,2026-01-01,a@b.c,x\n")
	got := openAll(t, "csv", options(), path)[0].item
	if got.Envelope.Source != "import:csv" || got.MayVerify || got.RawType != "text/csv" {
		t.Errorf("%+v", got)
	}
	o := options()
	o.Source, o.MayVerify = "crm-export", true
	if got = openAll(t, "csv", o, path)[0].item; got.Envelope.Source != "crm-export" || !got.MayVerify {
		t.Errorf("%+v", got)
	}
}

func TestFilesOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"new/3", "cur/1:2,S", "cur/2:2,", ".Sent/cur/4", "tmp/5", "dovecot.index", "a/b/cur/.hidden", "cur/sub/6"} {
		put(name, "Subject: "+name+"\n\nx")
	}
	put("one.eml", "Subject: one\n\nx")
	put("deep/er/TWO.EML", "Subject: two\n\nx")
	put("outlook.msg", "Subject: msg\n\nx")
	put("noextension", "Subject: explicit\n\nx")
	if err := os.Symlink(dir, filepath.Join(dir, "cur", "loop")); err != nil {
		t.Skip("no links here")
	}
	_ = os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "cur", "broken"))
	subjects := func(list []delivered) (out []string) {
		for _, d := range list {
			out = append(out, d.item.Envelope.Subject)
		}
		return out
	}
	if got, want := subjects(openAll(t, "maildir", options(), dir)), []string{".Sent/cur/4", "cur/1:2,S", "cur/2:2,", "new/3"}; !reflect.DeepEqual(got, want) {
		t.Errorf("maildir: %q", got)
	}
	explicit := filepath.Join(dir, "noextension")
	if got, want := subjects(openAll(t, "eml", options(), explicit, dir, filepath.Join(dir, "one.eml"))), []string{"explicit", "two", "one"}; !reflect.DeepEqual(got, want) {
		t.Errorf("eml: %q", got)
	}
	// A file that vanishes after Open is an error, and the reader goes on.
	r, err := Open("eml", []string{explicit, dir}, options())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(explicit); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Next(); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("the vanished file gives %v", err)
	}
	if got := all(t, r); len(got) != 2 {
		t.Errorf("%d items after it", len(got))
	}
}
