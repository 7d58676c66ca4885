package demo

import (
	"fmt"
	"testing"
	"time"
)

func TestLook(t *testing.T) {
	start := time.Now()
	n := map[string]int{}
	for it := range Items(time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)) {
		n[it.Envelope.Source]++
		n["all"]++
	}
	fmt.Println(n, time.Since(start))
}
