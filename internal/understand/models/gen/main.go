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
	data := flag.String("data", "", "folder with public data sets; without it only the intent model is made")
	keep := flag.Int("keep", 40000, "features of the emotion and sentiment heads")
	flag.Parse()
	if err := run(*out, *data, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out, sets string, keep int) error {
	m, rep, err := understand.TrainStarter()
	if err != nil {
		return err
	}
	data, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	fmt.Printf("intents: %+v, %d bytes\n", rep, len(data))
	if err := os.WriteFile(filepath.Join(out, "intents.bin"), data, 0o644); err != nil || sets == "" {
		return err
	}
	train, err := goEmotions(filepath.Join(sets, "goemotions"), "train.tsv.gz")
	if err != nil {
		return err
	}
	dev, err := goEmotions(filepath.Join(sets, "goemotions"), "dev.tsv")
	if err != nil {
		return err
	}
	heads, figures, err := understand.TrainHeads(train, dev, keep, 1)
	if err != nil {
		return err
	}
	fmt.Printf("heads: %+v\n", figures)
	return os.WriteFile(filepath.Join(out, "heads.bin"), heads, 0o644)
}
