package email

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestHeaderVectors compares single header fields with the expected values of
// the Stalwart parser: dates, addresses, media types and free text.
func TestHeaderVectors(t *testing.T) {
	t.Parallel()
	root := filepath.Join(dataDir(t, "eml"), "stalwart-mail-parser", "resources")
	for file, c := range map[string]struct {
		floor float64
		agree func(v string, want json.RawMessage) (got any, ok bool)
	}{
		"date.json":         {0.90, agreeDate},
		"address.json":      {0.96, agreeAddress},
		"content_type.json": {0.95, agreeMedia},
		"unstructured.json": {0.90, agreeText},
	} {
		b, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Skip(err)
		}
		var vectors []struct {
			Header   string
			Expected json.RawMessage
		}
		if err := json.Unmarshal(b, &vectors); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		agree := 0
		for _, v := range vectors {
			h, _, _ := readHeader([]byte("x:"+v.Header), 0, func([]byte) bool { return false })
			if got, ok := c.agree(h.get("x"), v.Expected); ok {
				agree++
			} else if testing.Verbose() {
				t.Logf("%s %.200q: got %+q, expected %.400s", file, v.Header, got, strings.Join(strings.Fields(string(v.Expected)), " "))
			}
		}
		rate := float64(agree) / float64(len(vectors))
		t.Logf("%-18s %d of %d agree (%.1f %%)", file, agree, len(vectors), 100*rate)
		if rate < c.floor {
			t.Errorf("%s: only %.1f %% agree", file, 100*rate)
		}
	}
}

func agreeDate(v string, want json.RawMessage) (any, bool) {
	got, ok := parseDate(v)
	var d *struct {
		Year, Month, Day, Hour, Minute, Second int
		TZHour                                 int  `json:"tz_hour"`
		TZMinute                               int  `json:"tz_minute"`
		Before                                 bool `json:"tz_before_gmt"`
	}
	if json.Unmarshal(want, &d) != nil || d == nil {
		return got, !ok
	}
	zone := d.TZHour*3600 + d.TZMinute*60
	if d.Before {
		zone = -zone
	}
	return got, ok && got.Equal(time.Date(d.Year, time.Month(d.Month), d.Day, d.Hour, d.Minute, d.Second, 0, time.FixedZone("", zone)))
}

func agreeAddress(v string, want json.RawMessage) (any, bool) {
	type mailbox struct{ Name, Address *string }
	var w struct {
		List  []mailbox
		Group []struct{ Addresses []mailbox }
	}
	_ = json.Unmarshal(want, &w)
	for _, g := range w.Group {
		w.List = append(w.List, g.Addresses...)
	}
	var expect, got []string
	for _, m := range w.List {
		// Only mailboxes: a name without an address is nobody to answer.
		if m.Address == nil || !strings.Contains(*m.Address, "@") || strings.Contains(*m.Address, "://") {
			continue
		}
		address, _, _ := strings.Cut(strings.ReplaceAll(*m.Address, " ", ""), "?")
		address = address[strings.IndexByte(address, ':')+1:] // mailto: and routes
		name := ""
		if m.Name != nil {
			// That parser adds the comment to a name; we take it only
			// where there is no name.
			name, _, _ = strings.Cut(oneLine(*m.Name, maxName), " (")
		}
		expect = append(expect, name+"|"+address)
	}
	for _, a := range parseAddresses(v, 100) {
		if a.value != "" {
			name, _, _ := strings.Cut(a.name, " (")
			got = append(got, name+"|"+strings.ReplaceAll(strings.Trim(a.value, `"`), `"`, ""))
		}
	}
	return got, reflect.DeepEqual(got, expect)
}

func agreeMedia(v string, want json.RawMessage) (any, bool) {
	var w *struct {
		Type       string `json:"c_type"`
		Subtype    string `json:"c_subtype"`
		Attributes [][2]string
	}
	got := parseMedia(v)
	if json.Unmarshal(want, &w) != nil || w == nil {
		return got.value, strings.HasPrefix(got.value, "/") || got.value == ""
	}
	expect := w.Type
	if w.Subtype != "" {
		expect += "/" + w.Subtype
	}
	ok := strings.EqualFold(strings.TrimSuffix(got.value, "/"), expect)
	for _, a := range w.Attributes {
		if !strings.HasSuffix(a[0], "-language") {
			ok = ok && squeeze(decodeWords(got.params[strings.ToLower(a[0])])) == squeeze(a[1])
		}
	}
	return got, ok
}

func agreeText(v string, want json.RawMessage) (any, bool) {
	var w string
	_ = json.Unmarshal(want, &w)
	got := oneLine(decodeWords(v), maxSubject)
	return got, got == oneLine(w, maxSubject)
}
