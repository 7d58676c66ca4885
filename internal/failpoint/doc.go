// Package failpoint lets tests end the program between two steps, as a power cut
// would.
//
// In: the name of a place that the program has come to. Out: nothing; with the
// build tag failpoint, and the name in RAPPORT_FAILPOINT, the process kills
// itself there with SIGKILL. It writes nothing and has no state.
//
// Promises: without the tag every call is empty and no environment variable is
// read, so a released program can't be ended by it. The names are those of the
// package and of the step that was just done.
package failpoint
