package email

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// HTMLText gives the readable text of an HTML mail: paragraphs, lists and the
// text of links, without styles and scripts. What the marks of mail programs
// show to be quoted history or a signature comes second.
func HTMLText(src string) (visible, quoted string) {
	return htmlText(src, newBudget(defaultDeadline))
}

func htmlText(src string, b *budget) (visible, quoted string) {
	c := &converter{names: map[string]string{}}
	c.to = &c.visible
	z := html.NewTokenizer(strings.NewReader(src))
	z.SetMaxBuf(maxHTML)
	for len(c.visible.b)+len(c.quoted.b) < maxText {
		tt := z.Next()
		if tt == html.ErrorToken {
			break
		}
		raw := len(z.Raw())
		if !b.spend(raw) {
			break
		}
		switch tt {
		case html.TextToken:
			if c.skip == "" {
				c.text(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			c.start(c.name(name), attributes(z, more))
		case html.EndTagToken:
			name, _ := z.TagName()
			c.end(c.name(name))
		}
	}
	return clean(c.visible.String()), clean(c.quoted.String())
}

// name is b as a string; the few names of a page are allocated once.
func (c *converter) name(b []byte) string {
	if s, ok := c.names[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(c.names) < 200 {
		c.names[s] = s
	}
	return s
}

// attributes reads the few that matter; a tag with thousands is not searched.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	if !more {
		return nil
	}
	m := map[string]string{}
	for n := 0; more && n < 64; n++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		switch name := string(k); name {
		case "class", "id", "type", "style", "data-signatureblock", "start":
			m[name] = string(v)
		}
	}
	return m
}

// sink collects text with its white space collapsed as a browser would.
type sink struct {
	b      []byte
	breaks int  // line ends due before the next text
	space  bool // a blank due before the next text
}

func (s *sink) block(n int) {
	if len(s.b) > 0 {
		s.breaks = max(s.breaks, n)
	}
	s.space = false
}

// lineBreak is <br>: it adds up, to one empty line.
func (s *sink) lineBreak() {
	if len(s.b) > 0 {
		s.breaks = min(s.breaks+1, 2)
	}
	s.space = false
}

func (s *sink) before() {
	for ; s.breaks > 0; s.breaks-- {
		s.b = append(s.b, '\n')
	}
	if s.space && len(s.b) > 0 && s.b[len(s.b)-1] != '\n' {
		s.b = append(s.b, ' ')
	}
	s.space = false
}

func (s *sink) text(t string) {
	for t != "" {
		i := strings.IndexFunc(t, isSpace)
		if i == 0 {
			s.space = s.breaks == 0
			t = strings.TrimLeftFunc(t, isSpace)
			continue
		}
		if i < 0 {
			i = len(t)
		}
		s.before()
		s.b = append(s.b, t[:i]...)
		t = t[i:]
	}
}

// raw adds preformatted text.
func (s *sink) raw(t string) {
	if strings.TrimSpace(t) != "" {
		s.before()
		s.b = append(s.b, t...)
	}
}

func (s *sink) String() string { return string(s.b) }

func isSpace(r rune) bool {
	return r == ' ' || r == '\n' || r == '\t' || r == '\r' || r == '\f' || r == '\u00a0' || r == '\u200b' || r == '\ufeff'
}

// list is an open <ul> or <ol>; n is the number of the last item, -1 for <ul>.
type list struct{ n int }

type converter struct {
	names           map[string]string
	visible, quoted sink
	to              *sink
	skip            string // element whose content is not text
	pre             int
	lists           []list
	region          *region
	inner           *region
	block           *outlookBlock
	bold            bool
	boldText        []byte
}

func (c *converter) text(t string) {
	if c.bold && c.block != nil && len(c.boldText) < 200 {
		c.boldText = append(c.boldText, t...)
	}
	if c.pre > 0 {
		c.to.raw(t)
		return
	}
	c.to.text(t)
}

func (c *converter) start(name string, attr map[string]string) {
	c.startRegion(name, attr)
	switch name {
	case "style", "script", "title", "noscript":
		c.skip = name
	case "br":
		c.to.lineBreak()
	case "p", "h1", "h2", "h3", "h4", "h5", "h6":
		c.to.block(2)
	case "pre":
		c.pre++
		c.to.block(1)
	case "ul":
		c.push(list{n: -1})
	case "ol":
		from, err := strconv.Atoi(attr["start"])
		if err != nil {
			from = 1
		}
		c.push(list{n: from - 1})
	case "li":
		c.to.block(1)
		c.to.before()
		mark := "- "
		if n := len(c.lists); n > 0 && c.lists[n-1].n >= 0 {
			c.lists[n-1].n++
			mark = strconv.Itoa(c.lists[n-1].n) + ". "
		}
		c.to.b = append(c.to.b, mark...)
	case "td", "th":
		if c.to.breaks == 0 {
			c.to.space = true
		}
	case "hr", "div", "tr", "table", "blockquote", "dl", "dt", "dd", "section", "article", "header", "footer", "address", "center", "fieldset", "form", "option":
		c.to.block(1)
	}
}

func (c *converter) push(l list) {
	c.to.block(1)
	if len(c.lists) < 100 {
		c.lists = append(c.lists, l)
	}
}

func (c *converter) end(name string) {
	if c.skip != "" {
		if name == c.skip || name == "head" || name == "body" {
			c.skip = ""
		}
	}
	switch name {
	case "p", "h1", "h2", "h3", "h4", "h5", "h6":
		c.to.block(2)
	case "pre":
		c.pre = max(c.pre-1, 0)
		c.to.block(1)
	case "ul", "ol":
		if n := len(c.lists); n > 0 {
			c.lists = c.lists[:n-1]
		}
		c.to.block(1)
	case "div", "tr", "table", "li", "blockquote", "dl", "dt", "dd", "section", "article", "header", "footer", "address", "center", "fieldset", "form":
		c.to.block(1)
	}
	c.endRegion(name)
}
