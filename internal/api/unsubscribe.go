package api

import (
	"html/template"
	"net/http"

	"github.com/rapport-crm/rapport/internal/act"
)

var unsubscribePage = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{{.Title}}</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}</style></head>
<body><h1>{{.Title}}</h1><p>{{.Text}}</p>{{if .Ask}}<form method="post"><button>Unsubscribe</button></form>{{end}}</body></html>`))

// unsubscribe answers the address of List-Unsubscribe. Mail programs post to it
// without asking anybody (RFC 8058); whoever opens it sees a button. Opening it
// changes nothing, since programs that check links open everything.
func (s *server) unsubscribe(w http.ResponseWriter, r *http.Request) {
	u := act.Unsubscribe{Keys: s.Inboxes.Keys.DeriveAll}
	address, kind, ok := u.Parse(r.PathValue("token"))
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	page := struct {
		Title, Text string
		Ask         bool
	}{"Unsubscribe", "You get no more of these mails at " + address + " once you press the button. Answers to your own questions still reach you.", true}
	switch {
	case !ok:
		w.WriteHeader(http.StatusNotFound)
		page.Title, page.Text, page.Ask = "This link is not complete", "Copy the whole link from the mail, or answer the mail and say that you want no more.", false
	case r.Method == http.MethodPost:
		if err := s.Outbox.Suppress(r.Context(), address, kind, "The recipient unsubscribed.", ""); err != nil {
			s.problem(w, r, s.classify(err))
			return
		}
		page.Title, page.Text, page.Ask = "Done", address+" gets no more of these mails.", false
	}
	_ = unsubscribePage.Execute(w, page) // the peer may be gone
}
