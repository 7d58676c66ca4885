package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
)

const agreed = "a quiet river at dawn"

// unknown is the id of nothing.
const unknown = "0190163d-8694-739b-aea5-966c26f8ad91"

// firm is a firm with a restricted inbox that the team People works in, an open
// one, and people of every role. Nobody but the owner and Hana sees the
// restricted one.
type firm struct {
	*bench
	olga, adam, hana, bea, vic, dan *browser // owner, admin, lead of the team, agent, viewer, disabled
	people                          map[string]access.User
	team                            access.TeamOf
	hidden, open                    *inboxes.Inbox
	secret, plain                   ids
}

// ids are the things of one inbox, by kind.
type ids map[string]string

func newFirm(t *testing.T, db *store.DB, options ...access.Option) *firm {
	t.Helper()
	f := &firm{bench: setup(t, db, options...), people: map[string]access.User{}}
	ctx := access.With(t.Context(), access.Operator())
	for name, role := range map[string]string{"olga": access.Owner, "adam": access.Administrator, "hana": access.Lead, "bea": access.Agent, "vic": access.Viewer, "dan": access.Agent} {
		u, err := f.access.CreateUser(ctx, access.NewUser{Email: name + "@halden.example", Name: name, Role: role, Password: agreed})
		if err != nil {
			t.Fatal(err)
		}
		f.people[name] = u
	}
	f.olga, f.adam, f.hana, f.bea, f.vic, f.dan = f.signIn("olga"), f.signIn("adam"), f.signIn("hana"), f.signIn("bea"), f.signIn("vic"), f.signIn("dan")
	yes := true
	if _, err := f.access.ChangeUser(ctx, f.people["dan"].ID, access.UserChange{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	var err error
	if f.team, err = f.access.CreateTeam(ctx, "People", []access.Member{{UserID: f.people["hana"].ID, Lead: true}}); err != nil {
		t.Fatal(err)
	}
	f.hidden, f.open = f.inbox(ctx, "hr@halden.example", true), f.inbox(ctx, "support@halden.example", false)
	f.access.Changed()
	f.secret, f.plain = f.things(f.hidden), f.things(f.open)
	return f
}

func (f *firm) signIn(name string) *browser {
	f.t.Helper()
	p := &browser{bench: f.bench}
	if a := p.call("POST", "/v1/session", map[string]any{"email": name + "@halden.example", "password": agreed}); a.status != http.StatusOK {
		f.t.Fatalf("%s signs in: %d %s", name, a.status, a.body)
	}
	return p
}

func (f *firm) inbox(ctx context.Context, address string, restricted bool) *inboxes.Inbox {
	f.t.Helper()
	i, err := f.inboxes.Create(ctx, inboxes.Inbox{Name: address, Kind: inboxes.Mail, Address: address, State: inboxes.Active, Restricted: restricted},
		inboxes.Secrets{}, func(tx *store.Tx, id crm.ID) error {
			if !restricted {
				return nil
			}
			return access.SetInboxTeams(ctx, tx, id, []crm.ID{f.team.ID})
		})
	if err != nil {
		f.t.Fatal(err)
	}
	return i
}

// things fills an inbox with one of everything that hangs on it.
func (f *firm) things(i *inboxes.Inbox) ids {
	f.t.Helper()
	ctx := f.t.Context()
	item := func(external, from, text string) crm.Item {
		return crm.Item{MayVerify: true, Raw: []byte(text), RawType: "text/plain", Envelope: crm.Envelope{Source: i.Source, ExternalID: external, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.In,
			OccurredAt: monday, Subject: "Words of " + i.Name, Text: text, HTML: "<p>" + text + "</p>", Thread: crm.Thread{MessageID: external},
			Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: from, Verified: true}, {Role: crm.To, Kind: crm.Email, Value: i.Address}}}}
	}
	bad := item("bad@"+i.Address, "x@else.example", "secret words of "+i.Address)
	bad.Problem = "it can't be read"
	// Eva writes to this inbox alone, Jan to both.
	results, err := f.engine.Submit(ctx, []crm.Item{item("1@"+i.Address, "jan@postvak.example", "Where is my order? These are the secret words of "+i.Address),
		item("2@"+i.Address, "jan@postvak.example", "A second letter about an invoice, for "+i.Address),
		item("3@"+i.Address, "eva."+i.ID.String()[30:]+"@postvak.example", "Please cancel my contract at once."), bad})
	if err != nil || results[0].Status != flow.StatusNew || results[1].Status != flow.StatusNew {
		f.t.Fatalf("%v %+v", err, results)
	}
	r := results[0]
	out := ids{"interaction": r.ID.String(), "case": r.ConversationID.String(), "journey": results[2].JourneyID.String(), "mixed journey": r.JourneyID.String(), "customer": r.CustomerID.String(),
		"raw": capture.RawID(i.Source, "bad@"+i.Address).String(), "inbox": i.ID.String(), "second": results[1].ID.String(), "other case": results[1].ConversationID.String()}
	note := as[api.Interaction](f.olga.call("POST", "/v1/cases/"+out["case"]+"/note", map[string]any{"html": "<p>look</p>", "mentions": []string{f.people["hana"].ID.String()}}))
	out["note"] = note.ID.String()
	fact := as[api.Fact](f.olga.call("POST", "/v1/customers/"+out["customer"]+"/facts", map[string]any{"text": "Secret of " + i.Address, "purpose": "service", "interaction_id": out["interaction"], "quote": "secret words"}))
	out["fact"] = fact.ID.String()
	var changed struct {
		ChangeID string `json:"change_id"`
	}
	f.olga.call("POST", "/v1/cases/changes", map[string]any{"ids": []string{out["case"]}, "set": map[string]any{"priority": 2}}).into(&changed)
	out["change"] = changed.ChangeID
	now := monday.Add(time.Hour)
	err = f.db.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{r.ConversationID.RowBucket(): 1})
		if err != nil {
			return err
		}
		row, _, err := act.Queue(ctx, tx, now, act.Message{ConversationID: r.ConversationID, ProfileID: r.ProfileID, InboxID: i.ID, Channel: crm.Mail, Kind: act.Reply,
			SendAt: now.Add(30 * 24 * time.Hour), Author: "olga", Content: act.Content{To: []string{"jan@postvak.example"}, Text: "secret answer"}}, next(r.ConversationID.RowBucket()))
		out["outgoing"] = row.ID.String()
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	for kind, id := range out {
		if id == "" {
			f.t.Fatalf("%s has no %s", i.Name, kind)
		}
	}
	return out
}

