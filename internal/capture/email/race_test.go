//go:build race

package email

// slower is how much the race detector slows the parser down, at most.
const slower = 15
