package crm

import (
	"errors"
	"fmt"
)

// Code is the machine-readable reason of an Error: a closed list, mapped to an
// HTTP status in one place (internal/api).
type Code string

// The codes.
const (
	Invalid      Code = "invalid"       // the input breaks a rule; Pointer says where
	NotFound     Code = "not_found"     // no such thing, or not for the caller
	Conflict     Code = "conflict"      // it changed since the caller looked
	Busy         Code = "busy"          // a bounded queue is full: try again later
	Unauthorized Code = "unauthorized"  // no sign-in or key, or one that is no longer valid
	Forbidden    Code = "forbidden"     // signed in, but not allowed
	SecondFactor Code = "second_factor" // the password is right; a code of the second factor is missing or wrong
	StepUp       Code = "step_up"       // signed in and allowed, but who it is must be proved again first
	Unavailable  Code = "unavailable"   // the store can't be written now
	Internal     Code = "internal"      // our fault; the log has the cause
)

// Error has two readers: Code, Pointer and Message are safe to show outside;
// Err is the cause for the log and never leaves the program.
type Error struct {
	Code    Code
	Pointer string // RFC 6901 JSON pointer to what is wrong, where there is one
	Message string // a sentence for people, without secrets
	Err     error
}

// Error implements error, with the cause.
func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Message
	if e.Pointer != "" {
		s += " (at " + e.Pointer + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error without a cause.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf is the code of err, or Internal for an error that carries none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}
