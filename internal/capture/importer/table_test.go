package importer

import (
	"encoding/binary"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/rapport-crm/rapport/internal/crm"
)

func TestTableRow(t *testing.T) {
	t.Parallel()
	file := "External ID,Channel,kind,direction,Occurred-At,email,phone,name,subject,text,thread_key,automatic,Plan,Empty\n" +
		"7,Phone,call,in,2026-01-02 03:04:05,jan@example.com,+31 20 123,Jan Smit,Plan,\"When does\nit \"\"start\"\"?\",c1,no,\"Text, large\",\n"
	got := openAll(t, "csv", options(), write(t, "a.csv", file))
	want := crm.Envelope{
		Source: "import:csv", ExternalID: "7", Channel: crm.Phone, Kind: crm.KindCall, Direction: crm.In, OccurredAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Participants: []crm.Participant{
			{Role: crm.From, Kind: crm.Email, Value: "jan@example.com", Name: "Jan Smit"},
			{Role: crm.From, Kind: crm.PhoneNumber, Value: "+31 20 123", Name: "Jan Smit"},
		},
		Subject: "Plan", Text: "When does\nit \"start\"?", Thread: crm.Thread{Key: "c1"}, Traits: got[0].item.Envelope.Traits,
	}
	if len(got) != 1 || got[0].item.Problem != "" || !reflect.DeepEqual(got[0].item.Envelope, want) {
		t.Errorf("%+v", got)
	}
	if tr := got[0].item.Envelope.Traits; len(tr) != 1 || string(tr["Plan"]) != `"Text, large"` {
		t.Errorf("traits %s", tr)
	}
	if string(got[0].item.Raw) != file[strings.Index(file, "\n")+1:] {
		t.Errorf("raw %q", got[0].item.Raw)
	}
}

