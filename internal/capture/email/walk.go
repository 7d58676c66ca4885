package email

import (
	"bytes"
	"strings"
)

// part is one node of the MIME tree. Leaves have a body, multiparts have kids.
type part struct {
	header      header
	kind        string // lower-case media type, never empty
	params      map[string]string
	disposition media
	encoding    string
	body        []byte // still transfer-encoded
	kids        []*part
}

// frame is an open multipart.
type frame struct {
	boundary []byte
	part     *part
	start    int // where its content begins
}

// walker splits a message into parts in one pass over its bytes.
type walker struct {
	raw    []byte
	budget *budget
	stack  []frame
	first  [256]bool // first bytes of the boundaries ever opened: a quick no
	parts  int
	limits map[string]bool // sentences about limits that were met
}

// walk returns the tree of raw, whose header begins at pos.
func walk(raw []byte, pos int, b *budget, limits map[string]bool) *part {
	w := &walker{raw: raw, budget: b, limits: limits}
	root, pos := w.open(pos, "")
	leaf, leafStart := w.enter(root, pos)
	w.run(pos, leaf, leafStart)
	if isMultipart(root.kind) && len(root.kids) == 0 && root.kind != "text/plain" {
		w.recover(root, pos)
	}
	return root
}

// run reads boundaries until the end and fills the tree.
func (w *walker) run(pos int, leaf *part, leafStart int) {
	for {
		lineStart, lineEnd, depth, closing, ok := w.boundary(pos)
		if leaf != nil {
			leaf.body = w.content(leafStart, lineStart)
			leaf = nil
		}
		if !ok {
			w.fillEmpty(0, lineStart)
			return
		}
		w.fillEmpty(depth+1, lineStart)
		w.stack = w.stack[:depth+1]
		pos = lineEnd
		if closing {
			w.fillEmpty(depth, lineStart)
			w.stack = w.stack[:depth]
			continue
		}
		if w.parts >= maxParts {
			w.limits["It has more than 500 parts; the others were left out."] = true
			return
		}
		parent := w.stack[depth].part
		var p *part
		p, pos = w.open(pos, parent.kind)
		parent.kids = append(parent.kids, p)
		leaf, leafStart = w.enter(p, pos)
	}
}

// fillEmpty gives the open multiparts from depth on that have no part their
// content as a body, so that text under a wrong boundary is still shown.
func (w *walker) fillEmpty(depth, end int) {
	for _, f := range w.stack[min(depth, len(w.stack)):] {
		if len(f.part.kids) == 0 && f.part.body == nil {
			f.part.body = w.content(f.start, end)
		}
	}
}

// open reads the header of a part and says where its body starts.
func (w *walker) open(pos int, parent string) (*part, int) {
	w.parts++
	h, body, cutOff := readHeader(w.raw, pos, w.isBoundary)
	w.budget.spend(body - pos)
	if cutOff {
		w.limits["Its header is longer than 256 KB or 1,000 fields; the rest of it was left out."] = true
	}
	p := &part{header: h, kind: "text/plain"}
	if parent == "multipart/digest" {
		p.kind = "message/rfc822" // RFC 2046 5.1.5
	}
	// Among several Content-Type fields the first that says something wins.
	for _, v := range h.all("content-type") {
		if m := parseMedia(v); m.value != "" {
			p.params = m.params
			if i := strings.IndexByte(m.value, '/'); i > 0 && i < len(m.value)-1 {
				p.kind = m.value
			} else if m.value == "html" {
				p.kind = "text/html"
			}
			break
		}
	}
	p.disposition = parseMedia(h.get("content-disposition"))
	p.encoding = transferEncoding(h.get("content-transfer-encoding"))
	return p, body
}

// transferEncoding names the encoding despite blanks, quotes and comments.
func transferEncoding(v string) string {
	v, _, _ = strings.Cut(strings.ToLower(v), ";")
	v = strings.NewReplacer(" ", "", "\t", "", `"`, "", "'", "").Replace(v)
	v, _, _ = strings.Cut(v, "(")
	switch v {
	case "base64", "base-64":
		return "base64"
	case "quoted-printable", "quotedprintable", "quoted-printable,":
		return "quoted-printable"
	}
	return v
}

