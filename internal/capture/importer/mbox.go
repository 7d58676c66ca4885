package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
)

// mbox splits an mbox file (RFC 4155 and its mboxo and mboxrd forms) into
// messages. A message starts at a "From " line that follows an empty line, or
// the start of the file, and that looks like one: writers that forget to escape
// "From " in a text are common.
type mbox struct {
	r      *bufio.Reader
	offset int64 // of the next byte to read
	mail   func(raw []byte, problem string) crm.Item
}

func newMbox(f *os.File, offset int64, mail func([]byte, string) crm.Item) (*mbox, error) {
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	return &mbox{r: bufio.NewReaderSize(f, 64<<10), offset: offset, mail: mail}, nil
}

// next reads up to the separator of the message after it, which stays unread:
// every item ends where the next one starts.
func (m *mbox) next() (crm.Item, Position, error) {
	var msg []byte
	var size int64
	blank, content := true, false
	for {
		if blank && m.separator() {
			if content {
				break
			}
			// The separator of this message; a lone one before it held nothing.
			if err := m.skipLine(); err != nil {
				return crm.Item{}, Position{}, err
			}
			msg, size, blank = msg[:0], 0, false
			continue
		}
		line, whole, err := m.readLine()
		if err != nil && !errors.Is(err, io.EOF) {
			return crm.Item{}, Position{}, err
		}
		if len(line) == 0 {
			break
		}
		size += int64(len(line))
		trimmed := bytes.TrimRight(line, "\r\n")
		blank = whole && len(trimmed) == 0
		content = content || len(bytes.TrimSpace(trimmed)) > 0
		if size <= MaxMessage {
			msg = append(msg, unescape(line)...)
		} else if len(msg) > keepRaw {
			msg = append([]byte(nil), msg[:keepRaw]...)
		}
		for !whole && err == nil {
			// The rest of a line that is longer than the buffer.
			if line, whole, err = m.readLine(); err != nil && !errors.Is(err, io.EOF) {
				return crm.Item{}, Position{}, err
			}
			if size += int64(len(line)); size <= MaxMessage {
				msg = append(msg, line...)
			} else if len(msg) > keepRaw {
				msg = append([]byte(nil), msg[:keepRaw]...)
			}
		}
	}
	if !content {
		return crm.Item{}, Position{}, io.EOF
	}
	problem := ""
	if size > MaxMessage {
		msg, problem = msg[:min(len(msg), keepRaw)], tooLong(size)
	}
	return m.mail(trimBlank(msg), problem), Position{Offset: m.offset}, nil
}

// readLine gives the next line with its end, or as much of it as the buffer
// holds; whole says which.
func (m *mbox) readLine() (line []byte, whole bool, err error) {
	line, err = m.r.ReadSlice('\n')
	m.offset += int64(len(line))
	if errors.Is(err, bufio.ErrBufferFull) {
		return line, false, nil
	}
	return line, true, err
}

func (m *mbox) skipLine() error {
	for {
		_, whole, err := m.readLine()
		if whole || err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// separator looks ahead, without reading, whether a message starts here.
func (m *mbox) separator() bool {
	head, _ := m.r.Peek(5)
	if string(head) != "From " {
		return false
	}
	head, _ = m.r.Peek(2048)
	first, rest, _ := bytes.Cut(head, []byte("\n"))
	second, _, complete := bytes.Cut(rest, []byte("\n"))
	return isSeparator(bytes.TrimRight(first, "\r"), bytes.TrimRight(second, "\r"), complete)
}

// isSeparator judges a "From " line by its own form and by the line after it,
// which must be able to start a header unless the date is written as RFC 4155
// has it.
func isSeparator(line, after []byte, complete bool) bool {
	dated := hasClock(line) && hasYear(line)
	if dated && hasWord(line, "mon tue wed thu fri sat sun") && hasWord(line, "jan feb mar apr may jun jul aug sep oct nov dec") {
		return true
	}
	name, _, ok := bytes.Cut(after, []byte(":"))
	header := ok && len(name) > 0 && !bytes.ContainsAny(name, " \t") && isASCII(name)
	switch {
	case dated:
		// A message without a header, or a cut file, is still a message.
		return header || len(after) == 0 || !complete || bytes.HasPrefix(after, []byte(">From ")) || bytes.HasPrefix(after, []byte("From "))
	case header:
		// "From - " and "From x@y" without a date; prose that goes on with a
		// word and a colon must not pass.
		switch strings.ToLower(string(name)) {
		case "return-path", "received", "from", "to", "subject", "date", "message-id", "mime-version", "delivered-to", "content-type", "x-mozilla-status", "x-gmail-labels", "x-gm-thrid", "status", "x-account-key", "dkim-signature", "authentication-results":
			return true
		}
	}
	return false
}

// hasWord reports whether one of the words of list is a word of line.
func hasWord(line []byte, list string) bool {
	for word := range bytes.FieldsSeq(bytes.ToLower(line)) {
		if len(word) == 3 && strings.Contains(list, string(word)) {
			return true
		}
	}
	return false
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

func hasClock(b []byte) bool {
	for i := 1; i+2 < len(b); i++ {
		if b[i] == ':' && isDigit(b[i-1]) && isDigit(b[i+1]) && isDigit(b[i+2]) {
			return true
		}
	}
	return false
}

func hasYear(b []byte) bool {
	run := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && isDigit(b[i]) {
			run++
			continue
		}
		if run == 4 && (b[i-4] == '1' && b[i-3] == '9' || b[i-4] == '2' && b[i-3] == '0') {
			return true
		}
		run = 0
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// unescape removes one ">" from ">From " lines (mboxrd; mboxo has one only).
func unescape(line []byte) []byte {
	if len(line) > 0 && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
		return line[1:]
	}
	return line
}

// trimBlank removes the empty line that separates messages.
func trimBlank(msg []byte) []byte {
	for _, end := range []string{"\n\r\n", "\n\n"} {
		if bytes.HasSuffix(msg, []byte(end)) {
			return msg[:len(msg)-len(end)+1]
		}
	}
	return msg
}
