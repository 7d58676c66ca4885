package bench

import (
	"context"
	"os"
	"testing"
)

func TestBig(t *testing.T) {
	c := Capture{Engine: os.Getenv("BENCH_ENGINE"), Items: 5000, Rounds: 1, Latency: 1000000000, DB: os.Getenv("RAPPORT_TEST_POSTGRES"), Log: os.Stderr}
	if c.Engine == "" {
		t.Skip()
	}
	r, err := c.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r.Write(os.Stderr, false)
}
