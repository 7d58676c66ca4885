package inbound_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/rapport-crm/rapport/internal/capture/email/authn"
	"github.com/rapport-crm/rapport/internal/capture/inbound"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/flow"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/storetest"
	"github.com/rapport-crm/rapport/internal/understand"
)

// bench is a firm with one inbox, and Jan, who wrote and was answered.
type bench struct {
	*testing.T
	intake *inbound.Intake
	engine *flow.Engine
	inbox  *inboxes.Inbox
	first  flow.Result
	answer string // Message-ID of our answer
	n      int
}

const (
	jan     = "jan@postvak.example"
	vouched = "Authentication-Results: mx.halden.example; dmarc=pass header.from=postvak.example\n"
	forged  = "Authentication-Results: mx.halden.example; dmarc=fail header.from=postvak.example\n"
)

func newBench(t *testing.T, db *store.DB) *bench {
	t.Helper()
	keys, err := inboxes.LoadKeys("", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	own := func(a string) bool { return strings.HasSuffix(a, "@halden.example") }
	reader, err := understand.Default()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{T: t}
	if b.engine, err = flow.New(db, flow.Options{Reader: reader, Own: own}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.engine.Close)
	b.intake = &inbound.Intake{DB: db, Keys: keys, Own: own, Clock: time.Now, Auth: &authn.Checker{LookupTXT: func(name string) ([]string, error) {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}}}
	boxes := inboxes.New(db, time.Now, keys)
	if b.inbox, err = boxes.Create(t.Context(), inboxes.Inbox{Name: "Support", Kind: inboxes.Mail, Address: "support@halden.example",
		Settings: inboxes.Settings{TrustedAuthserv: []string{"mx.halden.example"}}}, inboxes.Secrets{}, nil); err != nil {
		t.Fatal(err)
	}
	b.first = b.take(vouched + "From: Jan Meijer <" + jan + ">\nTo: support@halden.example\nSubject: My bill\nMessage-ID: <1@postvak.example>\n\nWhy is it higher?\n")
	b.answer = keys.MessageID(crm.NewID(time.Now()), "halden.example")
	results, err := b.engine.Submit(t.Context(), []crm.Item{{Raw: []byte("{}"), RawType: "application/json",
		Place: &crm.Place{Profile: b.first.ProfileID, Conversation: b.first.ConversationID},
		Envelope: crm.Envelope{Source: b.inbox.Source, ExternalID: b.answer, Channel: crm.Mail, Kind: crm.KindMessage, Direction: crm.Out, OccurredAt: time.Now(),
			Subject: "Re: My bill", Text: "It has the new plan in it.", Thread: crm.Thread{MessageID: b.answer, InReplyTo: "1@postvak.example"},
			Participants: []crm.Participant{{Role: crm.Agent, Kind: crm.Email, Value: "olga@halden.example"}, {Role: crm.To, Kind: crm.Email, Value: jan}}}}})
	if err != nil || results[0].ConversationID != b.first.ConversationID {
		t.Fatalf("%+v %v", results, err)
	}
	return b
}

// item makes the contact of a mail.
func (b *bench) item(raw string) crm.Item {
	b.Helper()
	item, ok := b.intake.Item(b.Context(), b.inbox, inbound.Mail{Raw: []byte(raw)})
	if !ok {
		b.Fatalf("it was taken for one of ours: %q", raw)
	}
	return item
}

func (b *bench) take(raw string) flow.Result {
	b.Helper()
	results, err := b.engine.Submit(b.Context(), []crm.Item{b.item(raw)})
	if err != nil {
		b.Fatal(err)
	}
	return results[0]
}

// mail is a mail with the header of a program; what it ends with makes it unique.
func (b *bench) mail(header string) string {
	b.n++
	header = strings.NewReplacer("{ours}", "<"+b.answer+">", "{token}", b.intake.Keys.ReplyAddress("support@halden.example", b.first.ConversationID, jan),
		"{n}", fmt.Sprint(b.n)).Replace(header)
	return header + fmt.Sprintf("\n\nThank you, number %d.\n", b.n)
}

// Acceptance: replies by the habits of real programs stay in one conversation.
func TestRepliesOfRealPrograms(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		for what, header := range map[string]string{
			// The whole chain, Message-ID of its own kind, answers to Reply-To.
			"Gmail": vouched + "MIME-Version: 1.0\nReferences: <1@postvak.example> {ours}\nIn-Reply-To: {ours}\nFrom: Jan Meijer <jan@postvak.example>\n" +
				"Message-ID: <CAB1=x{n}@mail.gmail.com>\nSubject: Re: My bill\nTo: Support <{token}>",
			// Upper-case names, a chain folded by tabs, and Thread-Index, which is ignored.
			"Outlook": vouched + "From: Meijer, Jan <jan@postvak.example>\nTo: Support <{token}>\nSubject: AW: My bill\nThread-Topic: My bill\nThread-Index: AdwXyz==\n" +
				"Message-ID: <AM0PR01MB{n}@AM0PR01MB.eurprd01.prod.exchangelabs.com>\nReferences:\n\t<1@postvak.example>\n\t{ours}\nIn-Reply-To:\n\t{ours}\nAccept-Language: nl-NL",
			// References holds the parent alone.
			"Apple Mail": vouched + "From: Jan Meijer <jan@postvak.example>\nMime-Version: 1.0 (Mac OS X Mail 16.0)\nSubject: Re: My bill\nReferences: {ours}\n" +
				"In-Reply-To: {ours}\nTo: support@halden.example\nMessage-Id: <8F2{n}@postvak.example>\nX-Mailer: Apple Mail (2.3774)",
			"Thunderbird": vouched + "Message-ID: <7d2-{n}@postvak.example>\nUser-Agent: Mozilla Thunderbird\nSubject: Re: My bill\nTo: {token}\n" +
				"References: <1@postvak.example>\n {ours}\nFrom: Jan Meijer <jan@postvak.example>\nIn-Reply-To: {ours}",
			// A list adds its own fields and a tag, and breaks signatures.
			"Mailman": "From: Jan Meijer <jan@postvak.example>\nTo: users@lists.elsewhere.example\nCc: support@halden.example\nSubject: [Users] Re: My bill\n" +
				"Message-ID: <m{n}@postvak.example>\nIn-Reply-To: {ours}\nReferences: <1@postvak.example> {ours}\nX-BeenThere: users@lists.elsewhere.example\n" +
				"Precedence: list\nList-Id: Users <users.lists.elsewhere.example>\nErrors-To: users-bounces@lists.elsewhere.example\nSender: \"Users\" <users-bounces@lists.elsewhere.example>",
			"Google Groups": "From: Jan Meijer <jan@postvak.example>\nTo: circle@groups.elsewhere.example\nCc: support@halden.example\nSubject: Re: My bill\n" +
				"Sender: circle@groups.elsewhere.example\nMessage-ID: <g{n}@postvak.example>\nIn-Reply-To: {ours}\nReferences: <1@postvak.example> {ours}\nX-Original-Sender: jan@postvak.example\n" +
				"Precedence: list\nMailing-list: list circle@groups.elsewhere.example; contact circle+owners@groups.elsewhere.example\nList-ID: <circle.groups.elsewhere.example>",
			"no reference at all, but her address": "From: jan@postvak.example\nTo: {token}\nSubject: My bill\nMessage-ID: <lost{n}@postvak.example>",
			"no Message-ID":                        vouched + "From: jan@postvak.example\nTo: {token}\nSubject: Again",
		} {
			if got := b.take(b.mail(header)); got.ConversationID != b.first.ConversationID {
				t.Errorf("%s: another conversation (%s)", what, got.Status)
			}
		}
	})
}

