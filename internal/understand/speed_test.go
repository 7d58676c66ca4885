package understand

import (
	"runtime"
	"testing"
)

// A Reading allocates what it returns and nothing that grows; times are measured
// by rapport eval speed, not here.
func TestReadingAllocatesLittle(t *testing.T) {
	r := defaultReader(t)
	texts := SpeedTexts(40)
	// On one core, as it is meant: working memory lies in a pool for each, and a
	// test that moves to another one makes it anew.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f := r.MeasureSpeed(texts, 8)
	if f.Words < 60 || f.Words > 80 || f.Texts != 320 {
		t.Errorf("%d texts of %.0f words", f.Texts, f.Words)
	}
	if f.P50 <= 0 || f.P99 < f.P50 || f.Loop50 <= 0 || f.Loop99 < f.Loop50 {
		t.Errorf("times of Readings and loops: %+v", f)
	}
	if f.Allocs > 150 || f.Growth > .2 {
		t.Errorf("%.0f blocks, %.0f bytes a Reading, growth %.2f", f.Allocs, f.Bytes, f.Growth)
	}
}
