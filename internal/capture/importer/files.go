package importer

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// list finds the files under paths, in the order of the paths and of the names
// within them, each file once.
func (r *Reader) list(paths []string) error {
	if !slices.Contains(Kinds, r.kind) {
		return fmt.Errorf("an import is one of %s, not %q", strings.Join(Kinds, ", "), r.kind)
	}
	if len(paths) == 0 {
		return errors.New("an import needs at least one path")
	}
	seen := map[string]bool{}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		switch {
		case info.IsDir() && (r.kind == "maildir" || r.kind == "eml"):
			if err := r.walk(p, seen); err != nil {
				return err
			}
		case info.IsDir():
			return fmt.Errorf("%s is a folder; an import of kind %s takes files", p, r.kind)
		case r.kind == "maildir":
			return fmt.Errorf("%s is a file; an import of kind maildir takes folders", p)
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is not a regular file", p)
		default:
			r.addFile(p, info.Size(), seen)
		}
	}
	return nil
}

// addFile lists a file under its clean path, which is what a Position holds.
func (r *Reader) addFile(path string, size int64, seen map[string]bool) {
	path = filepath.Clean(path)
	if !seen[path] {
		seen[path] = true
		r.files = append(r.files, file{path: path, size: size})
	}
}

// walk lists the messages below dir. WalkDir goes in name order and does not
// follow links, so a loop of links ends; a link to a file counts as that file.
func (r *Reader) walk(dir string, seen map[string]bool) error {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() || !r.wanted(path, root) {
			return nil
		}
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			return nil // a broken link, a link to a folder, a pipe
		}
		// Positions carry the path as the operator gave it.
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		r.addFile(filepath.Join(dir, rel), info.Size(), seen)
		return nil
	})
}

// wanted tells the messages of a folder from its other files.
func (r *Reader) wanted(path, root string) bool {
	if r.kind == "eml" {
		return strings.EqualFold(filepath.Ext(path), ".eml")
	}
	// Delivered messages are in cur and new; tmp holds what is being
	// delivered, and other files are indexes.
	parent := filepath.Base(filepath.Dir(path))
	return (parent == "cur" || parent == "new") && !strings.HasPrefix(filepath.Base(path), ".") && len(path) > len(root)
}

// single is a file that holds one message.
type single struct {
	f    *os.File
	done bool
	mail func(raw []byte, problem string) crm.Item
}

func (s *single) next() (crm.Item, Position, error) {
	if s.done {
		return crm.Item{}, Position{}, io.EOF
	}
	s.done = true
	info, err := s.f.Stat()
	if err != nil {
		return crm.Item{}, Position{}, err
	}
	limit, problem := int64(MaxMessage), ""
	if info.Size() > MaxMessage {
		limit, problem = keepRaw, tooLong(info.Size())
	}
	raw, err := io.ReadAll(io.LimitReader(s.f, limit))
	if err != nil {
		return crm.Item{}, Position{}, err
	}
	return s.mail(raw, problem), Position{Offset: info.Size()}, nil
}

func tooLong(size int64) string {
	return fmt.Sprintf("The message has %d MB; the limit is %d MB. Its first megabyte is kept here.", size>>20, MaxMessage>>20)
}
