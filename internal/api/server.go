package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/capture/segment"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/guard"
	"github.com/rapport-crm/rapport/internal/identify"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/inboxes/discover"
	"github.com/rapport-crm/rapport/internal/inboxes/oauth"
	"github.com/rapport-crm/rapport/internal/journey"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/second"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/understand"
)

// Deps are the parts that the API calls.
type Deps struct {
	DB           *store.DB
	Engine       *flow.Engine
	Identify     *identify.Service // default: the engine's
	Journey      *journey.Service  // default: the engine's
	Access       *access.Service
	Inboxes      *inboxes.Service
	Desk         *desk.Service
	Outbox       *act.Outbox
	Mailboxes    Mailboxes             // default: nil, no mailbox is read
	Discover     *discover.Finder      // default: one that asks DNS and, guarded, the web
	OAuth        *oauth.Service        // default: nil, passwords only
	Records      *records.Service      // default: one on DB
	Satisfaction *satisfaction.Service // default: one on DB that asks nobody
	Second       *second.Service       // default: one on DB
	Trier        Trier                 // tries mail servers; default: nil, nothing can be tried
	Files        *files.Service        // default: one on DB
	Remote       *guard.Client         // fetches pictures of mails; default: guard.New(nil)
	Hub          *live.Hub             // Run by the caller
	Clock        crm.Clock             // default: time.Now
	Log          *slog.Logger
	Demo         bool
	Firm         func() string
	BaseURL      string                    // as people open it; https turns on Strict-Transport-Security
	Own          func(address string) bool // the firm's own mail addresses
	Widgets      http.Handler              // answers /w/ and /widget.js; default: not found
	Console      http.Handler              // everything that is no operation; default: not found
}

// server is the API with what it needs.
type server struct {
	Deps
	read   *reader
	probes probes
	huma   huma.API
	submit func(context.Context, []crm.Item) ([]flow.Result, error)

	fetching chan struct{} // places for those who fetch pictures
}

// New makes the handler of everything that this program answers.
func New(d Deps) (http.Handler, error) {
	if d.DB == nil || d.Engine == nil || d.Access == nil || d.Hub == nil {
		return nil, errors.New("api: a database, an engine, access and a hub are needed")
	}
	if d.Clock == nil {
		d.Clock = time.Now
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Identify == nil {
		d.Identify = d.Engine.Identify
	}
	if d.Journey == nil {
		d.Journey = d.Engine.Journey
	}
	if d.Records == nil {
		d.Records = records.New(d.DB, d.Clock)
	}
	if d.Satisfaction == nil {
		d.Satisfaction = &satisfaction.Service{DB: d.DB, Clock: d.Clock, Inboxes: d.Inboxes, Log: d.Log}
	}
	if d.Second == nil && d.Inboxes != nil {
		d.Second = &second.Service{DB: d.DB, Clock: d.Clock, Keys: d.Inboxes.Keys, Inboxes: d.Inboxes, Engine: d.Engine, Files: ReadAttachment(d.DB), Log: d.Log}
	}
	if d.Files == nil && d.Inboxes != nil {
		d.Files = files.New(d.DB, d.Clock, d.Inboxes.Keys.DeriveAll, ReadAttachment(d.DB))
	}
	if d.Remote == nil {
		d.Remote = guard.New(nil)
	}
	if d.Discover == nil {
		d.Discover = &discover.Finder{Fetch: d.Remote.Get}
	}
	if d.Own == nil {
		d.Own = func(string) bool { return false }
	}
	s := newServer(d)
	s.submit, s.fetching = d.Engine.Submit, make(chan struct{}, fetchers)
	mux := http.NewServeMux()
	s.register(mux)
	mux.HandleFunc("GET /openapi.json", s.openapi)
	mux.HandleFunc("/v1/", s.noOperation)
	mux.HandleFunc("GET "+oauth.CallbackPath, s.connected)
	events := segment.Handler(segment.Options{Submit: s.takeEvents, Key: s.writeKey, Fail: s.failEvents, Clock: d.Clock, BaseURL: d.BaseURL})
	if d.Widgets != nil {
		mux.Handle("/w/", d.Widgets)
		mux.Handle("GET /widget.js", d.Widgets)
	}
	if d.Console != nil {
		mux.Handle("/", d.Console)
	} else {
		mux.HandleFunc("/", s.noOperation)
	}
	signed := d.Access.Middleware(mux)
	collected := d.Access.Middleware(events)
	outer := http.NewServeMux()
	outer.HandleFunc("GET /healthz", s.probes.healthz)
	outer.HandleFunc("GET /readyz", s.ready)
	if d.Files != nil {
		outer.Handle("GET /f/{token}/{name}", d.Files)
		outer.HandleFunc("GET /v1/img", s.image)
		outer.HandleFunc("GET /u/{token}", s.unsubscribe)
		outer.HandleFunc("POST /u/{token}", s.unsubscribe)
		outer.Handle("/s/", d.Satisfaction.Handler())
	}
	outer.Handle("/", signed)
	return s.outside(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The libraries that send events join their paths carelessly, and a
		// redirect would lose a POST in some of them.
		if path, ok := segment.Route(r.URL.Path); ok {
			r = r.Clone(r.Context())
			r.URL.Path = path
			collected.ServeHTTP(w, r)
			return
		}
		outer.ServeHTTP(w, r)
	})), nil
}

