package understand

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// LookJob is the kind of the job that looks for intents that are missing.
const LookJob = "intents_look"

// What a look reads, and how long what it found counts.
const (
	lookBack   = 90 * 24 * time.Hour
	lookAtMost = 20_000 // texts
	lookAgain  = 6 * time.Hour
)

// States of a proposal.
const (
	proposalOpen      = "open"
	proposalAccepted  = "accepted"
	proposalDismissed = "dismissed"
)

// proposalData is what is kept of a proposal: no text of anybody.
type proposalData struct {
	Terms     []string `json:"terms"`
	Language  string   `json:"language"`
	Customers int      `json:"customers"`
	Near      string   `json:"near,omitempty"`
	NearShare float64  `json:"near_share,omitempty"`
	Texts     []crm.ID `json:"texts"`
	Centre    Centre   `json:"centre"`
}

// Look reads what customers wrote lately, clusters what fits no intent, and
// keeps what it found in place of what an earlier look found. It reads and
// clusters outside of any transaction. What somebody dismissed, or made an
// intent of that is in use, is not proposed again.
func Look(ctx context.Context, db *store.DB, r *Reader, now time.Time) error {
	texts, err := newestTexts(ctx, db, now, lookAtMost/crm.Buckets)
	if err != nil {
		return err
	}
	found := r.Propose(texts)
	return db.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.ClearIntentProposals(ctx); err != nil {
			return err
		}
		decided, err := decidedCentres(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range found.Items {
			if slices.ContainsFunc(decided, p.Centre.Same) {
				continue
			}
			data, err := json.Marshal(proposalData{p.Terms, p.Language, p.Customers, p.Near, p.NearShare, p.Texts, p.Centre})
			if err != nil {
				return err
			}
			if err := tx.AddIntentProposal(ctx, sqlgen.AddIntentProposalParams{ID: p.id(), At: crm.Micros(now), Size: int64(p.Size), Data: string(data)}); err != nil {
				return err
			}
		}
		return tx.PutIntentLook(ctx, sqlgen.PutIntentLookParams{At: crm.Micros(now), Texts: int64(found.Texts), Unread: int64(found.Unread)})
	})
}

// id is the same for a group with the same texts in front.
func (p *Proposal) id() crm.ID {
	parts := make([]string, 0, len(p.Texts)+1)
	parts = append(parts, "intent proposal")
	for _, t := range p.Texts {
		parts = append(parts, t.String())
	}
	return crm.DerivedID(time.UnixMilli(0), parts...)
}

// newestTexts are the newest texts of customers, by bucket, n of each at most.
// What came through a restricted inbox is its teams' business alone; what is in
// quarantine, or was erased, is not among contacts.
func newestTexts(ctx context.Context, db *store.DB, now time.Time, n int64) ([]ProposalText, error) {
	restricted, err := restrictedSources(ctx, db.Read())
	if err != nil {
		return nil, err
	}
	var out []ProposalText
	since := crm.FirstID(now.Add(-lookBack))
	for bucket := range int64(crm.Buckets) {
		rows, err := db.Read().CustomerTexts(ctx, sqlgen.CustomerTextsParams{Bucket: bucket, Since: since, N: n})
		if err != nil {
			return nil, fmt.Errorf("read what customers wrote: %w", err)
		}
		for _, x := range rows {
			if !restricted[x.Source] {
				out = append(out, ProposalText{x.ID, x.ProfileID, x.Subject, x.Text, crm.Channel(x.Channel), crm.FromMicros(x.OccurredAt)})
			}
		}
	}
	return out, nil
}

func restrictedSources(ctx context.Context, q *sqlgen.Queries) (map[string]bool, error) {
	rows, err := q.RestrictedInboxes(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the restricted inboxes: %w", err)
	}
	out := map[string]bool{}
	for _, r := range rows {
		out[r.Source] = true
	}
	return out, nil
}

// decidedCentres are the groups that are not proposed again.
func decidedCentres(ctx context.Context, tx *store.Tx) ([]Centre, error) {
	t, err := LoadTaxonomy(ctx, tx.Queries)
	if err != nil {
		return nil, err
	}
	rows, err := tx.IntentProposals(ctx)
	if err != nil {
		return nil, err
	}
	var out []Centre
	for _, r := range rows {
		if r.State == proposalAccepted && t.Target(r.Intent) == "" {
			continue // taken back or put away: nothing reads these texts
		}
		var d proposalData
		if err := json.Unmarshal([]byte(r.Data), &d); err != nil {
			return nil, err
		}
		out = append(out, d.Centre)
	}
	return out, nil
}

// LookState says how the last look stands.
type LookState struct {
	At      time.Time // zero: none yet
	Texts   int
	Unread  int
	Looking bool
	Error   string // of a look that was given up
}

// Looked tells of the last look, and asks for another one in the background when
// that is older than six hours, or something was changed or trained since.
func Looked(ctx context.Context, db *store.DB, now time.Time) (LookState, error) {
	var out LookState
	last, err := db.Read().IntentLook(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return out, err
	}
	if err == nil {
		out = LookState{At: crm.FromMicros(last.At), Texts: int(last.Texts), Unread: int(last.Unread)}
	}
	waiting, err := db.Read().JobsOfKind(ctx, LookJob)
	if err != nil {
		return out, err
	}
	if len(waiting) > 0 {
		if out.Looking = waiting[0].State != "dead"; !out.Looking {
			out.Error = waiting[0].Error
		}
		return out, nil
	}
	changed, err := db.Read().LastIntentChange(ctx)
	if err != nil {
		return out, err
	}
	trained, err := db.Read().LastModelAt(ctx, "intents")
	if err != nil {
		return out, err
	}
	if now.Sub(out.At) < lookAgain && last.At >= changed && last.At >= trained {
		return out, nil
	}
	out.Looking = true
	return out, AskLook(ctx, db, now)
}

