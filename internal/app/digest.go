package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/act/send"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

const (
	// digestJob mails a person what waits for them. Its key is the person.
	digestJob = "digest"
	// digestEvery is how often it is looked whom to mail.
	digestEvery = 20 * time.Second
	// digestMost is how many conversations one mail names.
	digestMost = 50
	// awayAfter is when somebody counts as away, as the list of people says it, and
	// settleFor how long news is gathered before somebody who is away gets a mail.
	awayAfter = 3 * time.Minute
	settleFor = time.Minute
	// morning is the hour of the daily mail.
	morning = 8
	// keepNotices is how long what was read stays in the list.
	keepNotices = 90 * 24 * time.Hour
)

// digests mails people what waits for them, when they asked for it.
type digests struct {
	k       *core
	clock   crm.Clock
	letters *send.Mail
}

func (k *core) newDigests(clock crm.Clock) *digests {
	d := &digests{k, clock, &send.Mail{Inboxes: k.inboxes, Token: k.oauth.Token, Clock: clock, Firm: func() string { return k.firmName() }}}
	k.jobs.Register(digestJob, jobs.Options{Workers: 1}, d.handle)
	return d
}

// run looks whom to mail until ctx ends.
func (d *digests) run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(digestEvery)
	defer tick.Stop()
	for {
		if err := d.look(ctx); err != nil && ctx.Err() == nil {
			log.Warn("what waits for people could not be mailed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look gives everybody whose time has come a job: one, however many servers look.
func (d *digests) look(ctx context.Context) error {
	people, err := d.k.db.Read().UnmailedPeople(ctx)
	if err != nil {
		return err
	}
	for _, user := range people {
		if _, rows, err := d.due(ctx, user); err != nil || len(rows) == 0 {
			if err != nil {
				return err
			}
			continue
		}
		if err := d.k.db.InTx(ctx, func(tx *store.Tx) error {
			return jobs.Add(ctx, tx, d.clock(), jobs.Job{Kind: digestJob, Bucket: user.Bucket(), Key: user.String(), Args: user})
		}); err != nil {
			return err
		}
	}
	return d.k.db.InTx(ctx, func(tx *store.Tx) error { return tx.DropNotifications(ctx, crm.Micros(d.clock().Add(-keepNotices))) })
}

// due gives what is to be mailed to a person now: nothing, when it is not the time.
func (d *digests) due(ctx context.Context, user crm.ID) (access.Recipient, []sqlgen.UnmailedRow, error) {
	to, err := d.k.access.Recipient(ctx, user)
	if crm.CodeOf(err) == crm.NotFound {
		return to, nil, nil
	}
	if err != nil || to.Disabled || to.Personal.Notifications.Mail == "off" {
		return to, nil, err
	}
	rows, err := d.k.db.Read().Unmailed(ctx, sqlgen.UnmailedParams{UserID: user, MaxRows: 500})
	if err != nil {
		return to, nil, err
	}
	rows = slices.DeleteFunc(rows, func(r sqlgen.UnmailedRow) bool {
		wanted := slices.ContainsFunc(desk.Notice(r.Kinds).Names(), func(kind string) bool { return to.Personal.Notifications.Of(kind).Mail })
		return !wanted || !to.CanInbox(r.InboxID)
	})
	if len(rows) == 0 {
		return to, nil, nil
	}
	first := rows[0].MailSince
	for _, r := range rows {
		first = min(first, r.MailSince)
	}
	if !digestDue(&to.Personal, crm.FromMicros(first), to.LastSeen, d.clock()) {
		return to, nil, nil
	}
	return to, rows, nil
}

// digestDue reports whether a person is to be mailed now of what waits since first.
// used is when they last did something in the console.
func digestDue(p *access.Personal, first, used, now time.Time) bool {
	zone := p.Location()
	local := now.In(zone)
	if p.Notifications.Quiet.Holds(local.Format("15:04")) {
		return false
	}
	switch p.Notifications.Mail {
	case "away":
		return now.Sub(used) >= awayAfter && now.Sub(first) >= settleFor
	case "hourly":
		return first.Before(now.Truncate(time.Hour))
	case "daily":
		at := time.Date(local.Year(), local.Month(), local.Day(), morning, 0, 0, 0, zone)
		if at.After(now) {
			at = time.Date(local.Year(), local.Month(), local.Day()-1, morning, 0, 0, 0, zone)
		}
		return first.Before(at)
	}
	return false
}

// errTold says that somebody else told the person meanwhile, or they have looked.
var errTold = errors.New("app: it was told already")

// handle mails one person. What the mail tells of is marked in the moment before
// its last bytes leave: whatever ends the program then, nobody is mailed twice of
// one thing. What a killed server did not get away stays in the console's list.
func (d *digests) handle(ctx context.Context, run *jobs.Run) error {
	var user crm.ID
	if err := run.Args(&user); err != nil {
		return jobs.Dead(err)
	}
	to, rows, err := d.due(ctx, user)
	if err != nil || len(rows) == 0 {
		return err
	}
	all, err := d.k.inboxes.All(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(i *inboxes.Inbox) bool { return strings.EqualFold(i.Address, to.Email) }) {
		return nil // a mail to an inbox of ours would be a new conversation
	}
	base, err := d.k.access.Base(ctx)
	if err != nil {
		return err
	}
	base = strings.TrimSuffix(base, "/")
	subject, text, err := d.words(ctx, to, rows, base)
	if err != nil {
		return err
	}
	var failed []error
	for _, i := range all {
		if !i.CanSend() || i.Restricted {
			continue
		}
		err := d.mail(ctx, i, user, to.Email, subject, text, base, rows)
		if err == nil || errors.Is(err, errTold) {
			return nil
		}
		if failed = append(failed, err); ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

func (d *digests) mail(ctx context.Context, i *inboxes.Inbox, user crm.ID, to, subject, text, base string, rows []sqlgen.UnmailedRow) error {
	_, domain, _ := strings.Cut(i.Address, "@")
	now := crm.Micros(d.clock())
	// An automatic message has a null envelope sender: nothing comes back to it.
	row := act.Row{ID: crm.NewID(d.clock()), InboxID: i.ID, Channel: string(crm.Mail), Kind: act.Auto, CreatedAt: now, SendAt: now}
	row.MessageID = d.k.inboxes.Keys.MessageID(row.ID, domain)
	content := act.Content{To: []string{to}, Subject: subject, Text: text, HTML: noticeHTML(text), Headers: act.AutoHeaders("auto-generated", row.ID)}
	if base != "" {
		content.Headers["List-Unsubscribe"] = "<" + base + notificationSettings + ">"
	}
	item, err := d.letters.Prepare(ctx, &row, &content)
	if err != nil {
		return err
	}
	_, err = d.letters.Send(ctx, &row, &content, &item, func() error {
		return d.k.db.InTx(ctx, func(tx *store.Tx) error {
			for _, r := range rows {
				n, err := tx.NotificationMailed(ctx, sqlgen.NotificationMailedParams{Bucket: r.Bucket, ConversationID: r.ConversationID, UserID: user, At: r.At})
				if err != nil {
					return err
				}
				if n == 0 {
					return errTold
				}
			}
			return nil
		})
	})
	return err
}

// notificationSettings is where a person says what they want to be told.
const notificationSettings = "/settings/notifications"

// words are the subject and the text of a mail.
func (d *digests) words(ctx context.Context, to access.Recipient, rows []sqlgen.UnmailedRow, base string) (subject, text string, err error) {
	t := digestWords(to.Personal.Language)
	keys := make([]store.Key, len(rows))
	for i, r := range rows {
		keys[i] = store.ProfileKey(r.ProfileID)
	}
	profiles, err := store.ByKeys(ctx, d.k.db.Read().ProfilesByID, keys)
	if err != nil {
		return "", "", err
	}
	names := map[crm.ID]string{}
	for _, p := range profiles {
		names[p.ProfileID] = p.Name
	}
	subject = t.one
	if len(rows) > 1 {
		subject = fmt.Sprintf(t.many, len(rows))
	}
	if d.k.firmName() != "" {
		subject = d.k.firmName() + ": " + subject
	}
	var b strings.Builder
	for _, r := range rows[:min(len(rows), digestMost)] {
		title := oneLine(names[r.ProfileID])
		if s := oneLine(r.Subject); s != "" {
			title = strings.TrimPrefix(title+": "+s, ": ")
		}
		if title == "" {
			title = t.untitled
		}
		what := make([]string, 0, len(desk.Notices))
		for _, kind := range desk.Notices {
			if desk.Notice(r.Kinds)&kind != 0 {
				what = append(what, t.kinds[kind])
			}
		}
		fmt.Fprintf(&b, "%s\n%s\n", title, strings.Join(what, ", "))
		if base != "" {
			fmt.Fprintf(&b, "%s/inbox/%s?queue=all&status=any\n", base, r.ConversationID)
		}
		b.WriteString("\n")
	}
	if more := len(rows) - digestMost; more > 0 {
		fmt.Fprintf(&b, t.more+"\n\n", more)
	}
	b.WriteString(t.why)
	if base != "" {
		b.WriteString("\n" + base + notificationSettings)
	}
	return subject, b.String() + "\n", nil
}

// oneLine keeps what customers wrote from beginning lines of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
