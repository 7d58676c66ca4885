package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/store"
)

// Mailboxes are the readers of mailboxes, as the API asks them for something.
type Mailboxes interface {
	Look(inbox crm.ID)
	Backfill(ctx context.Context, inbox crm.ID, since time.Time) error
}

// InboxView is an inbox with the teams that work in it.
type InboxView struct {
	inboxes.Inbox
	Teams []crm.ID `json:"teams" doc:"Of a restricted one: who sees it"`
}

// InboxChange makes an inbox, or says how one is to be.
type InboxChange struct {
	Name       string            `json:"name" minLength:"1" maxLength:"100"`
	Brand      string            `json:"brand,omitempty" maxLength:"100"`
	Kind       inboxes.Kind      `json:"kind" enum:"mail,chat"`
	Address    string            `json:"address,omitempty" maxLength:"254"`
	State      inboxes.State     `json:"state,omitempty" enum:"active,paused,reconnect,archived"`
	Restricted bool              `json:"restricted,omitempty"`
	TeamID     crm.ID            `json:"team_id,omitzero"`
	Teams      []crm.ID          `json:"teams,omitempty" maxItems:"100"`
	Settings   inboxes.Settings  `json:"settings,omitzero"`
	Secrets    map[string]string `json:"secrets,omitempty" doc:"imap_password, smtp_password, oauth_client_secret, dkim_key, chat_secret; missing ones stay, \"-\" removes one. They never come back out"`
	Version    int64             `json:"version,omitempty" doc:"Of a change: the version that its author saw"`
}

// PartHealth is how one part of an inbox does.
type PartHealth struct {
	inboxes.Health
	State      string  `json:"state" enum:"ok,waiting,failing,off" doc:"waiting: it has not reported yet"`
	Lag        float64 `json:"lag_s" doc:"Seconds that the oldest unprocessed thing waits"`
	Site       string  `json:"site,omitempty" doc:"Of a widget: the page's site that it was shown on last"`
	Quarantine int64   `json:"quarantine" doc:"Items of this inbox that stand in quarantine, up to 1,000"`
}

// InboxHealth is how an inbox does.
type InboxHealth struct {
	InboxID crm.ID        `json:"inbox_id"`
	Name    string        `json:"name"`
	Kind    inboxes.Kind  `json:"kind"`
	State   inboxes.State `json:"state"`
	Parts   []PartHealth  `json:"parts"`
}

