package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"runtime/debug"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/internal/crm"
	"github.com/rapport-crm/rapport/internal/telemetry"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitCheck  = 3
)

// Env is what the program has from its surroundings.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LookupEnv      func(string) (string, bool) // default: os.LookupEnv
	Clock          crm.Clock                   // default: time.Now
}

// Run runs one command line, without the program's name, and returns its exit
// code. Cancelling ctx asks the command to end.
func Run(ctx context.Context, args []string, env Env) (code int) {
	if env.LookupEnv == nil {
		env.LookupEnv = os.LookupEnv
	}
	if env.Clock == nil {
		env.Clock = time.Now
	}
	// Little lives long here and much is made and dropped while contacts come in,
	// so collecting half as often saves more time than it takes memory.
	if _, set := env.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(200)
	}
	var cli CLI
	parser, err := kong.New(&cli,
		kong.Name("rapport"),
		kong.Description("A customer relationship engine: every contact on every channel becomes one relationship."),
		kong.Writers(env.Stdout, env.Stderr),
		kong.Exit(func(code int) { panic(exit(code)) }), // kong goes on after --help when its exit returns
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(env.Stderr, "rapport:", err)
		return exitFailed
	}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case exit:
			code = int(e)
		default:
			panic(e) // a fault of ours must be seen
		}
	}()
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(env.Stderr, "rapport: %s\nRun \"rapport --help\" for the commands and flags.\n", err)
		return exitUsage
	}
	r := &runtime{Env: env, globals: cli.Globals}
	if err := k.Run(r); err != nil {
		return r.fail(err)
	}
	return exitDone
}

// exit carries kong's wish to end through a panic that Run recovers.
type exit int

// usageError is a command line or configuration that can't work.
type usageError struct{ error }

// errCheck ends a command whose checks failed and that has said so already.
var errCheck = errors.New("a check failed")

// errStopped ends a command that a signal stopped and that has said so.
var errStopped = errors.New("stopped")

// runtime is what every command gets.
type runtime struct {
	Env
	globals Globals
}

// fail tells an error on standard error and gives its exit code.
func (r *runtime) fail(err error) int {
	if errors.Is(err, errCheck) {
		return exitCheck
	}
	if errors.Is(err, errStopped) {
		return exitFailed
	}
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(r.Stderr, "rapport:", err)
		return exitUsage
	}
	// The sentence of one of our errors is enough; the cause helps the operator.
	var e *crm.Error
	if errors.As(err, &e) {
		fmt.Fprint(r.Stderr, "rapport: ", e.Message)
		if e.Err != nil {
			fmt.Fprint(r.Stderr, " (", e.Err, ")")
		}
		fmt.Fprintln(r.Stderr)
		return exitFailed
	}
	fmt.Fprintln(r.Stderr, "rapport:", err)
	return exitFailed
}

// say prints a message for people.
func (r *runtime) say(format string, args ...any) {
	fmt.Fprintf(r.Stderr, format+"\n", args...)
}

// config loads the configuration with the flags of the command.
func (r *runtime) config(flags ...any) (*config.Loaded, error) {
	given := map[string]string{}
	for _, f := range append(flags, r.globals.Settings) {
		collect(reflect.ValueOf(f), given)
	}
	l, err := config.Load(config.Sources{File: r.globals.Config, Flags: given, Env: r.LookupEnv})
	if err != nil {
		return nil, usageError{err}
	}
	return l, nil
}

// collect finds the flags that were given: pointers that are not nil, by the
// name of their tag.
func collect(v reflect.Value, given map[string]string) {
	for i := range v.NumField() {
		f := v.Field(i)
		if s, ok := f.Interface().(*string); ok && s != nil {
			given[v.Type().Field(i).Tag.Get("name")] = *s
		}
	}
}

// logger makes the logger of the configuration.
func (r *runtime) logger(c *config.Config) *slog.Logger {
	format := c.LogFormat
	if format == "auto" {
		format = "json"
		if isTerminal(r.Stderr) {
			format = "text"
		}
	}
	return telemetry.NewLogger(r.Stderr, c.LogLevel, format)
}

// isTerminal reports whether a person reads or types there.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
