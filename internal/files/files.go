package files

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// MaxSize is the largest file that is taken, in bytes.
const MaxSize = 25 << 20

// File is what is known about a file.
type File struct {
	ID          crm.ID `json:"id"`
	Name        string `json:"name"`
	ContentType string `json:"content_type" doc:"What the bytes are"`
	Size        int64  `json:"size"`
	URL         string `json:"url" doc:"Good for an hour"`
}

// Attachment reads attachment n of a contact.
type Attachment func(ctx context.Context, contact crm.ID, n int) (name string, body []byte, err error)

// Service keeps and serves files.
type Service struct {
	db    *store.DB
	clock crm.Clock
	keys  func(purpose string) [][]byte // the newest first
	read  Attachment
	paint chan struct{} // one picture is painted at a time
}

// New makes a service. keys gives the keys of a purpose, the newest first, and
// read attachments of contacts.
func New(db *store.DB, clock crm.Clock, keys func(purpose string) [][]byte, read Attachment) *Service {
	return &Service{db: db, clock: clock, keys: keys, read: read, paint: make(chan struct{}, 1)}
}

// Save keeps an uploaded file.
func (s *Service) Save(ctx context.Context, name string, body []byte, author string, owner crm.ID) (File, error) {
	if len(body) > MaxSize {
		return File{}, &crm.Error{Code: crm.Invalid, Pointer: "/file", Message: "The file is larger than 25 MB."}
	}
	now := s.clock()
	var b [1]byte
	if _, err := rand.Read(b[:]); err != nil {
		return File{}, err
	}
	id := crm.NewID(now).InBucket(int64(b[0]))
	sum := sha256.Sum256(body)
	f := File{ID: id, Name: store.Clean(CleanName(name), maxName), ContentType: Sniff(body), Size: int64(len(body)), URL: s.URL(id, name)}
	if body == nil {
		body = []byte{}
	}
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		return tx.AddFile(ctx, sqlgen.AddFileParams{Bucket: id.RowBucket(), ID: id, Name: f.Name, ContentType: f.ContentType, Size: f.Size, Hash: sum[:], Body: body,
			Author: author, OwnerID: owner, CreatedAt: crm.Micros(now)})
	})
	return f, err
}

// Get reads a file with its bytes.
func (s *Service) Get(ctx context.Context, id crm.ID) (File, []byte, error) {
	row, err := s.db.Read().File(ctx, sqlgen.FileParams{Bucket: id.RowBucket(), ID: id})
	if errors.Is(err, sql.ErrNoRows) {
		return File{}, nil, crm.Errorf(crm.NotFound, "There is no such file.")
	}
	return File{ID: row.ID, Name: row.Name, ContentType: row.ContentType, Size: row.Size}, row.Body, err
}

// Head describes a file without its bytes.
func (s *Service) Head(ctx context.Context, id crm.ID) (File, error) {
	row, err := s.db.Read().FileHead(ctx, sqlgen.FileHeadParams{Bucket: id.RowBucket(), ID: id})
	if errors.Is(err, sql.ErrNoRows) {
		return File{}, crm.Errorf(crm.NotFound, "There is no such file.")
	}
	return File{ID: id, Name: row.Name, ContentType: row.ContentType, Size: row.Size}, err
}

// Drop forgets a file that nothing names.
func (s *Service) Drop(ctx context.Context, tx *store.Tx, id crm.ID) error {
	return tx.DropFile(ctx, sqlgen.DropFileParams{Bucket: id.RowBucket(), ID: id})
}

// Sniff is what the bytes are, as far as their beginning tells.
func Sniff(body []byte) string {
	kind, _, _ := strings.Cut(http.DetectContentType(body), ";")
	switch {
	case strings.HasPrefix(kind, "image/"), kind == "application/pdf", kind == "application/zip", strings.HasPrefix(kind, "audio/"), strings.HasPrefix(kind, "video/"),
		kind == "application/x-gzip", kind == "text/plain":
		return kind
	}
	return "application/octet-stream" // what a browser would run is called nothing
}
