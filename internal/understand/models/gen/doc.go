// Command gen trains the embedded models and writes them into the models
// folder. It is run by hand after the starter examples, the extractor or the
// training changed:
//
//	go run ./internal/understand/models/gen -data ../shared/data
//
// In: the starter examples and, with -data, GoEmotions. Out: intents.bin and
// heads.bin, and a report on standard output. Without -data it makes the intent
// model only. The result is the same on every machine of one architecture. It
// writes no table, and never runs as part of the program.
package main
