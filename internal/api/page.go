package api

import (
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/rapport-crm/rapport/internal/crm"
)

// cursor is the place in a list after which the next page begins: an ordering
// number and the id that breaks ties. The list's mark keeps a cursor of one
// list out of another.
type cursor struct {
	list byte
	n    int64
	id   crm.ID
}

// The marks of the lists. They are part of cursors that clients hold.
const (
	listCustomers    = 'c'
	listFiltered     = 'f'
	listTimeline     = 't'
	listJourneys     = 'j'
	listEffort       = 'e'
	listWaiting      = 'w'
	listOfCustomer   = 'o'
	listConversation = 'm'
	listQuarantine   = 'q'
	listChanges      = 'h'
	listAudit        = 'a'
	listQuestions    = 'i'
)

func (c cursor) String() string {
	var b [25]byte
	b[0] = c.list
	binary.BigEndian.PutUint64(b[1:], uint64(c.n))
	copy(b[9:], c.id[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// newest begins a list that is read downward.
func newest(list byte) cursor {
	c := cursor{list: list, n: math.MaxInt64}
	for i := range c.id {
		c.id[i] = 0xff
	}
	return c
}

// after reads a cursor of the list; "" is start.
func after(s string, start cursor) (cursor, error) {
	if s == "" {
		return start, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 25 || b[0] != start.list {
		return cursor{}, &crm.Error{Code: crm.Invalid, Pointer: "/cursor", Message: "This cursor does not belong to this list."}
	}
	c := cursor{list: b[0], n: int64(binary.BigEndian.Uint64(b[1:]))}
	copy(c.id[:], b[9:])
	return c, nil
}

// less orders (n, id) ascending.
func less(an int64, a crm.ID, bn int64, b crm.ID) bool {
	if an != bn {
		return an < bn
	}
	return string(a[:]) < string(b[:])
}

// page cuts a list that was read one longer than the limit, and gives the
// cursor of the rest.
func page[T any](items []T, limit int, at func(T) cursor) ([]T, string) {
	if len(items) <= limit {
		return items, ""
	}
	items = items[:limit]
	return items, at(items[limit-1]).String()
}
