// Package understand reads text: stage 4. It turns what a customer or the firm
// wrote into a crm.Reading: language, intents, emotion, sentiment, urgency,
// effort, a threat to leave, asks and entities, each with a probability and the
// words that made it say so.
//
// In: an Input, one contact's own text without quoted history. Out: a
// crm.Reading whose spans are byte offsets into crm.ReadingText(Subject, Text),
// and Terms, a fingerprint for comparing texts. It owns readings, examples,
// models and vocabularies: rows.go writes Readings in the caller's transaction, training and
// corrections go through its queries. Reading a text touches no table.
//
// It promises:
//
//   - a Reading is a pure function of the Input and the Reader: no clock, no
//     I/O, no network; the same input always gives the same Reading;
//   - any bytes may come in: it never panics and its time is bounded, because
//     it reads at most 4,000 runes of a text, the first 3,000 and the last 1,000;
//   - a Reader is immutable: With… returns a new one, so an owner swaps a
//     pointer and readers that are under way finish with the old one;
//   - the intent leans towards what the asking sentences say by themselves;
//   - it abstains: Unknown when no intent is sure enough, no emotion below its
//     threshold, language "und" when the text is too short to tell;
//   - a model is refused when another version of the feature extractor made it;
//   - training is deterministic for a seed.
//
// A talk with a transcript is read by speaker: the customer's words as if they
// stood alone, ours for promises and values, nobody's for values.
//
// A firm teaches it numbers of its own from examples and a catalogue of products
// (Vocabulary); each change is a version, and the newest is in use.
//
// It never scores the words of the firm for emotion, urgency, effort, leaving
// or asks: those are the customer's. It claims emotion for English only; other
// languages get a word list for sentiment, or nothing. It never stores text,
// and card numbers leave it masked.
package understand
