package email

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

func parse(t *testing.T, raw string, o Options) crm.Envelope {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = testNow
	}
	e, err := Parse([]byte(raw), o)
	if err != nil {
		t.Fatal(err)
	}
	checkEnvelope(t, t.Name(), e)
	return e
}

func own(addr string) bool { return strings.HasSuffix(strings.ToLower(addr), "@firm.example") }

func TestParseReply(t *testing.T) {
	t.Parallel()
	raw := strings.ReplaceAll(`Return-Path: <jan@example.com>
Received: from mx.example.com by mail.firm.example; Mon, 2 Feb 2026 10:00:05 +0000
Message-ID: <b.2@example.com>
In-Reply-To: <a.1@firm.example>
References: <a.0@firm.example>
 <a.1@firm.example>
From: =?utf-8?Q?Jan_J=C3=A4rvinen?= <Jan@Example.com>
To: "Support, Firm" <support@firm.example>, other@example.com
Cc: Ann <ann@example.com>
Subject: Re: Your =?utf-8?B?cGxhbg==?=
Date: Mon, 2 Feb 2026 11:00:00 +0100
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=iso-8859-1; format=flowed
Content-Transfer-Encoding: quoted-printable

When does it =
start? I waited the whole =

caf=E9 day.

On Mon, Feb 2, 2026 at 9:00 AM Firm <support@firm.example> wrote:
> It is on.
--inner
Content-Type: text/html; charset=utf-8

<p>When does it start?</p>
--inner--
--outer
Content-Type: application/pdf; name*0*=utf-8''b%C3%BC; name*1="ll.pdf"
Content-Disposition: attachment
Content-Transfer-Encoding: base64

QUJDRA==
--outer--
`, "\n", "\r\n")
	e := parse(t, raw, Options{Source: "mail:support", Own: own})
	want := crm.Envelope{
		Source: "mail:support", ExternalID: e.ExternalID, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In,
		OccurredAt: time.Date(2026, 2, 2, 10, 0, 0, 0, time.UTC),
		Participants: []crm.Participant{
			{Role: crm.From, Kind: crm.Email, Value: "Jan@Example.com", Name: "Jan Järvinen"},
			{Role: crm.To, Kind: crm.Email, Value: "support@firm.example", Name: "Support, Firm"},
			{Role: crm.To, Kind: crm.Email, Value: "other@example.com"},
			{Role: crm.Cc, Kind: crm.Email, Value: "ann@example.com", Name: "Ann"},
		},
		Subject:     "Re: Your plan",
		Text:        "When does it start? I waited the whole café day.",
		Quoted:      "On Mon, Feb 2, 2026 at 9:00 AM Firm <support@firm.example> wrote:\n> It is on.",
		HTML:        "<p>When does it start?</p>",
		Thread:      crm.Thread{MessageID: "b.2@example.com", InReplyTo: "a.1@firm.example", References: []string{"a.0@firm.example", "a.1@firm.example"}},
		Attachments: []crm.Attachment{{Name: "büll.pdf", ContentType: "application/pdf", Size: 4}},
		Traits:      e.Traits,
	}
	if !reflect.DeepEqual(e, want) {
		t.Errorf("got\n%+v\nwant\n%+v", e, want)
	}
	if string(e.Traits["mail.to_inbox"]) != `"support@firm.example"` || len(e.Traits) != 1 {
		t.Errorf("traits %s", e.Traits)
	}
	if !strings.HasPrefix(e.ExternalID, "b.2@example.com:") || len(e.ExternalID) != len("b.2@example.com:")+64 {
		t.Errorf("external id %q", e.ExternalID)
	}
}

func TestDirection(t *testing.T) {
	t.Parallel()
	e := parse(t, "From: Ann <ann@firm.example>\nTo: jan@example.com\n\nHello", Options{Own: own})
	if e.Direction != crm.Out || e.Participants[0].Role != crm.Agent {
		t.Errorf("%+v", e)
	}
	if e = parse(t, "From: Ann <ann@firm.example>\n\nHello", Options{}); e.Direction != crm.In {
		t.Errorf("without Own the direction is %q", e.Direction)
	}
}

