// Package telemetry sets up what the program says about itself.
//
// In: a writer, a level and a format. Out: a slog.Logger. It writes no table
// and sends nothing anywhere.
//
// Promises: times are UTC; a value can't forge a line, because slog quotes it;
// an attribute whose name says that it is a secret or the body of a message is
// printed as [redacted], as a net under the rule that nobody passes one.
package telemetry
