package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/rapport-crm/rapport/internal/access"
	"github.com/rapport-crm/rapport/internal/config"
)

type userCmd struct {
	Create       userCreateCmd   `cmd:"" help:"Make a person who can sign in."`
	Invite       userInviteCmd   `cmd:"" help:"Print a link by which somebody becomes a colleague."`
	Set          userSetCmd      `cmd:"" help:"Change a person's name, role or functions; it counts at once."`
	List         userListCmd     `cmd:"" help:"List all people."`
	ResetLink    userResetCmd    `cmd:"" name:"reset-link" help:"Print a link by which a person chooses a new password."`
	Password     userPasswordCmd `cmd:"" help:"Give a person a new password; all their sessions end."`
	ResetTwoStep userTwoStepCmd  `cmd:"" name:"reset-two-step" help:"Turn a person's two-step sign-in off, when they lost the app and the recovery codes; all their sessions end."`
	Disable      userDisableCmd  `cmd:"" help:"Take a person's access away; all their sessions end."`
	Enable       userEnableCmd   `cmd:"" help:"Give a person's access back."`
}

// passwordFlag says where a password comes from. It is no flag of its own,
// because other people on the machine can read command lines.
type passwordFlag struct {
	PasswordFile string `help:"File that holds the password; - reads standard input. Without it a terminal is asked." placeholder:"FILE"`
}

// read gets the password without its final line end.
func (p passwordFlag) read(r *runtime) (string, error) {
	switch p.PasswordFile {
	case "-":
		line, err := bufio.NewReader(r.Stdin).ReadString('\n')
		if line == "" && err != nil {
			return "", fmt.Errorf("read the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	case "":
		in, ok := r.Stdin.(*os.File)
		if !ok || !term.IsTerminal(int(in.Fd())) {
			return "", usageError{errors.New("there is no terminal to ask for a password: use --password-file FILE, or - for standard input")}
		}
		first, err := ask(r, in, "Password (15 characters or more are advised): ")
		if err != nil {
			return "", err
		}
		second, err := ask(r, in, "The same again: ")
		if err != nil {
			return "", err
		}
		if first != second {
			return "", errors.New("the two passwords differ")
		}
		return first, nil
	}
	text, err := os.ReadFile(p.PasswordFile)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

func ask(r *runtime, in *os.File, question string) (string, error) {
	fmt.Fprint(r.Stderr, question)
	b, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(r.Stderr)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(b), nil
}

type userCreateCmd struct {
	Email    string   `arg:"" help:"Mail address to sign in with."`
	Name     string   `help:"Name as colleagues see it. Default: the address before @."`
	Owner    bool     `help:"The same as --role owner."`
	Role     string   `help:"owner, admin, lead, agent or viewer." default:"agent" enum:"owner,admin,lead,agent,viewer"`
	Function []string `help:"care, sales, operations, marketing; none: any work." enum:"care,sales,operations,marketing"`
	JSON     bool     `name:"json" help:"Print JSON."`
	passwordFlag
}

// Run makes a person.
func (c *userCreateCmd) Run(ctx context.Context, r *runtime) error {
	password, err := c.read(r)
	if err != nil {
		return err
	}
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		if c.Owner {
			c.Role = access.Owner
		}
		u, err := s.CreateUser(access.With(ctx, access.Operator()), access.NewUser{Email: c.Email, Name: c.Name, Role: c.Role, Functions: c.Function, Password: password})
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(u)
		}
		r.say("%s can sign in as %s.", u.Email, u.Role)
		return nil
	})
}

type userListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists people.
func (c *userListCmd) Run(ctx context.Context, r *runtime) error {
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		users, err := s.Users(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return r.json(map[string]any{"items": users, "next": ""})
		}
		rows := make([][]string, len(users))
		for i, u := range users {
			state := "active"
			if u.Disabled {
				state = "disabled"
			}
			rows[i] = []string{u.Email, u.Name, u.Role, strings.Join(u.Functions, ","), state, day(u.CreatedAt)}
		}
		return r.table([]string{"EMAIL", "NAME", "ROLE", "FUNCTIONS", "STATE", "CREATED"}, rows)
	})
}

type userPasswordCmd struct {
	Email string `arg:"" help:"Mail address of the person."`
	passwordFlag
}

// Run changes a password.
func (c *userPasswordCmd) Run(ctx context.Context, r *runtime) error {
	password, err := c.read(r)
	if err != nil {
		return err
	}
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		if err := s.SetPassword(ctx, c.Email, password); err != nil {
			return err
		}
		r.say("Changed. All sessions of %s have ended.", c.Email)
		return nil
	})
}

type userTwoStepCmd struct {
	Email string `arg:"" help:"Mail address of the person."`
}

// Run turns a second factor off.
func (c *userTwoStepCmd) Run(ctx context.Context, r *runtime) error {
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		if err := s.ResetFactorOf(access.With(ctx, access.Operator()), c.Email); err != nil {
			return err
		}
		r.say("Two-step sign-in of %s is off, and all their sessions have ended.", c.Email)
		r.say("This command sends no mail: tell them yourself.")
		return nil
	})
}

type userDisableCmd struct {
	Email string `arg:"" help:"Mail address of the person."`
}

// Run takes access away.
func (c *userDisableCmd) Run(ctx context.Context, r *runtime) error {
	return r.setDisabled(ctx, c.Email, true)
}

type userEnableCmd struct {
	Email string `arg:"" help:"Mail address of the person."`
}

// Run gives access back.
func (c *userEnableCmd) Run(ctx context.Context, r *runtime) error {
	return r.setDisabled(ctx, c.Email, false)
}

func (r *runtime) setDisabled(ctx context.Context, email string, disabled bool) error {
	return r.withAccess(ctx, func(s *access.Service, _ *config.Loaded) error {
		if err := s.SetDisabled(ctx, email, disabled); err != nil {
			return err
		}
		if disabled {
			r.say("%s can't sign in any more, and all their sessions have ended.", email)
		} else {
			r.say("%s can sign in again.", email)
		}
		return nil
	})
}
