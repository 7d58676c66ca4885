package importer

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

const from = "From a@example.com Mon Jan  1 10:00:00 2024\n"

func raws(list []delivered) []string {
	out := []string{}
	for _, d := range list {
		out = append(out, string(d.item.Raw))
	}
	return out
}

func TestMbox(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"two":                  {from + "A: 1\n\nx\n\n" + from + "A: 2\n\ny\n", []string{"A: 1\n\nx\n", "A: 2\n\ny\n"}},
		"no last line end":     {from + "A: 1\n\nx", []string{"A: 1\n\nx"}},
		"escaped":              {from + "A: 1\n\n>From me\n>>From you\n> From\n", []string{"A: 1\n\nFrom me\n>From you\n> From\n"}},
		"unescaped prose":      {from + "A: 1\n\nHi\n\nFrom what I know\nit: works\n", []string{"A: 1\n\nHi\n\nFrom what I know\nit: works\n"}},
		"dated prose":          {from + "A: 1\n\nHi\n\nFrom 12:30 on in 2024\nall is well\n", []string{"A: 1\n\nHi\n\nFrom 12:30 on in 2024\nall is well\n"}},
		"no blank line before": {from + "A: 1\n\nHi\n" + from + "B: 2\n\ny\n", []string{"A: 1\n\nHi\n" + from + "B: 2\n\ny\n"}},
		"thunderbird":          {"From - \nX-Mozilla-Status: 0001\n\nx\n\nFrom - Tue Apr 03 16:55:26 2012\nA: 2\n\ny\n", []string{"X-Mozilla-Status: 0001\n\nx\n", "A: 2\n\ny\n"}},
		"without a From line":  {"Subject: x\n\nbody\n\n" + from + "A: 2\n\ny\n", []string{"Subject: x\n\nbody\n", "A: 2\n\ny\n"}},
		"blank lines first":    {"\n\n" + from + "A: 1\n\nx\n", []string{"A: 1\n\nx\n"}},
		"empty messages":       {from + "\n" + from + "\n" + from + "A: 1\n\nx\n", []string{"A: 1\n\nx\n"}},
		"empty":                {"", []string{}},
		"only blank lines":     {"\n\n\n", []string{}},
		"only a From line":     {from, []string{}},
		"trailing blank lines": {from + "A: 1\n\nx\n\n\n\n", []string{"A: 1\n\nx\n\n\n"}},
	} {
		if got := raws(openAll(t, "mbox", options(), write(t, "m", c.file))); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		want := []string{}
		for _, w := range c.want {
			want = append(want, strings.ReplaceAll(w, "\n", "\r\n"))
		}
		if got := raws(openAll(t, "mbox", options(), write(t, "m", strings.ReplaceAll(c.file, "\n", "\r\n")))); !reflect.DeepEqual(got, want) {
			t.Errorf("%s with CRLF: %q, want %q", name, got, want)
		}
	}
}

func TestMboxBadItems(t *testing.T) {
	t.Parallel()
	huge := from + "Subject: huge\n\n" + strings.Repeat(strings.Repeat("x", 1023)+"\n", MaxMessage>>10) + strings.Repeat("y", 2<<20) + "\n\n"
	list := openAll(t, "mbox", options(), write(t, "m", from+"\x00\x01\x02\n\n"+huge+from+"Subject: after\n\nx\n"))
	if len(list) != 3 {
		t.Fatalf("%d items", len(list))
	}
	if it := list[0].item; it.Problem == "" || it.Envelope.ExternalID != rawID(it.Raw) {
		t.Errorf("%+v", it)
	}
	if it := list[1].item; !strings.Contains(it.Problem, "52 MB") && !strings.Contains(it.Problem, "limit is 50 MB") || len(it.Raw) != keepRaw || it.Envelope.Subject != "huge" {
		t.Errorf("%q with %d bytes", it.Problem, len(it.Raw))
	}
	if it := list[2].item; it.Problem != "" || it.Envelope.Subject != "after" {
		t.Errorf("%+v", it)
	}
}

func TestOversizeFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "big.eml")
	if err := os.WriteFile(path, []byte("Subject: big\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, MaxMessage+1); err != nil { // a sparse file
		t.Fatal(err)
	}
	it := openAll(t, "eml", options(), path)[0].item
	if it.Problem == "" || len(it.Raw) != keepRaw || it.Envelope.Subject != "big" {
		t.Errorf("%q with %d bytes", it.Problem, len(it.Raw))
	}
}

func FuzzMbox(f *testing.F) {
	f.Add([]byte(from+"A: 1\n\nx\n\n"+from+"A: 2\n\n>From y\n"), 0)
	f.Add([]byte("From - \r\nTo: a\r\n\r\nx\r\n\r\nFrom x@y\r\nTo: b\r\n\r\n"), 1)
	f.Add([]byte("\n\nFrom 10:00 2024\n\n\nFrom 10:00 2024\nA:"), 2)
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		path := write(t, "m", string(data))
		whole := openAll(t, "mbox", options(), path)
		size := 0
		for _, d := range whole {
			size += len(d.item.Raw)
		}
		if size > len(data) {
			t.Errorf("%d bytes came out of %d", size, len(data))
		}
		if len(whole) == 0 && len(bytes.TrimSpace(data)) > 0 && !bytes.Contains(data, []byte("From ")) {
			t.Error("the text is lost")
		}
		resumes(t, "mbox", path, whole, at)
	})
}

// resumes checks one position, chosen by at.
func resumes(t *testing.T, kind, path string, whole []delivered, at int) {
	t.Helper()
	if len(whole) == 0 || at < 0 {
		return
	}
	at %= len(whole)
	r, err := Open(kind, []string{path}, options())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Seek(whole[at].pos); err != nil {
		t.Fatal(err)
	}
	if rest := all(t, r); !reflect.DeepEqual(ids(rest), ids(whole[at+1:])) {
		t.Errorf("after item %d: %q, want %q", at, ids(rest), ids(whole[at+1:]))
	}
}
