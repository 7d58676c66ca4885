//go:build !race

package email

const slower = 1
