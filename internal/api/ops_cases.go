package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/store"
)

func (s *server) registerCases() {
	op(s, http.MethodGet, "/v1/cases", "list-cases", "List conversations that people answer", access.Read,
		func(ctx context.Context, in *struct {
			Paged
			CaseQuery
		}) (*body[Page[Case]], error) {
			return respond(s.cases(ctx, &in.CaseQuery, in.Limit, in.Cursor))
		})
	op(s, http.MethodGet, "/v1/cases/counts", "count-cases", "How many conversations are in each list, up to 1,000", access.Read,
		func(ctx context.Context, _ *none) (*body[Counts], error) { return respond(s.counts(ctx)) })
	op(s, http.MethodGet, "/v1/cases/{id}", "get-case", "Read a conversation's case", access.Read,
		func(ctx context.Context, in *ByID) (*body[CaseDetail], error) {
			return respond(s.caseDetail(ctx, in.ID))
		})
	op(s, http.MethodGet, "/v1/cases/{id}/messages", "get-case-messages", "Read messages, notes, events and what waits to be sent, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Paged
		}) (*body[Page[ThreadItem]], error) {
			return respond(s.thread(ctx, in.ID, in.Limit, in.Cursor))
		})
	op(s, http.MethodGet, "/v1/cases/{id}/summary", "get-case-summary", "Read the sentences that carry a conversation, in order of time", access.Read,
		func(ctx context.Context, in *ByID) (*body[Summary], error) {
			return respond(s.caseSummary(ctx, in.ID))
		})
	op(s, http.MethodPost, "/v1/cases/changes", "change-cases", "Change up to 500 conversations at once; each is changed or skipped with a reason", access.Write,
		func(ctx context.Context, in *struct {
			Body struct {
				IDs        []crm.ID `json:"ids" minItems:"1" maxItems:"500"`
				Set        desk.Set `json:"set"`
				IfAssignee *crm.ID  `json:"if_assignee,omitempty" doc:"Only those that this colleague has; empty: nobody"`
				Preview    bool     `json:"preview,omitempty" doc:"Change nothing, say what would be"`
			}
		}) (*body[Changed], error) {
			if err := s.canSet(ctx, in.Body.IDs, &in.Body.Set); err != nil {
				return nil, err
			}
			p := access.From(ctx)
			out, err := s.Desk.Change(ctx, desk.Change{IDs: in.Body.IDs, Set: in.Body.Set, IfAssignee: in.Body.IfAssignee, Preview: in.Body.Preview,
				By: p.Author(), ByID: p.UserID, See: seeing(ctx)})
			return s.changed(ctx, out, err)
		})
	op(s, http.MethodPost, "/v1/changes/{id}/undo", "undo-change", "Take a change of conversations back, where nobody changed the same since", access.Write,
		func(ctx context.Context, in *ByID) (*body[Changed], error) {
			return s.undoChange(ctx, in.ID)
		})
	op(s, http.MethodPost, "/v1/cases/{id}/claim", "claim-case", "Take a conversation, unless somebody else than expected has it", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				IfAssignee crm.ID `json:"if_assignee,omitzero" doc:"Who has it as far as the caller knows; empty: nobody"`
			}
		}) (*body[Case], error) {
			p := access.From(ctx)
			if p.UserID.IsZero() {
				return nil, crm.Errorf(crm.Invalid, "Only people take conversations.")
			}
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			if _, err := s.Desk.Claim(ctx, in.ID, in.Body.IfAssignee, p.UserID, p.Author(), seeing(ctx)); err != nil {
				if c, e := s.oneCase(ctx, in.ID); e == nil && crm.CodeOf(err) == crm.Conflict && c.AssigneeName != "" {
					return nil, crm.Errorf(crm.Conflict, "%s has it already.", c.AssigneeName)
				}
				return nil, err
			}
			return respond(s.oneCase(ctx, in.ID))
		})
	s.registerCaseMoves()
	s.registerCasePersonal()
}

// seeing is the caller's sight, for changes of many cases.
func seeing(ctx context.Context) func(crm.ID) bool {
	return func(inbox crm.ID) bool { return access.CanInbox(ctx, inbox) }
}

func (s *server) changed(ctx context.Context, out desk.Outcome, err error) (*body[Changed], error) {
	if err != nil {
		return nil, err
	}
	list, err := s.describeCases(ctx, out.Changed)
	return respond(Changed{out.ChangeID, list, out.Skipped}, err)
}

