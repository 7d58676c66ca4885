// Command gen trains the embedded models and writes them into the models
// folder. It is run by hand after the starter examples, the extractor or the
// training changed:
//
//	go run ./internal/understand/models/gen -data ../shared/data
//
// The result is the same on every machine. Without the data folder it makes the
// intent model only.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rapport-crm/rapport/internal/understand"
)

func main() {
	out := flag.String("out", "internal/understand/models", "folder to write to")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	m, rep, err := understand.TrainStarter()
	if err != nil {
		return err
	}
	data, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	fmt.Printf("intents: %+v, %d bytes\n", rep, len(data))
	return os.WriteFile(filepath.Join(out, "intents.bin"), data, 0o644)
}
