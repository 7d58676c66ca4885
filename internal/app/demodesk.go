package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/decide/service"
	"github.com/rapport-crm/rapport/internal/demo"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// demoDesk is who works at the demo firm's desk, and with what.
type demoDesk struct {
	people map[string]crm.ID // by key
	names  map[string]string
	teams  map[string]crm.ID // by name
	boxes  map[string]*inboxes.Inbox
	tags   map[string]crm.ID
}

// hireDemo makes the people, teams, inboxes, tags and targets of the demo firm,
// where they are not there yet: a demo that was told half is told again.
func hireDemo(ctx context.Context, k *core) (*demoDesk, error) {
	owner, err := demoOwnerID(ctx, k)
	if err != nil {
		return nil, err
	}
	d := &demoDesk{people: map[string]crm.ID{demo.You: owner}, names: map[string]string{demo.You: "Demo"}, teams: map[string]crm.ID{},
		boxes: map[string]*inboxes.Inbox{}, tags: map[string]crm.ID{}}
	if err := d.hire(ctx, k); err != nil {
		return nil, err
	}
	for _, b := range demo.Boxes {
		id := crm.DerivedID(time.Unix(0, 0), "demo inbox", b.Key)
		if d.boxes[b.Key], err = k.inboxes.Get(ctx, id); err == nil {
			continue
		}
		in := inboxes.Inbox{Name: b.Name, Brand: demo.Firm, Kind: inboxes.Mail, Address: b.Address, TeamID: d.teams[b.Team]}
		if b.Chat {
			in.Kind = inboxes.Chat
			in.Settings.Chat = inboxes.ChatSettings{Greeting: "Hello! What can we do for you?"}
		}
		if d.boxes[b.Key], err = k.inboxes.CreateAs(ctx, id, in, inboxes.Secrets{}, nil); err != nil {
			return nil, err
		}
	}
	known, err := k.desk.Tags(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range known {
		d.tags[t.Name] = t.ID
	}
	for _, t := range demo.Tags {
		if d.tags[t[0]].IsZero() {
			tag, err := k.desk.PutTag(ctx, desk.Tag{Name: t[0], Colour: t[1]})
			if err != nil {
				return nil, err
			}
			d.tags[t[0]] = tag.ID
		}
	}
	// Around the clock, so that something is due whenever the demo is opened.
	policies, err := k.desk.Policies(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range policies {
		p.Targets = service.Targets{First: 40 * 60, Next: 60 * 60, Resolve: 10 * 24 * 60, Calendar: true, Warn: 240}
		if _, err := k.desk.PutPolicy(ctx, p); err != nil {
			return nil, err
		}
	}
	return d, d.views(ctx, k)
}

func (d *demoDesk) hire(ctx context.Context, k *core) error {
	users, err := k.access.Users(ctx)
	if err != nil {
		return err
	}
	there := map[string]crm.ID{}
	for _, u := range users {
		there[u.Email] = u.ID
	}
	members := map[string][]access.Member{}
	for _, c := range demo.Colleagues {
		id := there[c.Email()]
		if id.IsZero() {
			if id, err = demoPerson(ctx, k, access.NewUser{Email: c.Email(), Name: c.Name, Role: c.Role, Functions: c.Functions}); err != nil {
				return err
			}
		}
		d.people[c.Key], d.names[c.Key] = id, c.Name
		for i, team := range c.Teams {
			members[team] = append(members[team], access.Member{UserID: id, Lead: c.Lead && i == 0})
		}
	}
	teams, err := k.access.Teams(ctx)
	if err != nil {
		return err
	}
	for _, t := range teams {
		d.teams[t.Name] = t.ID
	}
	for _, name := range []string{demo.CareTeam, demo.SalesTeam} {
		if !d.teams[name].IsZero() {
			continue
		}
		t, err := k.access.CreateTeam(ctx, name, append(members[name], access.Member{UserID: d.people[demo.You]}))
		if err != nil {
			return err
		}
		d.teams[name] = t.ID
	}
	return nil
}

// views are the saved lists that the firm shares.
func (d *demoDesk) views(ctx context.Context, k *core) error {
	you := d.people[demo.You]
	known, err := k.desk.Views(ctx, you)
	if err != nil || len(known) > 0 {
		return err
	}
	for i, v := range [][2]string{{"Waiting longest", "queue=all&status=todo&sort=wait"}, {"Billing", "queue=all&status=open&tag=" + d.tags["billing"].String()},
		{"Close the loop", "queue=all&status=open&tag=" + d.tags["follow-up"].String()}} {
		if _, err := k.desk.PutView(ctx, desk.View{Name: v[0], Query: v[1], Shared: true, Place: int64(i)}, you, true); err != nil {
			return err
		}
	}
	return nil
}

// received is a contact as the inbox that it came through hands it on.
func (d *demoDesk) received(it crm.Item) crm.Item {
	if box := d.boxes[demo.BoxOf(&it.Envelope)]; box != nil {
		it.Envelope.Source = box.Source
	}
	return it
}

// work does what the colleagues did.
func (d *demoDesk) work(ctx context.Context, k *core, now time.Time) error {
	found, owners, err := d.found(ctx, k)
	if err != nil {
		return err
	}
	at := now
	then := k.desk.At(func() time.Time { return at })
	for _, a := range demo.Work(now, found) {
		at = a.At
		if err := d.do(ctx, k, then, a, owners); err != nil {
			return err
		}
	}
	// The newest are for you to find.
	return k.desk.MarkAllRead(ctx, d.people[demo.You], now.Add(-6*time.Hour))
}

// found lists the conversations, and whose they are.
func (d *demoDesk) found(ctx context.Context, k *core) ([]demo.Found, map[crm.ID]crm.ID, error) {
	var found []demo.Found
	owners := map[crm.ID]crm.ID{}
	sales := d.boxes["sales"].ID
	for bucket := range int64(crm.Buckets) {
		rows, err := k.db.Read().CasesOfBucket(ctx, bucket)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			found = append(found, demo.Found{ID: r.ConversationID, Status: r.Status, Intent: r.Intent, Channel: crm.Channel(r.Channel),
				Selling: r.InboxID == sales, LastAt: crm.FromMicros(r.LastAt)})
			owners[r.ConversationID] = r.ProfileID
		}
	}
	return found, owners, nil
}

func (d *demoDesk) do(ctx context.Context, k *core, then *desk.Service, a demo.Act, owners map[crm.ID]crm.ID) error {
	by, name := d.people[a.By], d.names[a.By]
	if a.Note != "" {
		return d.note(ctx, k, then, a, owners[a.IDs[0]])
	}
	if a.Draft != "" {
		content, err := json.Marshal(map[string]string{"html": a.Draft})
		if err != nil {
			return err
		}
		_, err = then.WriteDraft(ctx, a.IDs[0], desk.ReplyDraft, content, 0, name, by)
		return err
	}
	var set desk.Set
	if a.Status != "" {
		set.Status = &a.Status
	}
	if a.Reason != "" {
		set.Reason = &a.Reason
	}
	if a.Assignee != "" {
		id := d.people[a.Assignee]
		set.AssigneeID = &id
	}
	if !a.Until.IsZero() {
		set.SnoozedUntil = &a.Until
	}
	if a.Priority != "" {
		n := map[string]int64{"high": desk.High, "urgent": desk.Urgent}[a.Priority]
		set.Priority = &n
	}
	if a.Tag != "" {
		set.AddTags = []crm.ID{d.tags[a.Tag]}
	}
	for start := 0; start < len(a.IDs); start += desk.MaxBulk {
		if _, err := then.Change(ctx, desk.Change{IDs: a.IDs[start:min(start+desk.MaxBulk, len(a.IDs))], Set: set, By: name, ByID: by}); err != nil {
			return err
		}
	}
	return nil
}

// note is a note of a colleague, with those whom it mentions.
func (d *demoDesk) note(ctx context.Context, k *core, then *desk.Service, a demo.Act, owner crm.ID) error {
	e := crm.Envelope{Source: d.boxes["support"].Source, ExternalID: "note:" + a.IDs[0].String(), Channel: crm.Mail, Kind: crm.KindNote, Direction: crm.Inside,
		OccurredAt: a.At, Text: a.Note, Participants: []crm.Participant{{Role: crm.Agent, Kind: crm.Email, Value: a.By + "@" + demo.Domain, Name: d.names[a.By]}}}
	row, err := k.db.Read().CaseByID(ctx, sqlgen.CaseByIDParams{Bucket: a.IDs[0].RowBucket(), ConversationID: a.IDs[0]})
	if err != nil {
		return err
	}
	for _, b := range d.boxes {
		if b.ID == row.InboxID {
			e.Source = b.Source
		}
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	results, err := k.engine.Submit(ctx, []crm.Item{{Envelope: e, Raw: raw, RawType: "application/json", Place: &crm.Place{Profile: owner, Conversation: a.IDs[0]}}})
	if err != nil {
		return err
	}
	if results[0].ID.IsZero() {
		return fmt.Errorf("a note was not taken: %v", results[0].Problem)
	}
	mentioned := make([]crm.ID, len(a.Mentions))
	for i, key := range a.Mentions {
		mentioned[i] = d.people[key]
	}
	return then.Mention(ctx, a.IDs[0], results[0].ID, mentioned, d.names[a.By])
}