// canSet checks what a change names: each id in it must be something that the
// caller may name.
func (s *server) canSet(ctx context.Context, ids []crm.ID, set *desk.Set) error {
	p := access.From(ctx)
	if set.AssigneeID != nil && *set.AssigneeID != p.UserID {
		if !p.Has(access.Assign) {
			// Who may not assign hands on what is theirs, or nobody's.
			rows, err := store.ByKeys(ctx, s.DB.Read().CasesByID, convert(ids, store.RowKey))
			if err != nil {
				return err
			}
			for _, r := range rows {
				if !r.AssigneeID.IsZero() && r.AssigneeID != p.UserID && access.CanInbox(ctx, r.InboxID) {
					return crm.Errorf(crm.Forbidden, "A colleague has one of these. A team lead can hand it on.")
				}
			}
		}
		if !set.AssigneeID.IsZero() {
			people, err := s.DB.Read().Users(ctx)
			if err != nil {
				return err
			}
			known := false
			for _, u := range people {
				known = known || u.ID == *set.AssigneeID && !u.Disabled
			}
			if !known {
				return &crm.Error{Code: crm.Invalid, Pointer: "/set/assignee_id", Message: "There is no such colleague, or not any more."}
			}
		}
	}
	if set.TeamID != nil && !set.TeamID.IsZero() {
		if _, err := s.Access.Team(ctx, *set.TeamID); err != nil {
			return &crm.Error{Code: crm.Invalid, Pointer: "/set/team_id", Message: "There is no such team."}
		}
	}
	if set.InboxID != nil {
		if _, err := s.Inboxes.Get(ctx, *set.InboxID); err != nil || !access.CanInbox(ctx, *set.InboxID) {
			return &crm.Error{Code: crm.Invalid, Pointer: "/set/inbox_id", Message: "There is no such inbox."}
		}
	}
	if len(set.AddTags) > 0 {
		tags, err := s.Desk.Tags(ctx)
		if err != nil {
			return err
		}
		for _, id := range set.AddTags {
			if !slices.ContainsFunc(tags, func(t desk.Tag) bool { return t.ID == id && !t.Archived }) {
				return &crm.Error{Code: crm.Invalid, Pointer: "/set/add_tags", Message: "There is no such tag."}
			}
		}
	}
	return nil
}

// registerCaseMoves adds what puts conversations together and apart.
func (s *server) registerCaseMoves() {
	moved := func(ctx context.Context, id crm.ID, out desk.Outcome, err error) (*body[Moved], error) {
		if err != nil {
			return nil, err
		}
		c, err := s.oneCase(ctx, id)
		return respond(Moved{out.ChangeID, c}, err)
	}
	op(s, http.MethodPost, "/v1/cases/{id}/merge", "merge-cases", "Put another conversation of the same customer into this one", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Other crm.ID `json:"other"`
			}
		}) (*body[Moved], error) {
			a, err := s.canCase(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			b, err := s.canCase(ctx, in.Body.Other)
			if err != nil {
				return nil, err
			}
			heads, err := s.read.heads(ctx, []crm.ID{a.ProfileID, b.ProfileID})
			if err != nil {
				return nil, err
			}
			if heads[a.ProfileID] != heads[b.ProfileID] {
				return nil, &crm.Error{Code: crm.Invalid, Pointer: "/other", Message: "It is another customer's. Merge the customers first, if they are one person."}
			}
			p := access.From(ctx)
			out, err := s.Desk.Merge(ctx, in.ID, in.Body.Other, p.Author(), p.UserID)
			return moved(ctx, in.ID, out, err)
		})
	op(s, http.MethodPost, "/v1/cases/{id}/split", "split-case", "Put messages of a conversation into a new one, and read that", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				InteractionIDs []crm.ID `json:"interaction_ids" minItems:"1" maxItems:"200"`
			}
		}) (*body[Moved], error) {
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			id, change, err := s.Engine.Split(ctx, in.ID, in.Body.InteractionIDs, author(ctx), access.From(ctx).UserID)
			return moved(ctx, id, desk.Outcome{ChangeID: change}, err)
		})
	op(s, http.MethodPost, "/v1/cases/{id}/journey", "link-case", "Put the customer's messages of a conversation into a journey of that customer, or into a new one", access.Write,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				JourneyID crm.ID `json:"journey_id,omitzero" doc:"Empty: a new journey"`
			}
		}) (*body[Moved], error) {
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			if err := s.read.canJourney(ctx, in.Body.JourneyID); err != nil {
				return nil, err
			}
			out, err := s.linkCase(ctx, in.ID, in.Body.JourneyID)
			return moved(ctx, in.ID, out, err)
		})
}

