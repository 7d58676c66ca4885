package email

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// The builders of the hostile set: each makes a message that costs some parser
// minutes or gigabytes.

func nested(depth int, closed bool) []byte {
	var b bytes.Buffer
	b.WriteString("From: a@example.com\nSubject: nested\n")
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\n\nthe text\n")
	if closed {
		for i := depth - 1; i >= 0; i-- {
			fmt.Fprintf(&b, "--b%d--\n", i)
		}
	}
	return b.Bytes()
}

func manyParts(n int, body string) []byte {
	return []byte("From: a@example.com\nContent-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\n"+body, n) + "--x--\n")
}

func withHeader(field string) []byte {
	return []byte("From: a@example.com\n" + field + "\nSubject: after\n\nthe text\n")
}

func withBody(kind, body string) []byte {
	return []byte("From: a@example.com\nContent-Type: " + kind + "\n\n" + body)
}

func oneLetterBoundaries(depth, lines int) []byte {
	var b bytes.Buffer
	b.WriteString("From: a@example.com\n")
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%c\n\n--%c\n", 'a'+i, 'a'+i)
	}
	b.WriteString("\n")
	b.WriteString(strings.Repeat("--\n--q\n--a \n", lines))
	return b.Bytes()
}

// hostile is the set by name, built once.
var hostile = sync.OnceValue(func() map[string][]byte {
	return map[string][]byte{
		"100,000 deep":                nested(100_000, false),
		"100,000 deep, closed":        nested(100_000, true),
		"26 deep, never closed":       nested(26, false),
		"50,000 empty parts":          manyParts(50_000, ""),
		"50,000 small parts":          manyParts(50_000, "hello\n"),
		"one-letter boundaries":       oneLetterBoundaries(20, 300_000),
		"10 MB header line":           withHeader("X-Long: " + strings.Repeat("a", 10<<20)),
		"10 MB folded header":         withHeader("X-Long: a" + strings.Repeat("\n a", 3_500_000)),
		"10 MB of header fields":      withHeader(strings.Repeat("X-A: b\n", 1_500_000) + "X-B: c"),
		"10 MB header without an end": bytes.Repeat([]byte("X-A: b\n"), 1_500_000),
		"subject of encoded words":    withHeader("Subject: " + strings.Repeat("=?utf-8?Q?a?= ", 18_000)),
		"subject of word starts":      withHeader("Subject: " + strings.Repeat("=?", 128_000)),
		"words that never end":        withHeader("Subject: " + strings.Repeat("=?a?Q?", 42_000)),
		"starts and one end":          withHeader("Subject: " + strings.Repeat("=?zz", 64_000) + "?="),
		"recipients":                  withHeader("To: " + strings.Repeat("a@b.c,", 43_000)),
		"open quotes in To":           withHeader("To: " + strings.Repeat(`"<(`, 85_000)),
		"comments in To":              withHeader("To: " + strings.Repeat("(", 128_000) + strings.Repeat(")", 128_000)),
		"angles in To":                withHeader("To: " + strings.Repeat("<", 256_000)),
		"references":                  withHeader("References: " + strings.Repeat("<a@b> ", 43_000)),
		"parameters":                  withBody("text/plain"+strings.Repeat("; a*1*=x", 30_000), "text"),
		"quotes in parameters":        withBody("text/plain"+strings.Repeat(`;"`, 120_000), "text"),
		"lines of two dashes":         withBody("multipart/mixed; boundary=x", strings.Repeat("--\n", 3_000_000)),
		"quote lines":                 withBody("text/plain", strings.Repeat(">\n", 2_000_000)),
		"attributions":                withBody("text/plain", strings.Repeat("On 1:\n", 1_000_000)),
		"header blocks":               withBody("text/plain", strings.Repeat("From:\n", 1_000_000)),
		"signatures":                  withBody("text/plain", strings.Repeat("--\n", 1_000_000)),
		"open tags":                   withBody("text/html", strings.Repeat("<div>", 800_000)),
		"blockquotes":                 withBody("text/html", strings.Repeat("On 1.1.2020 a@b.c wrote:<blockquote>x</blockquote>", 40_000)),
		"attributes":                  withBody("text/html", "<p "+strings.Repeat("a=b ", 1_000_000)+">text"),
		"lists":                       withBody("text/html", strings.Repeat("<ul><li>", 250_000)),
		"unclosed comment":            withBody("text/html", strings.Repeat("<!--", 500_000)),
		"open angle":                  withBody("text/html", strings.Repeat("<", 2_000_000)),
		"entities":                    withBody("text/html", strings.Repeat("&", 2_000_000)),
		"flowed":                      withBody("text/plain; format=flowed", strings.Repeat("a \n", 1_000_000)),
		"25 MB of base64":             []byte("From: a@example.com\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat(strings.Repeat("QUJD", 19)+"\n", 340_000)),
		"10 MB of soft line breaks":   []byte("From: a@example.com\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=\n", 5_000_000)),
		"bare carriage returns":       []byte("From: a@example.com\rSubject: x\r\rbody" + strings.Repeat("\r", 1_000_000)),
		"UTF-7":                       withBody("text/plain; charset=utf-7", strings.Repeat("+", 1_000_000)),
	}
})

// TestHostileMessages is not parallel: it measures time and memory.
func TestHostileMessages(t *testing.T) {
	limit := 200 * time.Millisecond * slower
	for name, raw := range hostile() {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		best := time.Hour
		for range 3 { // the best of three: the collector's work counts too
			runtime.ReadMemStats(&before)
			start := cpuTime()
			e, err := Parse(raw, Options{Now: testNow, Own: func(string) bool { return false }})
			best = min(best, cpuTime()-start)
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			checkEnvelope(t, name, e)
			if best < limit {
				break
			}
		}
		// TotalAlloc counts garbage too, so the peak is lower than this.
		mb := (after.TotalAlloc - before.TotalAlloc) >> 20
		if testing.Verbose() {
			t.Logf("%-30s %8d bytes %10v, %d MB allocated", name, len(raw), best.Round(time.Microsecond), mb)
		}
		if best > limit {
			t.Errorf("%s took %v", name, best)
		}
		if mb >= 64 {
			t.Errorf("%s allocated %d MB", name, mb)
		}
	}
}

func TestLimitsAreNamed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"100,000 deep":           "20 deep",
		"50,000 small parts":     "500 parts",
		"10 MB of header fields": "1,000 fields",
		"10 MB header line":      "256 KB",
		"quote lines":            "1 MB",
	} {
		e, err := Parse(hostile()[name], Options{Now: testNow})
		if err != nil || !strings.Contains(e.Truncated, want) {
			t.Errorf("%s: Truncated is %q, err %v", name, e.Truncated, err)
		}
	}
	e, _ := Parse(hostile()["10 MB header line"], Options{Now: testNow})
	if e.Text != "the text" {
		t.Errorf("the body after a long header is lost: %q", e.Text)
	}
	e, _ = Parse(withBody("text/html", strings.Repeat("<p>x", 200_000)), Options{Now: testNow, Deadline: time.Millisecond})
	if !strings.Contains(e.Truncated, "too long") || e.Text == "" {
		t.Errorf("over the deadline: Truncated is %q with %d bytes of text", e.Truncated, len(e.Text))
	}
}
