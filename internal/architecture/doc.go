// Package architecture holds the tests that keep the house in order: the
// direction of imports, a contract in every package, and one writing package
// for every table.
//
// In: the source tree. Out: a failing test that says which rule was broken and
// why the rule exists. It has no code of its own and writes nothing.
package architecture
