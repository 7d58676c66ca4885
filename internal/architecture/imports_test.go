package architecture

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/rapport-crm/rapport/"

// floors orders the packages; a package imports only from floors below its own.
// Packages of one floor never import each other: stages meet in crm types and
// in rows, so that a cycle can't be written.
var floors = [][]string{
	{"internal/crm", "internal/failpoint"},
	{"internal/telemetry", "internal/config", "web", "internal/demo", "internal/guard", "internal/eval"},
	{"internal/store"},
	{"internal/jobs", "internal/files", "internal/inboxes", "internal/decide"},
	{"internal/capture", "internal/identify", "internal/thread", "internal/understand", "internal/journey",
		"internal/act", "internal/learn", "internal/records", "internal/access", "internal/search", "internal/desk"},
	{"internal/flow", "internal/satisfaction"},
	{"internal/live", "internal/second"},
	{"internal/webchat"},
	{"internal/api"},
	{"internal/bench"},
	{"internal/app"},
	{"cmd"},
}

// alone are packages that may import nothing but what is listed, each with its
// reason.
var alone = map[string]struct {
	may    []string
	reason string
}{
	"internal/crm":    {nil, "the vocabulary does no I/O and depends on nothing, so everything may depend on it"},
	"internal/decide": {[]string{"internal/crm"}, "decisions are pure: facts in, decision and reasons out"},
	"internal/demo":   {[]string{"internal/crm"}, "the demo firm is a source of contacts like any other, without a private way in"},
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	for file, imports := range goFiles(t) {
		from := path.Dir(file)
		test := strings.HasSuffix(file, "_test.go")
		for _, imp := range imports {
			to, inside := strings.CutPrefix(imp, module)
			if !inside {
				if from == "internal/crm" && strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") && !test {
					t.Errorf("%s imports %s: %s", file, imp, alone[from].reason)
				}
				continue
			}
			if test && (strings.HasPrefix(to, "internal/store/storetest") || sameTree(from, to)) {
				continue
			}
			if sameTree(from, to) {
				continue // a package and those below it
			}
			if rule, ok := alone[root(from)]; ok && !test && !slices.Contains(rule.may, to) {
				t.Errorf("%s imports %s: %s", file, to, rule.reason)
			}
			if test {
				continue // a test may look at the parts that it puts together
			}
			a, b := floor(from), floor(to)
			switch {
			case a < 0:
				t.Errorf("%s: package %s has no floor; add it to floors", file, from)
			case b < 0:
				t.Errorf("%s imports %s, which has no floor", file, to)
			case b == a:
				t.Errorf("%s imports %s: packages of one floor never import each other", file, to)
			case b > a:
				t.Errorf("%s imports %s: imports run downward only", file, to)
			}
		}
	}
}

// sameTree reports whether one directory is the other or lies below it.
func sameTree(a, b string) bool { return root(a) == root(b) && root(a) != "" }

// root is the floor entry that a directory belongs to.
func root(dir string) string {
	for _, f := range floors {
		for _, p := range f {
			if dir == p || strings.HasPrefix(dir, p+"/") {
				return p
			}
		}
	}
	return ""
}

func floor(dir string) int {
	r := root(dir)
	return slices.IndexFunc(floors, func(f []string) bool { return slices.Contains(f, r) })
}

// goFiles maps each Go file of the module, relative to its root, to its imports.
// Folders with a go.mod of their own are other modules.
func goFiles(t *testing.T) map[string][]string {
	t.Helper()
	top := moduleRoot(t)
	out := map[string][]string{}
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == "node_modules" || n == "dist" || n == "testdata" || strings.HasPrefix(n, ".") && p != top {
				return filepath.SkipDir
			}
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil && p != top {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		out[rel] = []string{}
		for _, i := range f.Imports {
			out[rel] = append(out[rel], strings.Trim(i.Path.Value, `"`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}
