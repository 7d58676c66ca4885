package email

import (
	"reflect"
	"strings"
	"testing"

	"github.com/rapport-crm/rapport/internal/crm"
)

func multipart(kind string, parts ...string) string {
	var b strings.Builder
	b.WriteString("From: a@b.c\nContent-Type: multipart/" + kind + "; boundary=zz\n\npreamble\n")
	for _, p := range parts {
		b.WriteString("--zz\n" + p + "\n")
	}
	return b.String() + "--zz--\nepilogue\n"
}

func TestBodies(t *testing.T) {
	t.Parallel()
	const text, page, pic = "Content-Type: text/plain\n\nthe text", "Content-Type: text/html\n\n<p>the <b>page</b></p>", "Content-Type: image/png; name=a.png\nContent-ID: <p1>\nContent-Transfer-Encoding: base64\n\nQUJD"
	for name, c := range map[string]struct {
		raw, text, html string
		attached        int
	}{
		"plain":               {"From: a@b.c\n\nthe text", "the text", "", 0},
		"alternative":         {multipart("alternative", text, page), "the text", "<p>the <b>page</b></p>", 0},
		"html only":           {multipart("alternative", page), "the page", "<p>the <b>page</b></p>", 0},
		"empty text face":     {multipart("alternative", "Content-Type: text/plain\n\n \n", page), "the page", "<p>the <b>page</b></p>", 0},
		"related":             {multipart("related", page, pic), "the page", "<p>the <b>page</b></p>", 1},
		"two texts":           {multipart("mixed", text, pic, "\nthe footer"), "the text\n\nthe footer", "", 1},
		"text attached":       {multipart("mixed", text, "Content-Type: text/plain\nContent-Disposition: attachment; filename=log.txt\n\nlog"), "the text", "", 1},
		"attached message":    {multipart("mixed", text, "Content-Type: message/rfc822\n\nSubject: old\n\nbody"), "the text", "", 1},
		"tnef":                {multipart("mixed", text, "Content-Type: application/ms-tnef; name=winmail.dat\n\nx"), "the text", "", 1},
		"only a picture":      {"From: a@b.c\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nQUJD", "", "", 1},
		"wrong boundary":      {"From: a@b.c\nContent-Type: multipart/mixed; boundary=no\n\n--yes\nContent-Type: text/plain\n\nthe text\n--yes--\n", "the text", "", 0},
		"no boundary":         {"From: a@b.c\nContent-Type: multipart/mixed\n\nthe text", "the text", "", 0},
		"never closed":        {"From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nthe text", "the text", "", 0},
		"no blank line":       {"From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n--x\n\nthe text\n--x--", "the text", "", 0},
		"similar boundaries":  {"From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nthe text\n--xy\n--x--", "the text\n--xy", "", 0},
		"base64 with damage":  {"From: a@b.c\nContent-Transfer-Encoding: base64\n\ndGhl!!IHRl\neHQ", "the text", "", 0},
		"qp with damage":      {"From: a@b.c\nContent-Transfer-Encoding: Quoted-Printable\n\nthe=20te=\nxt =ZZ=", "the text =ZZ", "", 0},
		"unknown encoding":    {"From: a@b.c\nContent-Transfer-Encoding: 7-bit\n\nthe text", "the text", "", 0},
		"wrong charset label": {"From: a@b.c\nContent-Type: text/plain; charset=us-ascii\n\ncaf\xc3\xa9", "café", "", 0},
		"unknown charset":     {"From: a@b.c\nContent-Type: text/plain; charset=martian\n\ncaf\xe9", "café", "", 0},
		"latin-1 that is not": {"From: a@b.c\nContent-Type: text/plain; charset=iso-8859-1\n\ncaf\xc3\xa9", "café", "", 0},
		"utf-16":              {"From: a@b.c\nContent-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\ndABoAGUA", "the", "", 0},
		"iso-2022-kr":         {"From: a@b.c\nContent-Type: text/plain; charset=iso-2022-kr\n\n\x1b$)C\x0e>H3g\x0f!", "안녕!", "", 0},
		"control characters":  {"From: a@b.c\n\nthe\x00 te\x07xt\x7f", "the text", "", 0},
		"quoted name":         {"From: a@b.c\nContent-Type: \"text/plain\"; charset=\"utf-8\n\nthe text", "the text", "", 0},
	} {
		e := parse(t, c.raw, Options{})
		if e.Text != c.text || e.HTML != c.html || len(e.Attachments) != c.attached {
			t.Errorf("%s: text %q, html %q, attachments %+v", name, e.Text, e.HTML, e.Attachments)
		}
	}
}

