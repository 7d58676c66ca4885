package imap

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/inboxes"
)

// Time limits of a connection.
const (
	dialWithin = 20 * time.Second
	slowest    = 20 << 10 // bytes a second of a server that is still worth waiting for
)

// errRefused says that the server does not let us in.
var errRefused = errors.New("imap: sign-in refused")

// mailbox is a selected folder on an open connection.
type mailbox struct {
	c        *imapclient.Client
	conn     *patient
	quiet    time.Duration // without a byte, other than in IDLE, it is dead
	news     chan struct{}
	validity uint32
	next     imap.UID
	keyword  bool // own keywords may be set
	idle     bool
	once     sync.Once
}

// entry is one mail of a mailbox before it is fetched.
type entry struct {
	uid      imap.UID
	size     int64
	received time.Time
}

// open connects, signs in and selects the folder.
func (s *Supervisor) open(ctx context.Context, i *inboxes.Inbox) (*mailbox, error) {
	set := i.Settings.IMAP
	m := &mailbox{news: make(chan struct{}, 1)}
	ring := func() {
		select {
		case m.news <- struct{}{}:
		default:
		}
	}
	options := &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(*imapclient.UnilateralDataMailbox) { ring() },
		Expunge: func(uint32) {},
	}}
	raw, err := dial(ctx, set)
	if err != nil {
		return nil, err
	}
	m.conn, m.quiet = &patient{Conn: raw}, s.o.Quiet
	if err := m.begin(options); err != nil {
		m.close()
		return nil, crm.Errorf(crm.Unavailable, "%s does not answer as a mail server: %v", set.Host, err)
	}
	if err := s.enter(ctx, i, m); err != nil {
		m.close()
		return nil, err
	}
	return m, nil
}

// begin waits for the greeting.
func (m *mailbox) begin(options *imapclient.Options) error {
	m.conn.wait(min(dialWithin, 2*m.quiet), min(2*dialWithin, 4*m.quiet))
	m.c = imapclient.New(m.conn, options)
	return m.c.WaitGreeting()
}

// enter signs in and selects.
func (s *Supervisor) enter(ctx context.Context, i *inboxes.Inbox, m *mailbox) error {
	set := i.Settings.IMAP
	user := set.User
	if user == "" {
		user = i.Address
	}
	if err := s.signIn(ctx, i, m, user); err != nil {
		if refused(err) {
			return fmt.Errorf("%w: %w", errRefused, err)
		}
		return err
	}
	folder := set.Folder
	if folder == "" {
		folder = "INBOX"
	}
	data, err := m.c.Select(folder, nil).Wait()
	if err != nil {
		return crm.Errorf(crm.Unavailable, "There is no folder %q in the mailbox, or it can't be opened: %v", folder, err)
	}
	m.validity, m.next, m.idle = data.UIDValidity, data.UIDNext, m.c.Caps().Has(imap.CapIdle)
	m.keyword = slices.Contains(data.PermanentFlags, imap.FlagWildcard)
	return nil
}

// refused reports whether a server said no to a sign-in, and not only that it can't
// check it at the moment (RFC 5530).
func refused(err error) bool {
	var answer *imap.Error
	return errors.As(err, &answer) && answer.Type == imap.StatusResponseTypeNo && answer.Code != imap.ResponseCodeUnavailable
}

func (s *Supervisor) signIn(ctx context.Context, i *inboxes.Inbox, m *mailbox, user string) error {
	if i.Settings.IMAP.Auth == "oauth" {
		if s.o.Token == nil {
			return errRefused
		}
		token, err := s.o.Token(ctx, i)
		if err != nil {
			return err
		}
		if !m.c.Caps().Has("AUTH=XOAUTH2") && m.c.Caps().Has("AUTH=OAUTHBEARER") {
			return m.c.Authenticate(bearer(user, token, i.Settings.IMAP))
		}
		return m.c.Authenticate(&xoauth2{user, token})
	}
	secrets, err := s.o.Inboxes.Open(ctx, i.ID)
	if err != nil {
		return err
	}
	if secrets.IMAPPassword == "" {
		return fmt.Errorf("%w: no password is set", errRefused)
	}
	return m.c.Login(user, secrets.IMAPPassword).Wait()
}

