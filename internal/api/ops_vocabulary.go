package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/understand"
)

// OwnNumber is a kind of number that the firm taught.
type OwnNumber struct {
	ID       crm.ID           `json:"id"`
	Name     string           `json:"name" doc:"What the firm calls it"`
	Kind     string           `json:"kind" doc:"What it counts: the kind of the values that are found"`
	Examples []string         `json:"examples" nullable:"false"`
	Shape    understand.Shape `json:"shape"`
	Firm     bool             `json:"firm" doc:"It has letters that never change or a check digit; without, it gives way to dates, phone numbers and amounts"`
}

// Catalogue is the firm's products.
type Catalogue struct {
	Items   []understand.Product `json:"items" nullable:"false" doc:"Those that the search asks for, 100 at most"`
	Total   int                  `json:"total" doc:"Products of the catalogue"`
	Matches int                  `json:"matches" doc:"Products that the search asks for"`
}

// VocabularyChange is an entry of the history of numbers or products.
type VocabularyChange struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	Author  string    `json:"author"`
	Change  string    `json:"change" enum:"added,removed,replaced,undone"`
	Text    string    `json:"text" doc:"What was added or removed, of several the first"`
	Items   int64     `json:"items" doc:"How many there were then"`
	Back    bool      `json:"back" doc:"It can be taken back"`
}

type numberBody struct {
	Name     string   `json:"name,omitempty" maxLength:"200" doc:"What you call it; not needed to try"`
	Kind     string   `json:"kind" enum:"order,invoice,contract,customer,ticket,booking,claim,return,tracking,serial,article,reference"`
	Examples []string `json:"examples" nullable:"false" minItems:"1" maxItems:"50" doc:"At least two different ones"`
}

func (b *numberBody) number() understand.NewNumber {
	return understand.NewNumber{Name: b.Name, Kind: b.Kind, Examples: b.Examples}
}

// mostCatalogue is how large the text of a catalogue may be.
const mostCatalogue = 4 << 20

type catalogueBody struct {
	Text    string `json:"text" maxLength:"4000000" doc:"One product a line: name, stock keeping unit, synonyms. Commas, semicolons or tabs part the columns; a head line may give them another order"`
	Replace bool   `json:"replace,omitempty" doc:"In place of the whole catalogue; not needed to try"`
}

func large(o *huma.Operation) { o.MaxBodyBytes = mostCatalogue + 1<<16 }

func (s *server) registerVocabulary() {
	op(s, http.MethodGet, "/v1/numbers", "list-numbers", "List the kinds of numbers that the firm taught", access.Settings,
		func(ctx context.Context, _ *none) (*body[Page[OwnNumber]], error) { return respond(s.ownNumbers(ctx)) })
	op(s, http.MethodPost, "/v1/numbers/try", "try-number", "Learn the form of a kind of number from examples, and see what it would find in the last contacts; nothing is kept", access.Settings,
		func(ctx context.Context, in *struct{ Body numberBody }) (*body[understand.Trial], error) {
			return respond(understand.TryNumber(ctx, s.DB, s.Engine.Reader(), s.Clock(), in.Body.number()))
		})
	op(s, http.MethodPost, "/v1/numbers", "add-number", "Teach a kind of number from examples. One whose form is too general is refused", access.Settings,
		func(ctx context.Context, in *struct{ Body numberBody }) (*body[Page[OwnNumber]], error) {
			err := understand.AddNumber(ctx, s.DB, s.Engine.Reader(), s.Clock(), author(ctx), in.Body.number())
			return s.numbersChanged(ctx, err)
		})
	op(s, http.MethodDelete, "/v1/numbers/{id}", "remove-number", "Take a kind of number out of use; what was read stays", access.Settings,
		func(ctx context.Context, in *ByID) (*body[Page[OwnNumber]], error) {
			return s.numbersChanged(ctx, understand.RemoveNumber(ctx, s.DB, s.Clock(), author(ctx), in.ID))
		})
	op(s, http.MethodGet, "/v1/products", "list-products", "Read the catalogue of products", access.Settings,
		func(ctx context.Context, in *struct {
			Q string `query:"q" maxLength:"200" doc:"Words of a name, a stock keeping unit or a synonym"`
		}) (*body[Catalogue], error) {
			return respond(s.catalogue(ctx, in.Q))
		})
	op(s, http.MethodPost, "/v1/products/try", "try-products", "Read a list of products, and see what it would find in the last contacts; nothing is kept", access.Settings,
		func(ctx context.Context, in *struct{ Body catalogueBody }) (*body[understand.ProductTrial], error) {
			return respond(understand.TryProducts(ctx, s.DB, s.Clock(), in.Body.Text))
		}, large)
	op(s, http.MethodPost, "/v1/products", "put-products", "Add products to the catalogue, each in the place of one of its name, or replace all of it", access.Settings,
		func(ctx context.Context, in *struct{ Body catalogueBody }) (*body[Catalogue], error) {
			products, _ := understand.ReadCatalogue(in.Body.Text)
			return s.productsChanged(ctx, understand.PutProducts(ctx, s.DB, s.Clock(), author(ctx), products, in.Body.Replace))
		}, large)
	op(s, http.MethodPost, "/v1/products/remove", "remove-product", "Take a product out of the catalogue", access.Settings,
		func(ctx context.Context, in *struct {
			Body struct {
				Name string `json:"name" maxLength:"500"`
			}
		}) (*body[Catalogue], error) {
			return s.productsChanged(ctx, understand.RemoveProduct(ctx, s.DB, s.Clock(), author(ctx), in.Body.Name))
		})
	op(s, http.MethodGet, "/v1/vocabulary/changes", "list-vocabulary-changes", "Read who changed the firm's numbers or products, the newest first, 100 at most", access.Settings,
		func(ctx context.Context, in *struct {
			Kind string `query:"kind" enum:"numbers,products" default:"numbers"`
		}) (*body[Page[VocabularyChange]], error) {
			return respond(s.vocabularyChanges(ctx, in.Kind))
		})
	op(s, http.MethodPost, "/v1/vocabulary/restore", "restore-vocabulary", "Take an earlier version of the firm's numbers or products into use again", access.Settings,
		func(ctx context.Context, in *struct {
			Body struct {
				Kind    string `json:"kind" enum:"numbers,products"`
				Version int64  `json:"version" minimum:"0" doc:"The way back from a change is the version before it; 0: none at all"`
			}
		}) (*body[Page[VocabularyChange]], error) {
			err := understand.RestoreVocabulary(ctx, s.DB, s.Clock(), author(ctx), in.Body.Kind, in.Body.Version)
			if err == nil {
				err = s.Engine.LoadModels(ctx) // this server reads by it at once, others within ten seconds
			}
			if err != nil {
				return nil, err
			}
			return respond(s.vocabularyChanges(ctx, in.Body.Kind))
		})
}

