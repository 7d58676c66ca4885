package api

import (
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// htmlPolicy is the second wall around the HTML of a mail, measured to keep
// every outside request and script out even when the sanitiser misses one:
// nothing loads, nothing runs, nothing is sent.
const htmlPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; " +
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
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.RequireParseableURLs(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	// Pictures only from inside the mail: a remote one tells the sender that it
	// was read.
	p.AllowDataURIImages()
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.SkipElementsContent("style", "title", "script", "noscript", "template", "iframe", "object", "svg", "math")
	return p
})

// mailPage is the document of the frame that shows a mail.
func mailPage(html string) []byte {
	const head = `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light">` +
		`<style>body{margin:0;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere;background:#fff;color:#1a1a1a}img{max-width:100%;height:auto}</style></head><body>`
	clean := mailPolicy().Sanitize(html)
	out := make([]byte, 0, len(head)+len(clean)+14)
	out = append(out, head...)
	out = append(out, clean...)
	return append(out, "</body></html>"...)
}
