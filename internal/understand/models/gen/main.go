package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "internal/understand/models", "folder to write to")
	data := flag.String("data", "", "folder with public data sets; without it only the intent model is made")
	flag.Parse()
	if err := run(*out, *data); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out, sets string) error {
	if err := writeIntents(out); err != nil || sets == "" {
		return err
	}
	return heads(sets, out)
}
