package understand

import "golang.org/x/sys/cpu"

var (
	hasAVX2   = cpu.X86.HasAVX2
	hasAVX512 = cpu.X86.HasAVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VNNI
)

//go:noescape
func addUnitsAVX512(y *float32, columns int, matrix *float32, stride int, rows *int32, by *float32, n int)

//go:noescape
func addRowsAVX512(y *int32, columns int, matrix *byte, rows *int32, by *int16, n int)

//go:noescape
func activateAVX512(h *float32, n int, units *int32, active, bias *float32, sums *int32, unit float32) (above int)

//go:noescape
func dotsOfRowsAVX512(out *int32, x *int16, columns int, matrix *byte, rows *int32, n int)

//go:noescape
func lookUpAVX512(list *feature, n int, table *uint32, mask uint64, hashes *uint64, rows, again *int32) (retry int)

//go:noescape
func keepAVX512(rows, index *int32, n int) (known int)

//go:noescape
func findAVX512(keys *uint32, n int, table *uint32, mask uint64, hashes *uint32, found, again *int32) (known, retry int)

//go:noescape
func topRowAVX512(rows *int32, n int) uint32

//go:noescape
func largestAVX512(x *float32, n int) uint32

//go:noescape
func scaleRowsAVX512(out, values, scale *float32, rows *int32, n int)

//go:noescape
func wholesAVX512(out *int16, x *float32, n int, by float32)

//go:noescape
func sumRowsAVX512(y *int32, columns int, matrix *byte, rows *int32, n int)

//go:noescape
func expsAVX512(out, z *float32, n int, a, top float32)

//go:noescape
func pLogsAVX512(out *float64, p *float32, n int)

//go:noescape
func highestAVX512(x *float32, n int) float32

//go:noescape
func divideAVX512(x *float32, n int, by float32)

//go:noescape
func apportionAVX512(out *float32, counts *uint32, places *int32, values, pulls *float32, n int)

//go:noescape
func pullsAVX512(out *float32, rows *int32, n int, p *pullsOf)

//go:noescape
func axpyAVX2(a float32, x, y *float32, n int)

//go:noescape
func addRowsAVX2(y *int32, columns int, matrix *byte, rows *int32, by *int16, n int)

//go:noescape
func addUnitsAVX2(y *float32, columns int, matrix *float32, stride int, rows *int32, by *float32, n int)

//go:noescape
func dotAVX2(x, y *float32, n int) float32

//go:noescape
func adamAVX2(w, m, v, grad *float32, n int, p *adam)

//go:noescape
func dotsOfRowsAVX2(out *int32, x *int16, columns int, matrix *byte, rows *int32, n int)

//go:noescape
func prefetchRowsAVX2(columns int, matrix *byte, rows *int32, n int)

//go:noescape
func prefetchBytesAVX2(data *byte, at *uint32, n int)

//go:noescape
func prefetchFloatsAVX2(stride, columns int, matrix *float32, rows *int32, n int)

//go:noescape
func backUnitsAVX2(units *int32, active *float32, n int, dz, out, grad *float32, width int, dh *float32, up float32)

//go:noescape
func stepRowAVX2(row *float32, columns int, dh *float32, texts *int32, by *float32, n int, p *adam, next *float32)

//go:noescape
func svmStepAVX2(w *float32, rows *int32, values *float32, n int, alpha *float32, b *svmBlock)
