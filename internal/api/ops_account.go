package api

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/files"
)

// OwnFactor is the state of the caller's second factor.
type OwnFactor struct {
	On       bool      `json:"on"`
	Since    time.Time `json:"since,omitzero"`
	Codes    int       `json:"recovery_codes" doc:"How many are left"`
	Required bool      `json:"required" doc:"The caller's role needs it"`
}

// NewFactor is a second factor that waits for its first code.
type NewFactor struct {
	Secret  string `json:"secret" doc:"Base32, to type into an authenticator app. It is shown once"`
	Address string `json:"address" doc:"The same as otpauth://, for a QR code"`
}

// RecoveryCodes are shown once.
type RecoveryCodes struct {
	Codes []string `json:"codes" doc:"Each signs in once in place of a code. They are shown once and kept as hashes"`
}

// FactorRules say who needs a second factor.
type FactorRules struct {
	Roles []string `json:"roles" maxItems:"5" doc:"owner, admin, lead, agent, viewer"`
}

// Picture is a picture of a person.
type Picture struct {
	ContentType           string `header:"Content-Type"`
	CacheControl          string `header:"Cache-Control"`
	ContentSecurityPolicy string `header:"Content-Security-Policy"`
	ResourcePolicy        string `header:"Cross-Origin-Resource-Policy"`
	Body                  []byte
}

// cookied is an answer that gives the session a new value.
type cookied[T any] struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      T
}

// maxPicture bounds a picture of a person as it is sent. Consoles send 256 pixels
// a side.
const maxPicture = 1 << 20

// maxSide bounds it in pixels.
const maxSide = 1024

// pictureAddress names a picture and its state, so that it may be kept for long.
func pictureAddress(user crm.ID, changed int64) string {
	if changed == 0 {
		return ""
	}
	return fmt.Sprintf("/v1/users/%s/picture?v=%d", user, changed)
}