func TestExternalID(t *testing.T) {
	t.Parallel()
	base := "Message-ID: <x@y>\nFrom: a@example.com\n\nbody\n"
	id := parse(t, base, Options{}).ExternalID
	for name, same := range map[string]string{
		"another route":    "Received: by one\nReturn-Path: <a@b>\n" + base,
		"CRLF":             strings.ReplaceAll(base, "\n", "\r\n"),
		"an mbox line":     "From a@b Mon Jan 1 10:00:00 2024\n" + base + "\n",
		"trace in between": "Message-ID: <x@y>\nX-Received: by two\n  folded\nFrom: a@example.com\nStatus: RO\n\nbody\n",
	} {
		if got := parse(t, same, Options{}).ExternalID; got != id {
			t.Errorf("%s: %q is not %q", name, got, id)
		}
	}
	for name, other := range map[string]string{
		"another body":       "Message-ID: <x@y>\nFrom: a@example.com\n\nother\n",
		"another sender":     "Message-ID: <x@y>\nFrom: b@example.com\n\nbody\n",
		"another message id": "Message-ID: <z@y>\nFrom: a@example.com\n\nbody\n",
	} {
		if got := parse(t, other, Options{}).ExternalID; got == id {
			t.Errorf("%s has the same id", name)
		}
	}
	long := "Message-ID: <" + strings.Repeat("é", 600) + "@y>\nFrom: a@example.com\n\nbody\n"
	if got := parse(t, long, Options{}).ExternalID; len(got) > maxExternalID {
		t.Errorf("%d bytes", len(got))
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain":                                     "plain",
		"=?iso-8859-1?Q?caf=E9?=":                   "café",
		"=?UTF-8?B?w6k=?= =?UTF-8?B?w6k=?=":         "éé",
		"=?utf-8?B?ww==?= =?utf-8?B?qQ==?=":         "é",
		"=?utf-8?Q?a?= b =?utf-8?Q?c?=":             "a b c",
		"=?utf-8*nl?Q?dag?=":                        "dag",
		"=?ks_c_5601-1987?B?vsiz5w==?=":             "안녕",
		"=?iso-2022-jp?B?GyRCJCIbKEI=?=":            "あ",
		"=?x-sjis?B?gqA=?=":                         "あ",
		"=?windows-874?Q?=A1?=":                     "ก",
		"=?cp-850?Q?caf=82?=":                       "café",
		"=?unicode-1-1-utf-7?Q?caf+AOk-?=":          "café",
		"=?utf-16?B?AGEAYg==?=":                     "ab",
		"=?nonsense?Q?a=20b?=":                      "a b",
		"=?utf-8?Q?never ends":                      "=?utf-8?Q?never ends",
		"=?utf-8?X?abc?=":                           "=?utf-8?X?abc?=",
		"=?utf-8?Q?with a blank?=":                  "with a blank",
		"raw caf\xc3\xa9":                           "raw café",
		"raw caf\xe9":                               "raw café",
		"nul \x00 bell \x07":                        "nul bell",
		"=?utf-8?Q?nul_=00?=":                       "nul",
		"\"=?utf-8?Q?quoted?=\"":                    `"quoted"`,
		"=?utf-8?Q?=F0=9F=98=80?=":                  "😀",
		"=?gb2312?B?xOO6ww==?= =?utf-8?Q?_=C3=A9?=": "你好 é",
	} {
		if got := parse(t, "From: a@b.c\nSubject: "+in+"\n\nx", Options{}).Subject; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]address{
		"a@b.c":                                  {{"", "a@b.c"}},
		"Jan <a@b.c>, Ann <d@e.f>":               {{"Jan", "a@b.c"}, {"Ann", "d@e.f"}},
		`"Smit, Jan" <a@b.c>`:                    {{"Smit, Jan", "a@b.c"}},
		"Smit, Jan <a@b.c>":                      {{"Smit, Jan", "a@b.c"}},
		"a@b.c (Jan (the) Smit)":                 {{"Jan (the) Smit", "a@b.c"}},
		"Team: a@b.c, d@e.f;, g@h.i":             {{"", "a@b.c"}, {"", "d@e.f"}, {"", "g@h.i"}},
		"undisclosed-recipients:;":               nil,
		"a@b.c; d@e.f":                           {{"", "a@b.c"}, {"", "d@e.f"}},
		"Jan a@b.c":                              {{"Jan", "a@b.c"}},
		"<@x,@y:a@b.c>":                          {{"", "a@b.c"}},
		"mailto:a@b.c":                           {{"", "a@b.c"}},
		"Jan <a@b.c":                             {{"Jan", "a@b.c"}},
		`"Jan <a@b.c>`:                           {{"Jan", "a@b.c"}},
		"=?utf-8?Q?J=C3=A1n=2C_S?= <a@b.c>":      {{"Ján, S", "a@b.c"}},
		`"j d"@b.c`:                              {{"", `"j d"@b.c`}},
		"root":                                   {{"root", ""}},
		"bob@evil.example <a@b.c>":               {{"bob@evil.example", "a@b.c"}},
		"<a @ b.c>":                              {{"", "a@b.c"}},
		"'a@b.c' <a@b.c>":                        {{"a@b.c", "a@b.c"}},
		"Pete(A \\) chap) <pete@silly.test>, , ": {{"Pete", "pete@silly.test"}},
	} {
		if got := parseAddresses(in, 10); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	want := time.Date(2012, 4, 2, 14, 22, 10, 0, time.UTC)
	for _, in := range []string{
		"Mon, 2 Apr 2012 18:22:10 +0400", "2 Apr 2012 18:22:10 +0400 (MSK)", "Mon, 02 Apr 12 14:22:10 GMT", "Mon Apr  2 14:22:10 2012", "2012-04-02T18:22:10+04:00",
		"Mon, 2 Apr 2012 10:22:10 EDT", "Mon,2 Apr 2012 18:22:10 +04:00", "2-Apr-2012 14:22:10 UTC", "Mon, 2 April 2012 2:22:10 PM", "Mon, 2 Apr 112 14:22:10 +0000",
		"Mon, 2 Apr 2012 18.22.10 +0400", "Mon, 2 (comment (nested)) Apr 2012 14:22:10", "2012-04-02 18:22:10 +0400", "Mon, 2 Apr 2012 14:22:10 GMT+0000",
	} {
		if got, ok := parseDate(in); !ok || !got.Equal(want) {
			t.Errorf("%q: %v %v", in, got, ok)
		}
	}
	for _, in := range []string{"", "yesterday", "31 Feb 2012 10:00:00", "Mon, Apr 2012", "99 Apr 2012 10:00", "1 Jan 2020 25:61:00"} {
		if got, ok := parseDate(in); ok {
			t.Errorf("%q is read as %v", in, got)
		}
	}
	received := "Received: from a by b (note; more)\n with SMTP id 1; Mon, 2 Apr 2012 14:22:10 +0000\n"
	for date, at := range map[string]time.Time{
		"Date: junk\n":                            want,
		"Date: Mon, 2 Apr 2091 10:00:00 +0000\n":  want,
		"Date: Thu, 1 Jan 1970 00:00:00 +0000\n":  want,
		"Date: Tue, 3 Apr 2012 10:00:00 +0000\n":  time.Date(2012, 4, 3, 10, 0, 0, 0, time.UTC),
		"Date: Mon, 2 Mar 2026 11:00:00 +0000\n":  time.Date(2026, 3, 2, 11, 0, 0, 0, time.UTC),
		"Date: Mon, 2 Mar 2026 13:00:00 +0000\nX": want,
	} {
		if got := parse(t, "From: a@b.c\n"+received+date+"X-A: b\n\nx", Options{}).OccurredAt; !got.Equal(at) {
			t.Errorf("%q: %v, want %v", date, got, at)
		}
	}
	if got := parse(t, "From: a@b.c\n\nx", Options{}).OccurredAt; !got.Equal(testNow) {
		t.Errorf("without any date: %v", got)
	}
}

func TestAutomatic(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"From: a@b.c":                                             false,
		"From: a@b.c\nAuto-Submitted: no":                         false,
		"From: a@b.c\nAuto-Submitted: auto-replied; x":            true,
		"From: a@b.c\nPrecedence: Bulk":                           true,
		"From: a@b.c\nPrecedence: first-class":                    false,
		"From: a@b.c\nList-Id: News <news.b.c>":                   true,
		"Return-Path: <>\nFrom: a@b.c":                            true,
		"Return-Path: <a@b.c>\nFrom: a@b.c":                       false,
		"From: MAILER-DAEMON (Mail Delivery)":                     true,
		"From: postmaster@b.c":                                    true,
		"From: a@b.c\nX-Auto-Response-Suppress: All":              true,
		"From: no-reply@b.c":                                      true,
		"From: no-reply@b.c\nReply-To: jan@example.com":           false,
		"From: a@b.c\nContent-Type: multipart/report; boundary=x": true,
	} {
		if got := parse(t, header+"\n\nbody", Options{}).Automatic; got != want {
			t.Errorf("%q: automatic is %v", header, got)
		}
	}
}

