package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/store"
	"github.com/rapport-crm/rapport/internal/store/sqlgen"
)

// recoveryCodes is how many a person gets.
const recoveryCodes = 10

// Sealer keeps secrets so that the database alone does not tell them. A place
// is where the bytes are kept; moved to another one they don't open.
type Sealer interface {
	Seal(place string, data []byte) []byte
	Open(place string, sealed []byte) ([]byte, error)
}

// SealWith sets what seals the secrets of second factors. Call it before the
// first request. Default: nothing, and nobody can set one up or sign in with one.
func (s *Service) SealWith(with Sealer) { s.sealer = with }

func factorPlace(user crm.ID) string { return "second factor " + user.String() }

// Factor is the state of a person's second factor.
type Factor struct {
	On       bool
	Since    time.Time // zero when off
	Codes    int       // recovery codes that are left
	Required bool      // for the person's role
}

// NewFactor is a second factor that waits for its first code.
type NewFactor struct {
	Secret  string // base32, to type
	Address string // otpauth://, to scan
}

var (
	errCodeNeeded = crm.Errorf(crm.SecondFactor, "Type the code that your authenticator app shows now, or one of your recovery codes.")
	errCodeWrong  = &crm.Error{Code: crm.SecondFactor, Pointer: "/code", Message: "This code is wrong or was used already. Wait for the next one."}
	errNoFactor   = crm.Errorf(crm.Conflict, "Two-step sign-in is not on.")
	errNoSealer   = crm.Errorf(crm.Unavailable, "Two-step sign-in can't be used here: there is no key for secrets.")
)

// OwnFactor tells about the caller's second factor.
func (s *Service) OwnFactor(ctx context.Context) (Factor, error) {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return Factor{}, errNoPerson
	}
	roles, err := s.FactorRoles(ctx)
	if err != nil {
		return Factor{}, err
	}
	f := Factor{Required: slices.Contains(roles, p.Role)}
	row, err := s.db.Read().SecondFactor(ctx, p.UserID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.ConfirmedAt == 0 {
		return f, nil
	}
	if err != nil {
		return f, fmt.Errorf("read the second factor: %w", err)
	}
	codes, err := s.db.Read().RecoveryCodes(ctx, p.UserID)
	f.On, f.Since, f.Codes = true, crm.FromMicros(row.ConfirmedAt), len(codes)
	return f, err
}

// StartFactor makes a secret for the caller, who was asked again who they are.
// It counts for nothing before ConfirmFactor; an earlier one that was never
// confirmed is replaced.
func (s *Service) StartFactor(ctx context.Context) (NewFactor, error) {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return NewFactor{}, errNoPerson
	}
	if s.sealer == nil {
		return NewFactor{}, errNoSealer
	}
	if err := s.CheckFresh(ctx); err != nil {
		return NewFactor{}, err
	}
	secret := make([]byte, secretSize)
	random(secret)
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.StartSecondFactor(ctx, sqlgen.StartSecondFactorParams{UserID: p.UserID, Data: s.sealer.Seal(factorPlace(p.UserID), secret)})
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return NewFactor{}, crm.Errorf(crm.Conflict, "Two-step sign-in is on already. Turn it off first to use another app.")
	}
	if err != nil {
		return NewFactor{}, fmt.Errorf("start a second factor: %w", err)
	}
	firm, err := s.Firm(ctx)
	if err != nil {
		return NewFactor{}, err
	}
	issuer := "Rapport"
	if firm.Name != "" {
		issuer = firm.Name + " (Rapport)"
	}
	return NewFactor{Secret: secretText(secret), Address: otpAddress(issuer, p.Email, secret)}, nil
}