func TestAttachmentNames(t *testing.T) {
	t.Parallel()
	for params, want := range map[string]string{
		`; filename="a b.pdf"`:                              "a b.pdf",
		`; filename=a b.pdf`:                                "a b.pdf",
		`; filename="=?utf-8?Q?caf=C3=A9.pdf?="`:            "café.pdf",
		`; filename*=utf-8'nl'caf%C3%A9.pdf`:                "café.pdf",
		`; filename*0="very"; filename*1=" long.pdf"`:       "very long.pdf",
		`; filename*1*=%A9.pdf; filename*0*=utf-8''caf%C3`:  "café.pdf",
		`; filename="../../etc/passwd"`:                     "passwd",
		`; filename="C:\temp\x.doc"`:                        "x.doc",
		`; filename=".."`:                                   "attachment",
		"; filename=\"caf\xe9.pdf\"":                        "café.pdf",
		`; filename="open`:                                  "open",
		"":                                                  "attachment",
		`; filename="` + strings.Repeat("a", 400) + `.pdf"`: strings.Repeat("a", 251) + ".pdf",
	} {
		e := parse(t, multipart("mixed", "Content-Disposition: attachment"+params+"\nContent-Type: application/x\n\nx"), Options{})
		if len(e.Attachments) != 1 || e.Attachments[0].Name != want {
			t.Errorf("%s: %+v", params, e.Attachments)
		}
	}
	e := parse(t, multipart("mixed", "Content-Type: message/rfc822\n\nSubject: =?utf-8?Q?caf=C3=A9?= 1/2\n\nx"), Options{})
	want := []crm.Attachment{{Name: "café 1-2.eml", ContentType: "message/rfc822", Size: 37}}
	if !reflect.DeepEqual(e.Attachments, want) {
		t.Errorf("%+v", e.Attachments)
	}
}

func TestHTMLText(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"<p>One</p><p>Two<br>three</p>":                                        "One\n\nTwo\nthree",
		"<style>p{}</style><script>x</script><title>t</title>a &amp; b&nbsp;c": "a & b c",
		"<ul><li>one<li>two</ul>after":                                         "- one\n- two\nafter",
		"<ol start=3><li>three</li><li>four</li></ol>":                         "3. three\n4. four",
		"see <a href='https://x.example'>the page</a> now":                     "see the page now",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>":      "a b\nc",
		"<pre>a\n  b</pre>c":                                                   "a\n  b\nc",
		"a\n  b\t c":                                                           "a b c",
		"<div>a</div><div><div>b</div></div>":                                  "a\nb",
		"a<!-- no --><!--[if mso]>no<![endif]-->b":                             "ab",
		"<b>a</b> <i>b</i>":                                                    "a b",
		"unclosed <b>bold":                                                     "unclosed bold",
		"<":                                                                    "<",
	} {
		if got, quoted := HTMLText(src); got != want || quoted != "" {
			t.Errorf("%q: %q and %q, want %q", src, got, quoted, want)
		}
	}
}

