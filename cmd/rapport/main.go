package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a small machine has none, and people choose their time zone by name

	"github.com/rapport-crm/rapport/internal/app"
)

func main() { os.Exit(run()) }

// run is main without the exit, so that deferred calls happen.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once: the handler is given up as soon
	// as the first one arrived.
	context.AfterFunc(ctx, stop)
	return app.Run(ctx, os.Args[1:], app.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
}
