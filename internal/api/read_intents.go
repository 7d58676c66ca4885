package api

import (
	"context"
	"encoding/json"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand"
)

func firmIntent(i understand.IntentState, examples int, use intentUse) FirmIntent {
	out := FirmIntent{Name: i.Name, Label: i.Label, Group: i.Group, Description: i.Description, Packs: append([]string{}, i.Packs...), Own: i.Own,
		Active: i.Active(), Retired: i.Retired, MergedInto: i.MergedInto, Examples: examples, Volume: use.volume[i.Name]}
	if said := use.said[i.Name]; said.N > 0 {
		out.Measured, out.Precision = said.N, float64(said.Right)/float64(said.N)
	}
	return out
}

// volumeDays is the time that volumes are counted over.
const volumeDays = 30

// intentUse is how often intents are read, and how well.
type intentUse struct {
	volume map[string]int64
	said   map[string]understand.Said
}

// intentUse counts under the intents of today.
func (s *server) intentUse(ctx context.Context, t *understand.FirmTaxonomy) (intentUse, error) {
	use := intentUse{map[string]int64{}, map[string]understand.Said{}}
	rows, err := s.DB.Read().JourneysByIntent(ctx, crm.Micros(s.Clock().AddDate(0, 0, -volumeDays)))
	if err != nil {
		return use, err
	}
	for _, r := range rows {
		use.volume[t.Target(r.Intent)] += r.N
	}
	models, err := s.DB.Read().Models(ctx, "intents")
	if err != nil {
		return use, err
	}
	for _, m := range models {
		if !m.Active {
			continue
		}
		var about struct {
			Held understand.Figures `json:"held"`
		}
		if err := json.Unmarshal([]byte(m.Report), &about); err != nil {
			return use, err
		}
		for _, x := range about.Held.Said {
			sum := use.said[t.Target(x.Intent)]
			sum.N, sum.Right = sum.N+x.N, sum.Right+x.Right
			use.said[t.Target(x.Intent)] = sum
		}
	}
	return use, nil
}

func (s *server) taxonomy(ctx context.Context) (Taxonomy, error) {
	t, err := understand.LoadTaxonomy(ctx, s.DB.Read())
	if err != nil {
		return Taxonomy{}, err
	}
	rows, err := s.DB.Read().Examples(ctx)
	if err != nil {
		return Taxonomy{}, err
	}
	counts := map[string]int{}
	for _, r := range rows {
		counts[t.Target(r.Intent)]++
	}
	packs := map[string]*PackChoice{}
	out := Taxonomy{Items: []FirmIntent{}, Packs: make([]PackChoice, len(understand.AllPacks))}
	for n, p := range understand.AllPacks {
		out.Packs[n] = PackChoice{Name: p, Chosen: t.HasPack(p)}
		packs[p] = &out.Packs[n]
	}
	use, err := s.intentUse(ctx, t)
	if err != nil {
		return out, err
	}
	for _, i := range t.All() {
		out.Items = append(out.Items, firmIntent(i, counts[i.Name], use))
		for _, p := range i.Packs {
			packs[p].Intents++
		}
	}
	out.Training, err = s.training(ctx)
	return out, err
}

// training says how the job of the last change stands.
func (s *server) training(ctx context.Context) (TaxonomyStatus, error) {
	out := TaxonomyStatus{State: "current"}
	models, err := s.DB.Read().Models(ctx, "intents")
	if err != nil {
		return out, err
	}
	var last int64
	for n, m := range models {
		var about struct {
			Seconds float64 `json:"seconds"`
		}
		if err := json.Unmarshal([]byte(m.Report), &about); err != nil {
			return out, err
		}
		if n == 0 {
			last, out.Seconds = m.At, about.Seconds
		}
	}
	changed, err := s.DB.Read().LastIntentChange(ctx)
	if err != nil {
		return out, err
	}
	if changed > last {
		out.State = "changed"
	}
	jobs, err := s.DB.Read().JobsOfKind(ctx, understand.RefitJob)
	if err != nil || len(jobs) == 0 {
		return out, err
	}
	out.Since = crm.FromMicros(jobs[0].CreatedAt)
	switch {
	case jobs[0].State == "dead":
		out.State, out.Error = "failed", jobs[0].Error
	case jobs[0].LeaseOwner != "":
		out.State = "running"
	default:
		out.State, out.Error = "waiting", jobs[0].Error
	}
	return out, nil
}

func (s *server) intent(ctx context.Context, name string) (IntentDetail, error) {
	t, err := understand.LoadTaxonomy(ctx, s.DB.Read())
	if err != nil {
		return IntentDetail{}, err
	}
	i, ok := t.Get(name)
	if !ok {
		return IntentDetail{}, crm.Errorf(crm.NotFound, "There is no such intent.")
	}
	texts, err := understand.ExamplesOf(ctx, s.DB.Read(), t, name)
	if err != nil {
		return IntentDetail{}, err
	}
	own := 0
	out := IntentDetail{Texts: []IntentText{}}
	for n, x := range texts {
		if x.Origin != "starter" {
			own++
		}
		if n < 500 {
			out.Texts = append(out.Texts, IntentText{ID: x.ID, Text: x.Text, Origin: x.Origin, Language: x.Lang})
		}
	}
	use, err := s.intentUse(ctx, t)
	if err != nil {
		return out, err
	}
	out.FirmIntent = firmIntent(i, own, use)
	return out, nil
}

func (s *server) proposeSplit(ctx context.Context, name string) (SplitProposal, error) {
	out := SplitProposal{First: []string{}, Second: []string{}}
	i, err := s.intent(ctx, name)
	if err != nil {
		return out, err
	}
	texts := make([]string, len(i.Texts))
	for n, x := range i.Texts {
		texts[n] = x.Text
	}
	for n, second := range understand.ProposeSplit(texts) {
		if second {
			out.Second = append(out.Second, texts[n])
		} else {
			out.First = append(out.First, texts[n])
		}
	}
	return out, nil
}

func (s *server) intentChanges(ctx context.Context) (Page[IntentChange], error) {
	out := Page[IntentChange]{Items: []IntentChange{}}
	rows, err := s.DB.Read().IntentChanges(ctx)
	if err != nil {
		return out, err
	}
	for _, r := range rows {
		text, err := understand.ChangeText(r.Detail)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, IntentChange{ID: r.ID, At: crm.FromMicros(r.At), Author: r.Author, Kind: r.Kind, Name: r.Name, Text: text, Undone: r.Undone})
	}
	return out, nil
}
