package app

import (
	"context"
	"errors"
	"html"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/act/send"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/records"
	"github.com/rapport-crm/rapport/internal/store"
)

// auditTrail joins the packages that change people and that keep the trail.
func auditTrail(clock crm.Clock) access.Option {
	return access.Audit(func(ctx context.Context, tx *store.Tx, author, verb, object, details string) error {
		return records.Audit(ctx, tx, clock(), author, verb, object, details)
	})
}

// noticeWithin bounds the sending of one notice: somebody waits for the answer.
const noticeWithin = 20 * time.Second

// startNotices lets mails to colleagues leave by the first inbox that takes
// them. They carry links that nobody else may use, so they are handed over at
// once and stand in no table.
func (k *core) startNotices(clock crm.Clock) {
	letters := &send.Mail{Inboxes: k.inboxes, Token: k.oauth.Token, Clock: clock, Firm: k.firmName}
	k.access.SetMail(func(ctx context.Context, n access.Notice) (bool, error) {
		ctx, cancel := context.WithTimeout(ctx, noticeWithin)
		defer cancel()
		all, err := k.inboxes.All(ctx)
		if err != nil {
			return false, err
		}
		var failed []error
		for _, i := range all {
			if !i.CanSend() || i.Restricted {
				continue // mail of a restricted inbox is its teams' business alone
			}
			err := k.notice(ctx, letters, i, clock(), n)
			if err == nil {
				return true, nil
			}
			failed = append(failed, err)
		}
		return false, errors.Join(failed...)
	})
}

func (k *core) notice(ctx context.Context, by *send.Mail, i *inboxes.Inbox, now time.Time, n access.Notice) error {
	_, domain, _ := strings.Cut(i.Address, "@")
	row := act.Row{ID: crm.NewID(now), InboxID: i.ID, Channel: string(crm.Mail), Kind: act.Notice, CreatedAt: crm.Micros(now), SendAt: crm.Micros(now)}
	row.MessageID = k.inboxes.Keys.MessageID(row.ID, domain)
	content := act.Content{To: []string{n.To}, Subject: n.Subject, Text: n.Text, HTML: noticeHTML(n.Text),
		Headers: map[string]string{"Auto-Submitted": "auto-generated"}} // RFC 3834 5.1: nobody's out-of-office answers it
	if n.Unsubscribe != "" {
		content.Headers["List-Unsubscribe"] = "<" + n.Unsubscribe + ">"
		content.Headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
	}
	item, err := by.Prepare(ctx, &row, &content)
	if err != nil {
		return err
	}
	_, err = by.Send(ctx, &row, &content, &item, func() error { return nil })
	return err
}

// noticeHTML shows a notice's lines, with its links to click.
func noticeHTML(text string) string {
	var b strings.Builder
	for _, paragraph := range strings.Split(text, "\n\n") {
		b.WriteString("<p>")
		for n, line := range strings.Split(paragraph, "\n") {
			if n > 0 {
				b.WriteString("<br>")
			}
			safe := html.EscapeString(line)
			if strings.HasPrefix(line, "https://") || strings.HasPrefix(line, "http://") {
				safe = `<a href="` + safe + `">` + safe + `</a>`
			}
			b.WriteString(safe)
		}
		b.WriteString("</p>")
	}
	return b.String()
}