func (s *server) registerAccount() {
	op(s, http.MethodPost, "/v1/me/prove", "prove-again", "Prove again who one is, which dangerous actions ask for with the code step_up", access.Self,
		func(ctx context.Context, in *struct {
			Body struct {
				Password string `json:"password,omitempty" maxLength:"4096" doc:"Of those who have no second factor"`
				Code     string `json:"code,omitempty" maxLength:"100" doc:"Of the authenticator app, or a recovery code"`
			}
		}) (*struct {
			SetCookie http.Cookie `header:"Set-Cookie"`
		}, error) {
			session, err := s.Access.Prove(ctx, in.Body.Password, in.Body.Code)
			if err != nil {
				return nil, err
			}
			return &struct {
				SetCookie http.Cookie `header:"Set-Cookie"`
			}{*s.Access.Cookie(session)}, nil
		}, noContent)
	s.registerFactor()
	op(s, http.MethodPut, "/v1/me/name", "change-my-name", "Change one's name, as colleagues and customers see it", access.Self,
		func(ctx context.Context, in *struct {
			Body struct {
				Name string `json:"name" maxLength:"200"`
			}
		}) (*none, error) {
			return nil, s.Access.SetOwnName(ctx, in.Body.Name)
		}, noContent)
	op(s, http.MethodPut, "/v1/me/picture", "change-my-picture", "Change one's picture: PNG, JPEG or GIF, at most 1 MB; it is drawn anew", access.Self,
		func(ctx context.Context, in *struct {
			RawBody []byte `contentType:"application/octet-stream"`
		}) (*none, error) {
			if len(in.RawBody) > maxPicture {
				return nil, crm.Errorf(crm.Invalid, "A picture has at most 1 MB.")
			}
			w, h, ok := files.Size(in.RawBody)
			if !ok {
				return nil, crm.Errorf(crm.Invalid, "This is not a picture that can be shown: take a PNG, JPEG or GIF.")
			}
			if w > maxSide || h > maxSide {
				return nil, crm.Errorf(crm.Invalid, "A picture has at most 1,024 pixels a side.")
			}
			var body []byte
			var kind string
			if s.Files != nil {
				body, kind, ok = s.Files.Paint(ctx, in.RawBody)
			} else {
				body, kind, ok = files.Repaint(in.RawBody)
			}
			if !ok {
				return nil, crm.Errorf(crm.Invalid, "This picture is damaged. Take another one.")
			}
			return nil, s.Access.SetOwnPicture(ctx, kind, body)
		}, noContent)
	op(s, http.MethodDelete, "/v1/me/picture", "remove-my-picture", "Remove one's picture", access.Self,
		func(ctx context.Context, _ *none) (*none, error) { return nil, s.Access.SetOwnPicture(ctx, "", nil) }, noContent)
	op(s, http.MethodGet, "/v1/users/{id}/picture", "get-picture", "Show a colleague's picture", access.Read,
		func(ctx context.Context, in *struct {
			ByID
			V string `query:"v" maxLength:"40" doc:"When it changed: it may be kept for long"`
		}) (*Picture, error) {
			kind, b, err := s.Access.PictureOf(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			out := &Picture{ContentType: kind, Body: b, CacheControl: "private, no-cache",
				ContentSecurityPolicy: "sandbox; default-src 'none'; frame-ancestors 'none'", ResourcePolicy: "same-origin"}
			if in.V != "" {
				out.CacheControl = "private, max-age=604800"
			}
			return out, nil
		})
}

// ownSignature is the caller's signature, or "". One that was kept before
// signatures were cleaned is cleaned now.
func (s *server) ownSignature(ctx context.Context) (string, error) {
	p := access.From(ctx)
	if p.UserID.IsZero() {
		return "", nil
	}
	mine, err := s.Access.Personal(ctx, p.UserID)
	return strings.TrimSpace(ownHTML.Sanitize(mine.SignatureHTML)), err
}

func (s *server) registerFactor() {
	op(s, http.MethodGet, "/v1/me/second-factor", "get-my-second-factor", "Read whether one's two-step sign-in is on", access.Self,
		func(ctx context.Context, _ *none) (*body[OwnFactor], error) {
			f, err := s.Access.OwnFactor(ctx)
			return respond(OwnFactor(f), err)
		})
	op(s, http.MethodPost, "/v1/me/second-factor", "start-my-second-factor", "Make a secret for an authenticator app; it counts once a code of it was confirmed", access.Self,
		func(ctx context.Context, _ *none) (*body[NewFactor], error) {
			f, err := s.Access.StartFactor(ctx)
			return respond(NewFactor(f), err)
		})
	op(s, http.MethodPost, "/v1/me/second-factor/confirm", "confirm-my-second-factor", "Turn two-step sign-in on with the first code; all other sign-ins end", access.Self,
		func(ctx context.Context, in *struct {
			Body struct {
				Code string `json:"code" maxLength:"100"`
			}
		}) (*cookied[RecoveryCodes], error) {
			codes, session, err := s.Access.ConfirmFactor(ctx, in.Body.Code)
			if err != nil {
				return nil, err
			}
			return &cookied[RecoveryCodes]{SetCookie: *s.Access.Cookie(session), Body: RecoveryCodes{codes}}, nil
		})
	op(s, http.MethodPost, "/v1/me/second-factor/recovery", "replace-my-recovery-codes", "Make new recovery codes; the old ones end", access.Self,
		func(ctx context.Context, _ *none) (*body[RecoveryCodes], error) {
			codes, err := s.Access.NewRecoveryCodes(ctx)
			return respond(RecoveryCodes{notNil(codes)}, err)
		})
	op(s, http.MethodDelete, "/v1/me/second-factor", "end-my-second-factor", "Turn one's two-step sign-in off", access.Self,
		func(ctx context.Context, _ *none) (*none, error) { return nil, s.Access.DropFactor(ctx) }, noContent)
	op(s, http.MethodDelete, "/v1/users/{id}/second-factor", "reset-second-factor", "Turn a colleague's two-step sign-in off; their sign-ins end and a mail tells them", access.People,
		func(ctx context.Context, in *ByID) (*none, error) { return nil, s.Access.ResetFactor(ctx, in.ID) }, noContent)
	op(s, http.MethodGet, "/v1/second-factor", "get-second-factor-rules", "Read which roles need two-step sign-in", access.People,
		func(ctx context.Context, _ *none) (*body[FactorRules], error) {
			roles, err := s.Access.FactorRoles(ctx)
			return respond(FactorRules{notNil(roles)}, err)
		})
	op(s, http.MethodPut, "/v1/second-factor", "change-second-factor-rules", "Say which roles need two-step sign-in; only an owner does", access.People,
		func(ctx context.Context, in *body[FactorRules]) (*body[FactorRules], error) {
			roles, err := s.Access.SetFactorRoles(ctx, in.Body.Roles)
			return respond(FactorRules{notNil(roles)}, err)
		})
}
