package second

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/failpoint"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
	"github.com/rapport-crm/rapport/internal/understand"
)

// readJob reads a contact a second time.
const readJob = "second.read"

// patience is how long a contact waits for an endpoint in trouble, or for budget:
// after it somebody has read it anyway.
const patience = 3 * 24 * time.Hour

type readArgs struct {
	At int64 `json:"at"`
}

// The outcomes that are kept.
const (
	outcomeRead     = "read"
	outcomeNone     = "none"     // the second reader knows no intent either
	outcomeUnusable = "unusable" // an answer that breaks the rules of evidence
)

// Open leaves the jobs of contacts, in the transaction that keeps them. While a
// part is off it leaves none.
func (s *Service) Open(ctx context.Context, tx *store.Tx, now time.Time, contacts []flow.Open) error {
	set, err := s.now(ctx)
	if err != nil {
		s.Log.Error("the settings of the second reader can't be read", "error", err)
		return nil // the contact counts, not what is read of it later
	}
	for _, c := range contacts {
		switch {
		case c.Recording >= 0 && set.Transcription.On:
			err = addTranscript(ctx, tx, now, c)
		case c.Undecided && set.Reading.On:
			err = addReading(ctx, tx, now, c.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func addReading(ctx context.Context, tx *store.Tx, now time.Time, id crm.ID) error {
	return jobs.Add(ctx, tx, now, jobs.Job{Kind: readJob, Bucket: id.RowBucket(), Key: id.String(), Args: readArgs{crm.Micros(now)}})
}

// read is the handler of a job: it asks for a contact unless that was done already,
// keeps the answer, and then takes it over.
func (s *Service) read(ctx context.Context, r *jobs.Run) error {
	id, err := crm.ParseID(r.Key)
	if err != nil {
		return jobs.Dead(err)
	}
	var args readArgs
	if err := r.Args(&args); err != nil {
		return jobs.Dead(err)
	}
	set, err := s.load(ctx)
	if err != nil || !set.Reading.On {
		return err
	}
	q, err := s.question(ctx, &set, id)
	if err != nil || q == nil {
		return err
	}
	kept, err := s.DB.Read().SecondReading(ctx, sqlgen.SecondReadingParams{Bucket: q.bucket, InteractionID: id})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err != nil || !bytes.Equal(kept.Hash, q.hash) {
		if kept, err = s.answer(ctx, &set, q); err != nil {
			return s.put(Reading, err, crm.FromMicros(args.At))
		}
	}
	failpoint.Here("second reading kept")
	if kept.Outcome != outcomeRead {
		return nil
	}
	var spans []crm.Span
	if err := json.Unmarshal([]byte(kept.Evidence), &spans); err != nil {
		return jobs.Dead(err)
	}
	_, err = s.Engine.ReadSecond(ctx, id, kept.Intent, spans, crm.Second{Model: kept.Model, At: s.Clock()})
	return err
}

// put says what becomes of a job that could not ask: it waits as long as that can
// help, and then the first reading stands.
func (s *Service) put(part string, err error, since time.Time) error {
	now := s.Clock()
	if now.Sub(since) > patience {
		return nil
	}
	var f *failure
	switch {
	case errors.Is(err, errSpent):
		until := now.Add(time.Hour) // somebody may give more
		if next := nextMonth(now); next.Before(until) {
			until = next
		}
		return jobs.Snooze(spread(until))
	case errors.As(err, &f) && f.trouble == Rejected, errors.As(err, &f) && f.trouble == Unusable:
		return nil
	case errors.As(err, &f):
		return jobs.Snooze(spread(s.trouble(part, f.after)))
	}
	var p *pausing
	if errors.As(err, &p) {
		return jobs.Snooze(spread(p.until))
	}
	return err
}

// pausing is a job that came while the endpoint is left alone.
type pausing struct{ until time.Time }

func (p *pausing) Error() string { return "the endpoint is left alone for a while" }

// question is what is to be asked of a contact.
type question struct {
	id      crm.ID
	bucket  int64
	text    understand.Redacted
	choices []choice
	hash    []byte
}

// question puts together what is asked of a contact; nil: nothing, it is read, gone
// or must not leave.
func (s *Service) question(ctx context.Context, set *loaded, id crm.ID) (*question, error) {
	bucket := id.RowBucket()
	x, err := s.DB.Read().InteractionForSecond(ctx, sqlgen.InteractionForSecondParams{Bucket: bucket, ID: id})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	row, err := s.DB.Read().NewestReading(ctx, sqlgen.NewestReadingParams{Bucket: bucket, ProfileID: x.ProfileID, InteractionID: id})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var reading crm.Reading
	var attrs capture.Attrs
	if err := errors.Join(json.Unmarshal([]byte(row.Data), &reading), json.Unmarshal([]byte(x.Attrs), &attrs)); err != nil {
		return nil, jobs.Dead(err)
	}
	if !flow.Undecided(crm.Direction(x.Direction), crm.Kind(x.Kind), x.Automatic, &reading) {
		return nil, nil
	}
	if len(set.Languages) > 0 && !slices.Contains(set.Languages, reading.Language.Name) {
		return nil, nil
	}
	if leaves, err := s.mayLeave(ctx, x.Source); err != nil || !leaves {
		return nil, err
	}
	names, err := s.known(ctx, x.ProfileID, attrs.Participants)
	if err != nil {
		return nil, err
	}
	names = append(names, references(&reading)...)
	q := &question{id: id, bucket: bucket, choices: choices(s.Engine.Reader())}
	q.text = understand.Redact(understand.Input{Subject: x.Subject, Text: x.Text, Turns: attrs.Turns}, names)
	if strings.TrimSpace(q.text.Text) == "" {
		return nil, nil
	}
	asked, err := json.Marshal(request(set.Reading.Model, q.text.Text, q.choices, true))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte(set.BaseURL+"\n"), asked...))
	q.hash = sum[:]
	return q, nil
}

// mayLeave reports whether contacts of a source may be shown to somebody outside:
// those of a restricted inbox are for its teams alone.
func (s *Service) mayLeave(ctx context.Context, source string) (bool, error) {
	all, err := s.Inboxes.All(ctx)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(all, func(i *inboxes.Inbox) bool { return i.Source == source && i.Restricted }), nil
}

// known are all names and identifiers of the customer of a profile, and of those
// who took part.
func (s *Service) known(ctx context.Context, profile crm.ID, took []crm.Participant) ([]string, error) {
	q := s.DB.Read()
	profiles := []crm.ID{profile}
	heads, err := store.ByKeys(ctx, q.ProfilesByID, []store.Key{store.ProfileKey(profile)})
	if err != nil {
		return nil, err
	}
	var out []string
	for _, h := range heads {
		members, err := store.ByKeys(ctx, q.ProfilesOfCustomers, []store.Key{store.ProfileKey(h.CustomerID)})
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			profiles = append(profiles, m.ProfileID)
		}
		customers, err := store.ByKeys(ctx, q.CustomersByID, []store.Key{store.ProfileKey(h.CustomerID)})
		if err != nil {
			return nil, err
		}
		for _, c := range customers {
			out = append(out, c.Name)
		}
	}
	keys := make([]store.Key, len(profiles))
	for i, p := range profiles {
		keys[i] = store.ProfileKey(p)
	}
	values, err := store.ByKeys(ctx, q.KeysOfProfiles, keys)
	if err != nil {
		return nil, err
	}
	for _, v := range values {
		out = append(out, v.Name, v.Value)
	}
	for _, p := range took {
		out = append(out, p.Name, p.Value)
	}
	return out, nil
}

// references are what the embedded reader recognised as numbers of somebody's: also
// those of the firm's own forms.
func references(r *crm.Reading) (out []string) {
	for _, e := range r.Entities {
		if e.Kind != "amount" && e.Kind != "date" && e.Kind != "product" {
			out = append(out, e.Text)
		}
	}
	return out
}

// answer asks, holds what comes back against the rules, and keeps it with what it
// took, in one transaction.
func (s *Service) answer(ctx context.Context, set *loaded, q *question) (kept sqlgen.SecondReadingRow, err error) {
	if until := s.paused(Reading); !until.IsZero() {
		return kept, &pausing{until}
	}
	got, spent, err := s.ask(ctx, set, q.text.Text, q.choices)
	var f *failure
	if errors.As(err, &f) {
		if err := spent.fail(ctx, f); err != nil {
			return kept, err
		}
		if f.trouble != Unusable && f.trouble != Rejected {
			return kept, err
		}
	} else if err != nil {
		return kept, err
	}
	s.well(Reading)
	kept = sqlgen.SecondReadingRow{Hash: q.hash, Model: set.Reading.Model, Outcome: outcomeUnusable, Evidence: "[]"}
	reason := ""
	if f == nil {
		var spans []crm.Span
		if spans, reason = got.check(q.choices, &q.text); reason == "" {
			kept.Outcome, kept.Intent = outcomeNone, got.Intent
			if got.Intent != flow.None {
				data, err := json.Marshal(spans)
				if err != nil {
					return kept, err
				}
				kept.Outcome, kept.Evidence = outcomeRead, string(data)
			}
		}
	}
	// A program that ends now has paid already, so this is written all the same.
	ctx = context.WithoutCancel(ctx)
	return kept, s.DB.InTx(ctx, func(tx *store.Tx) error {
		if f == nil {
			if err := spent.settle(ctx, tx, got.units); err != nil {
				return err
			}
		}
		if reason != "" {
			if err := tx.FailSecondUsage(ctx, sqlgen.FailSecondUsageParams{At: crm.Micros(s.Clock()), Error: string(Unusable), Detail: reason, Month: spent.month, Part: Reading}); err != nil {
				return err
			}
		}
		return tx.PutSecondReading(ctx, sqlgen.PutSecondReadingParams{Bucket: q.bucket, InteractionID: q.id, Hash: q.hash, Model: kept.Model, Outcome: kept.Outcome,
			Intent: kept.Intent, Evidence: kept.Evidence, Units: got.units, At: crm.Micros(s.Clock())})
	})
}