// enter begins the body of p: a multipart goes on the stack, anything else is
// the open leaf.
func (w *walker) enter(p *part, pos int) (leaf *part, start int) {
	if isMultipart(p.kind) {
		boundary := strings.TrimRight(p.params["boundary"], " \t")
		if len(w.stack) >= maxDepth {
			w.limits["Its parts are nested more than 20 deep; what is inside them was left out."] = true
			return p, pos
		}
		if boundary != "" && len(boundary) <= maxBoundary {
			w.stack = append(w.stack, frame{boundary: []byte(boundary), part: p, start: pos})
			w.first[boundary[0]] = true
			return nil, 0
		}
	}
	return p, pos
}

// recover handles a multipart whose boundary never appears: a line "--x" that
// is followed by a Content- field shows the real one.
func (w *walker) recover(root *part, pos int) {
	for at := pos; at < len(w.raw) && w.budget.spend(1); {
		line, next := w.line(at)
		if len(line) > 2 && len(line) <= maxBoundary+2 && line[0] == '-' && line[1] == '-' {
			after, _ := w.line(next)
			if name, _, ok := fieldName(after); ok && strings.HasPrefix(name, "content-") {
				root.body = nil
				w.stack = []frame{{boundary: line[2:], part: root, start: pos}}
				w.first[line[2]] = true
				w.run(at, nil, 0)
				return
			}
		}
		at = next
	}
}

// line is the line at pos without its end, and where the next one begins.
func (w *walker) line(pos int) ([]byte, int) {
	end, next := len(w.raw), len(w.raw)
	if i := bytes.IndexByte(w.raw[pos:], '\n'); i >= 0 {
		end, next = pos+i, pos+i+1
	}
	for end > pos && (isBlank(w.raw[end-1]) || w.raw[end-1] == '\r') {
		end--
	}
	return w.raw[pos:end], next
}

// content is raw[from:to] without the line end that belongs to the boundary
// after it (RFC 2046 5.1.1).
func (w *walker) content(from, to int) []byte {
	if from >= to {
		return []byte{}
	}
	b := w.raw[from:to]
	if to < len(w.raw) {
		b = bytes.TrimSuffix(b, []byte("\n"))
		b = bytes.TrimSuffix(b, []byte("\r"))
	}
	return b
}

// boundary finds the next line, at or after pos, that is a boundary of an open
// multipart. Without one it gives the end of the message.
func (w *walker) boundary(pos int) (lineStart, lineEnd, depth int, closing, ok bool) {
	for at := pos; at < len(w.raw) && len(w.stack) > 0; {
		if !bytes.HasPrefix(w.raw[at:], []byte("--")) {
			i := bytes.Index(w.raw[at:], []byte("\n--"))
			if i < 0 {
				w.budget.spend(len(w.raw) - at)
				break
			}
			if !w.budget.spend(i) {
				return w.late(at)
			}
			at += i + 1
		}
		line, next := w.line(at)
		if depth, closing, ok = w.match(line); ok {
			return at, next, depth, closing, true
		}
		if !w.budget.spend(len(line)) {
			return w.late(at)
		}
		at = next
	}
	return len(w.raw), len(w.raw), 0, false, false
}

// late ends the walk because the budget is spent.
func (w *walker) late(at int) (int, int, int, bool, bool) {
	w.limits["Reading it took too long; the rest was left out."] = true
	return at, at, 0, false, false
}

// match compares a line that begins with "--" with the open boundaries, the
// innermost first.
func (w *walker) match(line []byte) (depth int, closing, ok bool) {
	token := line[2:]
	if len(token) == 0 || len(token) > maxBoundary+2 || !w.first[token[0]] {
		return 0, false, false
	}
	for i := len(w.stack) - 1; i >= 0; i-- {
		b := w.stack[i].boundary
		switch {
		case len(token) == len(b) && bytes.Equal(token, b):
			return i, false, true
		case len(token) == len(b)+2 && token[len(b)] == '-' && token[len(b)+1] == '-' && bytes.HasPrefix(token, b):
			return i, true, true
		}
	}
	return 0, false, false
}

// isBoundary tells the header reader where a part without an empty line ends.
func (w *walker) isBoundary(line []byte) bool {
	if len(line) < 3 || line[0] != '-' || line[1] != '-' || len(w.stack) == 0 {
		return false
	}
	_, _, ok := w.match(bytes.TrimRight(line, " \t"))
	return ok
}

func isMultipart(kind string) bool { return strings.HasPrefix(kind, "multipart/") }