// Acceptance and attacks 9, 10, 12: forged replies stand apart.
func TestForgedReplies(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := newBench(t, db)
		token := b.intake.Keys.ReplyAddress("support@halden.example", b.first.ConversationID, jan)
		others, err := inboxes.LoadKeys("", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		foreign := others.ReplyAddress("support@halden.example", b.first.ConversationID, jan)
		local, domain, _ := strings.Cut(token, "@")
		const mallory = "From: Mallory <mallory@evil.example>\nTo: support@halden.example\n"
		for what, header := range map[string]string{
			"a guessed In-Reply-To":           mallory + "Subject: Re: My bill\nIn-Reply-To: {ours}",
			"copied References":               mallory + "Subject: Re: My bill\nReferences: <1@postvak.example> {ours}",
			"her address, disowned":           forged + "From: Jan Meijer <jan@postvak.example>\nTo: support@halden.example\nSubject: Re: My bill\nIn-Reply-To: {ours}\nReferences: <1@postvak.example> {ours}",
			"her address and token, disowned": forged + "From: Jan Meijer <jan@postvak.example>\nTo: {token}\nSubject: Re: My bill\nIn-Reply-To: {ours}",
			"a truncated token":               "From: Jan Meijer <jan@postvak.example>\nTo: " + local[:len(local)-1] + "@" + domain + "\nSubject: Re: My bill",
			"no token but its place":          "From: Jan Meijer <jan@postvak.example>\nTo: " + local[:len(local)-14] + "@" + domain + "\nSubject: Re: My bill",
			"another installation's token":    "From: Jan Meijer <jan@postvak.example>\nTo: " + foreign + "\nSubject: Re: My bill",
			"a token for somebody in copy":    "From: Mallory <mallory@evil.example>\nTo: " + b.intake.Keys.ReplyAddress("support@halden.example", b.first.ConversationID, "mallory@evil.example") + "\nSubject: Re: My bill\nIn-Reply-To: {ours}",
			"her token in other hands":        "From: Mallory <mallory@evil.example>\nTo: {token}\nSubject: Re: My bill",
			"the number in the subject only":  mallory + "Subject: Re: [#" + b.first.ConversationID.String() + "] My bill",
			"two senders":                     vouched + "From: Jan Meijer <jan@postvak.example>\nFrom: mallory@evil.example\nTo: {token}\nSubject: Re: My bill",
		} {
			item := b.item(b.mail(header))
			if item.Place != nil || item.MayVerify {
				t.Errorf("%s: it is believed: %+v", what, item.Envelope.Participants)
			}
			results, err := b.engine.Submit(t.Context(), []crm.Item{item})
			if err != nil || results[0].ConversationID == b.first.ConversationID || results[0].ConversationID.IsZero() {
				t.Errorf("%s: %+v %v", what, results, err)
			}
		}
	})
}

// Attack 11: who writes in the name of a colleague and is vouched for by nobody is
// held back, and never speaks to a customer.
func TestForgedColleague(t *testing.T) {
	t.Parallel()
	b := newBench(t, storetest.SQLite(t))
	for what, header := range map[string]string{
		"an answer":             "From: Olga <olga@halden.example>\nTo: jan@postvak.example\nCc: support@halden.example\nSubject: Re: My bill\nIn-Reply-To: {ours}",
		"by her signed address": "From: Olga <olga@halden.example>\nTo: {token}\nSubject: Re: My bill",
		"disowned":              strings.ReplaceAll(forged, "postvak", "halden") + "From: Olga <olga@halden.example>\nTo: {token}\nSubject: Re: My bill\nReferences: {ours}",
	} {
		if got := b.take(b.mail(header)); got.Status != flow.StatusQuarantined || !strings.Contains(got.Problem.Message, "colleague") {
			t.Errorf("%s: %+v", what, got)
		}
	}
}
