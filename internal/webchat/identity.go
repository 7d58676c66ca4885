package webchat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// How long tokens count.
const (
	maxIdentity = 10 * time.Minute // of the site's token
	leeway      = time.Minute      // clocks differ
	sessionFor  = 12 * time.Hour
)

// claims are what a site signs about its user.
type claims struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	jwt.RegisteredClaims
}

// person is who a visitor is, as far as it is known.
type person struct {
	UserID, Email, Name string // signed by the site
}

// errIdentity is all that is said about a token that does not count.
var errIdentity = errors.New("webchat: the identity does not count")

// identify checks the site's token: HS256 with the inbox's secret, for this
// inbox, short-lived, and never seen before.
func (s *Server) identify(ctx context.Context, inbox *inboxes.Inbox, token string) (*person, error) {
	secrets, err := s.Inboxes.Open(ctx, inbox.ID)
	if err != nil {
		return nil, err
	}
	if secrets.ChatSecret == "" {
		return nil, errIdentity
	}
	var c claims
	parsed, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return []byte(secrets.ChatSecret), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithAudience(inbox.ID.String()), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway),
		jwt.WithTimeFunc(s.Clock), jwt.WithIssuedAt())
	if err != nil || !parsed.Valid || c.Subject == "" || c.ID == "" || len(c.Subject) > 200 || len(c.ID) > 200 {
		return nil, errIdentity
	}
	if c.ExpiresAt.After(s.Clock().Add(maxIdentity + leeway)) {
		return nil, errIdentity // one that lives for ever is one that leaks
	}
	fresh, err := s.once(ctx, inbox.ID.String()+"\x00"+c.ID, c.ExpiresAt.Add(2*leeway))
	if err != nil {
		return nil, err
	}
	if !fresh {
		return nil, errIdentity
	}
	return &person{c.Subject, c.Email, c.Name}, nil
}

// newToken is 256 random bits.
func newToken() string {
	var b [32]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("webchat: the system's random source failed: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// visitor is a browser that talks to a widget.
type visitor struct {
	hash [32]byte
	row  sqlgen.Visitor // of one goroutine, but for the conversation

	mu sync.Mutex // guards the conversation of row
}

func (v *visitor) conversation() crm.ID {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.row.ConversationID
}

func (v *visitor) moveTo(conversation crm.ID) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.row.ConversationID, v.row.Bucket = conversation, conversation.RowBucket()
}

// key is where the open widgets of a visitor are found before a conversation begins.
func (v *visitor) key() crm.ID { return crm.ID(v.hash[:16]) }

func hashOf(token string) [32]byte { return sha256.Sum256([]byte("visitor\x00" + token)) }

// anonymous is the identifier of a browser: it tells nothing about its token.
func anonymous(hash [32]byte) string {
	sum := sha256.Sum256(append([]byte("anonymous\x00"), hash[:]...))
	return "widget-" + base64.RawURLEncoding.EncodeToString(sum[:15])
}

// session is what a browser shows with each request after it said who it is: the
// visitor, signed and short-lived, so that a token of the site that has expired
// ends with it.
type session struct {
	Visitor string `json:"v"` // base64 of the hash
	UserID  string `json:"u,omitempty"`
	jwt.RegisteredClaims
}

func (s *Server) newSession(inbox *inboxes.Inbox, v *visitor, userID string) (string, error) {
	now := s.Clock()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, session{base64.RawURLEncoding.EncodeToString(v.hash[:]), userID, jwt.RegisteredClaims{
		Audience: jwt.ClaimStrings{inbox.ID.String()}, ExpiresAt: jwt.NewNumericDate(now.Add(sessionFor)), IssuedAt: jwt.NewNumericDate(now)}}).
		SignedString(s.Inboxes.Keys.Derive("webchat session"))
}

// ticketFor is how long a ticket waits for its connection.
const ticketFor = 30 * time.Second

// ticket is good for one connection, soon. Browsers put what opens a socket or a
// stream into its address, where proxies write it down; so it is not the session.
type ticket struct {
	Session string `json:"s"`
	jwt.RegisteredClaims
}

func (s *Server) newTicket(session string) (string, error) {
	now := s.Clock()
	return jwt.NewWithClaims(jwt.SigningMethodHS256, ticket{session, jwt.RegisteredClaims{ID: newToken(), ExpiresAt: jwt.NewNumericDate(now.Add(ticketFor))}}).
		SignedString(s.Inboxes.Keys.Derive("webchat ticket"))
}

// redeem gives the session of a ticket, once.
func (s *Server) redeem(ctx context.Context, text string) (session string, err error) {
	refused := crm.Errorf(crm.Unauthorized, "This ticket does not count any more. Get another one.")
	for _, key := range s.Inboxes.Keys.DeriveAll("webchat ticket") {
		var t ticket
		parsed, err := jwt.ParseWithClaims(text, &t, func(*jwt.Token) (any, error) { return key, nil }, jwt.WithValidMethods([]string{"HS256"}),
			jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.Clock))
		if err != nil || !parsed.Valid || t.ID == "" {
			continue
		}
		fresh, err := s.once(ctx, "ticket\x00"+t.ID, t.ExpiresAt.Time)
		if err != nil {
			return "", err
		}
		if fresh {
			return t.Session, nil
		}
	}
	return "", refused
}

// once reports whether a token was never used before.
func (s *Server) once(ctx context.Context, name string, until time.Time) (fresh bool, err error) {
	hash := sha256.Sum256([]byte(name))
	err = s.DB.InTx(ctx, func(tx *store.Tx) error {
		n, err := tx.UseToken(ctx, sqlgen.UseTokenParams{KeyBucket: int64(hash[0]), Hash: hash[:], ExpiresAt: crm.Micros(until)})
		fresh = n == 1
		return err
	})
	return fresh, err
}

// visitorOf finds the visitor of a session.
func (s *Server) visitorOf(ctx context.Context, inbox *inboxes.Inbox, token string) (*visitor, *session, error) {
	refused := crm.Errorf(crm.Unauthorized, "This chat has ended. Open it again.")
	for _, key := range s.Inboxes.Keys.DeriveAll("webchat session") {
		var c session
		parsed, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return key, nil }, jwt.WithValidMethods([]string{"HS256"}),
			jwt.WithAudience(inbox.ID.String()), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.Clock))
		if err != nil || !parsed.Valid {
			continue
		}
		raw, err := base64.RawURLEncoding.DecodeString(c.Visitor)
		if err != nil || len(raw) != 32 {
			return nil, nil, refused
		}
		v := &visitor{hash: [32]byte(raw)}
		if v.row, err = s.DB.Read().Visitor(ctx, sqlgen.VisitorParams{KeyBucket: int64(v.hash[0]), Hash: v.hash[:]}); err != nil || v.row.InboxID != inbox.ID {
			return nil, nil, refused
		}
		if v.row.UserID != c.UserID {
			// Somebody signed in with this browser since: who was here before them
			// must not read along.
			return nil, nil, refused
		}
		return v, &c, nil
	}
	return nil, nil, refused
}
