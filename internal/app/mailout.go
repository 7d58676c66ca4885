package app

import (
	"context"
	"fmt"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/act/send"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// startOutbox registers what sends the outbox.
func (k *core) startOutbox(clock crm.Clock) {
	k.sender = &send.Mail{Inboxes: k.inboxes, Token: k.oauth.Token, Clock: clock, Firm: k.firmName, Customer: k.db.IsAddressOf,
		Files: k.attachments, Mails: k.mails}
	k.sender.Unsubscribe = func(ctx context.Context, address, kind string) (string, error) {
		base, err := k.publicBase(ctx)
		if err != nil || base == "" {
			return "", err
		}
		return k.unsubscribe(base, address, kind), nil
	}
	sender := &act.Sender{Outbox: k.outbox, Submit: k.submitOne, Transports: map[string]act.Transport{
		string(crm.Mail): k.sender,
		string(crm.Chat): k.chatTransport(clock),
	}}
	k.received.Register(k.jobs, k.desk.Alert)
	k.jobs.Register(act.SendJob, jobs.Options{Workers: 4, Attempts: act.Attempts}, sender.Handle)
}

// attachments gives uploaded files with their bytes.
func (k *core) attachments(ctx context.Context, ids []crm.ID) ([]send.File, error) {
	var out []send.File
	for _, id := range ids {
		f, body, err := k.files.Get(ctx, id)
		if crm.CodeOf(err) == crm.NotFound {
			return nil, &act.Rejected{Reason: "An attachment is not there any more. Attach it again."}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, send.File{Name: f.Name, ContentType: f.ContentType, Body: body, ID: id.String()})
	}
	return out, nil
}

// mails gives the bytes of contacts as files.
func (k *core) mails(ctx context.Context, contacts []crm.ID) ([]send.File, error) {
	var out []send.File
	for n, id := range contacts {
		x, err := k.db.Read().Interaction(ctx, sqlgen.InteractionParams{Bucket: id.RowBucket(), ID: id})
		if err != nil {
			return nil, err
		}
		raw := capture.RawID(x.Source, x.ExternalID)
		row, err := k.db.Read().Raw(ctx, sqlgen.RawParams{Bucket: raw.RowBucket(), ID: raw})
		if err != nil {
			return nil, err
		}
		if row.RawType == "message/rfc822" {
			out = append(out, send.File{Name: fmt.Sprintf("message-%d.eml", n+1), ContentType: "application/octet-stream", Body: row.Body})
		}
	}
	return out, nil
}

// described gives uploaded files as attachments of a contact.
func (k *core) described(ctx context.Context, ids []crm.ID) ([]crm.Attachment, error) {
	list, err := k.attachments(ctx, ids)
	out := make([]crm.Attachment, len(list))
	for i, f := range list {
		out[i] = crm.Attachment{Name: f.Name, ContentType: f.ContentType, Size: int64(len(f.Body)), ContentID: act.FileID + f.ID}
	}
	return out, err
}

// submitOne takes one contact of ours through the stages.
func (k *core) submitOne(ctx context.Context, item crm.Item) (crm.ID, error) {
	results, err := k.engine.Submit(ctx, []crm.Item{item})
	if err != nil {
		return crm.ID{}, err
	}
	if r := results[0]; r.Status == flow.StatusRefused || r.Status == flow.StatusQuarantined {
		return crm.ID{}, &act.Rejected{Reason: "The message can't become a contact: " + r.Problem.Message}
	}
	return results[0].ID, nil
}
