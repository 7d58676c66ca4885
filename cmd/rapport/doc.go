// Command rapport is the customer relationship engine: server, demo and tools
// in one program.
//
// In: arguments, the environment, interrupt and terminate signals. Out: what
// app.Run prints, and its exit code. It writes no table itself and decides
// nothing: everything is in internal/app.
package main
