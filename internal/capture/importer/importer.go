package importer

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rapport-crm/rapport/internal/capture/email"
	"github.com/rapport-crm/rapport/internal/crm"
)

// The limits of one item.
const (
	MaxMessage = 50 << 20
	MaxLine    = 10 << 20
	MaxRow     = 1 << 20
	// keepRaw is how much of an item over its limit stays visible.
	keepRaw = 1 << 20
)

// Kinds are the kinds of files that Open takes.
var Kinds = []string{"mbox", "maildir", "eml", "csv", "ndjson"}

// Options says how to read the files.
type Options struct {
	// Source goes into every envelope that names none itself. Default
	// "import:" and the kind.
	Source string
	// Own reports the firm's own mail addresses: mail from them is outbound.
	// Nil: none is.
	Own func(addr string) bool
	// Now is the clock, for mail without a usable date. Default time.Now.
	Now func() time.Time
	// Columns renames columns of a CSV file: from the header in the file to
	// the field names of the package comment.
	Columns map[string]string
	// Defaults gives CSV fields without a column a value for all rows.
	Defaults map[string]string
	// MayVerify is copied to the items: the operator vouches for the verified
	// identifiers in the file. Default false.
	MayVerify bool
}

// Position is where to go on after an item. It is stored as it is; its zero
// value is the start of the first file.
type Position struct {
	File   string `json:"file"`
	Offset int64  `json:"offset"` // bytes
	// Lines is set while a damaged stretch of a CSV file is read line by
	// line: up to this offset a quote does not join lines.
	Lines int64 `json:"lines,omitempty"`
}

// Reader gives the items of a list of files in order. It is for one goroutine.
type Reader struct {
	kind  string
	o     Options
	files []file
	at    int // index of the file being read
	done  int64
	total int64
	open  *os.File
	items items
}

// file is one file with the size that it had when the import was opened.
type file struct {
	path string
	size int64
}

// items is one open file as a stream.
type items interface {
	// next gives the next item and the offset behind it; io.EOF ends the file.
	next() (crm.Item, Position, error)
}

// Open lists the files under paths. Nothing is read yet, except the headers of
// CSV files, so that a wrong column is known before the first row is stored.
func Open(kind string, paths []string, o Options) (*Reader, error) {
	if o.Source == "" {
		o.Source = "import:" + kind
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &Reader{kind: kind, o: o}
	if err := r.list(paths); err != nil {
		return nil, err
	}
	for _, f := range r.files {
		r.total += f.size
		if kind != "csv" {
			continue
		}
		if err := r.start(f.path, Position{}); err != nil {
			return nil, err
		}
		r.stop()
	}
	return r, nil
}

// Next gives the next item and the position behind it, or io.EOF after the
// last. Any other error concerns a whole file; the next call goes on with the
// file after it.
func (r *Reader) Next() (crm.Item, Position, error) {
	for {
		if r.at >= len(r.files) {
			return crm.Item{}, Position{}, io.EOF
		}
		f := r.files[r.at]
		if r.items == nil {
			if err := r.start(f.path, Position{}); err != nil {
				r.skip()
				return crm.Item{}, Position{}, err
			}
		}
		it, pos, err := r.items.next()
		if err == nil {
			r.done = pos.Offset
			pos.File = f.path
			it.MayVerify = r.o.MayVerify
			return it, pos, nil
		}
		r.skip()
		if !errors.Is(err, io.EOF) {
			return crm.Item{}, Position{}, fmt.Errorf("read %s: %w", f.path, err)
		}
	}
}

// skip ends the current file.
func (r *Reader) skip() {
	r.stop()
	r.at++
	r.done = 0
}

func (r *Reader) stop() {
	if r.open != nil {
		r.open.Close()
	}
	r.open, r.items = nil, nil
}

// Seek goes on behind the item that p was given with. The files must be the
// ones of the first run, or have grown.
func (r *Reader) Seek(p Position) error {
	if p == (Position{}) {
		r.stop()
		r.at, r.done = 0, 0
		return nil
	}
	for i, f := range r.files {
		if f.path != p.File {
			continue
		}
		if p.Offset > f.size || p.Offset < 0 {
			return fmt.Errorf("%s has %d bytes, but the import had read %d: it is another file now", f.path, f.size, p.Offset)
		}
		r.stop()
		r.at = i
		if err := r.start(f.path, p); err != nil {
			return err
		}
		r.done = p.Offset
		return nil
	}
	return fmt.Errorf("%s is not among the files of this import", p.File)
}

// Progress is the number of bytes read and of all bytes, both by the sizes at
// the start.
func (r *Reader) Progress() (done, total int64) {
	for _, f := range r.files[:min(r.at, len(r.files))] {
		done += f.size
	}
	return min(done+r.done, r.total), r.total
}

// Files is how many files there are to read.
func (r *Reader) Files() int { return len(r.files) }

// Close lets go of the open file.
func (r *Reader) Close() error {
	r.stop()
	r.at = len(r.files)
	return nil
}

// start opens a file at a position.
func (r *Reader) start(path string, p Position) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	r.open = f
	switch r.kind {
	case "mbox":
		r.items, err = newMbox(f, p.Offset, r.mail)
	case "csv":
		r.items, err = newTable(f, p, r.o)
	case "ndjson":
		r.items, err = newLines(f, p.Offset, r.o)
	default:
		r.items = &single{f: f, done: p.File != "", mail: r.mail}
	}
	if err != nil {
		r.stop()
		return fmt.Errorf("open %s: %w", path, err)
	}
	return nil
}

// mail makes an item of one message. problem is set when the message could not
// be read whole.
func (r *Reader) mail(raw []byte, problem string) crm.Item {
	it := crm.Item{Raw: raw, RawType: "message/rfc822", Problem: problem}
	e, err := email.Parse(raw, email.Options{Source: r.o.Source, Own: r.o.Own, Now: r.o.Now()})
	it.Envelope = e
	if err != nil && problem == "" {
		it.Problem = sentence(err)
	}
	if e.ExternalID == "" {
		it.Envelope.ExternalID = rawID(raw)
	}
	return it
}

// bad is an item that only keeps its bytes.
func bad(raw []byte, rawType, problem string, o Options) crm.Item {
	if len(raw) > keepRaw {
		raw = raw[:keepRaw:keepRaw]
	}
	e := crm.Envelope{Source: o.Source, ExternalID: rawID(raw), Channel: crm.API, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: o.Now().UTC()}
	return crm.Item{Envelope: e, Raw: raw, RawType: rawType, Problem: problem}
}

// rawID is the external id of something that has none: its own bytes.
func rawID(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// rowID is the external id of a row or line that names none: its bytes and its
// place, because a table may hold the same row twice and mean it.
func rowID(raw []byte, offset int64) string {
	return fmt.Sprintf("%s@%d", rawID(raw), offset)
}

// sentence is what a person reads about err.
func sentence(err error) string {
	switch {
	case errors.Is(err, email.ErrEmpty):
		return "The message is empty."
	case errors.Is(err, email.ErrBinary):
		return "This is binary data without a mail header, not a message."
	}
	return err.Error()
}