// vocabulary is what is stored, which may be newer than what this server reads by.
func (s *server) vocabulary(ctx context.Context) (*understand.Vocabulary, error) {
	return understand.LoadVocabulary(ctx, s.DB.Read(), s.Engine.Vocabulary())
}

func (s *server) ownNumbers(ctx context.Context) (Page[OwnNumber], error) {
	out := Page[OwnNumber]{Items: []OwnNumber{}}
	v, err := s.vocabulary(ctx)
	if err != nil {
		return out, err
	}
	for _, f := range v.Forms {
		out.Items = append(out.Items, OwnNumber{ID: f.ID, Name: f.Name, Kind: f.Kind, Examples: f.Examples, Shape: f.Shape, Firm: f.Shape.Firm()})
	}
	return out, nil
}

func (s *server) numbersChanged(ctx context.Context, err error) (*body[Page[OwnNumber]], error) {
	if err == nil {
		err = s.Engine.LoadModels(ctx)
	}
	if err != nil {
		return nil, err
	}
	return respond(s.ownNumbers(ctx))
}

// mostProducts is how many products a search answers.
const mostProducts = 100

func (s *server) catalogue(ctx context.Context, q string) (Catalogue, error) {
	out := Catalogue{Items: []understand.Product{}}
	v, err := s.vocabulary(ctx)
	if err != nil {
		return out, err
	}
	out.Total = len(v.List)
	words := strings.Fields(strings.ToLower(q))
	for _, p := range v.List {
		all := strings.ToLower(p.Name + " " + p.SKU + " " + strings.Join(p.Synonyms, " "))
		if !containsAll(all, words) {
			continue
		}
		if out.Matches++; out.Matches <= mostProducts {
			out.Items = append(out.Items, p)
		}
	}
	return out, nil
}

func containsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func (s *server) productsChanged(ctx context.Context, err error) (*body[Catalogue], error) {
	if err == nil {
		err = s.Engine.LoadModels(ctx)
	}
	if err != nil {
		return nil, err
	}
	return respond(s.catalogue(ctx, ""))
}

func (s *server) vocabularyChanges(ctx context.Context, kind string) (Page[VocabularyChange], error) {
	out := Page[VocabularyChange]{Items: []VocabularyChange{}}
	rows, err := s.DB.Read().VocabularyChanges(ctx, kind)
	if err != nil {
		return out, err
	}
	for i, r := range rows {
		// The one before it has to be there still; before the first there was nothing.
		back := i+1 < len(rows) || r.Version == 1
		out.Items = append(out.Items, VocabularyChange{Version: r.Version, At: crm.FromMicros(r.At), Author: r.Author, Change: r.Change, Text: r.Text, Items: r.Items, Back: back})
	}
	return out, nil
}