func newServer(d Deps) *server {
	return &server{Deps: d, read: &reader{db: d.DB, clock: d.Clock, taxonomy: func() *understand.FirmTaxonomy { return d.Engine.Reader().Taxonomy() }}}
}

// register adds every operation.
func (s *server) register(mux humago.Mux) {
	c := huma.DefaultConfig("Rapport", "1")
	c.CreateHooks = nil // no $schema in answers
	c.SchemasPath, c.DocsPath, c.OpenAPIPath = "", "", ""
	c.Info.Description = "Every contact becomes part of one relationship. Authenticate with an API key as a bearer token. " +
		"Errors are RFC 9457 problems with a code; 429 and 503 say when to try again."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key":     {Type: "http", Scheme: "bearer", Description: "An API key"},
		"session": {Type: "apiKey", In: "cookie", Name: "rapport_session", Description: "A person who signed in at the console; __Host-rapport over https"},
	}
	s.huma = humago.New(mux, c)
	s.registerInteractions()
	s.registerCustomers()
	s.registerCalls()
	s.registerJourneys()
	s.registerConversations()
	s.registerCases()
	s.registerDeskSettings()
	s.registerInboxes()
	s.registerConnect()
	s.registerOutgoing()
	s.registerFiles()
	s.registerForward()
	s.registerMail()
	s.registerQuarantine()
	s.registerSession()
	s.registerKeys()
	s.registerPeople()
	s.registerInvitations()
	s.registerSetup()
	s.registerRecords()
	s.registerModels()
	s.registerAccuracy()
	s.registerIntents()
	s.registerProposals()
	s.registerVocabulary()
	s.registerSatisfaction()
	s.registerSecond()
	s.registerSearch()
	s.registerStream()
}

// input and output shapes that many operations share.
type (
	none        struct{}
	body[T any] struct{ Body T }
	ByID        struct {
		ID crm.ID `path:"id" doc:"The id"`
	}
	Paged struct {
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Items a page"`
		Cursor string `query:"cursor" maxLength:"64" doc:"next of the page before"`
	}
)

// op registers an operation that needs the verb; "" is open to everybody. All
// errors leave here, and nowhere else, as problems.
func op[I, O any](s *server, method, path, id, summary, verb string, fn func(context.Context, *I) (*O, error), more ...func(*huma.Operation)) {
	o := huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary}
	if method != http.MethodGet {
		o.MaxBodyBytes = 1 << 20
	}
	for _, m := range more {
		m(&o)
	}
	s.guard(&o, verb)
	huma.Register(s.huma, o, func(ctx context.Context, in *I) (*O, error) {
		out, err := fn(ctx, in)
		if err != nil {
			return nil, logged(ctx, s.Log, s.classify(err))
		}
		return out, nil
	})
}

// guard lets only callers with the verb reach an operation. It stands before
// the input is read, so that a stranger learns nothing from what is wrong in it.
func (s *server) guard(o *huma.Operation, verb string) {
	if verb == "" {
		return
	}
	o.Security = []map[string][]string{{"key": {verb}}, {"session": {}}}
	o.Errors = append(o.Errors, http.StatusUnauthorized, http.StatusForbidden)
	o.Middlewares = append(o.Middlewares, func(c huma.Context, next func(huma.Context)) {
		if err := access.Check(c.Context(), verb); err != nil {
			r, w := humago.Unwrap(c)
			s.problem(w, r, err)
			return
		}
		next(c)
	})
}

// classify gives errors of the database, which carry no code of ours, the code
// that tells a caller whether to try again.
func (s *server) classify(err error) error {
	var e *crm.Error
	var p *Problem
	if errors.As(err, &e) || errors.As(err, &p) {
		return err
	}
	switch s.DB.Classify(err) {
	case store.BusyClass, store.Serialisation, store.Full:
		return &crm.Error{Code: crm.Unavailable, Message: defaultDetail[crm.Unavailable], Err: err}
	}
	return err
}

// respond makes the answer of an operation of a value and an error.
func respond[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// ready reports whether the database answers.
func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if _, err := s.DB.SchemaVersion(ctx); err != nil {
		s.problem(w, r, &crm.Error{Code: crm.Unavailable, Message: "The database does not answer.", Err: err})
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (s *server) openapi(w http.ResponseWriter, r *http.Request) {
	doc, err := s.huma.OpenAPI().MarshalJSON()
	if err != nil {
		s.problem(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	_, _ = w.Write(doc) // the peer may be gone; there is nobody else to tell
}

func (s *server) noOperation(w http.ResponseWriter, r *http.Request) {
	s.problem(w, r, crm.Errorf(crm.NotFound, "There is nothing at this address."))
}