func utf16Bytes(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func TestTableForms(t *testing.T) {
	t.Parallel()
	file := "external_id,channel,occurred_at,email,text\n1,mail,2026-01-01,a@b.c,\"café\nbar\"\n2,mail,2026-01-01,d@e.f,naïve\n"
	for name, content := range map[string]string{
		"utf-8":          file,
		"bom":            "\ufeff" + file,
		"crlf":           strings.ReplaceAll(file, "\n", "\r\n"),
		"cr":             strings.ReplaceAll(file, "\n", "\r"),
		"semicolon":      strings.ReplaceAll(file, ",", ";"),
		"tab":            strings.ReplaceAll(file, ",", "\t"),
		"sep":            "sep=;\n" + strings.ReplaceAll(file, ",", ";"),
		"utf-16le, bom":  utf16Bytes("\ufeff"+file, binary.LittleEndian),
		"utf-16be, bom":  utf16Bytes("\ufeff"+file, binary.BigEndian),
		"utf-16le":       utf16Bytes(file, binary.LittleEndian),
		"utf-16be":       utf16Bytes(file, binary.BigEndian),
		"windows-1252":   strings.NewReplacer("é", "\xe9", "ï", "\xef").Replace(file),
		"no last end":    strings.TrimRight(file, "\n"),
		"blank rows":     strings.ReplaceAll(file, "2,mail", ",,,,\n\n2,mail"),
		"quoted header":  `"external_id","channel","occurred_at","email","text"` + file[strings.Index(file, "\n"):],
		"trailing comma": strings.ReplaceAll(file, "naïve", "naïve,,"),
	} {
		path := write(t, "a.csv", content)
		list := openAll(t, "csv", options(), path)
		if len(list) != 2 || list[0].item.Envelope.Text != "café\nbar" || list[1].item.Envelope.Text != "naïve" || list[0].item.Problem+list[1].item.Problem != "" {
			t.Errorf("%s: %+v", name, list)
			continue
		}
		resumes(t, "csv", path, list, 0)
	}
}

func TestTableHeader(t *testing.T) {
	t.Parallel()
	row := "\nx,mail,2026-01-01\n"
	for name, c := range map[string]struct {
		header string
		o      Options
		want   string // part of the error, or "" for none
	}{
		"complete":          {"email,channel,occurred_at", Options{}, ""},
		"no channel":        {"email,medium,occurred_at", Options{}, "no column for channel"},
		"nobody":            {"name,channel,occurred_at", Options{}, "one of email, phone"},
		"renamed":           {"E-Mail Address,Medium,When", Options{Columns: map[string]string{"e-mail address": "email", "Medium": "channel", "When": "occurred_at"}}, ""},
		"renamed to junk":   {"email,channel,occurred_at", Options{Columns: map[string]string{"email": "mailbox"}}, "the name \"mailbox\""},
		"renamed, missing":  {"email,channel,occurred_at", Options{Columns: map[string]string{"Mail": "email"}}, "the table has only"},
		"twice":             {"email,channel,Email", Options{}, "two columns"},
		"defaults":          {"email,x,occurred_at", Options{Defaults: map[string]string{"channel": "mail"}}, ""},
		"default of junk":   {"email,channel,occurred_at", Options{Defaults: map[string]string{"x": "y"}}, "no field \"x\""},
		"empty":             {"", Options{}, "no column for"},
		"a quote, never up": {"\"email,channel,occurred_at", Options{}, "quote"},
	} {
		c.o.Now = func() time.Time { return now }
		_, err := Open("csv", []string{write(t, "a.csv", c.header+row)}, c.o)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open("csv", []string{write(t, "a.csv", "")}, options()); err == nil {
		t.Error("an empty file is taken")
	}
}

func TestTableProblems(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		"1,mail,2026-01-01,a@b.c,x":                              "",
		"1,pigeon,2026-01-01,a@b.c,x":                            "no channel \"pigeon\"",
		"1,,2026-01-01,a@b.c,x":                                  "channel is missing",
		"1,mail,02/03/2026,a@b.c,x":                              "\"02/03/2026\" is not like",
		"1,mail,,a@b.c,x":                                        "is not like",
		"1,mail,2026-01-01,,x":                                   "names nobody",
		"1,mail,2026-01-01,a@b.c":                                "has 4 columns; the header has 5",
		"1,mail,2026-01-01,a@b.c,x,y":                            "has 6 columns; the header has 5",
		"1,mail,2026-01-01,a@b.c,\"x":                            "never closes",
		"1,mail,2026-01-01,a@b.c,\"a \"b\" c\"":                  "",
		"1,mail,1767225600,a@b.c,x":                              "",
		"1,mail,1767225600000,a@b.c,x":                           "",
		"1,mail,2026-01-01T10:00:00+02:00,a@b.c,":                "",
		"1,mail,2026-01-01,a@b.c," + strings.Repeat("x", MaxRow): "more than 1 MB",
	} {
		list := openAll(t, "csv", options(), write(t, "a.csv", header+row+"\nafter,mail,2026-01-01,a@b.c,y\n"))
		if len(list) != 2 || list[1].item.Envelope.ExternalID != "after" || list[1].item.Problem != "" {
			t.Errorf("%.60q: %d items", row, len(list))
			continue
		}
		if p := list[0].item.Problem; (p == "") != (want == "") || !strings.Contains(p, want) {
			t.Errorf("%.60q: %q", row, p)
		}
	}
}

// TestOneQuoteLosesOneRow: a quote that never closes must not swallow the rows
// behind it, and reading stays linear.
func TestOneQuoteLosesOneRow(t *testing.T) {
	t.Parallel()
	file := header + "bad,mail,2026-01-01,a@b.c,\"open\n" + strings.Repeat("1,mail,2026-01-01,a@b.c,good\n", 50_000)
	problems, good := 0, 0
	for _, d := range openAll(t, "csv", options(), write(t, "a.csv", file)) {
		if d.item.Problem != "" {
			problems++
		} else {
			good++
		}
	}
	if problems != 1 || good != 50_000 {
		t.Errorf("%d bad and %d good rows", problems, good)
	}
	file = header + strings.Repeat("\"\na,\"b\n", 20_000)
	start := time.Now()
	openAll(t, "csv", options(), write(t, "a.csv", file))
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestRowsWithoutIDs(t *testing.T) {
	t.Parallel()
	same := ",mail,2026-01-01,a@b.c,x\n"
	one := ids(openAll(t, "csv", options(), write(t, "a.csv", header+same+same)))
	two := ids(openAll(t, "csv", options(), write(t, "b.csv", header+same+same+same)))
	if one[0] == one[1] || !reflect.DeepEqual(one, two[:2]) {
		t.Errorf("%q and %q", one, two)
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte("1,mail,2026-01-01,a@b.c,x\n\"2\",\"a\"\"b\n\"\n"), 0)
	f.Add([]byte(";;;\r\n\r1,mail,1767225600,,\"\xff"), 1)
	f.Add([]byte("\"\n\"\n,\"\n"), 0)
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		path := write(t, "a.csv", header+string(data))
		resumes(t, "csv", path, openAll(t, "csv", options(), path), at)
		wide := write(t, "b.csv", utf16Bytes("\ufeff"+header, binary.LittleEndian)+string(data))
		resumes(t, "csv", wide, openAll(t, "csv", options(), wide), at)
	})
}
