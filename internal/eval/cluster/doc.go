// Package cluster compares two groupings of the same items: the true one and
// what a system made.
//
// In: for each item the number of its group, gold and system; or links between
// items. Out: pairwise precision, recall and F1, B-cubed (Bagga and Baldwin
// 1998), the adjusted Rand index (Hubert and Arabie 1985), variation of
// information (Meila 2007), one-to-one overlap and exact groups as used for
// conversation disentanglement (Kummerfeld and others 2019).
//
// Promises: pure and deterministic; identity, journeys and disentanglement use
// the same code, so that their figures mean the same.
package cluster
