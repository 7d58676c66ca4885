package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/crm"
)

// PersonalChange changes personal settings; what is missing stays.
type PersonalChange struct {
	Language      *string            `json:"language,omitempty" maxLength:"20"`
	Theme         *string            `json:"theme,omitempty" enum:"system,light,dark"`
	Density       *string            `json:"density,omitempty" enum:"compact,normal,comfortable"`
	Keymap        *map[string]string `json:"keymap,omitempty" doc:"All keys that differ; {} takes them back"`
	Notifications *struct {
		Browser *bool                   `json:"browser,omitempty"`
		Sound   *bool                   `json:"sound,omitempty"`
		Mail    *string                 `json:"mail,omitempty" enum:"away,hourly,daily,off"`
		Kinds   *map[string]access.Ways `json:"kinds,omitempty" doc:"All kinds that differ; {} takes them back"`
		Quiet   *access.QuietHours      `json:"quiet,omitempty"`
	} `json:"notifications,omitempty"`
	LetterKeys    *bool                `json:"letter_keys,omitempty"`
	AfterSend     *string              `json:"after_send,omitempty" enum:"stay,next,list"`
	AfterClose    *string              `json:"after_close,omitempty" enum:"next,previous,list"`
	UndoSeconds   *int                 `json:"undo_s,omitempty" minimum:"0" maximum:"30"`
	SignatureHTML *string              `json:"signature_html,omitempty" maxLength:"20000"`
	TimeZone      *string              `json:"time_zone,omitempty" maxLength:"60"`
	BrowserZone   *string              `json:"browser_zone,omitempty" maxLength:"60"`
	WorkingHours  *[]access.WorkingDay `json:"working_hours,omitempty" maxItems:"21"`
	Splits        *[]crm.ID            `json:"splits,omitempty" maxItems:"8" doc:"All of them, in their order"`
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (c *PersonalChange) apply(p *access.Personal) {
	set(&p.Language, c.Language)
	set(&p.Theme, c.Theme)
	set(&p.Density, c.Density)
	set(&p.Keymap, c.Keymap)
	if n := c.Notifications; n != nil {
		set(&p.Notifications.Browser, n.Browser)
		set(&p.Notifications.Sound, n.Sound)
		set(&p.Notifications.Mail, n.Mail)
		set(&p.Notifications.Kinds, n.Kinds)
		set(&p.Notifications.Quiet, n.Quiet)
	}
	set(&p.LetterKeys, c.LetterKeys)
	set(&p.AfterSend, c.AfterSend)
	set(&p.AfterClose, c.AfterClose)
	set(&p.UndoSeconds, c.UndoSeconds)
	if c.SignatureHTML != nil {
		// It is shown to colleagues and sent to customers: what may stand in an
		// answer may stand in it, and nothing else is kept.
		p.SignatureHTML = strings.TrimSpace(ownHTML.Sanitize(*c.SignatureHTML))
	}
	set(&p.TimeZone, c.TimeZone)
	set(&p.BrowserZone, c.BrowserZone)
	set(&p.WorkingHours, c.WorkingHours)
	set(&p.Splits, c.Splits)
}

// OwnSession is one of the caller's sign-ins.
type OwnSession struct {
	ID        crm.ID    `json:"id"`
	Agent     string    `json:"agent" doc:"The browser, as it names itself"`
	CreatedAt time.Time `json:"created_at"`
	LastUsed  time.Time `json:"last_used"`
	ExpiresAt time.Time `json:"expires_at"`
	Current   bool      `json:"current" doc:"The one that asks"`
}

// person is the caller, who must be one: a key has no settings and no sign-ins.
func person(ctx context.Context) (*access.Principal, error) {
	p := access.From(ctx)
	if p == nil || p.UserID.IsZero() {
		return nil, crm.Errorf(crm.Forbidden, "Only people have this; a key has not.")
	}
	return p, nil
}

func (s *server) registerMe() {
	op(s, http.MethodGet, "/v1/me/settings", "get-my-settings", "Read what the signed-in person chose", access.Self,
		func(ctx context.Context, _ *none) (*body[access.Personal], error) {
			p, err := person(ctx)
			if err != nil {
				return nil, err
			}
			return respond(s.Access.Personal(ctx, p.UserID))
		})
	op(s, http.MethodPatch, "/v1/me/settings", "change-my-settings", "Change what the signed-in person chose; what is missing stays", access.Self,
		func(ctx context.Context, in *body[PersonalChange]) (*body[access.Personal], error) {
			p, err := person(ctx)
			if err != nil {
				return nil, err
			}
			return respond(s.Access.SetPersonal(ctx, p.UserID, in.Body.apply))
		})
	s.registerAccount()
	op(s, http.MethodPost, "/v1/me/password", "change-my-password", "Change one's password; all other sign-ins end", access.Self,
		func(ctx context.Context, in *struct {
			Body struct {
				Old      string `json:"old" maxLength:"4096" doc:"The password of now"`
				Password string `json:"password" maxLength:"4096"`
			}
		}) (*none, error) {
			return nil, s.Access.ChangePassword(ctx, in.Body.Old, in.Body.Password)
		}, noContent)
	op(s, http.MethodGet, "/v1/me/sessions", "list-my-sessions", "List one's own sign-ins, the newest use first", access.Self,
		func(ctx context.Context, _ *none) (*body[Page[OwnSession]], error) {
			list, err := s.Access.OwnSessions(ctx)
			return respond(Page[OwnSession]{Items: convert(list, func(o access.OwnSession) OwnSession { return OwnSession(o) })}, err)
		})
	op(s, http.MethodDelete, "/v1/me/sessions", "end-my-sessions", "Sign out everywhere, here too; or everywhere but here", access.Self,
		func(ctx context.Context, in *struct {
			Others bool `query:"others" doc:"This sign-in stays"`
		}) (*struct {
			SetCookie http.Cookie `header:"Set-Cookie"`
		}, error) {
			p, err := person(ctx)
			if err != nil {
				return nil, err
			}
			if in.Others {
				return nil, s.Access.EndOtherSessions(ctx)
			}
			if err := s.Access.SignOutEverywhere(ctx, p.UserID); err != nil {
				return nil, err
			}
			return &struct {
				SetCookie http.Cookie `header:"Set-Cookie"`
			}{*s.Access.NoCookie()}, nil
		}, noContent)
	op(s, http.MethodDelete, "/v1/me/sessions/{id}", "end-my-session", "End one of one's own sign-ins", access.Self,
		func(ctx context.Context, in *ByID) (*none, error) { return nil, s.Access.EndOwnSession(ctx, in.ID) }, noContent)
}
