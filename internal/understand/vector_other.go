//go:build !amd64

package understand

var hasAVX2, hasAVX512 = false, false

func addRowsAVX512(_ *int32, _ int, _ *byte, _ *int32, _ *int16, _ int)                {}
func addUnitsAVX512(_ *float32, _ int, _ *float32, _ int, _ *int32, _ *float32, _ int) {}
func dotsOfRowsAVX512(_ *int32, _ *int16, _ int, _ *byte, _ *int32, _ int)             {}

func activateAVX512(_ *float32, _ int, _ *int32, _, _ *float32, _ *int32, _ float32) int { return 0 }
func lookUpAVX512(_ *feature, _ int, _ *uint32, _ uint64, _ *uint64, _, _ *int32) int    { return 0 }
func keepAVX512(_, _ *int32, _ int) int                                                  { return 0 }
func findAVX512(_ *uint32, _ int, _ *uint32, _ uint64, _ *uint32, _, _ *int32) (known, retry int) {
	return 0, 0
}
func topRowAVX512(*int32, int) uint32                                       { return 0 }
func largestAVX512(*float32, int) uint32                                    { return 0 }
func scaleRowsAVX512(_, _, _ *float32, _ *int32, _ int)                     {}
func wholesAVX512(_ *int16, _ *float32, _ int, _ float32)                   {}
func sumRowsAVX512(_ *int32, _ int, _ *byte, _ *int32, _ int)               {}
func expsAVX512(_, _ *float32, _ int, _, _ float32)                         {}
func pLogsAVX512(_ *float64, _ *float32, _ int)                             {}
func highestAVX512(_ *float32, _ int) float32                               { return 0 }
func divideAVX512(_ *float32, _ int, _ float32)                             {}
func apportionAVX512(_ *float32, _ *uint32, _ *int32, _, _ *float32, _ int) {}
func pullsAVX512(_ *float32, _ *int32, _ int, _ *pullsOf)                   {}

func axpyAVX2(float32, *float32, *float32, int)                                                   {}
func addRowsAVX2(_ *int32, _ int, _ *byte, _ *int32, _ *int16, _ int)                             {}
func addUnitsAVX2(_ *float32, _ int, _ *float32, _ int, _ *int32, _ *float32, _ int)              {}
func dotAVX2(_, _ *float32, _ int) float32                                                        { return 0 }
func adamAVX2(_, _, _, _ *float32, _ int, _ *adam)                                                {}
func dotsOfRowsAVX2(_ *int32, _ *int16, _ int, _ *byte, _ *int32, _ int)                          {}
func prefetchRowsAVX2(_ int, _ *byte, _ *int32, _ int)                                            {}
func prefetchBytesAVX2(_ *byte, _ *uint32, _ int)                                                 {}
func prefetchFloatsAVX2(_, _ int, _ *float32, _ *int32, _ int)                                    {}
func backUnitsAVX2(_ *int32, _ *float32, _ int, _, _, _ *float32, _ int, _ *float32, _ float32)   {}
func svmStepAVX2(_ *float32, _ *int32, _ *float32, _ int, _ *float32, _ *svmBlock)                {}
func stepRowAVX2(_ *float32, _ int, _ *float32, _ *int32, _ *float32, _ int, _ *adam, _ *float32) {}
