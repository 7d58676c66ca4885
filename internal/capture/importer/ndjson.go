package importer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// lines streams newline-delimited JSON: one envelope a line, as POST
// /v1/interactions takes it.
type lines struct {
	r      *bufio.Reader
	o      Options
	offset int64
}

func newLines(f *os.File, offset int64, o Options) (*lines, error) {
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return &lines{r: bufio.NewReaderSize(f, 64<<10), o: o, offset: offset}, nil
}

// next gives the next line that is not blank.
func (l *lines) next() (crm.Item, Position, error) {
	for {
		at := l.offset
		line, err := l.read()
		if err != nil {
			return crm.Item{}, Position{}, err
		}
		pos := Position{Offset: l.offset}
		size := l.offset - at
		text := line
		if at == 0 {
			text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		}
		text = bytes.TrimSpace(text)
		switch {
		case size > MaxLine:
			it := bad(line, "application/json", fmt.Sprintf("The line has %d MB; the limit is %d MB.", size>>20, MaxLine>>20), l.o)
			return it, pos, nil
		case len(text) > 0:
			return l.item(text, at), pos, nil
		}
	}
}

// read gives one line. Of a line over the limit it keeps the first megabyte.
func (l *lines) read() ([]byte, error) {
	var line []byte
	size := 0
	for {
		piece, err := l.r.ReadSlice('\n')
		size += len(piece)
		l.offset += int64(len(piece))
		if size <= MaxLine {
			line = append(line, piece...)
		} else if len(line) > keepRaw {
			line = append([]byte(nil), line[:keepRaw]...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && size == 0:
			return nil, io.EOF
		case err == nil, errors.Is(err, io.EOF):
			return line, nil
		default:
			return nil, err
		}
	}
}

func (l *lines) item(line []byte, at int64) crm.Item {
	e, problem := decodeEnvelope(line)
	if problem != "" {
		it := bad(line, "application/json", problem, l.o)
		it.Envelope.ExternalID = rowID(line, at)
		if e.ExternalID != "" {
			it.Envelope.ExternalID = e.ExternalID
		}
		if e.Source != "" {
			it.Envelope.Source = e.Source
		}
		return it
	}
	if e.Source == "" {
		e.Source = l.o.Source
	}
	if e.ExternalID == "" {
		e.ExternalID = rowID(line, at)
	}
	return crm.Item{Envelope: e, Raw: line, RawType: "application/json"}
}

// decodeEnvelope reads one line by the contract: an unknown field is a mistake
// of whoever wrote it, and is named.
func decodeEnvelope(line []byte) (crm.Envelope, string) {
	var e crm.Envelope
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		cleanEnvelope(&e)
		return e, jsonProblem(err)
	}
	cleanEnvelope(&e)
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return e, "The line has more than one JSON value."
	}
	if line[0] != '{' {
		return e, "The line is not a JSON object."
	}
	if problem := defaults(&e); problem != "" {
		return e, problem
	}
	if e.OccurredAt.IsZero() {
		return e, "The field occurred_at is missing."
	}
	return e, ""
}

func jsonProblem(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	text := err.Error()
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("The line is not valid JSON at byte %d: %s.", syntax.Offset, syntax.Error())
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "The line is not valid JSON: it ends too early."
	case errors.As(err, &kind):
		return fmt.Sprintf("The field %s can't be a %s.", kind.Field, kind.Value)
	case strings.Contains(text, "unknown field"):
		_, name, _ := strings.Cut(text, "unknown field ")
		return fmt.Sprintf("The line has the unknown field %s.", name)
	}
	return "The line is not an interaction: " + strings.TrimPrefix(text, "json: ") + "."
}

// cleanEnvelope makes the strings of e fit for storage.
func cleanEnvelope(e *crm.Envelope) {
	for _, s := range []*string{&e.Source, &e.ExternalID, &e.Subject, &e.Text, &e.HTML, &e.Quoted, &e.Locale, &e.Truncated, &e.Thread.MessageID, &e.Thread.InReplyTo, &e.Thread.Key} {
		*s = cleanText(*s)
	}
	for i := range e.Thread.References {
		e.Thread.References[i] = cleanText(e.Thread.References[i])
	}
	for i := range e.Participants {
		p := &e.Participants[i]
		p.Value, p.Name, p.Method = cleanText(p.Value), cleanText(p.Name), cleanText(p.Method)
	}
	for i := range e.Attachments {
		a := &e.Attachments[i]
		a.Name, a.ContentType, a.ContentID = cleanText(a.Name), cleanText(a.ContentType), cleanText(a.ContentID)
	}
}
