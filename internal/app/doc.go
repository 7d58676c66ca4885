// Package app constructs everything and is the command line. It is the only
// package that imports all others.
//
// In: arguments, the environment, signals through a context. Out: an exit code;
// data on standard output, messages on standard error. It writes no table
// itself, except that train and the refit store models and their examples; its commands
// call the packages that own them. Beside the database it writes the states of
// unfinished imports and the mark of a demo folder.
//
// Promises: exit codes are 0 done, 1 failed, 2 wrong usage or configuration, 3
// a check failed; every read prints JSON with --json; nothing is asked without
// a terminal; no output is coloured, so NO_COLOR has nothing to turn off; a
// signal ends a server within thirty seconds and an import between two batches,
// and what was acknowledged stays. It never prints a password, and a key only
// when it is made.
package app