func TestHTMLQuotes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, visible, quoted string }{
		"gmail":            {`<div>New</div><div class="gmail_quote"><div class="gmail_attr">On Monday X wrote:</div><blockquote class="gmail_quote">Old</blockquote></div>`, "New", "On Monday X wrote:\nOld"},
		"gmail, between":   {`<div>A</div><div class="gmail_quote">X wrote:<blockquote class="gmail_quote">Q1</blockquote><div>answer 1</div><blockquote class="gmail_quote">Q2</blockquote>answer 2</div>`, "A\nanswer 1\nanswer 2", "X wrote:\nQ1\nQ2"},
		"apple":            {`New<div>On 2 Apr 2012, at 18:26, X &lt;x@y.z&gt; wrote:</div><blockquote type="cite">Old<blockquote type="cite">older</blockquote>Old</blockquote><div>Below</div>`, "New\nBelow", "On 2 Apr 2012, at 18:26, X <x@y.z> wrote:\nOld\nolder\nOld"},
		"outlook.com":      {`<div>New</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> x</div><div>Old</div>`, "New", "From: x\nOld"},
		"outlook, unknown": {`<p>New</p><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p><b>Ze:</b> x<br><b>Tijd:</b> y<br><b>Aaan:</b> z</p></div><p>Old</p>`, "New", "Ze: x\nTijd: y\nAaan: z\n\nOld"},
		"a rule, no label": {`<p>New</p><div style="border-top:solid 1px"><b>Bold:</b> text</div>`, "New\n\nBold: text", ""},
		"yahoo":            {`New<div class="yahoo_quoted"><div>Old</div></div>`, "New", "Old"},
		"thunderbird":      {`New<div class="moz-cite-prefix">X wrote:<br></div><blockquote type="cite">Old</blockquote>`, "New", "X wrote:\nOld"},
		"forwarded prefix": {`New<div id="x_divRplyFwdMsg">Old</div>rest`, "New", "Old\nrest"},
		"signature":        {`New<div class="gmail_signature">Jan</div>`, "New", "Jan"},
		"a plain quote":    {`As he said:<blockquote>to be</blockquote>`, "As he said:\nto be", ""},
	} {
		visible, quoted := HTMLText(c.src)
		if visible != c.visible || quoted != c.quoted {
			t.Errorf("%s: %q and %q", name, visible, quoted)
		}
	}
	raw := "From: a@b.c\nContent-Type: text/html\n\n<div class='gmail_quote'>all <b>old</b></div>"
	if e := parse(t, raw, Options{}); e.Text != "all old" || e.Quoted != "" {
		t.Errorf("a mail of only history shows %q", e.Text)
	}
	raw = multipart("alternative", "\nNew\n\nOld line", "Content-Type: text/html\n\nNew<div class=yahoo_quoted>Old line</div>")
	if e := parse(t, raw, Options{}); e.Text != "New" || e.Quoted != "Old line" {
		t.Errorf("the HTML marks are not used: %q and %q", e.Text, e.Quoted)
	}
}

func TestBounce(t *testing.T) {
	t.Parallel()
	raw := "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example (Mail Delivery)\nSubject: Undelivered\n" +
		strings.TrimPrefix(multipart("report; report-type=delivery-status", "Content-Type: text/plain\n\nIt failed.\n>>> DATA",
			"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; jan@example.com\nStatus: 5.1.1\n",
			"Content-Type: message/rfc822\n\nSubject: hi\n\nhi"), "From: a@b.c\n")
	e := parse(t, raw, Options{})
	if !e.Automatic || e.Text != "It failed.\n>>> DATA" || !strings.Contains(e.Quoted, "5.1.1") || len(e.Attachments) != 2 {
		t.Errorf("%+v", e)
	}
	for k, want := range map[string]string{"mail.bounce": "true", "mail.bounce_status": `"5.1.1"`, "mail.bounce_recipient": `"jan@example.com"`} {
		if string(e.Traits[k]) != want {
			t.Errorf("%s is %s", k, e.Traits[k])
		}
	}
}

func TestOtherReports(t *testing.T) {
	t.Parallel()
	for kind, bounce := range map[string]bool{"delivery-status": true, "tlsrpt": false, "disposition-notification": false, "feedback-report": false} {
		e := parse(t, multipart("report; report-type="+kind, "\nA report."), Options{})
		if !e.Automatic || (e.Traits["mail.bounce"] != nil) != bounce {
			t.Errorf("%s: automatic %v, traits %s", kind, e.Automatic, e.Traits)
		}
	}
}

func TestFlowed(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a \nb\nc":           "a b\nc",
		"> a \n> b\nc":       "> a b\nc",
		"> a \nb":            "> a \nb",
		" From x":            "From x",
		"a \n-- \nJan":       "a \n-- \nJan",
		">> a \n>> b\n> c":   ">> a b\n> c",
		"last line is soft ": "last line is soft ",
	} {
		if got := unflow(in, false); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := unflow("日 \n本", true); got != "日本" {
		t.Errorf("delsp: %q", got)
	}
}
