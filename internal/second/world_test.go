package second_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/second"
	"github.com/rapport-crm/rapport/internal/second/fake"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// world is a firm with a second reader whose endpoint is a fake one.
type world struct {
	t        testing.TB
	db       *store.DB
	engine   *flow.Engine
	inboxes  *inboxes.Service
	service  *second.Service
	jobs     *jobs.Runner
	endpoint *fake.Endpoint
	url      string
	later    atomic.Int64
	version  int64
}

const aKey = "sk-test-0123456789"

// strange is what the embedded reader abstains on.
const strange = "The thing with the blue lamp hums all night and the neighbours dance to it."

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, endpoint: &fake.Endpoint{Key: aKey}}
	server := httptest.NewServer(w.endpoint)
	w.url = server.URL + "/v1"
	clock := func() time.Time { return monday.Add(time.Duration(w.later.Load())) }
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	reader, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	w.inboxes = inboxes.New(db, clock, keys)
	w.service = &second.Service{DB: db, Clock: clock, Keys: keys, Inboxes: w.inboxes, Files: api.ReadAttachment(db), Log: log}
	if w.engine, err = flow.New(db, flow.Options{Clock: clock, Reader: reader, Region: "NL", Log: log, Open: w.service.Open}); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.LoadModels(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.service.Engine = w.engine
	w.jobs = jobs.New(db, clock, log)
	w.service.Register(w.jobs)
	t.Cleanup(func() { w.engine.Close(); server.Close() })
	return w
}

// set changes the settings; on by default, with the key.
func (w *world) set(change func(*second.Settings)) {
	w.t.Helper()
	s := second.Settings{BaseURL: w.url, Reading: second.EndpointPart{On: true, Model: "small"}}
	if change != nil {
		change(&s)
	}
	kept, err := w.service.Change(w.t.Context(), s, aKey, w.version, "olga", func(*store.Tx) error { return nil })
	if err != nil {
		w.t.Fatal(err)
	}
	w.version = kept.Version
}

func (w *world) submit(external, text string) flow.Result {
	w.t.Helper()
	e := crm.Envelope{Source: "shop", ExternalID: external, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: monday, Text: text,
		Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: "jan.meijer@postvak.example", Name: "Jan Meijer"}, {Role: crm.To, Kind: crm.Email, Value: "help@halden.example", Name: "Anna Vos"}}}
	res, err := w.engine.Submit(w.t.Context(), []crm.Item{{Envelope: e, Raw: []byte(text), RawType: "text/plain"}})
	if err != nil || res[0].Status != flow.StatusNew {
		w.t.Fatalf("%v %+v", err, res)
	}
	return res[0]
}

func (w *world) run() int {
	w.t.Helper()
	n, err := w.jobs.RunDue(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

func (w *world) reading(r flow.Result) (out crm.Reading, version int64) {
	w.t.Helper()
	row, err := w.db.Read().NewestReading(context.Background(), sqlgen.NewestReadingParams{Bucket: r.ID.RowBucket(), ProfileID: r.ProfileID, InteractionID: r.ID})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(row.Data), &out); err != nil {
		w.t.Fatal(err)
	}
	return out, row.Version
}

func (w *world) usage() second.EndpointUsage {
	w.t.Helper()
	all, err := w.service.Used(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return all[0]
}

// says is an answer of the model.
func says(intent string, evidence ...string) fake.Reply {
	if evidence == nil {
		evidence = []string{}
	}
	data, _ := json.Marshal(map[string]any{"intent": intent, "evidence": evidence})
	return fake.Reply{Content: string(data), Tokens: 900}
}

func always(r fake.Reply) func(*fake.Request) fake.Reply {
	return func(*fake.Request) fake.Reply { return r }
}

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { f(newWorld(t, db)) })
}

// anIntent is one of the firm's.
func (w *world) anIntent(part string) string {
	w.t.Helper()
	names := w.engine.Reader().IntentNames()
	n := slices.IndexFunc(names, func(s string) bool { return strings.Contains(s, part) })
	if n < 0 {
		w.t.Fatalf("no intent has %q: %v", part, names)
	}
	return names[n]
}

func (w *world) journey(r flow.Result) sqlgen.JourneyByIDRow {
	w.t.Helper()
	j, err := w.db.Read().JourneyByID(w.t.Context(), sqlgen.JourneyByIDParams{Bucket: r.JourneyID.RowBucket(), ID: r.JourneyID})
	if err != nil {
		w.t.Fatal(err)
	}
	return j
}

func onSQLite(t *testing.T, f func(w *world)) {
	t.Helper()
	f(newWorld(t, storetest.SQLite(t)))
}
