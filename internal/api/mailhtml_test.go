package api

import (
	"net/http"
	"strings"
	"testing"
)

type httpPanic struct{}

func (httpPanic) ServeHTTP(http.ResponseWriter, *http.Request) { panic("boom") }

func httpFail(s *server, err error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.problem(w, r, err) })
}

// TestMailHTML is the hostile mail of the isolation table, piece by piece. The
// frame's policy is the second wall; this is the first.
func TestMailHTML(t *testing.T) {
	t.Parallel()
	for _, html := range []string{
		`<script>alert(1)</script>`,
		`<img src=x onerror=alert(1)>`,
		`<svg><foreignObject><script>alert(1)</script></foreignObject></svg>`,
		`<style>@import url(//evil.example/x.css)</style>`,
		`<p style="background:url(https://evil.example/b.png)">x</p>`,
		`<p style="background-image:url('https://evil.example')">x</p>`,
		`<div style="position:fixed;inset:0">x</div>`,
		`<p style="width:expression(alert(1))">x</p>`,
		`<form action=https://evil.example><input name=q><button>go</button></form>`,
		`<base href=https://evil.example>`,
		`<meta http-equiv=refresh content="0;url=https://evil.example">`,
		`<a href="javascript:alert(1)">x</a>`,
		`<a href="JaVa&#x09;Script:alert(1)">x</a>`,
		`<a href="data:text/html,<script>alert(1)</script>">x</a>`,
		`<label for=send>x</label><div id=send name=send class=modal>x</div>`,
		`<object data=https://evil.example></object><embed src=https://evil.example><iframe src=https://evil.example></iframe>`,
		`<link rel=stylesheet href=https://evil.example/x.css><link rel=prefetch href=https://evil.example>`,
		`<video poster=https://evil.example/p.png><source src=https://evil.example/v.mp4></video>`,
		`<img src="https://evil.example/pixel.gif"><img srcset="https://evil.example/2x.png 2x"><input type=image src=https://evil.example>`,
		`<img src="data:image/svg+xml;base64,PHN2Zz4=">`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
		`<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>`,
		`<table background="https://evil.example/b.png"><td background=https://evil.example>x</td></table>`,
	} {
		got := strings.ToLower(string(mailPage(html, pictures{})))
		got = got[strings.Index(got, "<body>"):]
		for _, bad := range []string{"<script", "alert(1)>", "onerror=", "<svg", "<style", "evil.example", "javascript:", "<form", "<input", "<base", "<meta",
			"id=", "class=", "name=", "<label", "position", "url(", "expression", "svg+xml", "text/html"} {
			if strings.Contains(got, bad) {
				t.Errorf("%s\nleaves %q in\n%s", html, bad, got)
			}
		}
	}
	good := `<table width="100%" bgcolor="#fff"><tr><td align="center" style="color:#333;padding:4px">Hallo <b>Jan</b></td></tr></table>` +
		`<img src="data:image/png;base64,iVBORw0KGgo=" alt="logo"><a href="https://halden.example/plan">Plan</a>`
	got := string(mailPage(good, pictures{}))
	for _, want := range []string{`align="center"`, `color: #333`, `<b>Jan</b>`, `data:image/png`, `href="https://halden.example/plan"`, "noopener", "noreferrer", `target="_blank"`} {
		if !strings.Contains(got, want) {
			t.Errorf("lost %s in %s", want, got)
		}
	}
	if strings.Contains(htmlPolicy, "allow-scripts") {
		t.Error("scripts beside allow-same-origin would undo the sandbox")
	}
}

func FuzzMailHTML(f *testing.F) {
	f.Add(`<p onclick=x>hi<img src="data:image/png;base64,AA==" onerror=x><style>a{}</style>`)
	f.Add(`<math><mi><style><!--</style><img title="--><script>">`)
	f.Fuzz(func(t *testing.T, html string) {
		got := strings.ToLower(string(mailPage(html, pictures{})))
		got = got[strings.Index(got, "<body>")+6:]
		for _, bad := range []string{"<script", "<style", "<iframe", "<form", "<meta", "<base", "<link", "<svg"} {
			if strings.Contains(got, bad) {
				t.Errorf("%q leaves %q: %q", html, bad, got)
			}
		}
	})
}
