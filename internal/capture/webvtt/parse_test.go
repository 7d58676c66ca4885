package webvtt

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// say writes cues as "start-end voice: words", one a line.
func say(f *File) string {
	var b strings.Builder
	for _, c := range f.Cues {
		for _, s := range c.Spans {
			fmt.Fprintf(&b, "%s-%s %s: %s\n", c.Start, c.End, s.Voice, s.Text)
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in, want string
		broken   int
	}{
		"the smallest": {in: "WEBVTT\n\n00:01.000 --> 00:02.500\nHello", want: "1s-2.5s : Hello\n"},
		"a BOM, a title and header lines": {in: "\uFEFFWEBVTT - a call\nKind: captions\nLanguage: en\n\n00:01.000 --> 00:02.000\nHello",
			want: "1s-2s : Hello\n"},
		"a cue right under the header": {in: "WEBVTT\n00:01.000 --> 00:02.000\nHello", want: "1s-2s : Hello\n"},
		"line ends of every kind":      {in: "WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nHello\r\rx\r00:03.000 --> 00:04.000\rBye", want: "1s-2s : Hello\n3s-4s : Bye\n"},
		"notes, styles and regions": {in: "WEBVTT\n\nNOTE made by hand\nover two lines\n\nSTYLE\n::cue(v) { color: red }\n\nREGION\nid:fred\nwidth:40%\n\nNOTE\n\n" +
			"00:01.000 --> 00:02.000\nHello", want: "1s-2s : Hello\n"},
		"ids and settings":                    {in: "WEBVTT\n\nintro - 1\n00:01.000 --> 00:02.000 align:start position:10%,line-left size:35%\nHello", want: "1s-2s : Hello\n"},
		"hours are optional, tabs are blanks": {in: "WEBVTT\t\n\n01:00:01.000\t-->\t100:59:59.999\nHello", want: "1h0m1s-100h59m59.999s : Hello\n"},
		"no blanks around the arrow":          {in: "WEBVTT\n\n00:01.000-->00:02.000\nHello", want: "1s-2s : Hello\n"},
		"voices":                              {in: "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna de Vries>Hello</v>\n<v.loud Jan>Hi <i>there</i>\nyou", want: "1s-2s Anna de Vries: Hello\n1s-2s Jan: Hi there you\n"},
		"a voice ends with its tag":           {in: "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Hello</v> everybody", want: "1s-2s Anna: Hello\n1s-2s : everybody\n"},
		"a voice without a name":              {in: "WEBVTT\n\n00:01.000 --> 00:02.000\n<v>Hello", want: "1s-2s : Hello\n"},
		"references":                          {in: "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna &amp; Jan>1 &lt; 2 &amp;&nbsp;3 &gt; 2 &#233;", want: "1s-2s Anna & Jan: 1 < 2 & 3 > 2 é\n"},
		"other tags and times":                {in: "WEBVTT\n\n00:01.000 --> 00:02.000\n<c.yellow>One</c> <00:01.500><lang en><b>two</b></lang>", want: "1s-2s : One two\n"},
		"a tag that never ends":               {in: "WEBVTT\n\n00:01.000 --> 00:02.000\nHello <v Anna", want: "1s-2s : Hello\n"},
		"order of time":                       {in: "WEBVTT\n\n00:05.000 --> 00:06.000\nsecond\n\n00:01.000 --> 00:02.000\nfirst", want: "1s-2s : first\n5s-6s : second\n"},
		"cues without an empty line":          {in: "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n00:03.000 --> 00:04.000\nBye", want: "1s-2s : Hello\n3s-4s : Bye\n"},
		"silence":                             {in: "WEBVTT\n\n00:01.000 --> 00:02.000\n\n00:03.000 --> 00:04.000\n<i></i>\n\n00:05.000 --> 00:06.000\nHello", want: "5s-6s : Hello\n"},
		"a bad cue fails alone":               {in: "WEBVTT\n\n00:01 --> 00:02.000\nlost\n\n00:03.000 --> 00:04.000\nHello\n\n00:61.000 --> 01:02.000\nlost\n\n1:2:3.000 --> x\nlost\n\n00:05.000 -->\nlost", want: "3s-4s : Hello\n", broken: 4},
		"bytes that are no UTF-8":             {in: "WEBVTT\n\n00:01.000 --> 00:02.000\nH\xffllo\x00", want: "1s-2s : H\uFFFDllo\uFFFD\n"},
	} {
		f, err := Parse([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := say(f); got != c.want || f.Broken != c.broken {
			t.Errorf("%s: %d broken\n%swant %d\n%s", name, f.Broken, got, c.broken, c.want)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]error{
		"":                                   ErrHeader,
		"WEBVT":                              ErrHeader,
		"WEBVTTX\n\n00:01.000":               ErrHeader,
		" WEBVTT\n":                          ErrHeader,
		"1\n00:00:01,000 --> 00:00:02,000\n": ErrHeader, // SubRip
		"WEBVTT":                             ErrEmpty,
		"WEBVTT\n\nNOTE nothing\n":           ErrEmpty,
		"WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nHello": ErrEmpty,
		"WEBVTT\n" + strings.Repeat("x", MaxSize):        ErrSize,
	} {
		if _, err := Parse([]byte(in)); !errors.Is(err, want) {
			t.Errorf("%.40q: %v, want %v", in, err, want)
		}
	}
}

func TestParseIsBounded(t *testing.T) {
	t.Parallel()
	many := "WEBVTT\n" + strings.Repeat("\n00:01.000 --> 00:02.000\nHello\n", MaxCues+7)
	f, err := Parse([]byte(many))
	if err != nil || len(f.Cues) != MaxCues || f.Over != 7 {
		t.Errorf("%v, %d cues, %d over", err, len(f.Cues), f.Over)
	}
	f, err = Parse([]byte("WEBVTT\n\n00:01.000 --> 00:02.000\n<v " + strings.Repeat("é", 5000) + ">Hello"))
	if err != nil || len(f.Cues[0].Spans[0].Voice) > maxVoice || !utf8.ValidString(f.Cues[0].Spans[0].Voice) {
		t.Errorf("a long name: %v", err)
	}
	start := time.Now()
	for _, hostile := range []string{strings.Repeat("<", 4<<20), strings.Repeat("<v>", 1<<20), strings.Repeat("&amp", 1<<20), strings.Repeat("-->\n", 1<<20), strings.Repeat("a\n", 2<<20)} {
		_, _ = Parse([]byte("WEBVTT\n\n00:01.000 --> 00:02.000\n" + hostile)) // whatever it makes of it, it comes back
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("hostile files took %s", took)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("WEBVTT\n\n1\n00:01.000 --> 00:02.000 align:start\n<v.x Anna>Hello &amp; bye</v>\n\nNOTE x\n"))
	f.Add([]byte("\uFEFFWEBVTT x\r\na:b\r\n\r\n01:00:00.000 --> 01:00:01.000\r\nx\r\n01:00:01.000 --> 1:2\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data)
		if err != nil {
			return
		}
		for i, c := range file.Cues {
			if len(c.Spans) == 0 || i > 0 && c.Start < file.Cues[i-1].Start {
				t.Fatalf("cue %d: %+v", i, c)
			}
			for _, s := range c.Spans {
				if s.Text == "" || !utf8.ValidString(s.Text) || !utf8.ValidString(s.Voice) || strings.ContainsAny(s.Text+s.Voice, "\n\x00") {
					t.Fatalf("%q says %q", s.Voice, s.Text)
				}
			}
		}
	})
}
