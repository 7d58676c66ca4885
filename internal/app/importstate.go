package app

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rapport-crm/rapport/internal/capture/importer"
)

// importState is where an unfinished import stands. It lies in the data folder
// under a name made of the kind and the paths, and is removed at the end.
type importState struct {
	Files    []fileMark        `json:"files"` // the arguments as they were
	Position importer.Position `json:"position"`
	Summary  summary           `json:"summary"`

	name string
}

// fileMark tells whether an argument is still the same file.
type fileMark struct {
	Path    string `json:"path"`
	Size    int64  `json:"size"`
	ModTime int64  `json:"mtime"` // nanoseconds since 1970
	Dir     bool   `json:"dir,omitempty"`
}

// openState finds the state of an earlier run of the same import, or starts a
// new one. A file that changed since starts anew: a position in the old one
// means nothing in the new, and what was read before only repeats.
func openState(data, kind string, paths []string, restart bool) (*importState, error) {
	now := &importState{}
	id := []string{kind}
	for _, p := range paths {
		full, err := filepath.Abs(p)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(full)
		if err != nil {
			return nil, err
		}
		m := fileMark{Path: full, Dir: info.IsDir()}
		if !m.Dir { // a folder's own size and time say nothing about the files in it
			m.Size, m.ModTime = info.Size(), info.ModTime().UnixNano()
		}
		now.Files = append(now.Files, m)
		id = append(id, full)
	}
	sum := sha256.Sum256([]byte(strings.Join(id, "\x00")))
	now.name = filepath.Join(data, "imports", hex.EncodeToString(sum[:12])+".json")
	if restart {
		return now, now.remove()
	}
	text, err := os.ReadFile(now.name)
	if errors.Is(err, fs.ErrNotExist) {
		return now, nil
	}
	if err != nil {
		return nil, fmt.Errorf("state of the import: %w", err)
	}
	var old importState
	if json.Unmarshal(text, &old) != nil || len(old.Files) != len(now.Files) {
		return now, nil // written half, or by another version: reading again is safe
	}
	for i, m := range now.Files {
		if old.Files[i] != m {
			return now, nil
		}
	}
	old.name = now.name
	return &old, nil
}

// save replaces the state in one step: a kill leaves the old one or the new.
func (s *importState) save(at importer.Position, sum summary) error {
	s.Position, s.Summary = at, sum
	if err := os.MkdirAll(filepath.Dir(s.name), 0o700); err != nil {
		return fmt.Errorf("state of the import: %w", err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.name+".new", text, 0o600); err != nil {
		return fmt.Errorf("state of the import: %w", err)
	}
	if err := os.Rename(s.name+".new", s.name); err != nil {
		return fmt.Errorf("state of the import: %w", err)
	}
	return nil
}

// clear forgets how far an earlier run came.
func (s *importState) clear() {
	s.Position, s.Summary = importer.Position{}, summary{}
}

// remove deletes the state.
func (s *importState) remove() error {
	if err := os.Remove(s.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("state of the import: %w", err)
	}
	return nil
}
