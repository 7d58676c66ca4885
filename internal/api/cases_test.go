package api_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/crm"
)

// TestMovesOfCasesAreTakenBack splits, links and merges conversations as a
// colleague does, and takes each back.
func TestMovesOfCasesAreTakenBack(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		w := b.worker("anna@halden.example", access.Agent)
		send := func(id string, at time.Time, text, replyTo string) api.Result {
			e := envelope(id, at, "jan@postvak.example", "Jan Meijer", "", text)
			e["thread"] = map[string]any{"message_id": id, "in_reply_to": replyTo}
			return as[api.Results](b.post("/v1/interactions", e)).Results[0]
		}
		first := send("1@jan.example", monday, "Why is my invoice higher this month?", "")
		second := send("2@jan.example", monday.Add(time.Minute), "And my internet is down since yesterday.", "1@jan.example")
		other := send("3@jan.example", monday.Add(2*time.Minute), "Please cancel my contract.", "")
		id := first.ConversationID.String()
		undo := func(what string, m api.Moved) api.Changed {
			b.t.Helper()
			if m.ChangeID.IsZero() {
				b.t.Fatalf("%s has no change to undo", what)
			}
			return as[api.Changed](w.call("POST", "/v1/changes/"+m.ChangeID.String()+"/undo", nil))
		}
		read := func(id string) api.Case { b.t.Helper(); return as[api.Case](w.call("GET", "/v1/cases/"+id, nil)) }

		split := as[api.Moved](w.call("POST", "/v1/cases/"+id+"/split", map[string]any{"interaction_ids": []crm.ID{second.ID}}))
		if split.Case.ID == first.ConversationID || split.Case.Messages != 1 || read(id).Messages != 1 {
			b.t.Errorf("split: %+v", split.Case)
		}
		if got := undo("split", split); len(got.Changed) != 1 || read(id).Messages != 2 {
			b.t.Errorf("rejoined: %+v", got)
		}
		if a := w.call("GET", "/v1/cases/"+split.Case.ID.String(), nil); a.status != 404 {
			b.t.Errorf("the split one is still there: %d", a.status)
		}

		linked := as[api.Moved](w.call("POST", "/v1/cases/"+other.ConversationID.String()+"/journey", map[string]any{"journey_id": first.JourneyID}))
		if linked.Case.JourneyID != first.JourneyID {
			b.t.Errorf("linked to %s, want %s", linked.Case.JourneyID, first.JourneyID)
		}
		undo("link", linked)
		if c := read(other.ConversationID.String()); c.JourneyID == first.JourneyID && other.JourneyID != first.JourneyID {
			b.t.Error("the journeys are still one")
		}

		merged := as[api.Moved](w.call("POST", "/v1/cases/"+id+"/merge", map[string]any{"other": other.ConversationID}))
		if got := undo("merge", merged); len(got.Changed) != 2 || len(got.Skipped) != 0 || !read(other.ConversationID.String()).MergedInto.IsZero() {
			b.t.Errorf("parted: %+v", got)
		}

		draft := map[string]any{"content": map[string]string{"html": "Dear Jan"}, "version": 0}
		w.call("PUT", "/v1/cases/"+id+"/draft", draft)
		a := w.call("PUT", "/v1/cases/"+id+"/draft", draft)
		var problem api.Problem
		if err := json.Unmarshal(a.body, &problem); err != nil || a.status != 409 || problem.Draft == nil || problem.Draft.Version != 1 {
			b.t.Errorf("a stale draft: %d %s", a.status, a.body)
		}
		note := w.call("POST", "/v1/cases/"+id+"/note", map[string]any{"text": "Look at this", "mentions": []crm.ID{crm.NewID(monday)}})
		if note.status != 422 {
			b.t.Errorf("a mention of nobody: %d %s", note.status, note.body)
		}
	})
}
