package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Every command and flag that the documents tell of is there.
func TestDocumentedCommands(t *testing.T) {
	var cli CLI
	parser, err := kong.New(&cli)
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile("(?:`|^|cmd/)rapport((?: +[^`|>&;#\\n]+)+)")
	seen := 0
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".md" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, line := range strings.Split(string(text), "\n") {
			for _, m := range command.FindAllStringSubmatch(strings.TrimSpace(line), -1) {
				seen++
				if problem := unknown(parser.Model.Node, strings.Fields(m[1])); problem != "" {
					t.Errorf("%s: %q: %s", path, "rapport"+m[1], problem)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d commands", seen)
	if seen < 20 {
		t.Errorf("only %d commands in the documents", seen)
	}
}

var aWord = regexp.MustCompile(`^[a-z-]+$`)

// unknown says what of a command line there is not; placeholders and arguments
// are anything.
func unknown(n *kong.Node, words []string) string {
	for _, w := range words {
		name, _, _ := strings.Cut(strings.Trim(w, "[]…,."), "=")
		if flag, is := strings.CutPrefix(name, "--"); is {
			found := false
			for _, group := range n.AllFlags(false) {
				for _, f := range group {
					found = found || f.Name == flag
				}
			}
			if !found {
				return "no flag --" + flag
			}
			continue
		}
		for _, child := range n.Children {
			if child.Name == name {
				n = child
				name = ""
				break
			}
		}
		if name != "" && len(n.Children) > 0 && aWord.MatchString(name) {
			return "no command " + name
		}
	}
	return ""
}