// registerCasePersonal adds what concerns the caller: drafts, marks, presence,
// mentions, notes.
func (s *server) registerCasePersonal() {
	type OfKind struct {
		ByID
		Kind string `query:"kind" enum:"reply,note" default:"reply"`
	}
	op(s, http.MethodGet, "/v1/cases/{id}/draft", "get-draft", "Read the shared draft of a conversation; null: there is none", access.Read,
		func(ctx context.Context, in *OfKind) (*body[*desk.Draft], error) {
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			return respond(s.Desk.ReadDraft(ctx, in.ID, in.Kind))
		})
	op(s, http.MethodPut, "/v1/cases/{id}/draft", "put-draft", "Keep the shared draft over the version that the author saw; 409: a colleague wrote meanwhile", access.Write,
		func(ctx context.Context, in *struct {
			OfKind
			Body struct {
				Content json.RawMessage `json:"content"`
				Version int64           `json:"version" minimum:"0" doc:"0: there was none"`
			}
		}) (*body[*desk.Draft], error) {
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			p := access.From(ctx)
			d, err := s.Desk.WriteDraft(ctx, in.ID, in.Kind, in.Body.Content, in.Body.Version, p.Author(), p.UserID)
			if crm.CodeOf(err) == crm.Conflict {
				return nil, s.draftConflict(ctx, in.ID, in.Kind, err)
			}
			return respond(d, err)
		})
	op(s, http.MethodDelete, "/v1/cases/{id}/draft", "delete-draft", "Throw the shared draft away", access.Write,
		func(ctx context.Context, in *OfKind) (*none, error) {
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			return nil, s.Desk.DropDraft(ctx, in.ID, in.Kind)
		}, noContent)
	op(s, http.MethodPost, "/v1/cases/{id}/read", "read-case", "Note until which message the caller has read", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Seq int64 `json:"seq" minimum:"0"`
			}
		}) (*none, error) {
			return nil, s.mark(ctx, in.ID, in.Body.Seq)
		}, noContent)
	op(s, http.MethodPost, "/v1/cases/{id}/unread", "unread-case", "Mark a conversation as unread for the caller", access.Read,
		func(ctx context.Context, in *ByID) (*none, error) { return nil, s.mark(ctx, in.ID, -1) }, noContent)
	op(s, http.MethodPost, "/v1/cases/{id}/presence", "say-presence", "Say that the caller looks at or writes in a conversation; again within 10 seconds while it lasts", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				State string `json:"state" enum:"viewing,typing,left"`
			}
		}) (*none, error) {
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			if p := access.From(ctx); !p.UserID.IsZero() {
				s.Desk.Presence.Say(desk.Sign{ConversationID: in.ID, UserID: p.UserID, Name: p.Author(), State: in.Body.State})
			}
			return nil, nil
		}, noContent)
	op(s, http.MethodGet, "/v1/mentions", "list-mentions", "List the notes that mention the caller, the newest first", access.Read,
		func(ctx context.Context, in *struct {
			Paged
			Archived bool `query:"archived"`
		}) (*body[Page[Mention]], error) {
			return respond(s.mentions(ctx, in.Archived, in.Limit, in.Cursor))
		})
	op(s, http.MethodPost, "/v1/cases/{id}/mentions/{note}/archive", "archive-mention", "Put a mention away for the caller, or back", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			Note crm.ID `path:"note"`
			Body struct {
				Archived bool `json:"archived"`
			}
		}) (*none, error) {
			if _, err := s.canCase(ctx, in.ID); err != nil {
				return nil, err
			}
			return nil, s.Desk.ArchiveMention(ctx, in.ID, in.Note, access.From(ctx).UserID, in.Body.Archived)
		}, noContent)
	s.registerNotes()
	s.registerNotifications()
}

func (s *server) mark(ctx context.Context, id crm.ID, seq int64) error {
	p := access.From(ctx)
	if p.UserID.IsZero() {
		return crm.Errorf(crm.Invalid, "Only people read.")
	}
	if _, err := s.canCase(ctx, id); err != nil {
		return err
	}
	return s.Desk.MarkRead(ctx, id, p.UserID, seq)
}