// ConfirmFactor turns the caller's second factor on with its first code. It
// gives the recovery codes, which are kept as hashes only, and a session of a
// new value; all other sessions of the person end.
func (s *Service) ConfirmFactor(ctx context.Context, code string) ([]string, Session, error) {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() || p.session == nil {
		return nil, Session{}, errNoPerson
	}
	if s.sealer == nil {
		return nil, Session{}, errNoSealer
	}
	if ok, wait := s.codes.allow(p.UserID.String()); !ok {
		return nil, Session{}, tooMany(wait)
	}
	row, err := s.db.Read().SecondFactor(ctx, p.UserID)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.ConfirmedAt != 0 {
		return nil, Session{}, crm.Errorf(crm.Conflict, "There is nothing to confirm. Begin again.")
	}
	if err != nil {
		return nil, Session{}, fmt.Errorf("read the second factor: %w", err)
	}
	secret, err := s.sealer.Open(factorPlace(p.UserID), row.Data)
	if err != nil {
		return nil, Session{}, err
	}
	step, ok := matchStep(secret, squeeze(code), s.clock(), 0)
	if !ok {
		return nil, Session{}, invalid("/code", "This is not the code that belongs to this secret. If it goes on, check the clock of your phone.")
	}
	var codes []string
	var session Session
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ConfirmSecondFactor(ctx, sqlgen.ConfirmSecondFactorParams{UserID: p.UserID, ConfirmedAt: crm.Micros(s.clock()), LastStep: step})
		if err != nil {
			return err
		}
		if codes, err = newCodes(ctx, tx, p.UserID); err != nil {
			return err
		}
		if err := tx.DeleteOtherSessions(ctx, sqlgen.DeleteOtherSessionsParams{UserID: p.UserID, ID: p.session}); err != nil {
			return err
		}
		if session, err = s.renew(ctx, tx, p); err != nil {
			return err
		}
		return s.record(ctx, tx, "second factor set up", p.UserID.String(), map[string]any{"email": p.Email})
	})
	if err != nil {
		return nil, Session{}, err
	}
	s.codes.forget(p.UserID.String())
	s.watchers.wake()
	s.event(ctx, "second factor set up", "user", p.UserID)
	return codes, session, nil
}

// NewRecoveryCodes replaces the caller's recovery codes.
func (s *Service) NewRecoveryCodes(ctx context.Context) ([]string, error) {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return nil, errNoPerson
	}
	if err := s.CheckFresh(ctx); err != nil {
		return nil, err
	}
	var codes []string
	err := s.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.SecondFactor(ctx, p.UserID)
		if errors.Is(err, sql.ErrNoRows) || err == nil && row.ConfirmedAt == 0 {
			return errNoFactor
		}
		if err != nil {
			return err
		}
		if codes, err = newCodes(ctx, tx, p.UserID); err != nil {
			return err
		}
		return s.record(ctx, tx, "recovery codes made", p.UserID.String(), map[string]any{"email": p.Email})
	})
	if err == nil {
		s.event(ctx, "recovery codes made", "user", p.UserID)
	}
	return codes, err
}

