// Package bench measures Rapport on the machine that it runs on.
//
// In: a database engine and how much is stored. Out: figures, as text or JSON.
// It writes only into databases that it makes and drops itself.
//
// Promises: every speed claim is a ratio within one run, because machines are
// shared and noisy: the pipeline against a bare batched insert of the very rows
// that it wrote, with the same indexes and durability on the same engine, in
// alternating rounds. Nothing is left out of the pipeline's time: checking,
// reading texts, identity, threads, journeys, the commit and the answer.
package bench
