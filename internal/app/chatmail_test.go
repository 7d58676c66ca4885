package app

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/live"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// TestAChatGoesOnByMail follows an answer that nobody saw: it goes to the address
// that the visitor left, once, and the widget says so. One that was seen goes
// nowhere.
func TestAChatGoesOnByMail(t *testing.T) {
	t.Parallel()
	for _, seen := range []bool{false, true} {
		var clock atomic.Int64
		clock.Store(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC).UnixMicro())
		r := &runtime{Env: Env{Stdout: io.Discard, Stderr: io.Discard, Clock: func() time.Time { return time.UnixMicro(clock.Load()).UTC() }}}
		c := demoConfig(t.TempDir())
		log := r.logger(c)
		ctx := t.Context()
		k, err := r.openCore(ctx, c, log)
		if err != nil {
			t.Fatal(err)
		}
		k.sender.Pretend = true
		chat, err := k.inboxes.Create(ctx, inboxes.Inbox{Name: "Chat", Brand: "Halden", Kind: inboxes.Chat}, inboxes.Secrets{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.inboxes.Create(ctx, inboxes.Inbox{Name: "Mail", Kind: inboxes.Mail, Address: "help@halden.example",
			Settings: inboxes.Settings{SMTP: inboxes.Server{Host: "127.0.0.1", Port: 1}}}, inboxes.Secrets{}, nil); err != nil {
			t.Fatal(err)
		}
		widget := k.widgets(live.New(k.db), r.Clock, log).Handler()
		call := func(method, path, session string, body any, into any) {
			t.Helper()
			data, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			req := httptest.NewRequestWithContext(ctx, method, "/w/"+chat.ID.String()+path, bytes.NewReader(data))
			req.Header.Set("X-Rapport-Session", session)
			w := httptest.NewRecorder()
			widget.ServeHTTP(w, req)
			if w.Code >= 300 {
				t.Fatalf("%s: %d %s", path, w.Code, w.Body)
			}
			if into != nil {
				if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
					t.Fatal(err)
				}
			}
		}
		run := func() {
			t.Helper()
			for {
				n, err := k.jobs.RunDue(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if n == 0 {
					return
				}
			}
		}
		var opened struct{ Session string }
		call("POST", "/session", "", map[string]string{}, &opened)
		call("POST", "/messages", opened.Session, map[string]any{"id": "m1", "text": "When does it start?", "answers": map[string]string{"email": "jan@postvak.example"}}, nil)
		var conversation crm.ID
		for bucket := range int64(crm.Buckets) {
			rows, err := k.db.Read().CasesOfBucket(ctx, bucket)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				conversation = row.ConversationID
			}
		}
		if err := k.db.InTx(ctx, func(tx *store.Tx) error {
			next, err := tx.Lock(ctx, map[int64]int64{conversation.RowBucket(): 1})
			if err != nil {
				return err
			}
			found, err := tx.Conversation(ctx, sqlgen.ConversationParams{Bucket: conversation.RowBucket(), ID: conversation})
			if err != nil {
				return err
			}
			_, _, err = act.Queue(ctx, tx, r.Clock(), act.Message{ConversationID: conversation, ProfileID: found.ProfileID, InboxID: chat.ID, Channel: crm.Chat, Kind: act.Reply,
				Author: "Sam", AuthorID: crm.NewID(r.Clock()), Content: act.Content{Text: "On the first.", AgentEmail: "sam@halden.example"}}, next(conversation.RowBucket()))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		run()
		var list struct {
			Messages []struct {
				Seq                int64
				From, Text, Copied string
			}
		}
		call("GET", "/messages", opened.Session, nil, &list)
		if len(list.Messages) != 2 || list.Messages[1].Text != "On the first." {
			t.Fatalf("%+v", list)
		}
		if seen {
			call("POST", "/seen", opened.Session, map[string]any{"seq": list.Messages[1].Seq}, nil)
		}
		// What is later happens once, however often it is looked.
		for range 3 {
			clock.Add((4 * time.Minute).Microseconds())
			run()
		}
		mails := 0
		rows, err := k.db.Read().OutboxOfConversation(ctx, sqlgen.OutboxOfConversationParams{Bucket: conversation.RowBucket(), ConversationID: conversation})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			switch {
			case row.Kind == act.Later:
				mails++
				if !strings.Contains(row.Content, "jan@postvak.example") || !strings.Contains(row.Content, "On the first.") {
					t.Errorf("%s", row.Content)
				}
			case seen && row.State != act.Delivered:
				t.Errorf("an answer that was seen is %s", row.State)
			case !seen && row.State != act.Sent:
				t.Errorf("an answer that nobody saw is %s", row.State)
			}
		}
		if want := map[bool]int{false: 1, true: 0}[seen]; mails != want {
			t.Errorf("seen %v: %d mails", seen, mails)
		}
		call("GET", "/messages", opened.Session, nil, &list)
		if last := list.Messages[len(list.Messages)-1]; !seen && (last.Copied != "j…@postvak.example" || last.Text != "") {
			t.Errorf("the widget says %+v", last)
		}
		k.close()
	}
}