// document is docs/openapi.json as far as the matrix reads it.
type document struct {
	Paths      map[string]map[string]operation
	Components struct{ Schemas map[string]schema }

	known map[string]string // by the name of a property: values that exist
}

type operation struct {
	Security    []map[string][]string
	RequestBody struct {
		Content map[string]struct{ Schema schema }
	}
	Parameters []struct {
		Name, In string
		Required bool
	}
}

func (o *operation) verb() string {
	if len(o.Security) == 0 {
		return ""
	}
	return o.Security[0]["key"][0]
}

type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Enum       []any
	Properties map[string]schema
	Required   []string
	Items      *schema
	MinLength  int
	MinItems   int
	Minimum    float64
	OneOf      []schema
}

// example is a value that passes the schema, with the given id wherever an id
// stands.
func (d *document) example(s schema, name, id string) any {
	if s.Ref != "" {
		s = d.Components.Schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	if len(s.OneOf) > 0 {
		s = s.OneOf[0]
	}
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	kind, _ := s.Type.(string)
	switch kind {
	case "object":
		m := map[string]any{}
		for _, p := range s.Required {
			m[p] = d.example(s.Properties[p], p, id)
		}
		return m
	case "array":
		if s.Items == nil {
			return []any{}
		}
		list := make([]any, max(1, s.MinItems))
		for i := range list {
			list[i] = d.example(*s.Items, strings.TrimSuffix(name, "s"), id)
		}
		return list
	case "integer", "number":
		return max(s.Minimum, 1)
	case "boolean":
		return false
	}
	switch {
	case s.Format == "date-time":
		return "2026-03-02T10:00:00Z"
	case d.known[name] != "":
		return d.known[name]
	case s.Format == "uuid" || strings.HasSuffix(name, "id"):
		return id
	case s.Format == "email" || name == "email":
		return "somebody@else.example"
	case name == "html":
		return "<p>words</p>"
	}
	return strings.Repeat("word", max(1, s.MinLength/4))
}

func (d *document) body(o *operation, id string) []byte {
	c, ok := o.RequestBody.Content["application/json"]
	if !ok {
		return nil
	}
	text, err := json.Marshal(d.example(c.Schema, "", id))
	if err != nil {
		panic(err)
	}
	return text
}
