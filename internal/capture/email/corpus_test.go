package email

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rapport-crm/rapport/internal/crm"
)

// dataDir is the folder of shared test data, beside the module.
func dataDir(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above the test")
	}
	dir = filepath.Join(dir, "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared test data %s is not here: %v", name, err)
	}
	return dir
}

var testNow = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// checkEnvelope asserts what Parse promises for every input.
func checkEnvelope(t *testing.T, name string, e crm.Envelope) {
	t.Helper()
	j, err := json.Marshal(e)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	all := []string{e.ExternalID, e.Subject, e.Text, e.Quoted, e.HTML, e.Locale, e.Thread.MessageID, e.Thread.InReplyTo}
	all = append(all, e.Thread.References...)
	for _, p := range e.Participants {
		all = append(all, p.Value, p.Name)
		if p.Verified || p.Value == "" {
			t.Errorf("%s: participant %+v", name, p)
		}
	}
	for _, a := range e.Attachments {
		all = append(all, a.Name, a.ContentType, a.ContentID)
		if strings.ContainsAny(a.Name, "/\\") || a.Name == "" {
			t.Errorf("%s: attachment name %q", name, a.Name)
		}
	}
	for _, s := range all {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			t.Errorf("%s: not clean: %.80q", name, s)
		}
	}
	if len(e.ExternalID) > maxExternalID || e.ExternalID == "" || e.OccurredAt.IsZero() || len(e.Text) > 2*maxText || len(e.HTML) > maxHTML {
		t.Errorf("%s: id %q, time %v, %d bytes of text, %d of HTML, %d of JSON", name, e.ExternalID, e.OccurredAt, len(e.Text), len(e.HTML), len(j))
	}
}

// TestCorpusIsRead reads every public test mail, with both line ends: each must
// become a message within 200 ms, and none may panic.
func TestCorpusIsRead(t *testing.T) {
	t.Parallel()
	root := dataDir(t, "eml")
	files, slowest := 0, time.Duration(0)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		isMail := strings.HasSuffix(path, ".eml") || strings.Contains(path, "maildir")
		for _, b := range [][]byte{raw, crlf(raw)} {
			start := time.Now()
			e, err := Parse(b, Options{Source: "test", Now: testNow})
			took := time.Since(start)
			slowest = max(slowest, took)
			if took > 200*time.Millisecond*slower {
				t.Errorf("%s took %v", path, took)
			}
			if err != nil {
				if isMail {
					t.Errorf("%s: %v", path, err)
				}
				continue
			}
			checkEnvelope(t, path, e)
		}
		if isMail {
			files++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d mails, each with both line ends; the slowest took %v", files, slowest)
}

func crlf(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))
}

// expected is the part of the Stalwart parser's JSON that we compare.
type expected struct {
	TextBody    []int `json:"text_body"`
	HTMLBody    []int `json:"html_body"`
	Attachments []int `json:"attachments"`
	Parts       []struct {
		Headers []expectedField `json:"headers"`
		Body    json.RawMessage `json:"body"`
	} `json:"parts"`
}

type expectedField struct {
	Name  json.RawMessage `json:"name"`
	Value json.RawMessage `json:"value"`
}

func (x expected) header(name string) json.RawMessage {
	var found json.RawMessage
	for _, h := range x.Parts[0].Headers {
		if string(h.Name) == `"`+name+`"` {
			found = h.Value
			if name == "from" {
				return found
			}
		}
	}
	return found
}

func textOf(v json.RawMessage) string {
	var s struct{ Text string }
	if json.Unmarshal(v, &s) == nil && s.Text != "" {
		return s.Text
	}
	var l struct{ TextList []string }
	if json.Unmarshal(v, &l) == nil && len(l.TextList) > 0 {
		return l.TextList[0]
	}
	return ""
}

func firstAddress(v json.RawMessage) string {
	var s struct {
		Address struct {
			List []struct {
				Address string `json:"address"`
			}
			Group []struct {
				Addresses []struct {
					Address string `json:"address"`
				} `json:"addresses"`
			}
		}
	}
	_ = json.Unmarshal(v, &s)
	for _, a := range s.Address.List {
		if strings.Contains(a.Address, "@") {
			return a.Address
		}
	}
	for _, g := range s.Address.Group {
		for _, a := range g.Addresses {
			if strings.Contains(a.Address, "@") {
				return a.Address
			}
		}
	}
	return ""
}