func newCodes(ctx context.Context, tx *store.Tx, user crm.ID) ([]string, error) {
	if err := tx.DeleteRecoveryCodes(ctx, user); err != nil {
		return nil, err
	}
	codes := make([]string, recoveryCodes)
	for i := range codes {
		codes[i] = newRecoveryCode()
		if err := tx.AddRecoveryCode(ctx, sqlgen.AddRecoveryCodeParams{UserID: user, Hash: recoveryHash(user, squeeze(codes[i]))}); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

// recoveryHash is what is kept of a recovery code. A fast hash is right: 80
// random bits can't be guessed.
func recoveryHash(user crm.ID, code string) []byte {
	h := sha256.Sum256(append(append([]byte("recovery "), user[:]...), code...))
	return h[:]
}

// DropFactor turns the caller's own second factor off.
func (s *Service) DropFactor(ctx context.Context) error {
	p := From(ctx)
	if p == nil || p.UserID.IsZero() {
		return errNoPerson
	}
	if err := s.CheckFresh(ctx); err != nil {
		return err
	}
	roles, err := s.FactorRoles(ctx)
	if err != nil {
		return err
	}
	if slices.Contains(roles, p.Role) {
		return crm.Errorf(crm.Conflict, "Your role needs two-step sign-in, so it stays on.")
	}
	return s.dropFactor(ctx, p.UserID, "second factor turned off", "You turned two-step sign-in off. Your password alone signs you in from now on.")
}

// ResetFactor turns a colleague's second factor off, for somebody who lost the
// app and the codes. Their sessions end, and a mail tells them. Only owners do
// it for owners.
func (s *Service) ResetFactor(ctx context.Context, user crm.ID) error {
	if err := s.CheckFresh(ctx); err != nil {
		return err
	}
	row, err := s.db.Read().UserByID(ctx, user)
	if err != nil {
		return missingPerson(err)
	}
	if row.Role == Owner && !From(ctx).owns() {
		return crm.Errorf(crm.Forbidden, "Only an owner does this for an owner.")
	}
	by := line(From(ctx).Author())
	return s.dropFactor(ctx, user, "second factor reset", by+" turned your two-step sign-in off, and all your sign-ins have ended. Your password alone signs you in from now on; "+
		"set two-step sign-in up again in your settings.")
}

// ResetFactorOf is ResetFactor by the mail address, for the command line.
func (s *Service) ResetFactorOf(ctx context.Context, email string) error {
	row, err := s.userByEmail(ctx, email)
	if err != nil {
		return err
	}
	return s.ResetFactor(ctx, row.ID)
}

func (s *Service) dropFactor(ctx context.Context, user crm.ID, verb, text string) error {
	row, err := s.db.Read().UserByID(ctx, user)
	if err != nil {
		return missingPerson(err)
	}
	own := From(ctx) != nil && From(ctx).UserID == user
	err = s.db.InTx(ctx, func(tx *store.Tx) error {
		confirmed, err := tx.DeleteSecondFactor(ctx, user)
		if errors.Is(err, sql.ErrNoRows) || err == nil && confirmed == 0 {
			return errNoFactor
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteRecoveryCodes(ctx, user); err != nil {
			return err
		}
		if !own {
			// Whoever stole a session must not stay in it.
			if err := tx.DeleteUserSessions(ctx, user); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, verb, user.String(), map[string]any{"email": row.Email})
	})
	if err != nil {
		return err
	}
	s.watchers.wake()
	s.event(ctx, verb, "user", user)
	s.tell(ctx, Notice{To: row.Email, Name: row.Name, Subject: "Two-step sign-in was turned off",
		Text: text + "\n\nIf this is wrong, tell an administrator at once."})
	return nil
}

// tell mails a person beside the request; what can't be mailed is logged.
func (s *Service) tell(ctx context.Context, n Notice) {
	if s.mail == nil {
		return
	}
	background := context.WithoutCancel(ctx)
	s.beside.Go(func() {
		ctx, cancel := context.WithTimeout(background, time.Minute)
		defer cancel()
		if sent, err := s.mail(ctx, n); err != nil || !sent {
			s.log.WarnContext(ctx, "a person could not be told by mail", "subject", n.Subject, "err", err)
		}
	})
}

// proveFactor checks a code of a person who has a second factor, and uses it up.
// Without one it is satisfied with anything. Tries are limited for each person.
func (s *Service) proveFactor(ctx context.Context, user crm.ID, code string) error {
	row, err := s.db.Read().SecondFactor(ctx, user)
	if errors.Is(err, sql.ErrNoRows) || err == nil && row.ConfirmedAt == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the second factor: %w", err)
	}
	if code = squeeze(code); code == "" {
		return errCodeNeeded
	}
	if ok, wait := s.codes.allow(user.String()); !ok {
		s.event(ctx, "sign-in limited", "by", "code", "user", user)
		return tooMany(wait)
	}
	err = s.useCode(ctx, user, row, code)
	if errors.Is(err, sql.ErrNoRows) {
		s.event(ctx, "second factor refused", "user", user)
		return errCodeWrong
	}
	if err == nil {
		s.codes.forget(user.String())
	}
	return err
}

// useCode uses a code up, or gives sql.ErrNoRows for one that is worth nothing.
// Of two who use the same at once, one wins.
func (s *Service) useCode(ctx context.Context, user crm.ID, row sqlgen.SecondFactorRow, code string) error {
	if !isTimeCode(code) {
		return s.db.InTx(ctx, func(tx *store.Tx) error {
			if _, err := tx.UseRecoveryCode(ctx, sqlgen.UseRecoveryCodeParams{UserID: user, Hash: recoveryHash(user, code)}); err != nil {
				return err
			}
			return s.recordAs(ctx, tx, "recovery code used", user.String())
		})
	}
	if s.sealer == nil {
		return errNoSealer
	}
	secret, err := s.sealer.Open(factorPlace(user), row.Data)
	if err != nil {
		return err
	}
	step, ok := matchStep(secret, code, s.clock(), row.LastStep)
	if !ok {
		return sql.ErrNoRows
	}
	return s.db.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.UseStep(ctx, sqlgen.UseStepParams{UserID: user, LastStep: step})
		return err
	})
}
