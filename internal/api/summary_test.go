package api_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/api"
	"github.com/rapport-crm/rapport/internal/understand"
)

// TestSummariesPointToTheirSources sums up a conversation and its journey, and
// finds every sentence where the summary says that it stands.
func TestSummariesPointToTheirSources(t *testing.T) {
	t.Parallel()
	each(t, func(b *bench) {
		w := b.worker("anna@halden.example", access.Agent)
		said := []struct {
			text string
			out  bool
		}{
			{"Hello,\n\nmy parcel with order HM-20311 has not arrived.  Where  is it?\n\nKind regards\nJan", false},
			{"Hello Jan, I will ask the carrier tomorrow and call you back.", true},
			{"Thanks", false},
			{"We have sent you a new one.", true},
			{"Ünglaublich: the new parcel arrived today.", false},
		}
		var first api.Result
		for i, s := range said {
			e := envelope(fmt.Sprintf("%d@jan.example", i), monday.Add(time.Duration(i)*time.Hour), "jan@postvak.example", "Jan Meijer", "Order HM-20311", s.text)
			e["thread"] = map[string]any{"message_id": e["external_id"], "in_reply_to": "0@jan.example"}
			if s.out {
				e["direction"] = "out"
				e["participants"] = []map[string]any{{"role": "to", "kind": "email", "value": "jan@postvak.example"}, {"role": "agent", "kind": "email", "value": "anna@halden.example", "name": "Anna"}}
			}
			r := as[api.Results](b.post("/v1/interactions", e)).Results[0]
			if i == 0 {
				first = r
			} else if r.ConversationID != first.ConversationID || r.JourneyID != first.JourneyID {
				b.t.Fatalf("message %d went elsewhere", i)
			}
		}
		note := w.call("POST", "/v1/cases/"+first.ConversationID.String()+"/note", map[string]any{"text": "I will call Jan on Friday."})
		if note.status != 200 {
			b.t.Fatalf("note: %d %s", note.status, note.body)
		}

		want := []struct {
			kind     understand.Point
			author   string
			text     string
			internal bool
		}{
			{understand.Problem, "Jan Meijer", "my parcel with order HM-20311 has not arrived.", false},
			{understand.Asked, "Jan Meijer", "Where is it?", false},
			{understand.Promise, "Anna", "Hello Jan, I will ask the carrier tomorrow and call you back.", false},
			{understand.Outcome, "Anna", "We have sent you a new one.", false},
			{understand.Outcome, "Jan Meijer", "the new parcel arrived today.", false},
			{understand.Promise, "anna", "I will call Jan on Friday.", true},
		}
		for path, n := range map[string]int{"/v1/cases/" + first.ConversationID.String(): 6, "/v1/journeys/" + first.JourneyID.String(): 5} {
			got := as[api.Summary](w.call("GET", path+"/summary", nil))
			if len(got.Sentences) < n {
				b.t.Fatalf("%s: %+v", path, got)
			}
			for i, s := range got.Sentences {
				if x := want[i]; s.Kind != x.kind || s.Text != x.text || s.Internal != x.internal || !x.internal && s.Author != x.author || s.Author == "" || s.At.IsZero() {
					b.t.Errorf("%s: sentence %d is %+v, want %+v", path, i, s, x)
				}
				i := as[api.Interaction](w.call("GET", "/v1/interactions/"+s.InteractionID.String(), nil))
				full := i.Text
				if i.Subject != "" {
					full = i.Subject + "\n" + i.Text
				}
				if len(full) < s.End || s.Start >= s.End || len(full[s.Start:s.End]) < len(s.Text) || full[s.Start:s.Start+5] != s.Text[:5] {
					b.t.Errorf("%q does not stand at %d to %d of %q", s.Text, s.Start, s.End, full)
				}
			}
		}
	})
}
