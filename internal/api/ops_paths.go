package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/journey"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// window chooses journeys by the time at which they began.
type window struct {
	From    time.Time `query:"from" doc:"Began at or after it. Default: 90 days ago"`
	To      time.Time `query:"to" doc:"Began before it. Default: now"`
	Intent  string    `query:"intent" maxLength:"100"`
	Segment string    `query:"segment" enum:"all,switched,repeat,leaving,hard" default:"all" doc:"switched: over two channels or more; repeat: came back within 30 days; leaving: threatened to leave; hard: an effort of 30 or more"`
}

// route chooses journeys by where they began and how they stand.
type route struct {
	Start crm.Channel      `query:"start" enum:"mail,chat,phone,text,messenger,social,community,in_person,web,review,api" doc:"Channel of the first contact"`
	End   crm.JourneyState `query:"end" enum:"open,waiting_for_us,waiting_for_them,resolved,abandoned"`
	Leave string           `query:"leave" maxLength:"60" doc:"A node that they went through"`
	Reach string           `query:"reach" maxLength:"60" doc:"A node that they reached; with leave: right after it"`
}

func (r route) filter() journey.PathFilter {
	return journey.PathFilter{Start: r.Start, End: r.End, From: r.Leave, To: r.Reach}
}

// JourneyFigures are figures of a window, by groups, and against another window.
type JourneyFigures struct {
	From      time.Time              `json:"from"`
	To        time.Time              `json:"to"`
	Total     journey.GroupFigures   `json:"total"`
	Groups    []journey.GroupFigures `json:"groups"`
	Truncated bool                   `json:"truncated" doc:"There are more journeys than are counted; choose a shorter time"`
	Before    *journey.GroupFigures  `json:"before,omitempty" doc:"The same of the time right before, of equal length"`
	FCR7      *journey.Interval      `json:"fcr_7_change,omitempty" doc:"Change of first contact resolution against the time before, with its interval"`
	Solved    *journey.Interval      `json:"solved_change,omitempty"`
	BySystems *journey.Interval      `json:"by_systems_change,omitempty"`
	Contained *journey.Interval      `json:"contained_change,omitempty"`
}

// JourneyPaths is a Sankey drawing of journeys.
type JourneyPaths struct {
	journey.PathDrawing
	Truncated bool `json:"truncated" doc:"There are more journeys than are drawn; choose a shorter time"`
}

func (s *server) registerPaths() {
	op(s, http.MethodGet, "/v1/journeys/figures", "journey-figures", "Read what journeys cost customers, and whether they were solved", access.Read,
		func(ctx context.Context, in *struct {
			window
			By      string `query:"by" enum:"intent,channel,team" default:"intent" doc:"channel: of the first contact; team: the one that has the conversation it began in, today"`
			Compare bool   `query:"compare" doc:"Also the time right before"`
		}) (*body[JourneyFigures], error) {
			return respond(s.read.figures(ctx, in.window, in.By, in.Compare))
		})
	op(s, http.MethodGet, "/v1/journeys/paths", "journey-paths", "Read the ways of journeys across channels, from the first contact to the end", access.Read,
		func(ctx context.Context, in *struct {
			window
			route
		}) (*body[JourneyPaths], error) {
			list, truncated, err := s.read.told(ctx, in.window)
			return respond(JourneyPaths{journey.PathsOf(in.filter().Choose(list)), truncated}, err)
		})
	op(s, http.MethodGet, "/v1/journeys/paths/list", "list-path-journeys", "List journeys that went a way, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			window
			route
			Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (*body[Page[Journey]], error) {
			return respond(s.read.pathJourneys(ctx, in.window, in.filter(), in.Limit))
		})
}

// mostTold bounds how many journeys a figure is computed from.
const mostTold = 50_000

// told reads the journeys of a window.
func (r *reader) told(ctx context.Context, w window) ([]*journey.Told, bool, error) {
	from, to := r.span(w)
	if !from.Before(to) {
		return nil, false, &crm.Error{Code: crm.Invalid, Pointer: "/from", Message: "The time must begin before it ends."}
	}
	var out []*journey.Told
	const chunk = 2000
	p := sqlgen.JourneysOpenedParams{OpenedFrom: crm.Micros(from), OpenedTo: crm.Micros(to), AfterAt: -1, MaxRows: chunk}
	for n := 0; ; {
		rows, err := r.db.Read().JourneysOpened(ctx, p)
		if err != nil {
			return nil, false, err
		}
		for _, row := range rows {
			t := &journey.Told{ID: row.ID, Profile: row.ProfileID, Intent: row.Intent, State: crm.JourneyState(row.State), OpenedAt: crm.FromMicros(row.OpenedAt),
				LastAt: crm.FromMicros(row.LastAt), Effort: float64(row.Effort) / 1000, Leaving: row.Leaving}
			if err := json.Unmarshal([]byte(row.Data), &t.Data); err != nil {
				return nil, false, fmt.Errorf("journey %s: %w", row.ID, err)
			}
			if w.wants(t) {
				out = append(out, t)
			}
		}
		n += len(rows)
		if len(rows) < chunk {
			return out, false, nil
		}
		if n >= mostTold {
			return out, true, nil
		}
		p.AfterAt, p.AfterID = rows[len(rows)-1].OpenedAt, rows[len(rows)-1].ID
	}
}

