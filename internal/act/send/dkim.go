package send

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// signed are the fields that a signature covers; each is named once more than it
// is there, so that nobody can add another one (RFC 6376 8.15).
var signed = []string{"From", "To", "Cc", "Subject", "Reply-To", "Date", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post",
	"MIME-Version", "Content-Type"}

func (t *Mail) sign(ctx context.Context, i *inboxes.Inbox, raw []byte) ([]byte, error) {
	secrets, err := t.Inboxes.Open(ctx, i.ID)
	if err != nil || secrets.DKIMKey == "" {
		return raw, err
	}
	_, domain, _ := strings.Cut(i.Address, "@")
	out, err := Sign(raw, domain, i.Settings.DKIMSelector, secrets.DKIMKey)
	if err != nil {
		return nil, &act.Rejected{Reason: "The mail can't be signed: " + err.Error() + "."}
	}
	return out, nil
}

// Sign puts a DKIM signature before a message. key is a private key in PEM.
func Sign(message []byte, domain, selector, key string) ([]byte, error) {
	signer, err := privateKey(key)
	if err != nil {
		return nil, err
	}
	head, _, _ := bytes.Cut(message, []byte("\r\n\r\n"))
	fields := "\r\n" + strings.ToLower(string(head))
	var keys []string
	for _, name := range signed {
		keys = append(keys, name)
		if strings.Contains(fields, "\r\n"+strings.ToLower(name)+":") {
			keys = append(keys, name)
		}
	}
	var out bytes.Buffer
	err = dkim.Sign(&out, bytes.NewReader(message), &dkim.SignOptions{Domain: domain, Selector: selector, Signer: signer, Hash: crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, HeaderKeys: keys})
	return out.Bytes(), err
}

func privateKey(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the key is no PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the key can't be read: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New("the key is of a kind that can't sign")
	}
	return signer, nil
}
