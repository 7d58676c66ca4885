package email

import (
	"strings"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	raw := []byte(multipart("alternative", "\nNew text, a few lines.\n\nOn 1 Jan 2020 at 10:00 a@b.c wrote:\n"+strings.Repeat("> Old text that was quoted\n", 40),
		"Content-Type: text/html\n\n<p>New text</p><div class=gmail_quote>"+strings.Repeat("<p>Old text that was quoted</p>", 40)+"</div>"))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(raw, Options{Now: testNow}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("From: a@b.c\r\nSubject: =?utf-8?Q?x?=\r\n\r\nbody"))
	f.Add([]byte(multipart("alternative", "\nNew\n\nOn 1 Jan 2020 at 10:00 a@b.c wrote:\n> Old", "Content-Type: text/html\n\nNew<div class=gmail_quote>Old</div>")))
	f.Add(nested(4, false))
	f.Add(manyParts(3, "x"))
	f.Add(oneLetterBoundaries(3, 2))
	f.Add([]byte("From: a@b.c\nContent-Type: text/plain; charset=utf-7; name*0*=a'b'c; format=flowed\nContent-Transfer-Encoding: quoted-printable\n\n+AOk- =\n=E9 \n> x"))
	f.Add([]byte("Date: 1-Jan-20 1:1:1PM +1\nTo: a:b@c,\"x\" <(y)>;\nReferences: <a@b> <c\nContent-Type: message/delivery-status\n\nStatus: 5"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := Parse(raw, Options{Source: "fuzz", Now: testNow, Own: own})
		if err == nil {
			checkEnvelope(t, "fuzz", e)
		}
		visible, quoted := StripReply(string(raw))
		if squeeze(visible) == "" && squeeze(string(raw)) != "" || len(squeeze(visible+quoted)) != len(squeeze(strings.ReplaceAll(string(raw), "\r\n", "\n"))) {
			t.Errorf("text was lost: %q and %q", visible, quoted)
		}
	})
}
