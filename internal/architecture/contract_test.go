package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// Every package says in its doc.go what comes in, what goes out and what it
// promises; its package comment is its contract. Generated packages are exempt.
func TestEveryPackageHasAContract(t *testing.T) {
	t.Parallel()
	top := moduleRoot(t)
	dirs := map[string]bool{}
	for file := range goFiles(t) {
		dirs[path.Dir(file)] = true
	}
	for dir := range dirs {
		if dir == "internal/store/sqlgen" {
			continue
		}
		file := filepath.Join(top, filepath.FromSlash(dir), "doc.go")
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Errorf("%s: no doc.go with the package's contract (%v)", dir, err)
			continue
		}
		if words := len(strings.Fields(textOf(f.Doc))); words < 25 {
			t.Errorf("%s: its package comment has %d words; say what comes in, what goes out and what it promises", dir, words)
		}
	}
}

func textOf(c *ast.CommentGroup) string {
	if c == nil {
		return ""
	}
	return c.Text()
}

// No source file grows past what one idea needs. Generated files are exempt.
func TestFilesStaySmall(t *testing.T) {
	t.Parallel()
	top := moduleRoot(t)
	for file := range goFiles(t) {
		if strings.HasPrefix(file, "internal/store/sqlgen/") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(data), "\n"); n > 500 {
			t.Errorf("%s has %d lines: split it by idea", file, n)
		}
	}
}
