package satisfaction

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"net/mail"
	"strconv"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"

	_ "embed"
)

//go:embed page.css
var pageStyle string

//go:embed page.html
var pageText string

var answerPage = template.Must(template.New("").Parse(pageText))

// pagePolicy lets the page show its own style and send its own form; there is
// nothing else in it.
var pagePolicy = func() string {
	sum := sha256.Sum256([]byte(pageStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

// shown is what the page is made of.
type shown struct {
	Language, Dir, Title, Text, Brand string
	Style                             template.CSS
	Form                              *form
}

// form is the question on the page.
type form struct {
	Action                            string
	Notice, Low, High, Scale          string
	Comment, CommentLabel, Send, Late string
	Most                              int
	Scores                            []choice
	Missing                           bool // no number was chosen
}

type choice struct {
	Score   int64
	Checked bool
	Ends    string // what the number means, of the first and the last
}

// Handler answers GET and POST /s/{token} and GET /s/{token}/{score}. A GET shows
// the page and changes nothing: programs that look for bad links open every one of
// a mail. There is no script in it, so nothing sends the form but a person.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /s/{token}", s.page)
	mux.HandleFunc("GET /s/{token}/{score}", s.page)
	mux.HandleFunc("POST /s/{token}", s.post)
	return mux
}

// maxForm is room for the longest comment, encoded.
const maxForm = 64 << 10

func (s *Service) page(w http.ResponseWriter, r *http.Request) {
	row, ok := s.open(w, r)
	if !ok {
		return
	}
	chosen := row.Score // what was said before
	if text := r.PathValue("score"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !scales[row.Kind].Has(n) {
			s.broken(w, r)
			return
		}
		chosen = n
	}
	s.show(w, http.StatusOK, &row, chosen, row.Comment, false)
}

func (s *Service) post(w http.ResponseWriter, r *http.Request) {
	row, ok := s.open(w, r)
	if !ok {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		s.show(w, http.StatusRequestEntityTooLarge, &row, row.Score, row.Comment, true)
		return
	}
	comment := r.PostForm.Get("comment")
	score, err := strconv.ParseInt(r.PostForm.Get("score"), 10, 64)
	if err != nil || !scales[row.Kind].Has(score) {
		s.show(w, http.StatusUnprocessableEntity, &row, -1, comment, true)
		return
	}
	_, _, err = s.Answer(r.Context(), row.ID, score, comment)
	switch {
	case errors.Is(err, errClosed):
		s.closed(w, r, &row)
	case crm.CodeOf(err) == crm.Conflict: // changed too often: it stands as it is
		s.again(w, r)
	case err != nil:
		s.Log.ErrorContext(r.Context(), "an answer of a customer was not kept", "err", err)
		w.Header().Set("Retry-After", "5")
		s.show(w, http.StatusServiceUnavailable, &row, score, comment, false)
	default:
		s.again(w, r)
	}
}

// again leads to the page that was sent from: loading that again sends nothing again.
func (*Service) again(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/s/"+r.PathValue("token"), http.StatusSeeOther) //nolint:gosec // a path of ours
}

// open finds the survey of a request, or answers it.
func (s *Service) open(w http.ResponseWriter, r *http.Request) (Row, bool) {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the address is the key
	h.Set("X-Robots-Tag", "noindex")
	id, ok := s.parse(r.PathValue("token"))
	if !ok {
		s.broken(w, r)
		return Row{}, false
	}
	row, err := s.Get(r.Context(), id)
	switch {
	case crm.CodeOf(err) == crm.NotFound || err == nil && row.Channel != inboxes.ByMail:
		s.broken(w, r)
	case err != nil:
		s.Log.ErrorContext(r.Context(), "a question to a customer could not be read", "err", err)
		h.Set("Retry-After", "5")
		s.broken(w, r)
	case row.ExpiresAt <= crm.Micros(s.Clock()):
		s.closed(w, r, &row)
	default:
		return row, true
	}
	return Row{}, false
}

// broken answers a link that is none of ours. It is the same whatever is wrong.
func (s *Service) broken(w http.ResponseWriter, r *http.Request) {
	l := accepted(r.Header.Get("Accept-Language"))
	t, err := textsOf(l)
	if err != nil {
		http.Error(w, "This page can't be shown.", http.StatusInternalServerError)
		return
	}
	s.write(w, http.StatusNotFound, &shown{Language: l, Title: t.Broken, Text: t.BrokenText})
}

// closed answers a link whose time is over.
func (s *Service) closed(w http.ResponseWriter, _ *http.Request, row *Row) {
	t, err := textsOf(row.Language)
	if err != nil {
		http.Error(w, "This page can't be shown.", http.StatusInternalServerError)
		return
	}
	s.write(w, http.StatusGone, &shown{Language: row.Language, Title: t.Expired, Text: dated(t.ExpiredText, row.ExpiresAt)})
}

func (s *Service) show(w http.ResponseWriter, status int, row *Row, chosen int64, comment string, wrong bool) {
	t, err := textsOf(row.Language)
	if err != nil {
		http.Error(w, "This page can't be shown.", http.StatusInternalServerError)
		return
	}
	f := &form{Low: "", Scale: t.scaleWords(row.Kind), Comment: comment, CommentLabel: t.Comment, Send: t.Send, Most: MaxComment}
	f.Low, f.High = t.ends(row.Kind)
	if row.AnsweredAt > 0 {
		f.Notice, f.Send, f.Late = t.Thanks, t.Change, dated(t.Until, row.ExpiresAt)
	}
	if wrong {
		f.Notice, f.Missing = t.Choose, true
	}
	scale := scales[row.Kind]
	for _, n := range scale.Scores() {
		c := choice{Score: n, Checked: n == chosen}
		switch n {
		case scale.Low:
			c.Ends = f.Low
		case scale.High:
			c.Ends = f.High
		}
		f.Scores = append(f.Scores, c)
	}
	f.Action = "/s/" + s.token(row.ID)
	s.write(w, status, &shown{Language: row.Language, Title: row.Question, Form: f})
}

func (s *Service) write(w http.ResponseWriter, status int, p *shown) {
	p.Dir, p.Style = direction(p.Language), template.CSS(pageStyle) //nolint:gosec // a constant of this program
	w.WriteHeader(status)
	_ = answerPage.Execute(w, p) // the peer may be gone
}

// bare is the address alone.
func bare(to string) string {
	if a, err := mail.ParseAddress(to); err == nil {
		return a.Address
	}
	return to
}