// body gives the expected readable text, and which parts count as attached.
func (x expected) body() (text string, attached int) {
	ids := map[int]bool{}
	for _, i := range x.Attachments {
		// That parser lists text without a name under both; a person reads it.
		part, _ := json.Marshal(x.Parts[i].Headers)
		isText := bytes.HasPrefix(x.Parts[i].Body, []byte(`{"Text"`)) || bytes.HasPrefix(bytes.ReplaceAll(x.Parts[i].Body, []byte(" "), nil), []byte("{\n\"Text\""))
		if !isText || bytes.Contains(part, []byte(`"filename"`)) || bytes.Contains(part, []byte(`"name":"name"`)) {
			ids[i] = true
		}
	}
	var b strings.Builder
	for _, i := range x.TextBody {
		var body struct {
			Text string
			Html string
		}
		_ = json.Unmarshal(x.Parts[i].Body, &body)
		switch {
		case body.Text != "":
			b.WriteString(body.Text)
		case body.Html != "":
			v, q := HTMLText(body.Html)
			b.WriteString(v + q)
		case !bytes.Contains(x.Parts[i].Body, []byte(`"Text"`)) && !bytes.Contains(x.Parts[i].Body, []byte(`"Html"`)):
			ids[i] = true // inline pictures are listed under the body there
		}
	}
	return b.String(), len(ids)
}

// TestAgreesWithStalwart compares with the expected parse of another parser, on
// messages that were collected for being hard.
func TestAgreesWithStalwart(t *testing.T) {
	t.Parallel()
	root := filepath.Join(dataDir(t, "eml"), "stalwart-mail-parser", "resources", "eml")
	files, err := filepath.Glob(filepath.Join(root, "*", "*.json"))
	if err != nil || len(files) == 0 {
		t.Skip("no expected parses")
	}
	agree, total := map[string]int{}, map[string]int{}
	for _, f := range files {
		j, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var x expected
		if err := json.Unmarshal(j, &x); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		base, isCRLF := strings.CutSuffix(strings.TrimSuffix(f, ".json"), ".crlf")
		raw, err := os.ReadFile(base + ".eml")
		if err != nil {
			t.Fatal(err)
		}
		if isCRLF {
			raw = crlf(raw)
		}
		e, err := Parse(raw, Options{Source: "test", Now: testNow})
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		got := ""
		if len(e.Participants) > 0 && e.Participants[0].Role == crm.From {
			got = e.Participants[0].Value
		}
		wantText, wantAttached := x.body()
		for _, c := range []struct {
			what      string
			got, want any
		}{
			{"subject", e.Subject, oneLine(textOf(x.header("subject")), maxSubject)},
			{"from", got, firstAddress(x.header("from"))},
			{"message-id", e.Thread.MessageID, cleanID(textOf(x.header("message_id")))},
			{"same text", hasVisible(e.Text), hasVisible(wantText)},
			{"text shown", hasVisible(e.Text) || !hasVisible(wantText), true},
			{"attachments", named(e.Attachments), wantAttached},
		} {
			total[c.what]++
			if c.got == c.want {
				agree[c.what]++
			} else if testing.Verbose() {
				t.Logf("%s %s: got %.120q, expected %.120q", strings.TrimPrefix(f, root), c.what, c.got, c.want)
			}
		}
	}
	for what, floor := range map[string]float64{"subject": 1, "from": 1, "message-id": 1, "text shown": 1, "same text": 0.88, "attachments": 0.94} {
		rate := float64(agree[what]) / float64(total[what])
		t.Logf("%-12s %d of %d agree (%.1f %%)", what, agree[what], total[what], 100*rate)
		if rate < floor {
			t.Errorf("%s: only %.1f %% agree", what, 100*rate)
		}
	}
}

// named counts attachments, without nameless text, as expected.body does.
func named(list []crm.Attachment) int {
	n := 0
	for _, a := range list {
		if a.Name != "attachment" || !strings.HasPrefix(a.ContentType, "text/") {
			n++
		}
	}
	return n
}