func (s *server) registerInboxes() {
	op(s, http.MethodGet, "/v1/inboxes", "list-inboxes", "List the addresses and widgets that customers write to", access.Read,
		func(ctx context.Context, _ *none) (*body[Page[InboxView]], error) {
			all, err := s.Inboxes.All(ctx)
			if err != nil {
				return nil, err
			}
			out := Page[InboxView]{Items: []InboxView{}}
			for _, i := range all {
				if access.CanInbox(ctx, i.ID) {
					v, err := s.inboxView(ctx, i)
					if err != nil {
						return nil, err
					}
					out.Items = append(out.Items, v)
				}
			}
			return respond(out, nil)
		})
	op(s, http.MethodGet, "/v1/inboxes/{id}", "get-inbox", "Read an inbox", access.Read,
		func(ctx context.Context, in *ByID) (*body[InboxView], error) {
			i, err := s.canInbox(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return respond(s.inboxView(ctx, i))
		})
	op(s, http.MethodPost, "/v1/inboxes", "add-inbox", "Make an inbox", access.Settings,
		func(ctx context.Context, in *struct{ Body InboxChange }) (*body[InboxView], error) {
			return respond(s.keepInbox(ctx, crm.ID{}, &in.Body))
		})
	op(s, http.MethodPut, "/v1/inboxes/{id}", "change-inbox", "Change an inbox", access.Settings,
		func(ctx context.Context, in *struct {
			ByID
			Body InboxChange
		}) (*body[InboxView], error) {
			if _, err := s.canInbox(ctx, in.ID); err != nil {
				return nil, err
			}
			return respond(s.keepInbox(ctx, in.ID, &in.Body))
		})
	s.registerInboxHealth()
}

func (s *server) registerInboxHealth() {
	op(s, http.MethodGet, "/v1/health", "list-health", "How every inbox does, part by part", access.Read,
		func(ctx context.Context, _ *none) (*body[Page[InboxHealth]], error) {
			all, err := s.Inboxes.All(ctx)
			if err != nil {
				return nil, err
			}
			out := Page[InboxHealth]{Items: []InboxHealth{}}
			for _, i := range all {
				if access.CanInbox(ctx, i.ID) && i.State != inboxes.Archived {
					h, err := s.health(ctx, i)
					if err != nil {
						return nil, err
					}
					out.Items = append(out.Items, h)
				}
			}
			return respond(out, nil)
		})
	op(s, http.MethodGet, "/v1/inboxes/{id}/health", "get-inbox-health", "How an inbox does", access.Read,
		func(ctx context.Context, in *ByID) (*body[InboxHealth], error) {
			i, err := s.canInbox(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return respond(s.health(ctx, i))
		})
	op(s, http.MethodPost, "/v1/inboxes/{id}/look", "look-into-inbox", "Look for new mail now instead of within a minute", access.Write,
		func(ctx context.Context, in *ByID) (*none, error) {
			i, err := s.canInbox(ctx, in.ID)
			if err == nil && s.Mailboxes != nil {
				s.Mailboxes.Look(i.ID)
			}
			return nil, err
		}, noContent)
	op(s, http.MethodPost, "/v1/inboxes/{id}/reconnect", "reconnect-inbox", "Try to connect again after a refused sign-in", access.Settings,
		func(ctx context.Context, in *ByID) (*none, error) {
			i, err := s.canInbox(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			if err := s.Inboxes.SetState(ctx, i.ID, inboxes.Active); err != nil {
				return nil, err
			}
			return nil, s.audited(ctx, nil, "connected", "inbox "+i.Name)
		}, noContent)
	op(s, http.MethodPost, "/v1/inboxes/{id}/backfill", "backfill-inbox", "Take mail that lies in the mailbox since a time, or all of it; what is known stays once", access.Settings,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Since time.Time `json:"since,omitzero" doc:"Missing: everything"`
			}
		}) (*none, error) {
			i, err := s.canInbox(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			if s.Mailboxes == nil || i.Settings.IMAP.Host == "" || i.State != inboxes.Active {
				return nil, crm.Errorf(crm.Invalid, "This inbox reads no mailbox now.")
			}
			if err := s.Mailboxes.Backfill(ctx, i.ID, in.Body.Since); err != nil {
				return nil, err
			}
			return nil, s.audited(ctx, nil, "backfilled", "inbox "+i.Name)
		}, noContent)
	op(s, http.MethodPost, "/v1/inboxes/{id}/simulate", "simulate-inbound", "Let an invented customer write, to see what happens", access.Settings,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				From    string `json:"from" maxLength:"254" format:"email"`
				Name    string `json:"name,omitempty" maxLength:"100"`
				Subject string `json:"subject,omitempty" maxLength:"300"`
				Text    string `json:"text" minLength:"1" maxLength:"20000"`
			}
		}) (*body[Result], error) {
			i, err := s.canInbox(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			now := s.Clock()
			channel := crm.Mail
			if i.Kind == inboxes.Chat {
				channel = crm.Chat
			}
			id := crm.NewID(now).String()
			e := crm.Envelope{Source: i.Source, ExternalID: "simulated:" + id, Channel: channel, Kind: crm.KindMessage, Direction: crm.In, OccurredAt: now,
				Subject: in.Body.Subject, Text: in.Body.Text, Participants: []crm.Participant{{Role: crm.From, Kind: crm.Email, Value: in.Body.From, Name: in.Body.Name}},
				Thread: crm.Thread{MessageID: "simulated." + id + "@rapport.invalid"}}
			results, err := s.Engine.Submit(ctx, []crm.Item{{Envelope: e, Raw: []byte(fmt.Sprintf("Simulated by %s.", author(ctx))), RawType: "text/plain"}})
			if err != nil {
				return nil, err
			}
			if results[0].Status == flow.StatusRefused {
				return nil, results[0].Problem
			}
			return respond(resultOf(results[0]), nil)
		})
}

