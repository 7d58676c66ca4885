package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/desk"
)

// Problem is an RFC 9457 problem document. Code is from the closed list of
// crm; Pointer and Errors say what in the request is wrong.
type Problem struct {
	Newer    []Interaction  `json:"newer,omitempty" doc:"Of a stale answer: what its author did not see"`
	Type     string         `json:"type" doc:"Always about:blank; Code tells problems apart"`
	Title    string         `json:"title" doc:"The HTTP status in words"`
	Status   int            `json:"status"`
	Code     crm.Code       `json:"code" enum:"invalid,not_found,conflict,busy,unauthorized,forbidden,second_factor,step_up,unavailable,internal"`
	Detail   string         `json:"detail" doc:"A sentence for people"`
	Pointer  string         `json:"pointer,omitempty" doc:"RFC 6901 pointer into what was sent"`
	Instance string         `json:"instance,omitempty" doc:"Names this failure in the log"`
	Errors   []ProblemField `json:"errors,omitempty" doc:"Each thing that is wrong, when there are several"`

	Draft *desk.Draft `json:"draft,omitempty" doc:"Of a conflict over a draft: what stands there now"`

	retryAfter int // seconds; 0: no such header
}

// ProblemField is one thing that is wrong, and where.
type ProblemField struct {
	Message  string `json:"message"`
	Location string `json:"location" doc:"Where: body, query or path, then the name"`
}

// Error implements error.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

// statuses is the one place that maps codes to HTTP.
var statuses = map[crm.Code]int{
	crm.Invalid:      http.StatusUnprocessableEntity,
	crm.NotFound:     http.StatusNotFound,
	crm.Conflict:     http.StatusConflict,
	crm.Busy:         http.StatusTooManyRequests,
	crm.Unauthorized: http.StatusUnauthorized,
	crm.Forbidden:    http.StatusForbidden,
	crm.SecondFactor: http.StatusUnauthorized,
	crm.StepUp:       http.StatusForbidden,
	crm.Unavailable:  http.StatusServiceUnavailable,
	crm.Internal:     http.StatusInternalServerError,
}

// retryAfter is the pause that a refused sender is asked for, in seconds.
var retryAfter = map[crm.Code]int{crm.Busy: 1, crm.Unavailable: 5}

// problemOf tells an error as far as outsiders may read it. What carries no
// code is our fault, and its text stays in the log.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	code := crm.CodeOf(err)
	if errors.Is(err, context.DeadlineExceeded) {
		code = crm.Unavailable
	}
	p = newProblem(statuses[code], code, "")
	var e *crm.Error
	if errors.As(err, &e) && code != crm.Internal {
		p.Detail, p.Pointer = e.Message, e.Pointer
	}
	return p
}

func newProblem(status int, code crm.Code, detail string) *Problem {
	if detail == "" {
		detail = defaultDetail[code]
	}
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail, retryAfter: retryAfter[code]}
}

var defaultDetail = map[crm.Code]string{
	crm.Internal:    "Something went wrong here. The log has the cause.",
	crm.Unavailable: "The data can't be reached now. Nothing was changed; try again.",
	crm.Busy:        "Too much at once. Nothing was changed; try again in a moment.",
}

// logged completes the problem of an error that is ours with the id of the
// request, under which the log has the cause.
func logged(ctx context.Context, log *slog.Logger, err error) *Problem {
	p := problemOf(err)
	if p.Code == crm.Internal || p.Code == crm.Unavailable {
		id := requestID(ctx)
		p.Instance = "urn:request:" + id
		if !errors.Is(err, context.Canceled) {
			log.ErrorContext(ctx, "request failed", "request", id, "code", p.Code, "err", err)
		}
	}
	return p
}

// init makes huma speak problems too: for what it refuses itself (a body that
// is no JSON, a parameter out of range, a body that is too large).
func init() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		code := crm.Internal
		for c, s := range statuses {
			if s == status && c != crm.SecondFactor && c != crm.StepUp {
				code = c
			}
		}
		if code == crm.Internal && status >= 400 && status < 500 {
			code = crm.Invalid
		}
		p := newProblem(status, code, "")
		if code == crm.Internal {
			return p // msg may hold a cause
		}
		if msg != "" {
			p.Detail = sentence(msg)
		}
		for _, err := range errs {
			var d huma.ErrorDetailer
			if err == nil {
				continue
			}
			if errors.As(err, &d) {
				f := d.ErrorDetail()
				p.Errors = append(p.Errors, ProblemField{Message: f.Message, Location: f.Location})
				if p.Pointer == "" && strings.HasPrefix(f.Location, "body.") {
					p.Pointer = "/" + strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(strings.TrimPrefix(f.Location, "body."))
				}
				continue
			}
			p.Errors = append(p.Errors, ProblemField{Message: err.Error()})
		}
		return p
	}
}

// sentence makes huma's short phrases read like ours.
func sentence(msg string) string {
	return strings.ToUpper(msg[:1]) + strings.TrimSuffix(msg[1:], ".") + "."
}
