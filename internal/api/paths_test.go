package api_test

import (
	"testing"

	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
)

// A journey counts for the team that has the conversation it began in; of one
// that was merged, for the team of the other.
func TestFiguresByTeam(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		f := newFirm(t, db)
		groups := func() map[string]int {
			out := map[string]int{}
			got := as[api.JourneyFigures](f.olga.call("GET", "/v1/journeys/figures?by=team&compare=true&from="+monday.AddDate(0, 0, -1).Format("2006-01-02")+"T00:00:00Z", nil))
			for _, g := range got.Groups {
				out[g.Key] = g.Journeys
			}
			return out
		}
		before := groups()
		if len(before) != 1 || before[""] == 0 {
			t.Fatalf("without a team: %v", before)
		}
		give := func(id string) {
			f.olga.call("POST", "/v1/cases/changes", map[string]any{"ids": []string{id}, "set": map[string]any{"team_id": f.team.ID}}).into(new(any))
		}
		team := f.team.ID.String()
		eva := as[api.Journey](f.olga.call("GET", "/v1/journeys/"+f.plain["journey"], nil))
		give(as[api.Interaction](f.olga.call("GET", "/v1/interactions/"+eva.Links[0].InteractionID.String(), nil)).ConversationID.String())
		if one := groups(); one[team] != 1 || one[""] != before[""]-1 {
			t.Errorf("given to a team: %v of %v", one, before)
		}
		for _, of := range []ids{f.secret, f.plain} { // Jan's journey began in one of these four
			give(of["case"])
			f.olga.call("POST", "/v1/cases/"+of["case"]+"/merge", map[string]any{"other": of["other case"]}).into(new(any))
		}
		if two := groups(); two[team] != 2 || two[""] != before[""]-2 {
			t.Errorf("merged into a team's: %v of %v", two, before)
		}
	})
}
