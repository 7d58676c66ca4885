package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/store"
)

// Server answers the widgets of all chat inboxes.
type Server struct {
	DB      *store.DB
	Inboxes *inboxes.Service
	Desk    *desk.Service
	Outbox  *act.Outbox
	Engine  *flow.Engine
	Hub     *live.Hub
	Surveys *satisfaction.Service // default: nil, nothing is asked
	Files   *files.Service
	Firm    func() string
	Clock   crm.Clock
	Log     *slog.Logger
	// Page is the widget's page with its script, and Script what sites embed.
	Page, Script http.Handler

	board   board
	mu      sync.Mutex
	limits  map[string]*rate.Limiter
	sites   map[string]time.Time // when an inbox was last seen on a site
	waits   map[crm.ID]usual     // expected answers by inbox, for some minutes
	uploads chan struct{}        // a place for each file that comes in now
}

// The pace that one address may keep, and one browser.
const (
	perSecond = 5
	burst     = 30
	maxBody   = 64 << 10
	maxText   = 10_000 // characters of a message
)

// Handler answers /w/ and /widget.js.
func (s *Server) Handler() http.Handler {
	s.limits = map[string]*rate.Limiter{}
	s.uploads = make(chan struct{}, maxUploads)
	s.board.init()
	mux := http.NewServeMux()
	mux.Handle("GET /widget.js", s.Script)
	mux.HandleFunc("GET /w/{inbox}/frame", s.frame)
	mux.HandleFunc("GET /w/{inbox}/preview", s.open(s.preview))
	mux.HandleFunc("POST /w/{inbox}/session", s.open(s.session))
	mux.HandleFunc("POST /w/{inbox}/messages", s.open(s.send))
	mux.HandleFunc("GET /w/{inbox}/messages", s.open(s.messages))
	mux.HandleFunc("POST /w/{inbox}/files", s.open(s.upload))
	mux.HandleFunc("POST /w/{inbox}/ticket", s.open(s.ticket))
	mux.HandleFunc("POST /w/{inbox}/seen", s.open(s.seen))
	mux.HandleFunc("POST /w/{inbox}/typing", s.open(s.typing))
	mux.HandleFunc("POST /w/{inbox}/survey", s.open(s.survey))
	mux.HandleFunc("GET /w/{inbox}/socket", s.open(s.socket))
	mux.HandleFunc("GET /w/{inbox}/stream", s.open(s.stream))
	return mux
}

// operation answers one request for an inbox.
type operation func(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error

// open finds the inbox and keeps the pace.
func (s *Server) open(do operation) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		inbox, err := s.inbox(r)
		if err == nil && !s.pace(network(r.Context())) {
			w.Header().Set("Retry-After", "2")
			err = crm.Errorf(crm.Busy, "Too fast. Try again in a moment.")
		}
		if err == nil {
			most := int64(maxBody)
			if strings.HasSuffix(r.URL.Path, "/files") {
				most = MaxFile + 1 // one more tells that it is too large
			}
			r.Body = http.MaxBytesReader(w, r.Body, most)
			err = do(w, r, inbox)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	}
}

func (s *Server) inbox(r *http.Request) (*inboxes.Inbox, error) {
	gone := crm.Errorf(crm.NotFound, "There is no such chat.")
	id, err := crm.ParseID(r.PathValue("inbox"))
	if err != nil || id.IsZero() {
		return nil, gone
	}
	i, err := s.Inboxes.Get(r.Context(), id)
	if err == nil && (i.Kind != inboxes.Chat || i.State != inboxes.Active) {
		err = gone
	}
	return i, err
}

// network is where a request comes from. One household or firm shares an address,
// and IPv6 gives each machine many.
func network(ctx context.Context) string {
	ip := access.IP(ctx)
	if a, err := netip.ParseAddr(ip); err == nil && a.Is6() && !a.Is4In6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip
}

func (s *Server) pace(key string) bool {
	return s.limiter(key, perSecond*4, burst*4).Allow()
}

