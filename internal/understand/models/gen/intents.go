package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rapport-crm/rapport/internal/understand"
)

// writeIntents trains the intent model on the starter examples and writes it
// with its card.
func writeIntents(out string) error {
	m, rep, err := understand.TrainStarter()
	if err != nil {
		return err
	}
	data, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "intents.bin"), data, 0o644); err != nil {
		return err
	}
	f := rep.Held
	card := fmt.Sprintf(`# intents.bin: what a customer wants

| | |
|---|---|
| model | %s, extractor version %d, %d bytes |
| kind | linear SVM and a hidden layer of one network over hashed words and character n-grams, int8, vote 1 : 2, one temperature each |
| data | starter/*.txt, %d texts of %d intents, written for this project; SHA-256 %s |
| licence | Apache-2.0, as the project |
| features | %d |
| made by | make models; the same bytes on every amd64 machine |

Five folds, stratified by intent; each text read by a model that has not seen it:

| figure | value | n |
|---|---|---|
| accuracy | %.3f | %d |
| truth among the best three | %.3f | %d |
| expected calibration error | %.3f | %d |
| not called unknown | %.3f | %d |
| right among those | %.3f | %d |

Limits: the examples were written by the makers, so that a firm's own messages are read worse than the folds say; a firm should
measure its own with rapport eval intents. Languages without examples are called unknown, or read by words that they share with
one that has some. It sees words, not irony, and gives one intent for a text with several.
`, m.ID(), understand.ExtractorVersion, len(data), rep.Texts, rep.Intents, understand.StarterSum(), rep.Features,
		f.Accuracy, f.N, f.Top3, f.N, f.ECE, f.N, 1-f.Rejected, f.N, f.Accepted, f.N)
	fmt.Printf("intents: %+v, %d bytes\n", rep.Features, len(data))
	return os.WriteFile(filepath.Join(out, "intents.md"), []byte(card), 0o644)
}
