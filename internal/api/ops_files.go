package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/act"
	"github.com/rapport-crm/rapport/internal/capture"
	"github.com/rapport-crm/rapport/internal/capture/email"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/files"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// The bounds of pictures that are fetched for a mail.
const (
	maxRemote  = 8 << 20
	remoteLife = time.Hour
	fetchers   = 8
)

type upload struct {
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true" doc:"At most 25 MB"`
	}]
}

type attachmentInput struct {
	ByID
	N    int  `path:"n" minimum:"0" maximum:"499" doc:"Its place among the contact's attachments"`
	JSON bool `query:"json" doc:"Answer the address instead of leading there"`
}

type attachmentOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     *FileAddress
}

// FileAddress is where a file is, for an hour.
type FileAddress struct {
	URL string `json:"url"`
}

func (s *server) registerFiles() {
	op(s, http.MethodPost, "/v1/files", "upload-file", "Upload a file, to be attached to a message or a note", access.Write,
		func(ctx context.Context, in *upload) (*body[files.File], error) {
			f := in.RawBody.Data().File
			defer f.Close()
			data, err := io.ReadAll(io.LimitReader(f, files.MaxSize+1))
			if err != nil {
				return nil, &crm.Error{Code: crm.Invalid, Pointer: "/file", Message: "The file did not arrive whole.", Err: err}
			}
			p := access.From(ctx)
			return respond(s.Files.Save(ctx, f.Filename, data, p.Author(), p.UserID))
		}, func(o *huma.Operation) { o.MaxBodyBytes = files.MaxSize + 1<<20 })
	op(s, http.MethodGet, "/v1/interactions/{id}/attachments/{n}", "get-attachment", "An attachment of a contact: leads to its address, which is good for an hour", access.Read,
		func(ctx context.Context, in *attachmentInput) (*attachmentOutput, error) {
			if err := s.read.canInteraction(ctx, in.ID); err != nil {
				return nil, err
			}
			x, err := s.read.interaction(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			if in.N >= len(x.Attachments) {
				return nil, crm.Errorf(crm.NotFound, "The contact has no such attachment.")
			}
			at := s.Files.AttachmentURL(in.ID, in.N, x.Attachments[in.N].Name, false)
			if in.JSON {
				return &attachmentOutput{Status: http.StatusOK, Body: &FileAddress{at}}, nil
			}
			return &attachmentOutput{Status: http.StatusFound, Location: at}, nil
		})
}

// ReadAttachment gives attachment n of a contact out of the bytes that it came
// in as.
func ReadAttachment(db *store.DB) files.Attachment {
	return func(ctx context.Context, contact crm.ID, n int) (string, []byte, error) {
		x, err := db.Read().Interaction(ctx, sqlgen.InteractionParams{Bucket: contact.RowBucket(), ID: contact})
		if err != nil {
			return "", nil, missing(err, "contact")
		}
		id := capture.RawID(x.Source, x.ExternalID)
		raw, err := db.Read().Raw(ctx, sqlgen.RawParams{Bucket: id.RowBucket(), ID: id})
		if err != nil {
			return "", nil, missing(err, "attachment")
		}
		if raw.RawType == "message/rfc822" {
			a, body, cut, err := email.Attachment(raw.Body, n, 2*files.MaxSize)
			if err != nil || cut {
				return "", nil, crm.Errorf(crm.NotFound, "The mail has no such attachment, or it is too large.")
			}
			return a.Name, body, nil
		}
		var e crm.Envelope
		if json.Unmarshal(raw.Body, &e) != nil || n >= len(e.Attachments) {
			return "", nil, crm.Errorf(crm.NotFound, "The bytes of this attachment are not here.")
		}
		if id, ok := strings.CutPrefix(e.Attachments[n].ContentID, act.FileID); ok {
			return uploaded(ctx, db, x.Source, id)
		}
		if e.Attachments[n].Data == nil {
			return "", nil, crm.Errorf(crm.NotFound, "The bytes of this attachment are not here.")
		}
		return e.Attachments[n].Name, e.Attachments[n].Data, nil
	}
}

// uploaded reads a file that the program itself attached: to a note or to an
// answer in a chat. What came in from outside can't name one.
func uploaded(ctx context.Context, db *store.DB, source, text string) (string, []byte, error) {
	id, err := crm.ParseID(text)
	if err != nil || source != noteSource && !strings.HasPrefix(source, "inbox:") {
		return "", nil, crm.Errorf(crm.NotFound, "There is no such attachment.")
	}
	f, err := db.Read().File(ctx, sqlgen.FileParams{Bucket: id.RowBucket(), ID: id})
	return f.Name, f.Body, missing(err, "attachment")
}

// attached describes uploaded files as attachments of a contact.
func (s *server) attached(ctx context.Context, ids []crm.ID) ([]crm.Attachment, error) {
	var out []crm.Attachment
	for _, id := range ids {
		f, _, err := s.Files.Get(ctx, id)
		if err != nil {
			return nil, &crm.Error{Code: crm.Invalid, Pointer: "/attachments", Message: "An attachment is not there any more. Attach it again.", Err: err}
		}
		out = append(out, crm.Attachment{Name: f.Name, ContentType: f.ContentType, Size: f.Size, ContentID: act.FileID + id.String()})
	}
	return out, nil
}

// html is the page of the frame that shows a mail.
func (s *server) html(ctx context.Context, id crm.ID, images bool) (*bytesOutput, error) {
	if err := s.read.canInteraction(ctx, id); err != nil {
		return nil, err
	}
	x, err := s.read.interaction(ctx, id)
	if err != nil {
		return nil, err
	}
	text, err := s.DB.Read().InteractionHTML(ctx, sqlgen.InteractionHTMLParams{Bucket: id.RowBucket(), ID: id})
	if err == nil && text == "" {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, missing(err, "HTML")
	}
	p := pictures{cid: map[string]string{}}
	for n, a := range x.Attachments {
		if a.ContentID != "" && s.Files != nil {
			p.cid[strings.ToLower(a.ContentID)] = s.Files.AttachmentURL(id, n, a.Name, true)
		}
	}
	if images {
		p.remote = s.remoteAddress
	}
	return &bytesOutput{ContentType: "text/html; charset=utf-8", ContentSecurityPolicy: htmlPolicy, Body: mailPage(text, p)}, nil
}

// remoteAddress is where a picture of somewhere else comes from: here.
func (s *server) remoteAddress(target string) string {
	if len(target) > 4000 || s.Inboxes == nil {
		return ""
	}
	end := strconv.FormatInt(s.Clock().Add(remoteLife).Truncate(10*time.Minute).Unix(), 10)
	q := url.Values{"u": {target}, "e": {end}, "m": {imageMAC(s.Inboxes.Keys.Derive("remote image"), target, end)}}
	return "/v1/img?" + q.Encode()
}

func imageMAC(key []byte, target, end string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(end + "\n" + target)) // a hash takes everything
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}

