package webchat

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/inboxes"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The bounds of what visitors send. Those of one address are far wider than those
// of one browser, since a firm or a household shares it, and are kept in memory.
const (
	MaxFile    = 10 << 20 // bytes of a file
	maxFiles   = 10       // of a message
	dayFiles   = 100      // of a browser in 24 hours
	dayBytes   = 100 << 20
	netBytes   = 400 << 20 // of an address in 24 hours
	maxUploads = 8         // at a time, whose bytes are in memory
	unsentFor  = 24 * time.Hour
)

// programs are endings that a system runs on a double click. What comes in is
// never run here; this is for the colleague who saves it.
var programs = strings.Fields(".apk .app .bat .cmd .com .cpl .dll .dmg .exe .hta .iso .jar .js .jse .lnk .msi .msp .pif .ps1 .reg .scr .sh .vbe .vbs .wsf")

// shown is a file as a widget shows it.
type shown struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	URL  string `json:"url"`               // good for an hour
	Show string `json:"picture,omitempty"` // where the picture is that it is
}

// refuse is a problem whose reason the widget says in the visitor's language.
func refuse(code crm.Code, reason, format string, args ...any) error {
	return &crm.Error{Code: code, Pointer: "/file/" + reason, Message: fmt.Sprintf(format, args...)}
}

func reasonOf(err *crm.Error) string {
	if reason, ok := strings.CutPrefix(err.Pointer, "/file/"); ok {
		return reason
	}
	return ""
}

// upload keeps a file that a visitor will send. The body is its bytes, and the
// address says its name.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, inbox *inboxes.Inbox) error {
	ctx := r.Context()
	v, _, err := s.visitorOf(ctx, inbox, token(r))
	if err != nil {
		return err
	}
	name := files.CleanName(r.URL.Query().Get("name"))
	if slices.Contains(programs, strings.ToLower(path.Ext(name))) {
		return refuse(crm.Invalid, "kind", "Programs can't be sent here.")
	}
	if r.ContentLength > MaxFile {
		return refuse(crm.Invalid, "large", "The file is larger than 10 MB.")
	}
	if err := s.mayUpload(ctx, v, max(r.ContentLength, 1)); err != nil {
		return err
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	case <-ctx.Done():
		return ctx.Err()
	}
	body, err := io.ReadAll(r.Body)
	switch tooLarge := (*http.MaxBytesError)(nil); {
	case errors.As(err, &tooLarge) || len(body) > MaxFile:
		return refuse(crm.Invalid, "large", "The file is larger than 10 MB.")
	case err != nil:
		return refuse(crm.Invalid, "cut", "The file did not arrive whole.")
	case len(body) == 0:
		return refuse(crm.Invalid, "empty", "The file is empty.")
	case strings.HasPrefix(string(body[:min(len(body), 4)]), "MZ"), strings.HasPrefix(string(body[:min(len(body), 4)]), "\x7fELF"):
		return refuse(crm.Invalid, "kind", "Programs can't be sent here.")
	}
	if !s.spend(network(ctx), len(body)) {
		return refuse(crm.Busy, "many", "Too many files came from here today.")
	}
	f, err := s.Files.Save(ctx, name, body, v.row.AnonymousID, crm.ID{})
	if err != nil {
		return err
	}
	if err := s.DB.InTx(ctx, func(tx *store.Tx) error {
		return tx.AddVisitorFile(ctx, sqlgen.AddVisitorFileParams{KeyBucket: v.row.KeyBucket, Hash: v.row.Hash, FileID: f.ID, Size: f.Size, CreatedAt: crm.Micros(s.Clock())})
	}); err != nil {
		return err
	}
	return answer(w, map[string]any{"id": f.ID, "name": f.Name, "size": f.Size, "content_type": f.ContentType})
}

// mayUpload keeps one browser within its day.
func (s *Server) mayUpload(ctx context.Context, v *visitor, more int64) error {
	sum, err := s.DB.Read().VisitorFilesSince(ctx, sqlgen.VisitorFilesSinceParams{KeyBucket: v.row.KeyBucket, Hash: v.row.Hash, Since: crm.Micros(s.Clock().Add(-24 * time.Hour))})
	if err != nil {
		return err
	}
	if sum.Files >= dayFiles || sum.Bytes+more > dayBytes {
		return refuse(crm.Busy, "many", "These are too many files for one day.")
	}
	return nil
}

// spend counts bytes of one address.
func (s *Server) spend(address string, n int) bool {
	return s.limiter("files:"+address, rate.Limit(float64(netBytes)/(24*60*60)), netBytes).AllowN(s.Clock(), n)
}

// attached are the files of a message: the visitor's own, and nobody else's.
func (s *Server) attached(ctx context.Context, v *visitor, ids []crm.ID) ([]crm.Attachment, error) {
	if len(ids) > maxFiles {
		return nil, refuse(crm.Invalid, "count", "A message has at most %d files.", maxFiles)
	}
	var out []crm.Attachment
	for _, id := range ids {
		_, err := s.DB.Read().VisitorFile(ctx, sqlgen.VisitorFileParams{KeyBucket: v.row.KeyBucket, Hash: v.row.Hash, FileID: id})
		var f files.File
		if err == nil {
			f, err = s.Files.Head(ctx, id)
		}
		if errors.Is(err, sql.ErrNoRows) || crm.CodeOf(err) == crm.NotFound {
			return nil, refuse(crm.Invalid, "gone", "A file is not there any more. Attach it again.")
		}
		if err != nil {
			return nil, err
		}
		out = append(out, crm.Attachment{Name: f.Name, ContentType: f.ContentType, Size: f.Size, ContentID: act.FileID + id.String()})
	}
	return out, nil
}

// took notes that a message carries the files.
func (s *Server) took(ctx context.Context, v *visitor, ids []crm.ID) error {
	if len(ids) == 0 {
		return nil
	}
	return s.DB.InTx(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			if err := tx.SendVisitorFile(ctx, sqlgen.SendVisitorFileParams{KeyBucket: v.row.KeyBucket, Hash: v.row.Hash, FileID: id}); err != nil {
				return err
			}
		}
		return nil
	})
}

// shown are the files of a contact with their addresses.
func (s *Server) shown(contact crm.ID, list []crm.Attachment) []shown {
	var out []shown
	for n, a := range list {
		f := shown{Name: files.CleanName(a.Name), Size: a.Size, URL: s.Files.AttachmentURL(contact, n, a.Name, false)}
		switch strings.ToLower(a.ContentType) {
		case "image/png", "image/jpeg", "image/gif":
			f.Show = s.Files.AttachmentURL(contact, n, a.Name, true)
		}
		out = append(out, f)
	}
	return out
}

// tidy forgets tokens that expired and files that no message took along.
func (s *Server) tidy(ctx context.Context) error {
	now := s.Clock()
	if err := s.DB.InTx(ctx, func(tx *store.Tx) error { return tx.ForgetTokens(ctx, crm.Micros(now)) }); err != nil {
		return err
	}
	rows, err := s.DB.Read().WaitingVisitorFiles(ctx, sqlgen.WaitingVisitorFilesParams{Before: crm.Micros(now.Add(-unsentFor)), MaxRows: 500})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := s.DB.InTx(ctx, func(tx *store.Tx) error {
			n, err := tx.ForgetVisitorFile(ctx, sqlgen.ForgetVisitorFileParams(r))
			if err != nil || n == 0 {
				return err // a message took it just now
			}
			return s.Files.Drop(ctx, tx, r.FileID)
		}); err != nil {
			return err
		}
	}
	return nil
}
