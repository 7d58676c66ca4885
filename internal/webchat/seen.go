package webchat

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// seen notes until which message the visitor has read, and tells the senders.
func (s *Server) seen(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	v, _, err := s.visitorOf(r.Context(), inbox, token(r))
	if err != nil {
		return err
	}
	var in struct {
		Seq int64 `json:"seq"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := s.noteSeen(r.Context(), v, in.Seq); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) noteSeen(ctx context.Context, v *visitor, seq int64) error {
	id := v.conversation()
	if id.IsZero() || seq <= 0 {
		return nil
	}
	old, err := s.DB.Read().VisitorMark(ctx, sqlgen.VisitorMarkParams{Bucket: id.RowBucket(), ConversationID: id})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	rows, err := s.DB.Read().ChatMessages(ctx, sqlgen.ChatMessagesParams{Bucket: id.RowBucket(), ConversationID: id, Seq: old, MaxRows: 500})
	if err != nil || len(rows) == 0 {
		return err
	}
	// Nobody has seen what is not written yet.
	if seq = min(seq, rows[len(rows)-1].Seq); seq <= old {
		return nil
	}
	if err := s.DB.InTx(ctx, func(tx *store.Tx) error {
		return tx.MarkVisitor(ctx, sqlgen.MarkVisitorParams{Bucket: id.RowBucket(), ConversationID: id, ReadSeq: seq, ReadAt: crm.Micros(s.Clock())})
	}); err != nil {
		return err
	}
	for _, r := range rows {
		of, ours := strings.CutPrefix(r.ExternalID, "outbox:")
		if !ours || r.Seq > seq || r.Direction != string(crm.Out) {
			continue
		}
		sent, err := crm.ParseID(of)
		if err != nil {
			continue
		}
		if err := s.Outbox.Seen(ctx, sent, r.ID); err != nil && crm.CodeOf(err) != crm.NotFound {
			return err
		}
	}
	return nil
}

// left notes when a visitor went, from which on answers may go by mail.
func (s *Server) left(ctx context.Context, v *visitor) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := s.DB.InTx(ctx, func(tx *store.Tx) error {
		return tx.SeeVisitor(ctx, sqlgen.SeeVisitorParams{KeyBucket: int64(v.hash[0]), Hash: v.hash[:], LastSeen: crm.Micros(s.Clock())})
	})
	if err != nil {
		s.Log.Error("when a visitor left could not be noted", "err", err)
	}
}

// typing tells colleagues that the visitor writes.
func (s *Server) typing(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	v, _, err := s.visitorOf(r.Context(), inbox, token(r))
	if err != nil {
		return err
	}
	s.sayTyping(v, desk.Typing)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) sayTyping(v *visitor, state string) {
	if id := v.conversation(); !id.IsZero() {
		s.Desk.Presence.Say(desk.Sign{ConversationID: id, Name: v.row.Name, State: state, Visitor: true})
	}
}

// seenByFirm is until which message somebody of the firm had the conversation open.
func (s *Server) seenByFirm(ctx context.Context, conversation crm.ID) (int64, error) {
	seq, err := s.DB.Read().SeenOfCase(ctx, sqlgen.SeenOfCaseParams{Bucket: conversation.RowBucket(), ConversationID: conversation})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return seq, err
}