// image fetches a picture of somewhere else and paints it anew. Only addresses
// that were made for a mail are fetched, and the answer carries nothing of the
// other side but the picture.
func (s *server) image(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	target, end := q.Get("u"), q.Get("e")
	ok := false
	for _, key := range s.Inboxes.Keys.DeriveAll("remote image") {
		ok = hmac.Equal([]byte(q.Get("m")), []byte(imageMAC(key, target, end))) || ok
	}
	until, err := strconv.ParseInt(end, 10, 64)
	if !ok || err != nil || s.Clock().Unix() > until {
		http.Error(w, "There is nothing at this address any more.", http.StatusNotFound)
		return
	}
	select {
	case s.fetching <- struct{}{}:
		defer func() { <-s.fetching }()
	case <-r.Context().Done():
		return
	}
	data, _, err := s.Remote.Get(r.Context(), target, maxRemote)
	if err != nil {
		s.Log.InfoContext(r.Context(), "a remote picture was not fetched", "request", requestID(r.Context()), "err", err)
		http.Error(w, "The picture can't be fetched.", http.StatusBadGateway)
		return
	}
	if width, height, ok := files.Size(data); ok && width <= 2 && height <= 2 {
		http.Error(w, "This is there to be counted, not seen.", http.StatusNotFound)
		return
	}
	picture, kind, ok := s.Files.Paint(r.Context(), data)
	if !ok {
		http.Error(w, "This is no picture that can be shown.", http.StatusUnsupportedMediaType)
		return
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(picture)))
	h.Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(picture) //nolint:gosec // drawn here, so it holds no markup; the peer may be gone
}