func TestErrorsAreRare(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]error{
		"":                                    ErrEmpty,
		" \r\n\r\n\t":                         ErrEmpty,
		"PK\x03\x04\x14\x00\x00\x08":          ErrBinary,
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": ErrBinary,
		"%PDF-1.7\n\x00\x01\x02\x03binary":    ErrBinary,
		"just a line":                         nil,
		"From: a@b.c":                         nil,
		"Subject: x\nHello without a blank line\nsecond": nil,
		"From: a@b.c\n\n\x00\x01\x02":                    nil,
		"\xef\xbb\xbfFrom: a@b.c\n\nx":                   nil,
		"From : a@b.c\n\nx":                              nil,
		"caf\xe9 au lait":                                nil,
		":\n:\n":                                         nil,
	} {
		if _, err := Parse([]byte(raw), Options{Now: testNow}); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", raw, err, want)
		}
	}
	if e := parse(t, "Subject: x\nHello without a blank line\nsecond", Options{}); e.Subject != "x" || e.Text != "Hello without a blank line\nsecond" {
		t.Errorf("%q %q", e.Subject, e.Text)
	}
}

func TestAmbiguousFrom(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"From: a@b.c\nFrom: d@e.f\n\nx": "true",
		"From: a@b.c, d@e.f\n\nx":       "true",
		"From: \"x, y\" <a@b.c>\n\nx":   "",
		"From: Smit, Jan <a@b.c>\n\nx":  "",
	} {
		e := parse(t, raw, Options{})
		if got := string(e.Traits["mail.from_ambiguous"]); got != want || e.Participants[0].Value != "a@b.c" || len(e.Participants) != 1 {
			t.Errorf("%q: %q %+v", raw, got, e.Participants)
		}
	}
}