// bearer is OAUTHBEARER (RFC 7628), for servers that have nothing else.
func bearer(user, token string, set inboxes.Server) sasl.Client {
	return refusal{sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: user, Token: token, Host: set.Host, Port: set.Port})}
}

// refusal answers the challenge of a refused OAUTHBEARER with one byte, as RFC
// 7628 3.2.3 asks.
type refusal struct{ sasl.Client }

func (refusal) Next([]byte) ([]byte, error) { return []byte{1}, nil }

// xoauth2 is the SASL mechanism of Google and Microsoft
// (developers.google.com/gmail/imap/xoauth2-protocol).
type xoauth2 struct{ user, token string }

var _ sasl.Client = (*xoauth2)(nil)

func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the challenge that carries the reason of a refusal with one byte:
// an empty answer is read as a broken command, and the refusal looks like one.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{1}, nil }

// expect gives the answer to the next command a while, and longer when it is
// large. A server that sends a byte a second never answers otherwise.
func (m *mailbox) expect(size int64) {
	m.conn.wait(m.quiet, 2*m.quiet+time.Duration(size/slowest)*time.Second)
}

func (m *mailbox) close() { m.once.Do(func() { _ = m.c.Close() }) } // it may be gone

// after lists the mails behind a UID.
func (m *mailbox) after(last imap.UID) ([]entry, error) {
	set := imap.UIDSet{}
	set.AddRange(last+1, 0)
	list, err := m.sizes(set)
	// For n:* a server gives the last mail also when its UID is smaller (RFC 9051
	// 6.4.9).
	return slices.DeleteFunc(list, func(e entry) bool { return e.uid <= last }), err
}

// sizes lists mails in the order of their UIDs.
func (m *mailbox) sizes(set imap.UIDSet) ([]entry, error) {
	m.expect(0)
	rows, err := m.c.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true}).Collect()
	if err != nil {
		return nil, fmt.Errorf("list the mailbox: %w", err)
	}
	out := make([]entry, 0, len(rows))
	for _, r := range rows {
		if r.UID != 0 {
			out = append(out, entry{r.UID, r.RFC822Size, r.InternalDate})
		}
	}
	slices.SortFunc(out, func(a, b entry) int { return int(int64(a.uid) - int64(b.uid)) })
	return out, nil
}

// since finds the mails that the server got on the day of t or later.
func (m *mailbox) since(t time.Time) ([]imap.UID, error) {
	m.expect(0)
	criteria := &imap.SearchCriteria{}
	if !t.IsZero() {
		criteria.Since = t
	}
	data, err := m.c.UIDSearch(criteria, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("search the mailbox: %w", err)
	}
	return data.AllUIDs(), nil
}

// above lists the mails behind a UID without asking more about them.
func (m *mailbox) above(base imap.UID) ([]imap.UID, error) {
	m.expect(0)
	set := imap.UIDSet{}
	set.AddRange(base+1, 0)
	data, err := m.c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{set}}, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("search the mailbox: %w", err)
	}
	return slices.DeleteFunc(data.AllUIDs(), func(uid imap.UID) bool { return uid <= base }), nil
}

// receivedAfter keeps the mails that came after an instant: SINCE knows days only.
func (m *mailbox) receivedAfter(uids []imap.UID, t time.Time) ([]imap.UID, error) {
	if len(uids) == 0 {
		return nil, nil
	}
	list, err := m.sizes(imap.UIDSetNum(uids...))
	var out []imap.UID
	for _, e := range list {
		if !e.received.Before(t.Truncate(time.Second)) {
			out = append(out, e.uid)
		}
	}
	return out, err
}

// batch is the longest beginning of the list that fits the limits: at least one.
func (m *mailbox) batch(list []entry) []entry {
	var bytes int64
	for n, e := range list {
		bytes += min(e.size, maxMessage)
		if n > 0 && (n == batchMessages || bytes > batchBytes) {
			return list[:n]
		}
	}
	return list
}

