package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/satisfaction"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// SatisfactionQuery are the filters of what customers said.
type SatisfactionQuery struct {
	Kind  string `query:"kind" enum:"csat,nps,ces" default:"csat"`
	From  string `query:"from" maxLength:"10" doc:"First day, such as 2026-03-01. Default: 30 days until the last one"`
	To    string `query:"to" maxLength:"10" doc:"Last day. Default: today"`
	Zone  string `query:"tz" maxLength:"60" default:"UTC" doc:"Time zone of days, such as Europe/Amsterdam"`
	Inbox crm.ID `query:"inbox"`
	Team  crm.ID `query:"team"`
	Agent crm.ID `query:"agent"`
}

// AnswersQuery are the filters of a list of answers.
type AnswersQuery struct {
	SatisfactionQuery
	Low       bool `query:"low" doc:"Low scores only"`
	Commented bool `query:"commented" doc:"Answers with a comment only"`
}

// listAnswers marks cursors of lists of answers.
const listAnswers = 's'

// maxExport bounds an export, in answers.
const maxExport = 20_000

func (s *server) registerSatisfaction() {
	op(s, http.MethodGet, "/v1/satisfaction", "get-satisfaction", "What customers said after their cases were done: CSAT, NPS or CES with its interval. Surveys count for the day on which they were asked", access.Read,
		func(ctx context.Context, in *struct {
			SatisfactionQuery
			By string `query:"by" enum:"inbox,team,agent,day,week,month" doc:"Break it down. By agent: those who don't lead see themselves only"`
		}) (*body[SatisfactionReport], error) {
			return respond(s.satisfaction(ctx, &in.SatisfactionQuery, in.By))
		})
	op(s, http.MethodGet, "/v1/satisfaction/answers", "list-survey-answers", "List what customers answered, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			AnswersQuery
			Paged
		}) (*body[Page[SurveyAnswer]], error) {
			return respond(s.answers(ctx, &in.AnswersQuery, in.Limit, in.Cursor))
		})
	op(s, http.MethodGet, "/v1/satisfaction/export", "export-survey-answers", "The answers as CSV (RFC 4180, UTF-8), at most 20,000. Asks a person for a fresh proof of who they are", access.Read,
		func(ctx context.Context, in *AnswersQuery) (*bytesOutput, error) {
			// What customers said leaves the firm's program at once and whole.
			if err := s.Access.CheckFresh(ctx); err != nil {
				return nil, err
			}
			data, err := s.exportAnswers(ctx, in)
			if err := s.audited(ctx, err, "exported", "survey answers"); err != nil {
				return nil, err
			}
			return &bytesOutput{ContentType: "text/csv; charset=utf-8", ContentDisposition: `attachment; filename="satisfaction-` + in.Kind + `.csv"`,
				ContentSecurityPolicy: "default-src 'none'; sandbox", Body: data}, nil
		}, bytesAnswer)
	op(s, http.MethodGet, "/v1/customers/{id}/satisfaction", "list-customer-surveys", "What a customer was asked and answered, the newest first, at most 50", access.Read,
		func(ctx context.Context, in *ByID) (*body[Page[SurveyView]], error) {
			_, profiles, err := s.read.profilesOf(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			rows, err := s.Satisfaction.Of(ctx, profiles)
			out := Page[SurveyView]{Items: []SurveyView{}}
			for i := range rows {
				if access.CanInbox(ctx, rows[i].InboxID) {
					out.Items = append(out.Items, surveyView(&rows[i]))
				}
			}
			return respond(out, err)
		})
}

// query is the filters as the package takes them.
func (in *SatisfactionQuery) query(ctx context.Context, now time.Time) (satisfaction.Query, error) {
	q := satisfaction.Query{Kind: in.Kind, Inbox: in.Inbox, Team: in.Team, Agent: in.Agent, Hidden: access.From(ctx).HiddenInboxes}
	var err error
	if q.Zone, err = time.LoadLocation(in.Zone); err != nil || in.Zone == "Local" {
		return q, &crm.Error{Code: crm.Invalid, Pointer: "/tz", Message: "There is no such time zone. One is Europe/Amsterdam."}
	}
	y, m, d := now.In(q.Zone).Date()
	last := time.Date(y, m, d, 0, 0, 0, 0, q.Zone)
	if in.To != "" {
		if last, err = time.ParseInLocation(time.DateOnly, in.To, q.Zone); err != nil {
			return q, &crm.Error{Code: crm.Invalid, Pointer: "/to", Message: "A day is like 2026-03-01."}
		}
	}
	q.From, q.To = last.AddDate(0, 0, -29), last.AddDate(0, 0, 1)
	if in.From != "" {
		if q.From, err = time.ParseInLocation(time.DateOnly, in.From, q.Zone); err != nil {
			return q, &crm.Error{Code: crm.Invalid, Pointer: "/from", Message: "A day is like 2026-03-01."}
		}
	}
	return q, nil
}

