package api

import (
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/satisfaction"
)

// SatisfactionReport is what customers said in a period.
type SatisfactionReport struct {
	Kind  string               `json:"kind" enum:"csat,nps,ces"`
	From  string               `json:"from" format:"date" doc:"First day"`
	To    string               `json:"to" format:"date" doc:"Last day"`
	Zone  string               `json:"tz"`
	Total satisfaction.Figures `json:"total"`
	Parts []SatisfactionPart   `json:"parts"`
	Kinds map[string]int64     `json:"kinds" doc:"How many were asked of each kind in the period"`
}

// SatisfactionPart is one row of a report: an inbox, a team, an agent, or a span
// of time.
type SatisfactionPart struct {
	ID   crm.ID `json:"id" doc:"Empty: nobody, no team, or a span of time"`
	Name string `json:"name"`
	From string `json:"from,omitempty" format:"date" doc:"First day of a span of time"`
	satisfaction.Figures
}

// SurveyView is a question that a customer was asked, and the answer.
type SurveyView struct {
	ID         crm.ID    `json:"id"`
	CaseID     crm.ID    `json:"case_id"`
	Kind       string    `json:"kind" enum:"csat,nps,ces"`
	Channel    string    `json:"channel" enum:"mail,widget"`
	Language   string    `json:"language"`
	Question   string    `json:"question"`
	AskedAt    time.Time `json:"asked_at"`
	ExpiresAt  time.Time `json:"expires_at" doc:"Until when it can be answered, or the answer changed"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	ChangedAt  time.Time `json:"changed_at,omitzero" doc:"When the answer was last saved"`
	Score      int64     `json:"score" doc:"-1: not answered"`
	High       int64     `json:"high" doc:"The best score"`
	Low        bool      `json:"low" doc:"A low score: csat 1 and 2, nps 0 to 6, ces 1 to 3"`
	Comment    string    `json:"comment,omitempty"`
}

// SurveyAnswer is an answer with whose it is.
type SurveyAnswer struct {
	SurveyView
	CustomerID   crm.ID `json:"customer_id"`
	CustomerName string `json:"customer_name"`
	Subject      string `json:"subject" doc:"Of the conversation"`
	InboxID      crm.ID `json:"inbox_id"`
	InboxName    string `json:"inbox_name"`
	TeamID       crm.ID `json:"team_id"`
	TeamName     string `json:"team_name"`
	AgentID      crm.ID `json:"agent_id" doc:"Who had the case when the customer was asked"`
	AgentName    string `json:"agent_name"`
}

func surveyView(r *satisfaction.Row) SurveyView {
	scale, _ := satisfaction.ScaleOf(r.Kind)
	return SurveyView{ID: r.ID, CaseID: r.ConversationID, Kind: r.Kind, Channel: r.Channel, Language: r.Language, Question: r.Question, AskedAt: crm.FromMicros(r.AskedAt),
		ExpiresAt: crm.FromMicros(r.ExpiresAt), AnsweredAt: crm.FromMicros(r.AnsweredAt), ChangedAt: crm.FromMicros(r.ChangedAt), Score: r.Score, High: scale.High,
		Low: r.AnsweredAt > 0 && r.Score <= scale.Bad, Comment: r.Comment}
}
