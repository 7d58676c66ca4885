package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
)

// Trier tries an inbox's mail server without sending anything.
type Trier interface {
	Try(ctx context.Context, i *inboxes.Inbox) []act.Step
}

// TestRun is a test mail that an inbox sends to itself.
type TestRun struct {
	Run   crm.ID     `json:"run,omitzero" doc:"Ask for it again while it is under way"`
	State string     `json:"state" enum:"running,ok,failed"`
	Steps []act.Step `json:"steps"`
}

// patientTest is how long a test mail may be on its way.
const patientTest = 3 * time.Minute

// SuppressedAddress is an address that gets no mail, or no mail of a kind.
type SuppressedAddress = act.Suppression

// registerMail adds what concerns mail beyond single messages.
func (s *server) registerMail() {
	op(s, http.MethodGet, "/v1/suppressions", "list-suppressions", "List the addresses that get no mail: they bounced for good, complained or unsubscribed", access.Read,
		func(ctx context.Context, in *struct {
			Limit int `query:"limit" minimum:"1" maximum:"1000" default:"200"`
		}) (*body[Page[SuppressedAddress]], error) {
			list, err := s.Outbox.Suppressions(ctx, in.Limit)
			return respond(Page[SuppressedAddress]{Items: list}, err)
		})
	op(s, http.MethodDelete, "/v1/suppressions/{address}", "clear-suppression", "Let mail to an address go again", access.Reply,
		func(ctx context.Context, in *struct {
			Address string `path:"address" maxLength:"320"`
			Kind    string `query:"kind" enum:"all,survey" default:"all"`
		}) (*struct{}, error) {
			return nil, s.Outbox.Lift(ctx, in.Address, in.Kind)
		})
	op(s, http.MethodPost, "/v1/inboxes/{id}/test", "test-inbox", "Send a test mail from the inbox to itself. It makes no case; ask for the run until it is over", access.Settings,
		func(ctx context.Context, in *ByID) (*body[TestRun], error) {
			i, err := s.canInbox(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			if i.Kind != inboxes.Mail || s.Trier == nil {
				return nil, crm.Errorf(crm.Invalid, "Only an inbox for mail can send itself a test mail, and not in the demo.")
			}
			return respond(s.startTest(ctx, i))
		})
	op(s, http.MethodGet, "/v1/inboxes/{id}/test/{run}", "get-inbox-test", "How far a test mail is", access.Settings,
		func(ctx context.Context, in *struct {
			ByID
			Run crm.ID `path:"run"`
		}) (*body[TestRun], error) {
			if _, err := s.canInbox(ctx, in.ID); err != nil {
				return nil, err
			}
			row, err := s.Outbox.Get(ctx, in.Run)
			if err == nil && (row.InboxID != in.ID || row.Kind != act.Test) {
				err = crm.Errorf(crm.NotFound, "There is no such test.")
			}
			if err != nil {
				return nil, err
			}
			return respond(s.testRun(&row))
		})
}

// startTest connects and signs in, and queues the mail.
func (s *server) startTest(ctx context.Context, i *inboxes.Inbox) (TestRun, error) {
	steps := s.Trier.Try(ctx, i)
	if !steps[len(steps)-1].OK {
		return TestRun{State: "failed", Steps: steps}, nil
	}
	kept, err := json.Marshal(steps)
	if err != nil {
		return TestRun{}, err
	}
	m := act.Message{InboxID: i.ID, Channel: crm.Mail, Kind: act.Test, MessageID: s.Inboxes.MessageIDs(i), Content: act.Content{To: []string{i.Address},
		Subject: "A test of " + i.Name, Text: "This mail was sent by Rapport to see whether mail leaves and comes back. You can delete it.",
		Headers: act.AutoHeaders("auto-generated", i.ID), Draft: kept}}
	var row act.Row
	err = s.DB.InTx(ctx, func(tx *store.Tx) error {
		next, err := tx.Lock(ctx, map[int64]int64{m.ConversationID.RowBucket(): 1})
		if err != nil {
			return err
		}
		row, _, err = act.Queue(ctx, tx, s.Clock(), m, next(m.ConversationID.RowBucket()))
		return err
	})
	if err != nil {
		return TestRun{}, err
	}
	s.DB.Ring(ctx)
	if s.Mailboxes != nil {
		s.Mailboxes.Look(i.ID)
	}
	return s.testRun(&row)
}

// testRun says how far the mail is.
func (s *server) testRun(row *act.Row) (TestRun, error) {
	out := TestRun{Run: row.ID, State: "running"}
	c, err := act.ContentOf(row)
	if err == nil {
		err = json.Unmarshal(c.Draft, &out.Steps)
	}
	if err != nil {
		return out, err
	}
	took := (row.UpdatedAt - row.CreatedAt) / 1000
	late := s.Clock().Sub(crm.FromMicros(row.CreatedAt)) > patientTest
	switch row.State {
	case act.Failed, act.Unknown, act.Bounced, act.Cancelled:
		out.State, out.Steps = "failed", append(out.Steps, act.Step{Name: "send", Detail: row.Error, MS: took})
	case act.Sent:
		out.Steps = append(out.Steps, act.Step{Name: "send", OK: true, Detail: row.Answer, MS: took})
		if late {
			out.State, out.Steps = "failed", append(out.Steps, act.Step{Name: "arrive", Detail: "The mail was sent, but did not come back within three minutes. Check where mail for the address goes, and how it is read."})
		}
	case act.Delivered:
		out.State = "ok"
		out.Steps = append(out.Steps, act.Step{Name: "send", OK: true, Detail: row.Answer}, act.Step{Name: "arrive", OK: true, Detail: fmt.Sprintf("It came back after %.1f s.", float64(took)/1000), MS: took})
	default:
		if late || row.Error != "" {
			out.State, out.Steps = "failed", append(out.Steps, act.Step{Name: "send", Detail: row.Error, MS: took})
		}
	}
	return out, nil
}
