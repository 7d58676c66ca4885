package e2e

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// longest bounds the processor time of one hostile mail with everything around
// it: start, database, all stages. It is far above what it takes, and far below
// what a parser takes that can be attacked.
const longest = 5 * time.Second

// mails finds the messages that lie beside the repository.
func mails(t *testing.T) (folder string, files []string) {
	t.Helper()
	folder, err := filepath.Abs("../../shared/data/eml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the mail corpus is not beside the repository (../shared/data/eml)")
	}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && strings.HasSuffix(path, ".eml") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("%d mails in %s (%v)", len(files), folder, err)
	}
	return folder, files
}

// TestCorpus imports all mail that there is, hostile mail among it: nothing is
// lost, nothing stops the rest, and a second run finds everything known.
func TestCorpus(t *testing.T) {
	beside(t)
	folder, files := mails(t)
	bad := filepath.Join(t.TempDir(), "hostile")
	hostile := hostileMails(t, bad)
	files = append(files, hostile...)
	p := newPlace(t, "")
	args := []string{"import", "eml", folder, bad, "--json"}

	code, out, errs := rapport(t, p, args...)
	first := lastJSON[summary](t, out)
	t.Logf("%+v", first)
	for reason, n := range first.Reasons {
		t.Logf("quarantined %d: %s", n, reason)
	}
	if code != 0 || first.Lost != 0 || first.Read != int64(len(files)) || first.New+first.Repeated+first.Quarantined != first.Read || strings.Contains(errs, "panic") {
		t.Errorf("exit %d, %+v of %d files\n%s", code, first, len(files), tail(errs))
	}
	code, out, errs = rapport(t, p, args...)
	if second := lastJSON[summary](t, out); code != 0 || second.Read != first.Read || second.Repeated != second.Read-second.Quarantined || second.New != 0 || second.Lost != 0 {
		t.Errorf("the second run: exit %d, %+v\n%s", code, second, tail(errs))
	}

	s := look(t, p)
	s.whole(t, "after the corpus")
	kept := map[[32]byte]bool{}
	for _, r := range s.tables["raws"] {
		kept[unixLines(r["body"].([]byte))] = true
		if r.str("state") == "quarantined" {
			t.Logf("in quarantine: %s: %s", r.str("external_id"), r.str("reason"))
			if r.str("reason") == "" {
				t.Errorf("%s is in quarantine without a reason", r.str("external_id"))
			}
		}
	}
	copies := int64(0)
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !kept[unixLines(data)] {
			t.Logf("%s is the copy, by another route, of a mail that is kept", filepath.Base(f))
			copies++
		}
	}
	if copies > first.Repeated || int64(len(s.tables["raws"])) != first.New+first.Quarantined {
		t.Errorf("the bytes of %d mails are not kept, and %d are, after %+v", copies, len(s.tables["raws"]), first)
	}

	// Each hostile mail alone, to know its own cost. Processor time, because a
	// busy machine only makes people wait.
	for _, f := range hostile {
		cmd := newPlace(t, "").command(t, "import", "eml", f, "--json")
		var stdout bytes.Buffer
		cmd.Stdout = &stdout
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
			continue
		}
		cost := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		t.Logf("%-28s %6d kB %8s of processor time", filepath.Base(f), size(t, f)>>10, cost.Round(time.Millisecond))
		if sum := lastJSON[summary](t, stdout.String()); sum.Read != 1 || sum.Lost != 0 {
			t.Errorf("%s: %+v", filepath.Base(f), sum)
		}
		if cost > longest {
			t.Errorf("%s takes %s", filepath.Base(f), cost)
		}
	}
}

// unixLines is a hash of a mail that does not tell line ends apart: the same mail
// with either is a repeat.
func unixLines(mail []byte) [32]byte {
	return sha256.Sum256(bytes.ReplaceAll(mail, []byte("\r\n"), []byte("\n")))
}

func size(t *testing.T, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// hostileMails writes mails that some parsers need minutes or gigabytes for.
func hostileMails(t *testing.T, dir string) []string {
	t.Helper()
	head := "From: Mallory <m@attack.example>\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nSubject: hostile\n"
	nested := func(depth int, kind string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := range depth {
			if kind == "message" {
				b.WriteString("Content-Type: message/rfc822\n\n")
			} else {
				fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
			}
		}
		return b.String() + "Content-Type: text/plain\n\nthe text\n"
	}
	set := map[string]string{
		"nested-100000-deep":   nested(100_000, "multipart"),
		"messages-100000-deep": nested(100_000, "message"),
		"parts-50000":          head + "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\nhello\n", 50_000) + "--x--\n",
		"header-line-10MB":     head + "X-Long: " + strings.Repeat("a", 10<<20) + "\n\ntext\n",
		"header-fields-10MB":   head + strings.Repeat("X-A: b\n", 1_500_000) + "\ntext\n",
		"header-without-end":   strings.Repeat("X-A: b\n", 1_500_000),
		"encoded-words":        "Subject: " + strings.Repeat("=?utf-8?Q?a?= ", 50_000) + "\n" + head + "\ntext\n",
		"recipients-50000":     "To: " + strings.Repeat("a@b.example,", 50_000) + "\n" + head + "\ntext\n",
		"comments-in-address":  "To: " + strings.Repeat("(", 128_000) + strings.Repeat(")", 128_000) + "\n" + head + "\ntext\n",
		"references-50000":     "References: " + strings.Repeat("<a@b> ", 50_000) + "\n" + head + "\ntext\n",
		"open-tags":            head + "Content-Type: text/html\n\n" + strings.Repeat("<div><table>", 400_000),
		"quote-lines":          head + "\n" + strings.Repeat("> > >\n", 1_000_000),
		"base64-25MB":          head + "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\n", 330_000),
		"no-header":            "just some words\nin two lines\n",
		"binary":               "\x00\xff\xfe" + strings.Repeat("\x00\x01\x02\x80", 1000),
		"empty":                "",
		"no-date-no-id":        "From: a@attack.example\nSubject: no date\n\nwhen does it start?\n",
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var files []string
	for name, text := range set {
		file := filepath.Join(dir, name+".eml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}