// fetch gets the mails of a batch whole; of one that is too large, its header.
func (m *mailbox) fetch(batch []entry) ([]imap.UID, []Mail, error) {
	var whole, large []imap.UID
	at := map[imap.UID]entry{}
	for _, e := range batch {
		at[e.uid] = e
		if e.size > maxMessage {
			large = append(large, e.uid)
		} else {
			whole = append(whole, e.uid)
		}
	}
	got := map[imap.UID]Mail{}
	for _, part := range []struct {
		uids []imap.UID
		cut  bool
	}{{whole, false}, {large, true}} {
		if len(part.uids) == 0 {
			continue
		}
		section := &imap.FetchItemBodySection{Peek: true}
		if part.cut {
			section.Specifier = imap.PartSpecifierHeader
		}
		var size int64
		for _, uid := range part.uids {
			size += min(at[uid].size, maxMessage)
		}
		if err := m.bodies(part.uids, size, section, func(uid imap.UID, raw []byte) {
			got[uid] = Mail{Raw: raw, Received: at[uid].received, Cut: part.cut}
		}); err != nil {
			return nil, nil, err
		}
	}
	var uids []imap.UID
	out := make([]Mail, 0, len(batch))
	for _, e := range batch {
		if mail, ok := got[e.uid]; ok {
			uids, out = append(uids, e.uid), append(out, mail)
		}
	}
	return uids, out, nil
}

// bodies reads one section of many mails, bounded whatever the server sends.
func (m *mailbox) bodies(uids []imap.UID, announcedSize int64, section *imap.FetchItemBodySection, each func(imap.UID, []byte)) error {
	m.expect(announcedSize)
	cmd := m.c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	defer cmd.Close()
	var total int64
	for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
		var uid imap.UID
		var raw []byte
		for item := msg.Next(); item != nil; item = msg.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				uid = item.UID
			case imapclient.FetchItemDataBodySection:
				if item.Literal == nil {
					continue
				}
				if size := item.Literal.Size(); size > maxMessage+(1<<20) || total+size > 2*batchBytes+maxMessage {
					return crm.Errorf(crm.Unavailable, "The mail server sends more than it said.")
				}
				var err error
				if raw, err = io.ReadAll(item.Literal); err != nil {
					return fmt.Errorf("read a mail: %w", err)
				}
				total += int64(len(raw))
			}
		}
		if uid != 0 && raw != nil {
			each(uid, raw)
		}
	}
	if err := cmd.Close(); err != nil {
		return fmt.Errorf("read mails: %w", err)
	}
	return nil
}

// processed is set on mails that were taken, where the server allows it.
const processed imap.Flag = "$RapportProcessed"

// mark does with mails that were taken what the inbox's settings say.
func (m *mailbox) mark(batch []entry, after string) error {
	uids := make([]imap.UID, len(batch))
	for n, e := range batch {
		uids[n] = e.uid
	}
	set := imap.UIDSetNum(uids...)
	m.expect(0)
	var flags []imap.Flag
	if m.keyword {
		flags = append(flags, processed)
	}
	if after == "seen" {
		flags = append(flags, imap.FlagSeen)
	}
	if len(flags) > 0 {
		if err := m.c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: flags}, nil).Close(); err != nil {
			return fmt.Errorf("mark mails: %w", err)
		}
	}
	if after == "move" {
		_ = m.c.Create("Processed", nil).Wait() // it may be there
		if _, err := m.c.Move(set, "Processed").Wait(); err != nil {
			return fmt.Errorf("move mails: %w", err)
		}
	}
	return nil
}

// wait returns when the server announces mail, when somebody asks to look, or
// when it is time to look anyway.
func (m *mailbox) wait(ctx context.Context, kick <-chan struct{}, most time.Duration) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	if !m.idle {
		m.conn.wait(most+m.quiet, 0)
		select {
		case <-ctx.Done():
		case <-kick:
		case <-timer.C:
		case <-m.c.Closed():
			return crm.Errorf(crm.Unavailable, "The mail server closed the connection.")
		}
		return nil
	}
	m.expect(0) // the server owes an answer before it may be silent
	cmd, err := m.c.Idle()
	if err != nil {
		return fmt.Errorf("wait for mail: %w", err)
	}
	m.conn.wait(most+m.quiet, 0)
	select {
	case <-ctx.Done():
	case <-m.news:
	case <-kick:
	case <-timer.C:
	case <-m.c.Closed():
		return crm.Errorf(crm.Unavailable, "The mail server closed the connection.")
	}
	m.expect(0)
	if err := cmd.Close(); err != nil {
		return fmt.Errorf("wait for mail: %w", err)
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("wait for mail: %w", err)
	}
	return nil
}
