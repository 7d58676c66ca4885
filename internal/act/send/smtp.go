package send

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/failpoint"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// dialWithin bounds reaching a server.
const dialWithin = 20 * time.Second

// login is how to sign in: a password, a token, or nothing.
type login struct {
	user, password, token string
}

// connect reaches a server and signs in.
func connect(ctx context.Context, set inboxes.Server, who login, name string) (*smtp.Client, error) {
	c, err := open(ctx, set)
	if err != nil {
		return nil, err
	}
	if err := enter(c, set, who, name); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func open(ctx context.Context, set inboxes.Server) (*smtp.Client, error) {
	port := set.Port
	if port == 0 {
		port = 465
		if set.Security == "starttls" {
			port = 587
		} else if set.Security == "none" {
			port = 25
		}
	}
	address := net.JoinHostPort(set.Host, strconv.Itoa(port))
	// #nosec G402 -- the operator's explicit choice for one inbox, shown in the console
	config := &tls.Config{ServerName: set.Host, MinVersion: tls.VersionTLS12, InsecureSkipVerify: set.SkipVerify}
	d := &net.Dialer{Timeout: dialWithin}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, &act.Deferred{Reason: fmt.Sprintf("%s can't be reached: %v", address, err)}
	}
	switch set.Security {
	case "none":
		return smtp.NewClient(conn), nil
	case "starttls":
		c, err := smtp.NewClientStartTLS(conn, config)
		if err != nil {
			conn.Close()
			return nil, &act.Deferred{Reason: fmt.Sprintf("%s offers no safe connection: %v", address, err)}
		}
		return c, nil
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, &act.Deferred{Reason: fmt.Sprintf("%s can't be reached safely: %v", address, err)}
	}
	return smtp.NewClient(secure), nil
}

func enter(c *smtp.Client, set inboxes.Server, who login, name string) error {
	c.CommandTimeout, c.SubmissionTimeout = 30*time.Second, 90*time.Second
	if err := c.Hello(name); err != nil {
		return said("greet the mail server", err)
	}
	var mechanism sasl.Client
	switch {
	case set.Auth == "none":
		return nil
	case who.token != "":
		mechanism = &xoauth2{who.user, who.token}
	case c.SupportsAuth(sasl.Plain):
		mechanism = sasl.NewPlainClient("", who.user, who.password)
	default:
		mechanism = sasl.NewLoginClient(who.user, who.password)
	}
	if err := c.Auth(mechanism); err != nil {
		var answer *smtp.SMTPError
		if errors.As(err, &answer) && answer.Code/100 == 5 {
			// A password that was changed is put right in the settings; until then the
			// messages wait, and the inbox says why.
			return &act.Deferred{Reason: "The mail server refuses the sign-in: " + answer.Message}
		}
		return said("sign in", err)
	}
	return nil
}

// xoauth2 is the SASL mechanism of Google and Microsoft.
type xoauth2 struct{ user, token string }

func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the challenge that carries the reason of a refusal with one byte:
// an empty answer is read as a broken command, and the refusal looks like one.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{1}, nil }

// said sorts what a server answered: a final no, or a request to come again.
func said(what string, err error) error {
	var answer *smtp.SMTPError
	if !errors.As(err, &answer) {
		return fmt.Errorf("%s: %w", what, err)
	}
	words := fmt.Sprintf("The mail server said: %d %s", answer.Code, strings.TrimSpace(answer.Message))
	if answer.Code/100 == 5 {
		return &act.Rejected{Reason: words}
	}
	return &act.Deferred{Reason: words}
}

// hand gives one mail to a server. commit is called before its text goes out.
func hand(c *smtp.Client, from string, to []string, raw []byte, commit func() error) (answer string, err error) {
	if err := c.Mail(from, nil); err != nil {
		return "", said("name the sender", err)
	}
	taken := 0
	var refused error
	for _, r := range to {
		if err := c.Rcpt(r, nil); err != nil {
			refused = said("name "+r, err)
			continue
		}
		taken++
	}
	// One of several that is refused must not keep the mail from the others, but it
	// is said: the mail is sent, and its answer names who did not get it.
	if taken == 0 {
		return "", refused
	}
	failpoint.Here("smtp addressed")
	if err := commit(); err != nil {
		return "", err
	}
	failpoint.Here("smtp committed")
	w, err := c.Data()
	if err != nil {
		return "", said("begin the mail", err)
	}
	if _, err := io.Copy(w, bytes.NewReader(raw)); err != nil {
		return "", fmt.Errorf("send the mail: %w", err)
	}
	failpoint.Here("smtp written")
	response, err := w.CloseWithResponse()
	if err != nil {
		return "", said("end the mail", err)
	}
	failpoint.Here("smtp answered")
	answer = response.StatusText
	if refused != nil {
		answer = "Not all recipients got it. " + refused.Error()
	}
	return answer, nil
}
