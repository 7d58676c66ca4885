package models

import "embed"

// Starter holds the starter intents with their examples, a file per group.
//
//go:embed starter/*.txt
var Starter embed.FS

// Intents is the intent model trained on Starter.
//
//go:embed intents.bin
var Intents []byte

// StopWords are function words and phrases of letters, in five languages.
//
//go:embed stopwords.txt
var StopWords string
