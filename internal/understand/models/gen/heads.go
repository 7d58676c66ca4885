package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/understand"
)

// heads trains the emotion heads on the training part of GoEmotions.
func heads(sets, out string) error {
	dir := filepath.Join(sets, "goemotions")
	raw, err := os.ReadFile(filepath.Join(dir, "labels.json"))
	if err != nil {
		return err
	}
	names, err := understand.ReadHeadNames(raw)
	if err != nil {
		return err
	}
	text, err := eval.ReadFile(filepath.Join(dir, "train.tsv.gz"))
	if err != nil {
		return err
	}
	set, err := understand.ReadHeads(text, names)
	if err != nil {
		return err
	}
	data, err := understand.TrainHeads(set, 1)
	if err != nil {
		return err
	}
	fmt.Printf("heads: %d texts, %d bytes\n", len(set.Examples), len(data))
	return os.WriteFile(filepath.Join(out, "heads.bin"), data, 0o644)
}
