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

// IntentsCard tells what Intents was made of and how good it is.
//
//go:embed intents.md
var IntentsCard string

// StopWords are function words and phrases of letters, in five languages.
//
//go:embed stopwords.txt
var StopWords string

// NamingStopWords are more of them, of Portuguese, Italian and Polish, and words
// that say nothing in the name of an intent.
//
//go:embed stopwords_naming.txt
var NamingStopWords string

// Languages is the n-gram table of the language recogniser.
//
//go:embed languages.bin
var Languages []byte

// Rules holds the tables of word patterns.
//
//go:embed rules/*.txt
var Rules embed.FS

// Dates are the words that name days, in five languages.
//
//go:embed dates.txt
var Dates string

// References are the words that stand before a number and say what it is.
//
//go:embed references.txt
var References string

// Heads is the emotion and sentiment model, English only.
//
//go:embed heads.bin
var Heads []byte

// Emotions names the labels of the emotion heads in the order of their numbers,
// and Ekman's classes and the groups above them.
//
//go:embed emotions.json
var Emotions []byte

// Packs are the starter packs that the embedded model does not know, in the form
// of Starter.
//
//go:embed packs/*.txt
var Packs embed.FS

// Summary holds the patterns that only a summary looks for.
//
//go:embed summary.txt
var Summary string