// satisfaction makes a report. How a colleague does is the business of those who
// lead, and of the colleague.
func (s *server) satisfaction(ctx context.Context, in *SatisfactionQuery, by string) (SatisfactionReport, error) {
	q, err := in.query(ctx, s.Clock())
	if err != nil {
		return SatisfactionReport{}, err
	}
	p := access.From(ctx)
	own := !p.Has(access.Assign)
	if own && !q.Agent.IsZero() && q.Agent != p.UserID {
		return SatisfactionReport{}, crm.Errorf(crm.Forbidden, "Only those who lead see how a colleague does.")
	}
	q.By = by
	r, err := s.Satisfaction.Report(ctx, q)
	if err != nil {
		return SatisfactionReport{}, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return SatisfactionReport{}, err
	}
	out := SatisfactionReport{Kind: in.Kind, From: q.From.Format(time.DateOnly), To: q.To.AddDate(0, 0, -1).Format(time.DateOnly), Zone: in.Zone, Total: r.Total,
		Parts: []SatisfactionPart{}, Kinds: r.Kinds}
	for _, part := range r.Parts {
		v := SatisfactionPart{ID: part.ID, Figures: part.Figures}
		switch by {
		case satisfaction.ByInbox:
			v.Name = names.inboxes[part.ID]
		case satisfaction.ByTeam:
			v.Name = names.teams[part.ID]
		case satisfaction.ByAgent:
			if own && part.ID != p.UserID {
				continue
			}
			v.Name = names.people[part.ID]
		default:
			v.From = part.From.Format(time.DateOnly)
		}
		out.Parts = append(out.Parts, v)
	}
	return out, nil
}

// answers reads a page of answers.
func (s *server) answers(ctx context.Context, in *AnswersQuery, limit int, at string) (Page[SurveyAnswer], error) {
	out := Page[SurveyAnswer]{Items: []SurveyAnswer{}}
	q, err := in.query(ctx, s.Clock())
	if err != nil {
		return out, err
	}
	from, err := after(at, newest(listAnswers))
	if err != nil {
		return out, err
	}
	rows, err := s.Satisfaction.Answers(ctx, q, in.Low, in.Commented, from.n, from.id, limit+1)
	if err != nil {
		return out, err
	}
	rows, out.Next = page(rows, limit, func(r satisfaction.Row) cursor { return cursor{listAnswers, r.AnsweredAt, r.ID} })
	out.Items, err = s.describeAnswers(ctx, rows)
	return out, err
}

func (s *server) describeAnswers(ctx context.Context, rows []satisfaction.Row) ([]SurveyAnswer, error) {
	customers, err := s.read.refs(ctx, convert(rows, func(r satisfaction.Row) crm.ID { return r.ProfileID }))
	if err != nil {
		return nil, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	cases, err := store.ByKeys(ctx, s.DB.Read().CasesByID, convert(rows, func(r satisfaction.Row) store.Key { return store.RowKey(r.ConversationID) }))
	if err != nil {
		return nil, err
	}
	byID := map[crm.ID]*sqlgen.Case{}
	for i := range cases {
		byID[cases[i].ConversationID] = &cases[i]
	}
	out := make([]SurveyAnswer, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = SurveyAnswer{SurveyView: surveyView(r), CustomerID: customers[r.ProfileID].ID, CustomerName: customers[r.ProfileID].Name, InboxID: r.InboxID,
			InboxName: names.inboxes[r.InboxID], TeamID: r.TeamID, TeamName: names.teams[r.TeamID], AgentID: r.AssigneeID, AgentName: names.people[r.AssigneeID]}
		if c := byID[r.ConversationID]; c != nil {
			out[i].Subject = c.Subject
		}
	}
	return out, nil
}

// exportAnswers writes the answers as CSV.
func (s *server) exportAnswers(ctx context.Context, in *AnswersQuery) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true // RFC 4180
	_ = w.Write([]string{"asked_at", "answered_at", "kind", "score", "best", "comment", "customer", "subject", "inbox", "team", "agent", "channel", "language", "case_id"})
	written := 0
	for at := ""; ; {
		p, err := s.answers(ctx, in, 200, at)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			a := &p.Items[i]
			_ = w.Write(cells(a.AskedAt.UTC().Format(time.RFC3339), a.AnsweredAt.UTC().Format(time.RFC3339), a.Kind, strconv.FormatInt(a.Score, 10), strconv.FormatInt(a.High, 10),
				a.Comment, a.CustomerName, a.Subject, a.InboxName, a.TeamName, a.AgentName, a.Channel, a.Language, a.CaseID.String()))
		}
		if written += len(p.Items); written > maxExport {
			return nil, &crm.Error{Code: crm.Invalid, Pointer: "/from", Message: "These are more than 20,000 answers. Choose a shorter period."}
		}
		if at = p.Next; at == "" {
			break
		}
	}
	w.Flush()
	return b.Bytes(), w.Error() // a buffer takes everything; what Write noted is here
}

// cells keeps what people typed from being a formula where a table is opened
// (OWASP, CSV injection).
func cells(values ...string) []string {
	for i, v := range values {
		if v != "" && strings.ContainsRune("=+-@\t\r\n", rune(v[0])) {
			values[i] = "'" + v
		}
	}
	return values
}
