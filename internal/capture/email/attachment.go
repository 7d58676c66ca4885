package email

import (
	"errors"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
)

// ErrNoAttachment means that a message has fewer attachments.
var ErrNoAttachment = errors.New("The mail has no such attachment.")

// Attachment gives attachment n of a message, in the order of the envelope that
// Parse makes of it, decoded up to limit bytes; cut says that there were more.
func Attachment(raw []byte, n, limit int) (a crm.Attachment, body []byte, cut bool, err error) {
	raw = lineEnds(raw)
	pos := skipPreface(raw)
	if pos == len(raw) || n < 0 {
		return a, nil, false, ErrNoAttachment
	}
	root := walk(raw, pos, newBudget(2*time.Second), map[string]bool{})
	var c content
	c.sort(root)
	if n >= len(c.attachments) {
		return a, nil, false, ErrNoAttachment
	}
	p := c.attachments[n]
	body, cut = decodeTransfer(p.encoding, p.body, limit)
	return p.attachment(), body, cut, nil
}
