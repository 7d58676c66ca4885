package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/rapport-crm/rapport/internal/crm"
)

// table streams a CSV file (RFC 4180 and what spreadsheets write: other
// delimiters, a byte order mark, UTF-16, windows-1252, "sep=;").
type table struct {
	f       *os.File
	r       *bufio.Reader
	o       Options
	width   int // bytes of one code unit: 1, or 2 for UTF-16
	big     bool
	delim   byte
	columns []column
	offset  int64 // of the next record
	lines   int64 // up to here, every line is a record (Position.Lines)
}

// newTable reads the header and goes to the position.
func newTable(f *os.File, p Position, o Options) (*table, error) {
	t := &table{f: f, o: o, width: 1, delim: ','}
	head := make([]byte, 1024)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if err := t.seek(t.encoding(head[:n])); err != nil {
		return nil, err
	}
	if err := t.header(); err != nil {
		return nil, err
	}
	if p.Offset > t.offset {
		t.lines = p.Lines
		if err := t.seek(p.Offset); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// encoding recognises UTF-16 and returns the length of the byte order mark.
func (t *table) encoding(head []byte) int64 {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		t.width = 2
		return 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		t.width, t.big = 2, true
		return 2
	case len(head) >= 4 && head[0] != 0 && head[1] == 0 && head[2] != 0 && head[3] == 0:
		t.width = 2
	case len(head) >= 4 && head[0] == 0 && head[1] != 0 && head[2] == 0 && head[3] != 0:
		t.width, t.big = 2, true
	}
	return 0
}

func (t *table) seek(offset int64) error {
	if _, err := t.f.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	t.offset = offset
	t.r = bufio.NewReaderSize(t.f, 64<<10)
	return nil
}

// unit reads one code unit and appends its bytes to raw.
func (t *table) unit(raw *[]byte) (rune, error) {
	a, err := t.r.ReadByte()
	if err != nil {
		return 0, err
	}
	*raw = append(*raw, a)
	if t.width == 1 {
		return rune(a), nil
	}
	b, err := t.r.ReadByte()
	if err != nil {
		return 0xfffd, nil // half a unit at the end of the file
	}
	*raw = append(*raw, b)
	if t.big {
		return rune(a)<<8 | rune(b), nil
	}
	return rune(b)<<8 | rune(a), nil
}

// peek is the code unit after the one just read, or 0 at the end.
func (t *table) peek() rune {
	b, _ := t.r.Peek(t.width)
	switch {
	case len(b) < t.width:
		return 0
	case t.width == 1:
		return rune(b[0])
	case t.big:
		return rune(b[0])<<8 | rune(b[1])
	}
	return rune(b[1])<<8 | rune(b[0])
}

// record reads the bytes of one record with its line end. open says that a
// quote in it is never closed, long that it is over the limit and cut.
func (t *table) record(byLine bool) (raw []byte, open, long bool, err error) {
	quoted, start, skipping := false, true, false
	var discard []byte
	for {
		to := &raw
		if skipping {
			discard = discard[:0]
			to = &discard
		}
		c, err := t.unit(to)
		if errors.Is(err, io.EOF) {
			if len(raw) == 0 {
				return nil, false, false, io.EOF
			}
			return raw, quoted, long, nil
		}
		if err != nil {
			return nil, false, false, err
		}
		switch {
		case quoted && c == '"':
			next := t.peek()
			if next == '"' {
				if _, err := t.unit(to); err != nil {
					return nil, false, false, err
				}
			} else if next == 0 || next == '\n' || next == '\r' || next == rune(t.delim) || next == ' ' {
				quoted = false
			}
		case (!quoted || byLine) && (c == '\n' || c == '\r' && t.peek() != '\n'):
			return raw, quoted, long, nil
		case quoted:
		case c == '"' && start:
			quoted, start = true, false
		case c == rune(t.delim):
			start = true
		case c != ' ':
			start = false
		}
		if len(raw) >= MaxRow*t.width && !skipping {
			if quoted && !byLine {
				return raw, true, true, nil
			}
			long, skipping, byLine = true, true, true
		}
	}
}

// next gives the next row that is not empty.
func (t *table) next() (crm.Item, Position, error) {
	for {
		at := t.offset
		byLine := at < t.lines
		raw, open, long, err := t.record(byLine)
		if err != nil {
			return crm.Item{}, Position{}, err
		}
		if open && !byLine {
			// The quote swallows the rest of the file or a megabyte of it:
			// read that stretch again, line by line, and lose one row only.
			t.lines = at + int64(len(raw))
			if err := t.seek(at); err != nil {
				return crm.Item{}, Position{}, err
			}
			continue
		}
		if long {
			// The bytes that were skipped are not in raw.
			where, err := t.f.Seek(0, io.SeekCurrent)
			if err != nil {
				return crm.Item{}, Position{}, err
			}
			t.offset = where - int64(t.r.Buffered())
		} else {
			t.offset = at + int64(len(raw))
		}
		pos := Position{Offset: t.offset}
		if t.lines > t.offset {
			pos.Lines = t.lines
		}
		switch text := t.text(raw); {
		case long:
			return bad(raw, "text/csv", fmt.Sprintf("The row has more than %d MB.", MaxRow>>20), t.o), pos, nil
		case open:
			it := bad(raw, "text/csv", "A quote opens in this row and never closes.", t.o)
			it.Envelope.ExternalID = rowID(raw, at)
			return it, pos, nil
		case strings.Trim(text, " \t\r\n\x00\""+string(t.delim)) != "":
			return t.item(raw, text, at), pos, nil
		}
	}
}

// text decodes the bytes of a record: UTF-16 by the file, else UTF-8, else
// windows-1252 by the row.
func (t *table) text(raw []byte) string {
	switch {
	case t.width == 2 && t.big:
		raw, _ = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Bytes(raw)
	case t.width == 2:
		raw, _ = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(raw)
	case !utf8.Valid(raw):
		raw, _ = charmap.Windows1252.NewDecoder().Bytes(raw)
	}
	return string(raw)
}

// fields splits the text of one record by the rules of record.
func fields(text string, delim byte) []string {
	text = strings.TrimRight(text, "\r\n")
	var out []string
	var b strings.Builder
	quoted, start, was := false, true, false
	flush := func() {
		s := b.String()
		if !was {
			s = strings.TrimSpace(s)
		}
		out = append(out, s)
		b.Reset()
		start, was = true, false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '"':
			if i+1 < len(text) && text[i+1] == '"' {
				b.WriteByte('"')
				i++
			} else if i+1 == len(text) || text[i+1] == delim || text[i+1] == ' ' || text[i+1] == '\n' || text[i+1] == '\r' {
				quoted = false
			} else {
				b.WriteByte(c) // a stray quote inside
			}
		case quoted:
			b.WriteByte(c)
		case c == '"' && start:
			quoted, start, was = true, false, true
			b.Reset()
		case c == delim:
			flush()
		case was && c == ' ':
		default:
			b.WriteByte(c)
			start = start && c == ' '
		}
	}
	flush()
	return out
}
