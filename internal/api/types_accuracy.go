package api

import (
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand"
)

// AccuracyReport says how well contacts are read: by what people said of them,
// and by how much is read at all.
type AccuracyReport struct {
	Days     int           `json:"days"`
	Of       string        `json:"of" enum:"sample,all" doc:"sample: contacts that were drawn at random, so the figures hold for all; all: also what people came across, which is wrong more often"`
	Sampled  int           `json:"sampled" doc:"Contacts of random samples that people judged"`
	Labelled int           `json:"labelled" doc:"Contacts that people judged in all"`
	Cut      bool          `json:"cut" doc:"There are more than 20,000 labels; the newest count"`
	Judged   JudgedFigures `json:"judged"`
	Weeks    []ReadingWeek `json:"weeks" doc:"At most 13, the oldest first, without those before the first contact"`
	Counting bool          `json:"counting" doc:"The weeks are being counted anew"`
	Drift    *MixDrift     `json:"drift,omitempty" doc:"Missing when there are contacts on one side only"`
}

// JudgedFigures are made of what people said.
type JudgedFigures struct {
	All     understand.ShareRight `json:"all" doc:"Contacts that were read right, or rightly as unknown"`
	Read    understand.ShareRight `json:"read" doc:"Of those read as some intent: the precision"`
	Unknown understand.ShareRight `json:"unknown" doc:"Of those read as unknown: people know no intent for them either"`
	Intents []IntentPrecision     `json:"intents" doc:"The most frequent first"`
	Pairs   []Confusion           `json:"pairs" doc:"What was mistaken for what, the most frequent first, 50 at most"`
}

// IntentPrecision is how often an intent is right where it is read.
type IntentPrecision struct {
	Intent string `json:"intent"`
	Label  string `json:"label"`
	understand.ShareRight
}

// Confusion is an intent that was read where people say another one.
type Confusion struct {
	ReadAs      string `json:"read_as" doc:"Empty: unknown"`
	ReadAsLabel string `json:"read_as_label"`
	Intent      string `json:"intent" doc:"Empty: none of the known ones"`
	IntentLabel string `json:"intent_label"`
	N           int    `json:"n"`
}

// ReadingWeek is how much of a week's contacts was read when they came in.
type ReadingWeek struct {
	From     string  `json:"from" format:"date" doc:"Its Monday, UTC"`
	Contacts int     `json:"contacts" doc:"Messages of customers; an estimate when fewer were looked at"`
	Looked   int     `json:"looked" doc:"Of those, how many the figures are made of: all, or some 5,000 at random"`
	Read     float64 `json:"read" doc:"Share that was read as some intent: the coverage"`
	Low      float64 `json:"low" doc:"95 % interval of it; customers count as cases, since contacts of one are alike"`
	High     float64 `json:"high"`
	Labelled float64 `json:"labelled" doc:"Share that took a person's label of a nearly equal text"`
	Over     bool    `json:"over" doc:"False: the week is not over yet"`
}

// MixDrift is how what customers write about changed.
type MixDrift struct {
	Span            int        `json:"span" doc:"Weeks that are compared with as many before them"`
	From            string     `json:"from" format:"date" doc:"First day before"`
	Middle          string     `json:"middle" format:"date" doc:"First day after"`
	To              string     `json:"to" format:"date" doc:"The day after the last one"`
	Before          int        `json:"before" doc:"Contacts that were looked at"`
	After           int        `json:"after"`
	CustomersBefore int        `json:"customers_before"`
	CustomersAfter  int        `json:"customers_after"`
	Level           string     `json:"level" enum:"few,stable,some,much" doc:"few: under 50 customers on a side, so nothing is said"`
	Index           float64    `json:"index" doc:"Population stability index over intents and unknown"`
	Chance          float64    `json:"chance" doc:"What the index stays below, 99 of 100 times, when nothing changed"`
	Trained         bool       `json:"trained" doc:"A new model was trained meanwhile: what changed may be the reading"`
	Unknown         MixShift   `json:"unknown"`
	Intents         []MixShift `json:"intents" doc:"Those that changed, and the largest differences after them, 12 at least"`
}

// MixShift is the share of an intent before and after.
type MixShift struct {
	Intent  string  `json:"intent"`
	Label   string  `json:"label"`
	Before  float64 `json:"before"`
	After   float64 `json:"after"`
	Low     float64 `json:"low" doc:"95 % interval of the difference, for all intents at once"`
	High    float64 `json:"high"`
	Changed bool    `json:"changed" doc:"More than chance explains, and at least a point"`
}

// JudgedContact is a contact that people judged.
type JudgedContact struct {
	ID             crm.ID      `json:"id" doc:"Of the label"`
	InteractionID  crm.ID      `json:"interaction_id"`
	ConversationID crm.ID      `json:"conversation_id"`
	Channel        crm.Channel `json:"channel"`
	OccurredAt     time.Time   `json:"occurred_at"`
	Text           string      `json:"text" doc:"400 bytes at most"`
	ReadAs         string      `json:"read_as" doc:"Empty: unknown"`
	Intent         string      `json:"intent" doc:"none: none of the known ones"`
	Confidence     float64     `json:"confidence"`
	Sampled        bool        `json:"sampled"`
	Author         string      `json:"author"`
	At             time.Time   `json:"at"`
}

// ReadingSample is a random sample of readings for people to check.
type ReadingSample struct {
	Items    []SampledContact `json:"items"`
	At       time.Time        `json:"at,omitzero" doc:"When it was drawn; missing: none was yet"`
	Author   string           `json:"author"`
	From     time.Time        `json:"from,omitzero" doc:"Contacts of this time"`
	To       time.Time        `json:"to,omitzero"`
	Contacts int              `json:"contacts" doc:"That it was drawn from; an estimate above 5,000"`
	Next     time.Time        `json:"next,omitzero" doc:"When another one can be drawn"`
	Due      bool             `json:"due" doc:"Another one can be drawn now"`
}

// SampledContact is a contact of a sample.
type SampledContact struct {
	InteractionID  crm.ID      `json:"interaction_id"`
	ConversationID crm.ID      `json:"conversation_id"`
	Channel        crm.Channel `json:"channel"`
	OccurredAt     time.Time   `json:"occurred_at"`
	Subject        string      `json:"subject"`
	Text           string      `json:"text" doc:"4,000 bytes at most"`
	ReadAs         string      `json:"read_as" doc:"What was read when it came in; empty: unknown"`
	ReadAsLabel    string      `json:"read_as_label"`
	Known          bool        `json:"known" doc:"What was read is an intent in use, or unknown, and can be said to be right"`
	Confidence     float64     `json:"confidence"`
	State          string      `json:"state" enum:"open,checked,skipped"`
	Said           string      `json:"said" doc:"What people say of it: the key of an intent, or none; empty: nothing yet"`
	SaidLabel      string      `json:"said_label"`
	Author         string      `json:"author" doc:"Who checked or skipped it"`
}