// AskLook asks for a look in the background.
func AskLook(ctx context.Context, db *store.DB, now time.Time) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		return jobs.Add(ctx, tx, now, jobs.Job{Kind: LookJob, Key: "intents"})
	})
}

// OpenProposal is a proposal as people see it.
type OpenProposal struct {
	ID        crm.ID
	Label     string
	Terms     []string
	Language  string
	Size      int
	Customers int
	Near      string
	NearShare float64
	Texts     []sqlgen.TextsOfContactsRow // the most central first
}

// OpenProposals are what nobody decided about yet, with their texts as they are
// now. A proposal that has lost its texts, because they were erased or their
// inbox is restricted now, is left out.
func OpenProposals(ctx context.Context, q *sqlgen.Queries) ([]OpenProposal, error) {
	rows, err := q.IntentProposals(ctx)
	if err != nil {
		return nil, err
	}
	restricted, err := restrictedSources(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []OpenProposal
	for _, r := range rows {
		if r.State != proposalOpen {
			continue
		}
		p, err := openProposal(ctx, q, r, restricted)
		if err != nil {
			return nil, err
		}
		if len(p.Texts) >= minExamples {
			out = append(out, p)
		}
	}
	return out, nil
}

func openProposal(ctx context.Context, q *sqlgen.Queries, r sqlgen.IntentProposal, restricted map[string]bool) (OpenProposal, error) {
	var d proposalData
	if err := json.Unmarshal([]byte(r.Data), &d); err != nil {
		return OpenProposal{}, err
	}
	p := OpenProposal{ID: r.ID, Label: labelOf(d.Terms), Terms: d.Terms, Language: d.Language, Size: int(r.Size), Customers: d.Customers, Near: d.Near, NearShare: d.NearShare}
	keys := make([]store.Key, len(d.Texts))
	for i, id := range d.Texts {
		keys[i] = store.RowKey(id)
	}
	texts, err := store.ByKeys(ctx, q.TextsOfContacts, keys)
	if err != nil {
		return p, err
	}
	for _, id := range d.Texts {
		if n := slices.IndexFunc(texts, func(x sqlgen.TextsOfContactsRow) bool { return x.ID == id }); n >= 0 && !restricted[texts[n].Source] {
			p.Texts = append(p.Texts, texts[n])
		}
	}
	return p, nil
}

// labelOf makes a name of terms.
func labelOf(terms []string) string {
	label := strings.Join(terms, ", ")
	for i, r := range label {
		return strings.ToUpper(label[:i+len(string(r))]) + label[i+len(string(r)):]
	}
	return label
}

// Accept makes an intent of a proposal, or gives its texts to one that is there
// (into), and returns the intent's key. The texts become examples.
func (e *Editor) Accept(ctx context.Context, id crm.ID, label, description, into string) (string, error) {
	open, err := OpenProposals(ctx, e.tx.Queries)
	if err != nil {
		return "", err
	}
	n := slices.IndexFunc(open, func(p OpenProposal) bool { return p.ID == id })
	if n < 0 {
		return "", errNoProposal
	}
	p := open[n]
	texts := make([]string, len(p.Texts))
	e.contacts = map[string]crm.ID{}
	for i, x := range p.Texts {
		texts[i] = strings.TrimSpace(store.Clean(crm.ReadingText(x.Subject, x.Text), 4000))
		e.contacts[texts[i]] = x.ID
	}
	if label == "" {
		label = p.Label
	}
	name := into
	if into != "" {
		if s, err := e.get(into); err != nil || !s.Active() {
			return "", &crm.Error{Code: crm.Invalid, Pointer: "/into", Message: "Choose an intent that is in use."}
		}
		err = e.AddExamples(ctx, into, texts)
	} else {
		name, err = e.Create(ctx, label, description, texts)
	}
	if err != nil {
		return "", err
	}
	return name, e.decide(ctx, id, proposalOpen, proposalAccepted, name)
}

var errNoProposal = crm.Errorf(crm.NotFound, "This proposal is gone. Look at the list again.")

// Dismiss puts a proposal away for good.
func (e *Editor) Dismiss(ctx context.Context, id crm.ID) error {
	return e.decide(ctx, id, proposalOpen, proposalDismissed, "")
}

// Reopen puts a proposal that was decided about back on the list.
func (e *Editor) Reopen(ctx context.Context, id crm.ID) error {
	err := e.decide(ctx, id, proposalDismissed, proposalOpen, "")
	if crm.CodeOf(err) == crm.NotFound {
		err = e.decide(ctx, id, proposalAccepted, proposalOpen, "")
	}
	return err
}

func (e *Editor) decide(ctx context.Context, id crm.ID, before, state, intent string) error {
	n, err := e.tx.DecideIntentProposal(ctx, sqlgen.DecideIntentProposalParams{State: state, Intent: intent, Author: e.author, At: crm.Micros(e.now), ID: id, Before: before})
	if err == nil && n == 0 {
		return errNoProposal
	}
	return err
}