// limiter is that of a key, made with its pace when it is new.
func (s *Server) limiter(key string, pace rate.Limit, burst int) *rate.Limiter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.limits) > 50_000 {
		clear(s.limits) // a bounded memory; who was limited starts anew
	}
	l := s.limits[key]
	if l == nil {
		l = rate.NewLimiter(pace, burst)
		s.limits[key] = l
	}
	return l
}

// fail answers with a problem document.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := map[crm.Code]int{crm.Invalid: 422, crm.NotFound: 404, crm.Conflict: 409, crm.Busy: 429, crm.Unauthorized: 401, crm.Forbidden: 403, crm.Unavailable: 503}[crm.CodeOf(err)]
	detail := "Something went wrong here."
	reason := ""
	var known *crm.Error
	if errors.As(err, &known) {
		detail, reason = known.Message, reasonOf(known)
	}
	if status == 0 {
		status = http.StatusInternalServerError
		s.Log.ErrorContext(r.Context(), "the chat failed", "err", err)
	}
	if status == 503 {
		w.Header().Set("Retry-After", "5")
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": status, "title": http.StatusText(status), "detail": detail, "reason": reason}) // the peer may be gone
}

func answer(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(v)
}

// decode reads a body that holds one JSON value.
func decode(r *http.Request, into any) error {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return crm.Errorf(crm.Invalid, "This is too long.")
	}
	if len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, into); err != nil {
		return crm.Errorf(crm.Invalid, "This is not the JSON that is expected here.")
	}
	return nil
}

// frame serves the page of the widget to sites that the inbox names.
func (s *Server) frame(w http.ResponseWriter, r *http.Request) {
	inbox, err := s.inbox(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	origins := append([]string{"'self'"}, inbox.Settings.Chat.Origins...)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "+
		"base-uri 'none'; form-action 'none'; frame-ancestors "+strings.Join(origins, " "))
	w.Header().Set("Referrer-Policy", "no-referrer")
	s.Page.ServeHTTP(w, r)
}

// sameOrigin refuses sockets that other pages open: they carry a ticket in their
// address, but no cookie, so this is the second lock.
func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	_, host, ok := strings.Cut(origin, "://")
	return ok && host == r.Host
}

// hours tells whether somebody is there, and when somebody is again.
func (s *Server) hours(ctx context.Context, inbox *inboxes.Inbox, now time.Time) (open bool, next time.Time, err error) {
	schedule, err := s.Desk.Schedule(ctx, inbox.ID)
	if err != nil {
		return false, next, err
	}
	next, ok := schedule.NextOpen(now)
	if !ok {
		return false, time.Time{}, nil
	}
	return next.Equal(now), next, nil
}

// trimmed is what a visitor typed, whole runes of it.
func trimmed(s string, most int) string {
	s = strings.TrimSpace(store.Clean(s, 4*most))
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most])
	}
	return s
}

// questions are the answers to the inbox's questions, of which no others count.
func questions(inbox *inboxes.Inbox, given map[string]string) (name, email string, rest map[string]json.RawMessage, err error) {
	rest = map[string]json.RawMessage{}
	for _, q := range inbox.Settings.Chat.Prechat {
		v := trimmed(given[q.Name], 200)
		if v == "" && q.Required {
			return "", "", nil, crm.Errorf(crm.Invalid, "Please answer: %s", q.Label)
		}
		switch {
		case v == "":
		case q.Name == "name":
			name = v
		case q.Name == "email":
			email = v
		default:
			if rest["prechat."+q.Name], err = json.Marshal(v); err != nil {
				return "", "", nil, err
			}
		}
	}
	asked := func(n string) bool {
		return slices.ContainsFunc(inbox.Settings.Chat.Prechat, func(q inboxes.PrechatQuestion) bool { return q.Name == n })
	}
	// A visitor may always say how to be reached, asked or not.
	if !asked("email") {
		email = trimmed(given["email"], 200)
	}
	if !asked("name") {
		name = trimmed(given["name"], 100)
	}
	return name, email, rest, nil
}

// Away is how long an answer of the inbox may go unseen before it goes by mail.
func Away(i *inboxes.Inbox) time.Duration {
	if m := i.Settings.Chat.MailAfterMin; m > 0 {
		return time.Duration(m) * time.Minute
	}
	return 3 * time.Minute
}
