package satisfaction

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The ways to break a report down.
const (
	ByNone  = ""
	ByInbox = "inbox"
	ByTeam  = "team"
	ByAgent = "agent"
	ByDay   = "day"
	ByWeek  = "week" // from Monday
	ByMonth = "month"
)

// maxSpan is the longest period of a report.
const maxSpan = 2 * 366 * 24 * time.Hour

// grain is what moments are gathered into: every time zone's day begins at a
// quarter of an hour. whole is longer than any period.
const (
	grain = int64(15 * time.Minute / time.Microsecond)
	whole = int64(1) << 62
)

// Query is what a report is about: surveys that were asked in [From, To). Zero ids
// are everybody's.
type Query struct {
	Kind               string
	From, To           time.Time
	Inbox, Team, Agent crm.ID
	Hidden             map[crm.ID]bool // inboxes that the reader must not see
	By                 string
	Zone               *time.Location // of days, weeks and months
}

// Part is one row of a report: of an inbox, team or agent, or from a day on.
type Part struct {
	ID   crm.ID
	From time.Time
	Figures
}

// Report is what customers said.
type Report struct {
	Total Figures
	Parts []Part
	Kinds map[string]int64 // how many were asked of each kind, whatever the query's
}

func (q *Query) check() error {
	bad := func(pointer, words string) error {
		return &crm.Error{Code: crm.Invalid, Pointer: pointer, Message: words}
	}
	switch _, ok := scales[q.Kind]; {
	case !ok:
		return bad("/kind", "A survey is csat, nps or ces.")
	case !q.From.Before(q.To):
		return bad("/from", "The period ends before it begins.")
	case q.To.Sub(q.From) > maxSpan:
		return bad("/from", "A report is about two years at most.")
	}
	return nil
}

// fits reports whether the query is about a survey.
func (q *Query) fits(inbox, team, agent crm.ID) bool {
	return !q.Hidden[inbox] && (q.Inbox.IsZero() || q.Inbox == inbox) && (q.Team.IsZero() || q.Team == team) && (q.Agent.IsZero() || q.Agent == agent)
}

// Report counts. A survey belongs to the time when it was asked, so that answers
// and what they answer are counted together.
func (s *Service) Report(ctx context.Context, q Query) (Report, error) {
	out := Report{Parts: []Part{}, Kinds: map[string]int64{}}
	if err := q.check(); err != nil {
		return out, err
	}
	if q.Zone == nil {
		q.Zone = time.UTC
	}
	width := whole
	if q.By == ByDay || q.By == ByWeek || q.By == ByMonth {
		width = grain
	}
	rows, err := s.DB.Read().SurveyTallies(ctx, sqlgen.SurveyTalliesParams{Grain: width, Now: crm.Micros(s.Clock()), Since: crm.Micros(q.From), Until: crm.Micros(q.To)})
	if err != nil {
		return out, err
	}
	type key struct {
		id   crm.ID
		from int64
	}
	var total Tally
	parts := map[key]*Tally{}
	for _, r := range rows {
		if !q.fits(r.InboxID, r.TeamID, r.AssigneeID) {
			continue
		}
		out.Kinds[r.Kind] += r.Asked
		if r.Kind != q.Kind {
			continue
		}
		t := Tally{Asked: r.Asked, Pending: r.Pending}
		if scales[r.Kind].Has(r.Score) {
			t.Scores[r.Score] = r.Asked
		}
		total.Add(&t)
		k := key{}
		switch q.By {
		case ByNone:
			continue
		case ByInbox:
			k.id = r.InboxID
		case ByTeam:
			k.id = r.TeamID
		case ByAgent:
			k.id = r.AssigneeID
		default:
			k.from = crm.Micros(begin(q.By, crm.FromMicros(r.Slot*grain).In(q.Zone)))
		}
		if parts[k] == nil {
			parts[k] = new(Tally)
		}
		parts[k].Add(&t)
	}
	out.Total = total.Figures(q.Kind)
	for k, t := range parts {
		p := Part{ID: k.id, Figures: t.Figures(q.Kind)}
		if k.from != 0 {
			p.From = crm.FromMicros(k.from).In(q.Zone)
		}
		out.Parts = append(out.Parts, p)
	}
	slices.SortFunc(out.Parts, func(a, b Part) int {
		if !a.From.Equal(b.From) {
			return a.From.Compare(b.From)
		}
		if a.Answered != b.Answered {
			return int(b.Answered - a.Answered) // what is known best first
		}
		return a.ID.Compare(b.ID)
	})
	return out, nil
}

// begin is when the day, week or month of a time began.
func begin(by string, t time.Time) time.Time {
	y, m, d := t.Date()
	switch by {
	case ByWeek:
		d -= (int(t.Weekday()) + 6) % 7
	case ByMonth:
		d = 1
	}
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// Answers pages through what was answered, the newest first: what stands before
// (at, before). low and commented keep to low scores and to those with a comment.
func (s *Service) Answers(ctx context.Context, q Query, low, commented bool, at int64, before crm.ID, limit int) ([]Row, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	scale := scales[q.Kind]
	p := sqlgen.SurveyAnswersParams{Since: crm.Micros(q.From), Until: crm.Micros(q.To), At: at, Before: before, Kind: q.Kind, Most: scale.High, WithComment: flag(commented),
		ByInbox: flag(!q.Inbox.IsZero()), InboxID: q.Inbox, ByTeam: flag(!q.Team.IsZero()), TeamID: q.Team, ByAssignee: flag(!q.Agent.IsZero()), AssigneeID: q.Agent}
	if low {
		p.Most = scale.Bad
	}
	out := []Row{}
	for len(out) < limit {
		p.MaxRows = int64(limit)
		rows, err := s.DB.Read().SurveyAnswers(ctx, p)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !q.Hidden[r.InboxID] && len(out) < limit {
				out = append(out, r)
			}
		}
		if len(rows) < limit {
			break
		}
		p.At, p.Before = rows[len(rows)-1].AnsweredAt, rows[len(rows)-1].ID
	}
	return out, nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// ofCustomer is how many surveys of a customer are shown.
const ofCustomer = 50

// Of lists the surveys of a customer's profiles, the newest first.
func (s *Service) Of(ctx context.Context, profiles []crm.ID) ([]Row, error) {
	out := []Row{}
	for _, p := range profiles {
		rows, err := s.DB.Read().SurveysOfProfile(ctx, sqlgen.SurveysOfProfileParams{Bucket: p.Bucket(), ProfileID: p, MaxRows: ofCustomer})
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortFunc(out, func(a, b Row) int { return cmp.Compare(b.AskedAt, a.AskedAt) })
	return out[:min(len(out), ofCustomer)], nil
}