func (w *window) wants(t *journey.Told) bool {
	if w.Intent != "" && t.Intent != w.Intent {
		return false
	}
	switch w.Segment {
	case "switched":
		return t.Data.Switches > 0
	case "repeat":
		return t.Data.Repeat.Within30
	case "leaving":
		return t.Leaving
	case "hard":
		return t.Effort >= 30
	}
	return true
}

func (r *reader) span(w window) (from, to time.Time) {
	to, from = w.To, w.From
	if to.IsZero() {
		to = r.clock()
	}
	if from.IsZero() {
		from = to.AddDate(0, 0, -90)
	}
	return from, to
}

func (r *reader) figures(ctx context.Context, w window, by string, compare bool) (JourneyFigures, error) {
	w.From, w.To = r.span(w)
	list, truncated, err := r.told(ctx, w)
	if err != nil {
		return JourneyFigures{}, err
	}
	now := r.clock()
	again := journey.Again(list)
	out := JourneyFigures{From: w.From, To: w.To, Truncated: truncated, Total: journey.FiguresOf("", list, again, now), Groups: []journey.GroupFigures{}}
	if by == "team" {
		if err := r.tellTeams(ctx, list); err != nil {
			return out, err
		}
	}
	keys, groups := journey.Group(list, by)
	for _, k := range keys {
		out.Groups = append(out.Groups, journey.FiguresOf(k, groups[k], again, now))
	}
	if compare {
		before := w
		before.From, before.To = w.From.Add(-w.To.Sub(w.From)), w.From
		old, cut, err := r.told(ctx, before)
		if err != nil {
			return out, err
		}
		f := journey.FiguresOf("", old, journey.Again(append(old, list...)), now)
		out.Before, out.Truncated = &f, out.Truncated || cut
		change := func(a, b journey.Share) *journey.Interval {
			if a.N == 0 || b.N == 0 {
				return nil
			}
			d := journey.Difference(a, b)
			return &d
		}
		out.FCR7, out.Solved, out.BySystems = change(f.FCR7, out.Total.FCR7), change(f.Solved, out.Total.Solved), change(f.BySystems, out.Total.BySystems)
		out.Contained = change(f.Contained, out.Total.Contained)
	}
	return out, nil
}

// tellTeams finds which team has the conversation that each journey began in. One
// that was merged into another is where the other is.
func (r *reader) tellTeams(ctx context.Context, list []*journey.Told) error {
	of := map[crm.ID]crm.ID{} // conversation to team
	into := map[crm.ID]crm.ID{}
	look := func(wanted []crm.ID) error {
		keys := make([]store.Key, len(wanted))
		for i, c := range wanted {
			keys[i] = store.RowKey(c)
		}
		rows, err := store.ByKeys(ctx, r.db.Read().TeamsOfConversations, keys)
		for _, row := range rows {
			if !row.TeamID.IsZero() {
				of[row.ConversationID] = row.TeamID
			}
			if !row.MergedInto.IsZero() {
				into[row.ConversationID] = row.MergedInto
			}
		}
		return err
	}
	var first, merged []crm.ID
	for _, t := range list {
		if c := t.First(); !c.IsZero() {
			first = append(first, c)
		}
	}
	if err := look(first); err != nil {
		return err
	}
	for _, c := range into {
		merged = append(merged, c)
	}
	if err := look(merged); err != nil {
		return err
	}
	for _, t := range list {
		c := t.First()
		if to, ok := into[c]; ok {
			c = to
		}
		if team, ok := of[c]; ok {
			t.Team = team.String()
		}
	}
	return nil
}

func (r *reader) pathJourneys(ctx context.Context, w window, f journey.PathFilter, limit int) (Page[Journey], error) {
	page := Page[Journey]{Items: []Journey{}}
	list, _, err := r.told(ctx, w)
	if err != nil {
		return page, err
	}
	chosen := f.Choose(list)
	keys := []store.Key{}
	for i := len(chosen) - 1; i >= 0 && len(keys) < limit; i-- {
		keys = append(keys, store.RowKey(chosen[i].ID))
	}
	for _, k := range keys {
		row, err := r.db.Read().JourneyByID(ctx, sqlgen.JourneyByIDParams{Bucket: k.Bucket, ID: k.ID})
		if err != nil {
			continue // gone meanwhile
		}
		items, err := r.describeJourneys(ctx, []sqlgen.JourneysByStateRow{sqlgen.JourneysByStateRow(row)}, false)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, items...)
	}
	return page, nil
}
