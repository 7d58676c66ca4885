package api

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// htmlPolicy is the second wall around the HTML of a mail, measured to keep
// every outside request and script out even when the sanitiser misses one:
// nothing loads, nothing runs, nothing is sent.
// Pictures come from here alone, by signed addresses.
const htmlPolicy = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; " +
	"frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"

// mailPolicy is the first wall: what mail needs to be read, and nothing that
// acts. There is no id, name, class or form element, so nothing can collide
// with or point into the console; positions that float over others are not
// among the styles.
var mailPolicy = sync.OnceValue(func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "span", "center", "b", "strong", "i", "em", "u", "s", "strike", "del", "ins", "small", "big", "sub",
		"sup", "mark", "code", "pre", "tt", "blockquote", "cite", "q", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
		"table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th", "font", "address", "abbr", "figure", "figcaption")
	p.AllowAttrs("dir").Matching(bluemonday.Direction).Globally()
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[a-zA-Z-]{2,35}$`)).Globally()
	p.AllowAttrs("title").Globally()
	p.AllowAttrs("align", "valign").Matching(regexp.MustCompile(`^(?i)(left|right|center|justify|top|middle|bottom|baseline)$`)).Globally()
	p.AllowAttrs("width", "height", "border", "cellpadding", "cellspacing").Matching(bluemonday.NumberOrPercent).Globally()
	p.AllowAttrs("colspan", "rowspan", "span", "start", "size").Matching(bluemonday.Integer).Globally()
	colour := regexp.MustCompile(`^(?i)(#?[0-9a-f]{3,8}|[a-z]{3,20})$`)
	p.AllowAttrs("bgcolor", "color").Matching(colour).Globally()
	p.AllowAttrs("face").Matching(regexp.MustCompile(`^[\w ,'-]{1,100}$`)).OnElements("font")
	p.AllowStyles("color", "background-color", "font-family", "font-size", "font-style", "font-weight", "line-height", "letter-spacing",
		"text-align", "text-decoration", "text-transform", "text-indent", "vertical-align", "white-space", "direction",
		"width", "max-width", "min-width", "height", "padding", "padding-top", "padding-right", "padding-bottom", "padding-left",
		"margin", "margin-top", "margin-right", "margin-bottom", "margin-left", "border", "border-top", "border-right", "border-bottom",
		"border-left", "border-color", "border-style", "border-width", "border-collapse", "border-spacing", "border-radius",
		"list-style-type", "table-layout").Globally()
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel", "cid")
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	// What a picture's address becomes, or whether it goes, is pictures' business:
	// a remote one tells the sender that it was read.
	p.AllowDataURIImages()
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^(?i)(data:image/(png|jpeg|gif|webp);base64,|https?://|cid:)`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.SkipElementsContent("style", "title", "script", "noscript", "template", "iframe", "object", "svg", "math")
	return p
})

// pictures says what becomes of the pictures of a mail.
type pictures struct {
	cid    map[string]string       // address of the pictures inside the mail
	remote func(url string) string // address of the others; nil: they are left out
}

// mailPage is the document of the frame that shows a mail.
func mailPage(html string, p pictures) []byte {
	const head = `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light">` +
		`<style>body{margin:0;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere;background:#fff;color:#1a1a1a}img{max-width:100%;height:auto}</style></head><body>`
	clean := p.place(mailPolicy().Sanitize(html))
	out := make([]byte, 0, len(head)+len(clean)+14)
	out = append(out, head...)
	out = append(out, clean...)
	return append(out, "</body></html>"...)
}

// place gives the pictures of clean HTML their addresses, and removes those that
// are there to be counted, not seen.
func (p pictures) place(clean string) string {
	if !strings.Contains(clean, "<img") && !strings.Contains(clean, "cid:") {
		return clean
	}
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(clean))
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return out.String()
		}
		raw := string(z.Raw())
		t := z.Token()
		if t.Data == "a" && kind == html.StartTagToken {
			t.Attr = slices.DeleteFunc(t.Attr, func(a html.Attribute) bool {
				return a.Key == "href" && strings.HasPrefix(strings.ToLower(a.Val), "cid:")
			})
			out.WriteString(t.String())
			continue
		}
		if t.Data != "img" || kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.WriteString(raw)
			continue
		}
		src, tiny := "", 0
		for i, a := range t.Attr {
			switch a.Key {
			case "src":
				src = p.address(a.Val)
				t.Attr[i].Val = src
			case "width", "height":
				if n, err := strconv.Atoi(a.Val); err == nil && n <= 2 {
					tiny++
				}
			}
		}
		if src != "" && tiny < 2 {
			out.WriteString(t.String())
		} else if alt := attribute(&t, "alt"); alt != "" && tiny < 2 {
			out.WriteString(html.EscapeString("[" + alt + "]"))
		}
	}
}

func (p pictures) address(src string) string {
	low := strings.ToLower(src)
	switch {
	case strings.HasPrefix(low, "data:"):
		return src
	case strings.HasPrefix(low, "cid:"):
		id, err := url.PathUnescape(src[4:])
		if err != nil {
			id = src[4:]
		}
		return p.cid[strings.ToLower(id)]
	case p.remote != nil:
		return p.remote(src)
	}
	return ""
}

func attribute(t *html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
