package architecture

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/security.md names the test of each attack and fault. A test that was
// renamed or removed must not live on there.
func TestSecurityPageNamesRealTests(t *testing.T) {
	t.Parallel()
	top := moduleRoot(t)
	page, err := os.ReadFile(filepath.Join(top, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	for _, dir := range []string{"internal", "e2e", "cmd"} {
		err := filepath.WalkDir(filepath.Join(top, dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range declared.FindAllSubmatch(text, -1) {
				known[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	quoted := regexp.MustCompile("`([^`]+)`")
	goTest, spec := regexp.MustCompile(`^(?:Test|Fuzz)[A-Z]\w*$`), regexp.MustCompile(`^([\w-]+\.spec\.ts): (.+)$`)
	rows := 0
	for n, line := range strings.Split(string(page), "\n") {
		named := 0
		for _, m := range quoted.FindAllStringSubmatch(line, -1) {
			if goTest.MatchString(m[1]) {
				if named++; !known[m[1]] {
					t.Errorf("line %d: there is no test %s", n+1, m[1])
				}
			} else if s := spec.FindStringSubmatch(m[1]); s != nil {
				text, err := os.ReadFile(filepath.Join(top, "web", "e2e", s[1]))
				if named++; err != nil || !strings.Contains(string(text), "test('"+s[2]+"'") {
					t.Errorf("line %d: %s has no test %q (%v)", n+1, s[1], s[2], err)
				}
			}
		}
		if strings.HasPrefix(line, "| ") && !strings.HasSuffix(line, "| tested by |") {
			if rows++; named == 0 {
				t.Errorf("line %d names no test: %s", n+1, line)
			}
		}
	}
	if rows < 40 {
		t.Errorf("%d rows were read: the page has another form now", rows)
	}
}
