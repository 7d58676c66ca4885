package desk

import (
	"context"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/jobs"
	"github.com/rapport-crm/rapport/internal/store"
)

// SolvedJob is the kind of the job that follows a case which was done, where its
// inbox asks customers afterwards.
const SolvedJob = "case solved"

// Solved are the arguments of SolvedJob. A case that was opened again since has
// another DoneAt, or none.
type Solved struct {
	Conversation crm.ID `json:"conversation"`
	DoneAt       int64  `json:"done_at"`
}

// solved leaves the job when a case has become done, which it was since before
// otherwise. Done again, the job moves; opened again, it finds that out by itself.
func (x *rules) solved(ctx context.Context, tx *store.Tx, now time.Time, r *Row, before int64) error {
	i := x.byID[r.InboxID]
	if r.Status != Done || r.DoneAt == before || !r.MergedInto.IsZero() || i == nil || !i.Settings.Satisfaction.On() {
		return nil
	}
	return jobs.Add(ctx, tx, now, jobs.Job{Kind: SolvedJob, Bucket: r.Bucket, Key: r.ConversationID.String(), Replace: true,
		At: crm.FromMicros(r.DoneAt).Add(i.Settings.Satisfaction.Delay()), Args: Solved{r.ConversationID, r.DoneAt}})
}
