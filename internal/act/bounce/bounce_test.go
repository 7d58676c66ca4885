package bounce

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const ours = "c.abcdefghijklmnopqrstuvwxyz.0123456789abcdef@halden.example"

var back = "Message-ID: <" + ours + ">\nFrom: support@halden.example\nTo: jan@postvak.example\nSubject: Re: My bill\n"

// The forms that servers really use, each cut to what tells it apart.
var forms = []struct {
	name, mail        string
	failure           bool
	permanent         bool
	status, recipient string
	words             string
}{
	{"RFC 3464, postfix", "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nI'm sorry.\n\n--b\nContent-Type: message/delivery-status\n\n" +
		"Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; jan@postvak.example\nOriginal-Recipient: rfc822;Jan@postvak.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <jan@postvak.example>:\n    Recipient address rejected\n\n--b\nContent-Type: message/rfc822\n\n" + back + "\n--b--\n",
		true, true, "5.1.1", "jan@postvak.example", "There is no such mailbox. The server said: 550 5.1.1 <jan@postvak.example>: Recipient address rejected"},
	{"delayed", "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; jan@postvak.example\nAction: delayed\nStatus: 4.4.7\n\n--b\n\n" + back,
		true, false, "4.4.7", "jan@postvak.example", "could not be reached in time"},
	{"delivered, not a failure", "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; jan@postvak.example\nAction: delivered\nStatus: 2.0.0\n\n--b\n\n" + back,
		false, false, "2.0.0", "jan@postvak.example", ""},
	{"opensmtpd: multipart/mixed", "Return-Path: <>\nFrom: Mailer Daemon <MAILER-DAEMON@mx.example>\nSubject: Delivery status notification: error\nContent-Type: multipart/mixed;boundary=\"1/mx\"\n\n--1/mx\nContent-Type: text/plain; charset=us-ascii\n\n    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\njan@postvak.example: 550 5.2.2 Mailbox full\n\n    Below is a copy of the original message:\n\n--1/mx\nContent-Type: message/rfc822\n\n" + back,
		true, true, "5.2.2", "", "The mailbox is full."},
	{"qmail: text", "Return-Path: <>\nFrom: MAILER-DAEMON@qmail.example\nSubject: failure notice\n\nHi. This is the qmail-send program at qmail.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<jan@postvak.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n" + back,
		true, true, "5.1.1", "jan@postvak.example", "There is no such mailbox."},
	{"exim: X-Failed-Recipients", "Return-path: <>\nX-Failed-Recipients: jan@postvak.example\nFrom: Mail Delivery System <Mailer-Daemon@exim.example>\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  jan@postvak.example\n    host mx.postvak.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<jan@postvak.example>:\n    550 User unknown\n\n" + back,
		true, true, "5.0.0", "jan@postvak.example", "The message could not be delivered. The server said: 550 User unknown"},
	{"exim: warning", "Return-path: <>\nX-Failed-Recipients: jan@postvak.example\nFrom: Mail Delivery System <Mailer-Daemon@exim.example>\nSubject: Warning: message delayed 24 hours\n\nThe message has not yet been delivered. No action is required on your part.\n\n" + back,
		true, false, "", "jan@postvak.example", "the server keeps trying"},
	{"Exchange: text", "From: postmaster@corp.example\nSubject: Undeliverable: Re: My bill\nContent-Type: text/plain\n\nDelivery has failed to these recipients or groups:\n\njan@postvak.example\nThe email address you entered couldn't be found.\n\nDiagnostic information for administrators:\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'\n\n" + back,
		true, true, "5.1.10", "jan@postvak.example", "The domain takes no mail."},
	{"abuse report, RFC 5965", "From: abuse@big.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nUser-Agent: x/1\nOriginal-Rcpt-To: jan@postvak.example\n\n--b\nContent-Type: message/rfc822\n\n" + back,
		false, true, "", "", "called the message unwanted"},
}

func TestRealForms(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		for _, ends := range []string{"\n", "\r\n"} {
			r := Parse([]byte(strings.ReplaceAll(f.mail, "\n", ends)))
			if r.Failure != f.failure || r.Permanent != f.permanent || r.Status != f.status || f.recipient != "" && !slices.Contains(r.Recipients, f.recipient) {
				t.Errorf("%s: %+v", f.name, r)
			}
			if !slices.Contains(r.MessageIDs, ours) {
				t.Errorf("%s: our Message-ID was not found", f.name)
			}
			if !strings.Contains(r.Words(), f.words) {
				t.Errorf("%s: %q", f.name, r.Words())
			}
		}
	}
}

// What was sent comes back encoded, too.
func TestEncodedCopies(t *testing.T) {
	t.Parallel()
	const head = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\n\n550 5.1.1 no\n\n"
	encoded := base64.StdEncoding.EncodeToString([]byte(back))
	var lines strings.Builder
	for len(encoded) > 76 {
		lines.WriteString(encoded[:76] + "\r\n")
		encoded = encoded[76:]
	}
	lines.WriteString(encoded + "\r\n")
	quoted := strings.Replace(back, "ghijkl", "ghi=\r\njkl", 1)
	for _, body := range []string{lines.String(), quoted} {
		if r := Parse([]byte(head + body)); len(r.MessageIDs) != 1 || r.MessageIDs[0] != ours {
			t.Errorf("%+v of %q", r, body)
		}
	}
}

// A mail of a person who quotes one of ours is no report.
func TestOrdinaryMailIsNone(t *testing.T) {
	t.Parallel()
	if r := Parse([]byte("From: Jan <jan@postvak.example>\nSubject: Undeliverable?\n\nI got this: 550 5.1.1 unknown user\n" + back)); r.Failure || r.Complaint || len(r.MessageIDs) > 0 {
		t.Errorf("%+v", r)
	}
}

// Nothing in the public mails takes long or breaks it, and what is a delivery
// report by its type is seen as one.
func TestCorpora(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "..", "shared", "data", "eml")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no mails beside the repository")
	}
	reports, mails := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		start := time.Now()
		r := Parse(raw)
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s took %v", path, took)
		}
		if mails++; r.Failure || r.Complaint {
			reports++
		}
		if delivery.Match(raw) && !r.Failure && !strings.HasPrefix(r.Status, "2.") && r.Status != "" {
			t.Errorf("%s: %+v", path, r)
		}
		return nil
	})
	if err != nil || mails == 0 {
		t.Fatal(mails, err)
	}
	t.Logf("%d reports in %d mails", reports, mails)
}

func FuzzParse(f *testing.F) {
	for _, x := range forms {
		f.Add([]byte(x.mail))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := Parse(raw)
		if len(r.MessageIDs) > 50 || len(r.Recipients) > 50 || len(r.Said) > 400 {
			t.Errorf("%+v", r)
		}
		_ = r.Words()
	})
}