func (s *server) canInbox(ctx context.Context, id crm.ID) (*inboxes.Inbox, error) {
	i, err := s.Inboxes.Get(ctx, id)
	if err == nil && !access.CanInbox(ctx, id) {
		err = crm.Errorf(crm.NotFound, "There is no such inbox.")
	}
	return i, err
}

func (s *server) inboxView(ctx context.Context, i *inboxes.Inbox) (InboxView, error) {
	teams, err := s.Access.InboxTeams(ctx)
	v := InboxView{Inbox: *i, Teams: notNil(teams[i.ID])}
	return v, err
}

// keepInbox makes or changes an inbox, with its teams and an entry of the audit
// trail, which names no secret's value.
func (s *server) keepInbox(ctx context.Context, id crm.ID, c *InboxChange) (InboxView, error) {
	var secrets inboxes.Secrets
	if err := secrets.Set(c.Secrets); err != nil {
		return InboxView{}, err
	}
	teams := c.Teams
	if !c.TeamID.IsZero() && !slices.Contains(teams, c.TeamID) {
		teams = append(slices.Clone(teams), c.TeamID)
	}
	for _, t := range teams {
		if _, err := s.Access.Team(ctx, t); err != nil {
			return InboxView{}, &crm.Error{Code: crm.Invalid, Pointer: "/teams", Message: "There is no such team."}
		}
	}
	in := inboxes.Inbox{ID: id, Name: c.Name, Brand: c.Brand, Kind: c.Kind, Address: c.Address, State: c.State, Restricted: c.Restricted, TeamID: c.TeamID,
		Settings: c.Settings, Version: c.Version}
	if in.State == "" {
		in.State = inboxes.Active
	}
	verb, keep := "changed", s.Inboxes.Update
	if id.IsZero() {
		verb, keep = "made", s.Inboxes.Create
	}
	i, err := keep(ctx, in, secrets, func(tx *store.Tx, id crm.ID) error {
		if err := access.SetInboxTeams(ctx, tx, id, c.Teams); err != nil {
			return err
		}
		return records.Audit(ctx, tx, s.Clock(), author(ctx), verb, "inbox "+strings.TrimSpace(c.Name), "")
	})
	if err != nil {
		return InboxView{}, err
	}
	s.Access.Changed()
	return s.inboxView(ctx, i)
}

// health puts together how the parts of an inbox do.
func (s *server) health(ctx context.Context, i *inboxes.Inbox) (InboxHealth, error) {
	out := InboxHealth{InboxID: i.ID, Name: i.Name, Kind: i.Kind, State: i.State, Parts: []PartHealth{}}
	all, err := s.Inboxes.Health(ctx)
	if err != nil {
		return out, err
	}
	quarantined, err := s.DB.CountQuarantined(ctx, i.Source, maxCounted)
	if err != nil {
		return out, err
	}
	expected := map[string]bool{"imap": i.Settings.IMAP.Host != "", "smtp": i.Settings.SMTP.Host != "", "listener": i.Settings.Listener, "widget": i.Kind == inboxes.Chat}
	for _, part := range []string{"imap", "backfill", "listener", "smtp", "oauth", "widget"} {
		n := slices.IndexFunc(all, func(h inboxes.Health) bool { return h.InboxID == i.ID && h.Part == part })
		if n < 0 && !expected[part] {
			continue
		}
		p := PartHealth{Health: inboxes.Health{InboxID: i.ID, Part: part}, State: "waiting"}
		if n >= 0 {
			p.Health = all[n]
			if part == "widget" {
				p.Site = p.Position
			}
			switch {
			case p.Failures > 0 || p.Gap > 0:
				p.State = "failing"
			case !p.LastSuccess.IsZero():
				p.State = "ok"
			}
		}
		if i.State != inboxes.Active {
			p.State = "off"
		}
		if !p.OldestWaiting.IsZero() {
			p.Lag = s.Clock().Sub(p.OldestWaiting).Seconds()
		}
		if part == "imap" || part == "listener" || part == "widget" {
			p.Quarantine = quarantined
		}
		out.Parts = append(out.Parts, p)
	}
	return out, nil
}
