package email

import (
	"bytes"
	"strings"
)

// region is an element whose text is quoted history or a signature. Only
// elements of its own name are counted to find its end, which needs no tree and
// forgives unclosed tags.
type region struct {
	tag   string
	nest  int
	toEnd bool // the marks of some programs stand before the history, not around it
	// open is Gmail's wrapper: the attribution and the blockquotes in it are
	// history, what is typed between and after the blockquotes is not.
	open bool
}

// outlookBlock is a div with a line above it, the start of Outlook's history,
// provided that three bold labels follow (From:, Sent:, To: in any language).
type outlookBlock struct {
	tag    string
	nest   int
	at     int // length of the visible text before it
	labels int
}

// Marks that mail programs put into class and id; some prefix those of the
// mail that they answer.
var (
	quoteClasses     = map[string]bool{"gmail_quote": true, "yahoo_quoted": true, "moz-cite-prefix": true, "protonmail_quote": true, "tutanota_quote": true, "zmail_extra": true, "gmail_attr": true, "moz-forward-container": true}
	signatureClasses = map[string]bool{"gmail_signature": true, "moz-signature": true, "protonmail_signature_block": true, "gmail_signature_prefix": true}
	quoteIDs         = map[string]bool{"appendonsend": true, "divrplyfwdmsg": true, "olk_src_body_section": true, "isforwardcontent": true, "mail-editor-reference-message-container": true}
	signatureIDs     = map[string]bool{"applemailsignature": true, "signature": true, "ms-outlook-mobile-signature": true, "ymail_android_signature": true}
)

// mark decides whether an element starts a region.
func mark(name string, attr map[string]string) *region {
	if name == "blockquote" && strings.EqualFold(attr["type"], "cite") {
		return &region{tag: name, nest: 1}
	}
	if attr["id"] == "" && attr["class"] == "" && attr["data-signatureblock"] == "" {
		return nil
	}
	id := strings.ToLower(unprefixed(attr["id"]))
	if quoteIDs[id] {
		return &region{tag: name, nest: 1, toEnd: true}
	}
	if signatureIDs[id] || attr["data-signatureblock"] == "true" {
		return &region{tag: name, nest: 1}
	}
	for _, class := range strings.Fields(attr["class"]) {
		class = unprefixed(class)
		switch {
		case class == "gmail_quote" && name == "div":
			return &region{tag: name, nest: 1, open: true}
		case quoteClasses[class], signatureClasses[class]:
			return &region{tag: name, nest: 1}
		}
	}
	return nil
}

func unprefixed(s string) string {
	return strings.TrimPrefix(strings.TrimPrefix(s, "x_"), "ecx")
}

// startRegion is told every start tag.
func (c *converter) startRegion(name string, attr map[string]string) {
	if name == "b" || name == "strong" {
		c.bold, c.boldText = true, c.boldText[:0]
	}
	if c.block != nil && name == c.block.tag {
		c.block.nest++
	}
	if r := c.region; r != nil {
		if name == r.tag {
			r.nest++
		}
		switch {
		case !r.open:
		case c.inner != nil && name == "blockquote":
			c.inner.nest++
		case c.inner == nil && name == "blockquote":
			c.inner = &region{tag: name, nest: 1}
			c.to.block(1)
			c.to = &c.quoted
		}
		return
	}
	r := mark(name, attr)
	if name == "blockquote" {
		at := attributionTail(string(c.visible.b[max(len(c.visible.b)-600, 0):]))
		if at >= 0 {
			c.moveTail(max(len(c.visible.b)-600, 0) + at)
			if r == nil {
				r = &region{tag: name, nest: 1}
			}
		}
	}
	if r != nil {
		c.visible.block(1)
		c.region, c.to = r, &c.quoted
		c.quoted.block(1)
		return
	}
	if c.block == nil && name == "div" && ruleAbove(attr["style"]) {
		c.block = &outlookBlock{tag: name, nest: 1, at: len(c.visible.b)}
	}
}

// endRegion is told every end tag.
func (c *converter) endRegion(name string) {
	if name == "b" || name == "strong" {
		c.endBold()
	}
	if b := c.block; b != nil && name == b.tag {
		if b.nest--; b.nest <= 0 {
			c.block = nil
		}
	}
	r := c.region
	if r == nil {
		return
	}
	if c.inner != nil && name == c.inner.tag {
		if c.inner.nest--; c.inner.nest <= 0 {
			c.inner = nil
			c.quoted.block(1)
			c.to = &c.visible
		}
	}
	if name == r.tag && !r.toEnd {
		if r.nest--; r.nest <= 0 {
			c.region, c.inner = nil, nil
			c.quoted.block(1)
			c.to = &c.visible
			c.visible.block(1)
		}
	}
}

// endBold counts a bold label under a rule; the third proves the history, from
// the rule to the end.
func (c *converter) endBold() {
	c.bold = false
	label := strings.TrimRight(string(c.boldText), " \u00a0\n\r\t")
	if c.block == nil || c.region != nil || !strings.HasSuffix(label, ":") && !strings.HasSuffix(label, "：") {
		return
	}
	if c.block.labels++; c.block.labels == 3 {
		c.moveTail(c.block.at)
		c.region = &region{tag: c.block.tag, nest: 1, toEnd: true}
		c.block, c.to = nil, &c.quoted
	}
}

// moveTail moves the visible text from at on to the quoted text.
func (c *converter) moveTail(at int) {
	tail := strings.TrimSpace(string(c.visible.b[at:]))
	c.visible.b = bytes.TrimRight(c.visible.b[:at], "\n ")
	c.visible.breaks, c.visible.space = 0, false
	c.visible.block(1)
	if tail != "" {
		c.quoted.block(1)
		c.quoted.before()
		c.quoted.b = append(c.quoted.b, tail...)
		c.quoted.space = true
	}
}

// ruleAbove reports a border only above, as Outlook draws it.
func ruleAbove(style string) bool {
	style = strings.ToLower(style)
	i := strings.Index(style, "border-top")
	return i >= 0 && strings.Contains(style[i:], "solid")
}
