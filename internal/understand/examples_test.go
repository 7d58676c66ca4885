package understand

import (
	"strings"
	"testing"
)

func TestReadExamples(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ format, in string }{
		"csv":    {"csv", "\ufefftext,category\r\n\"where, oh where?\n\",order_status\r\nhi,greeting\r\n"},
		"tsv":    {"tsv", "intent\tlanguage\ttext\norder_status\ten\twhere, oh where?\ngreeting\tde\thi\n"},
		"ndjson": {"ndjson", `{"text":"where, oh where?","intent":"order_status","language":"en"}` + "\n\n" + `{"text":"hi","intent":"greeting"}`},
	} {
		got, err := ReadExamples(strings.NewReader(c.in), c.format)
		if err != nil || len(got) != 2 {
			t.Errorf("%s: %v, %v", name, got, err)
			continue
		}
		if got[0].Text != "where, oh where?" || got[0].Intent != "order_status" || got[1].Intent != "greeting" || got[0].Origin != "file" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestReadExamplesSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ format, in, want string }{
		{"xml", "", "unknown format"},
		{"csv", "", "no examples"},
		{"csv", "text,intent\n", "no examples"},
		{"csv", "a,b\nc,d\n", "line 1"},
		{"csv", "text,intent\nhello,greeting\n  ,greeting\n", "line 3: the text is empty"},
		{"csv", "text,intent\nhello,\n", "line 2: the intent is empty"},
		{"csv", "text,intent\nhello,greeting\none\n", "line 3"},
		{"csv", "text,intent\nh\xff,greeting\n", "line 2: not UTF-8"},
		{"ndjson", `{"text":"a","intent":"b"}` + "\n{", "line 2"},
		{"ndjson", `{"text":"a"}`, "line 1: the intent is empty"},
		{"ndjson", "{\"text\":\"" + strings.Repeat("x", 3*maxExampleText) + "\"}", "line 1"},
	} {
		_, err := ReadExamples(strings.NewReader(c.in), c.format)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.40q: error %v, want one with %q", c.format, c.in, err, c.want)
		}
	}
}

func FuzzReadExamples(f *testing.F) {
	f.Add("csv", "text,intent\nhello,greeting\n")
	f.Add("tsv", "text\tintent\n\"hello\tgreeting\n")
	f.Add("ndjson", `{"text":"a","intent":"b"}`)
	f.Fuzz(func(t *testing.T, format, data string) {
		got, err := ReadExamples(strings.NewReader(data), format)
		for _, e := range got {
			if err != nil || e.Text == "" || e.Intent == "" {
				t.Fatalf("%+v with error %v", e, err)
			}
		}
	})
}
