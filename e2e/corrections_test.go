package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCorrections is a correction from the console to the end: it counts at once
// for the next nearly equal text, outlives a power cut, and can be taken back; so
// can a model that came into use meanwhile. What people do is in
// web/e2e/corrections.spec.ts.
func TestCorrections(t *testing.T) {
	t.Parallel()
	inABrowser(t)
	browser := chromium(t)
	dir := modules(t, "../web")
	p := newDemo(t)
	s := boot(t, p, "demo")
	half := func(words string) {
		t.Helper()
		node(t, dir, s, browser, s.Key, "npm", "run", "e2e", "--", "--output", t.TempDir(), "--grep", words, "e2e/corrections.spec.ts")
	}
	half("counts at once")
	s.kill()
	file := filepath.Join(t.TempDir(), "labelled.csv")
	if err := os.WriteFile(file, []byte(labelled), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := p.command(t, "train", "intents", file, "--alone").CombinedOutput(); err != nil || !strings.Contains(string(out), "In use as version 1") {
		t.Fatalf("%v\n%s", err, out)
	}
	s = boot(t, p, "demo")
	half("later")
	s.stop()
	look(t, p).whole(t, "after a correction was taken back")

	said := func(want string, args ...string) {
		t.Helper()
		out, err := p.command(t, append([]string{"train"}, args...)...).CombinedOutput()
		if !strings.Contains(string(out), want) || (err != nil) != strings.Contains(want, "no such model") {
			t.Errorf("train %s: %v, want %q\n%s", args, err, want, out)
		}
	}
	said(`"in_use":false`, "history", "--json") // a person took it back in the console
	said("In use is version 1", "use", "1")
	said("There is no such model", "use", "9")
	said(`"in_use":true`, "history", "--json")
	said("In use is version 0", "use", "0")
	said("built in", "history")
}

// labelled is a firm's own file, small enough to be trained on in a second.
const labelled = `text,intent
where is my parcel,order_status
my parcel has not come,order_status
has the parcel been sent yet,order_status
when will the parcel arrive,order_status
the courier never came with my parcel,order_status
tracking says the parcel is lost,order_status
when do I get my money back,refund_status
the money for my return is still missing,refund_status
I sent it back and want my money,refund_status
no money back on my account yet,refund_status
please pay back what I paid,refund_status
how long does the money take to come back,refund_status
the organ in our church wheezes,roaming
our organ needs new bellows,roaming
the organ pipes whistle when it is cold,roaming
can you clean the pipes of the organ,roaming
an organ key of the upper row hangs,roaming
the organ sounds flat in winter,roaming
the bellows of the church organ leak,roaming
who repairs the bellows of an old organ,roaming
`
