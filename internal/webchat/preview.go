package webchat

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// previewPage is a page with the widget on it, for whoever sets it up.
var previewPage = template.Must(template.New("preview").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Preview: {{.Name}}</title>
<style nonce="{{.Nonce}}">
body { margin: 0; padding: 24px; font: 15px/1.5 system-ui, sans-serif }
main { max-width: 60ch }
h1 { margin: 0 0 8px; font-size: 20px }
h2 { margin: 24px 0 8px; font-size: 15px }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px }
</style>
<script async src="/widget.js" data-inbox="{{.Inbox}}"></script>
</head>
<body>
<main>
<h1>{{.Name}}</h1>
<p>This is how the chat looks on a page. What you write here reaches the inbox like any customer's message.</p>
<h2>To put it on your site</h2>
<pre tabindex="0"><code>&lt;script async src="{{.Base}}/widget.js" data-inbox="{{.Inbox}}"&gt;&lt;/script&gt;</code></pre>
<p>{{if .Origins}}Pages that may show it: {{.Origins}}.{{else}}No page may show it yet. Add your site's address to the inbox, such as https://shop.example.{{end}}</p>
</main>
</body>
</html>
`))

// preview shows the widget to people of the firm who see the inbox.
func (s *Server) preview(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	if err := access.Check(r.Context(), access.Read); err != nil {
		return err
	}
	if !access.CanInbox(r.Context(), inbox.ID) {
		return crm.Errorf(crm.NotFound, "There is no such chat.")
	}
	// Behind a proxy nobody knows how this was asked for; sites are https.
	scheme := "https://"
	if strings.HasPrefix(r.Host, "127.0.0.1:") || strings.HasPrefix(r.Host, "localhost:") {
		scheme = "http://"
	}
	nonce := newToken()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'nonce-"+nonce+"'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	return previewPage.Execute(w, map[string]string{"Nonce": nonce, "Name": inbox.Name, "Inbox": inbox.ID.String(), "Base": scheme + r.Host,
		"Origins": strings.Join(inbox.Settings.Chat.Origins, ", ")})
}
