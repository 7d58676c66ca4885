package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/demo"
)

// TestOpenPage leaves Jan's page open in a browser, imports a mailbox in another
// process and posts a contact: both appear on the page by themselves. How soon
// is logged; what is wanted here is that they come at all.
func TestOpenPage(t *testing.T) {
	t.Parallel()
	inABrowser(t)
	browser := chromium(t)
	modules(t, filepath.Join("..", "web"))
	s := boot(t, newDemo(t), "demo")
	c := s.client(s.Key)
	jan := c.find("jan", demo.Jan)

	const mailed, called = "Is anybody reading my mails about the text plan?", "Caller wants to know if texts cost extra until then."
	cmd := exec.Command("node", filepath.Join("console", "live.mjs"), mailed, called)
	cmd.Env = append(environment(), "BASE_URL="+s.URL, "SIGN_IN="+s.SignIn, "CHROMIUM="+browser, "PAGE="+s.URL+"/customers/"+jan.ID.String())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	errs := &log{}
	cmd.Stderr = errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(patience, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }) // it may have ended by now
	defer stop.Stop()
	lines := bufio.NewScanner(out)
	next := func() string {
		t.Helper()
		if !lines.Scan() {
			t.Fatalf("the browser ended: %v\n%s", cmd.Wait(), tail(errs.String()))
		}
		return lines.Text()
	}
	appears := func(text string, since time.Time) {
		t.Helper()
		var seen struct {
			Text string `json:"text"`
			At   int64  `json:"at"` // milliseconds since 1970
		}
		if err := json.Unmarshal([]byte(next()), &seen); err != nil || seen.Text != text {
			t.Fatalf("%+v, %v", seen, err)
		}
		t.Logf("%v after it was acknowledged, the page shows %q", time.UnixMilli(seen.At).Sub(since).Round(time.Millisecond), text)
	}
	if line := next(); line != "open" {
		t.Fatalf("the page says %q", line)
	}

	now := time.Now().UTC().Truncate(time.Second)
	box := written(t, "jan.mbox", fmt.Sprintf("From %[1]s %[2]s\nFrom: Jan Meijer <%[1]s>\nTo: care@%[3]s\nSubject: Still waiting\nDate: %[4]s\nMessage-ID: <open.1@postvak.example>\n\n%[5]s\n\n",
		demo.Jan, now.Format(time.ANSIC), demo.Domain, now.Format(time.RFC1123Z), mailed))
	if code, _, errs := rapport(t, s.place, "import", "mbox", box, "--json"); code != 0 {
		t.Fatalf("import: exit %d: %s", code, errs)
	}
	appears(mailed, time.Now())
	c.post(crm.Envelope{Source: "phone", ExternalID: "open-call", Channel: crm.Phone, Kind: crm.KindCall, Direction: crm.In, OccurredAt: now.Add(time.Second),
		Text: called, Participants: []crm.Participant{{Role: crm.From, Kind: crm.UserID, Value: demo.JanUserID, Verified: true}}})
	appears(called, time.Now())
	if err := cmd.Wait(); err != nil {
		t.Errorf("the browser: %v\n%s", err, tail(errs.String()))
	}
}
