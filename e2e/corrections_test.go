package e2e

import (
	"testing"
)

// TestCorrections is a correction from the console to the end: it counts at once
// for the next nearly equal text, outlives a power cut, and can be taken back.
// What people do is in web/e2e/corrections.spec.ts.
func TestCorrections(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	dir := modules(t, "../web")
	p := newPlace(t, "")
	s := boot(t, p, "demo")
	half := func(words string) {
		t.Helper()
		node(t, dir, s, browser, s.Key, "npm", "run", "e2e", "--", "--output", t.TempDir(), "--grep", words, "e2e/corrections.spec.ts")
	}
	half("counts at once")
	s.kill()
	s = boot(t, p, "demo")
	half("still known later")
	s.stop()
	look(t, p).whole(t, "after a correction was taken back")
}
