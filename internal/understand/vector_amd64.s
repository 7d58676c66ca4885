#include "textflag.h"

// AVX2 without fused multiply-add: every element is rounded as the Go versions
// in vector.go round it, so a model comes out the same with and without it.

// func axpyAVX2(a float32, x, y *float32, n int)
TEXT ·axpyAVX2(SB), NOSPLIT, $0-32
	VBROADCASTSS a+0(FP), Y0
	MOVQ x+8(FP), SI
	MOVQ y+16(FP), DI
	MOVQ n+24(FP), CX
	SHRQ $3, CX
	JZ   axpyDone
axpyLoop:
	VMOVUPS (SI), Y1
	VMULPS  Y0, Y1, Y1
	VADDPS  (DI), Y1, Y1
	VMOVUPS Y1, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ  axpyLoop
axpyDone:
	VZEROUPPER
	RET

// func addRowsAVX2(y *int32, columns int, matrix *byte, rows *int32, by *int16, n int)
//
// Two rows at a time: their weights, as words, in turn. Sums of 64, 16 or 8 columns
// stay in registers while all rows pass.
TEXT ·addRowsAVX2(SB), NOSPLIT, $0-48
	MOVQ y+0(FP), DI
	MOVQ columns+8(FP), R8
	MOVQ matrix+16(FP), SI
	MOVQ rows+24(FP), R9
	MOVQ by+32(FP), R10
	MOVQ n+40(FP), R11
	MOVQ R8, R12 // columns left

#define PAIR \
	MOVLQSX (R9)(CX*4), AX  \
	MOVLQSX 4(R9)(CX*4), BX \
	IMULQ R8, AX            \
	IMULQ R8, BX            \
	VPBROADCASTD (R10)(CX*2), Y15

// ADD16 adds sixteen columns of two rows: low has the first and the third four of
// them, high the others.
#define ADD16(at, low, high) \
	VPMOVSXBW at(SI)(AX*1), Y8 \
	VPMOVSXBW at(SI)(BX*1), Y9 \
	VPUNPCKLWD Y9, Y8, Y10     \
	VPUNPCKHWD Y9, Y8, Y11     \
	VPMADDWD Y15, Y10, Y10     \
	VPMADDWD Y15, Y11, Y11     \
	VPADDD Y10, low, low       \
	VPADDD Y11, high, high

#define PLACE16(at, low, high) \
	VPERM2I128 $0x20, high, low, Y8 \
	VPERM2I128 $0x31, high, low, Y9 \
	VPADDD at(DI), Y8, Y8           \
	VPADDD at+32(DI), Y9, Y9        \
	VMOVDQU Y8, at(DI)              \
	VMOVDQU Y9, at+32(DI)
addRows64:
	CMPQ R12, $64
	JLT  addRows16
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7
	XORQ CX, CX
addRows64Pair:
	PAIR
	ADD16(0, Y0, Y1)
	ADD16(16, Y2, Y3)
	ADD16(32, Y4, Y5)
	ADD16(48, Y6, Y7)
	ADDQ $2, CX
	CMPQ CX, R11
	JLT  addRows64Pair
	PLACE16(0, Y0, Y1)
	PLACE16(64, Y2, Y3)
	PLACE16(128, Y4, Y5)
	PLACE16(192, Y6, Y7)
	ADDQ $256, DI
	ADDQ $64, SI
	SUBQ $64, R12
	JMP  addRows64
addRows16:
	CMPQ R12, $16
	JLT  addRows8
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	XORQ CX, CX
addRows16Pair:
	PAIR
	ADD16(0, Y0, Y1)
	ADDQ $2, CX
	CMPQ CX, R11
	JLT  addRows16Pair
	PLACE16(0, Y0, Y1)
	ADDQ $64, DI
	ADDQ $16, SI
	SUBQ $16, R12
	JMP  addRows16
addRows8:
	CMPQ R12, $8
	JLT  addRowsDone
	VMOVDQU (DI), X0
	VMOVDQU 16(DI), X1
	XORQ CX, CX
addRows8Pair:
	PAIR
	VPMOVSXBW (SI)(AX*1), X8
	VPMOVSXBW (SI)(BX*1), X9
	VPUNPCKLWD X9, X8, X10
	VPUNPCKHWD X9, X8, X11
	VPMADDWD X15, X10, X10
	VPMADDWD X15, X11, X11
	VPADDD X10, X0, X0
	VPADDD X11, X1, X1
	ADDQ $2, CX
	CMPQ CX, R11
	JLT  addRows8Pair
	VMOVDQU X0, (DI)
	VMOVDQU X1, 16(DI)
addRowsDone:
	VZEROUPPER
	RET

// func addUnitsAVX2(y *float32, columns int, matrix *float32, stride int, rows *int32, by *float32, n int)
TEXT ·addUnitsAVX2(SB), NOSPLIT, $0-56
	MOVQ y+0(FP), DI
	MOVQ columns+8(FP), R12 // columns left
	MOVQ matrix+16(FP), SI
	MOVQ stride+24(FP), R8
	MOVQ rows+32(FP), R9
	MOVQ by+40(FP), R10
	MOVQ n+48(FP), R11
addUnits64:
	CMPQ R12, $64
	JLT  addUnits32
	VMOVUPS 0(DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	VMOVUPS 128(DI), Y4
	VMOVUPS 160(DI), Y5
	VMOVUPS 192(DI), Y6
	VMOVUPS 224(DI), Y7
	XORQ CX, CX
addUnits64Row:
	MOVLQSX (R9)(CX*4), AX
	IMULQ R8, AX
	VBROADCASTSS (R10)(CX*4), Y15
	VMULPS (SI)(AX*4), Y15, Y8
	VMULPS 32(SI)(AX*4), Y15, Y9
	VMULPS 64(SI)(AX*4), Y15, Y10
	VMULPS 96(SI)(AX*4), Y15, Y11
	VADDPS Y8, Y0, Y0
	VADDPS Y9, Y1, Y1
	VADDPS Y10, Y2, Y2
	VADDPS Y11, Y3, Y3
	VMULPS 128(SI)(AX*4), Y15, Y8
	VMULPS 160(SI)(AX*4), Y15, Y9
	VMULPS 192(SI)(AX*4), Y15, Y10
	VMULPS 224(SI)(AX*4), Y15, Y11
	VADDPS Y8, Y4, Y4
	VADDPS Y9, Y5, Y5
	VADDPS Y10, Y6, Y6
	VADDPS Y11, Y7, Y7
	INCQ CX
	CMPQ CX, R11
	JLT  addUnits64Row
	VMOVUPS Y0, 0(DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	VMOVUPS Y4, 128(DI)
	VMOVUPS Y5, 160(DI)
	VMOVUPS Y6, 192(DI)
	VMOVUPS Y7, 224(DI)
	ADDQ $256, DI
	ADDQ $256, SI
	SUBQ $64, R12
	JMP  addUnits64
addUnits32:
	CMPQ R12, $32
	JLT  addUnits8
	VMOVUPS 0(DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	XORQ CX, CX
addUnits32Row:
	MOVLQSX (R9)(CX*4), AX
	IMULQ R8, AX
	VBROADCASTSS (R10)(CX*4), Y15
	VMULPS (SI)(AX*4), Y15, Y8
	VMULPS 32(SI)(AX*4), Y15, Y9
	VMULPS 64(SI)(AX*4), Y15, Y10
	VMULPS 96(SI)(AX*4), Y15, Y11
	VADDPS Y8, Y0, Y0
	VADDPS Y9, Y1, Y1
	VADDPS Y10, Y2, Y2
	VADDPS Y11, Y3, Y3
	INCQ CX
	CMPQ CX, R11
	JLT  addUnits32Row
	VMOVUPS Y0, 0(DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	ADDQ $128, DI
	ADDQ $128, SI
	SUBQ $32, R12
	JMP  addUnits32
addUnits8:
	CMPQ R12, $8
	JLT  addUnitsDone
	VMOVUPS 0(DI), Y0
	XORQ CX, CX
addUnits8Row:
	MOVLQSX (R9)(CX*4), AX
	IMULQ R8, AX
	VBROADCASTSS (R10)(CX*4), Y15
	VMULPS (SI)(AX*4), Y15, Y8
	VADDPS Y8, Y0, Y0
	INCQ CX
	CMPQ CX, R11
	JLT  addUnits8Row
	VMOVUPS Y0, 0(DI)
	ADDQ $32, DI
	ADDQ $32, SI
	SUBQ $8, R12
	JMP  addUnits8
addUnitsDone:
	VZEROUPPER
	RET

// func dotAVX2(x, y *float32, n int) float32
TEXT ·dotAVX2(SB), NOSPLIT, $0-28
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DI
	MOVQ n+16(FP), CX
	VXORPS Y0, Y0, Y0
	SHRQ $3, CX
	JZ   dotDone
dotLoop:
	VMOVUPS (SI), Y1
	VMULPS  (DI), Y1, Y1
	VADDPS  Y1, Y0, Y0
	ADDQ $32, SI
	ADDQ $32, DI
	DECQ CX
	JNZ  dotLoop
dotDone:
	VEXTRACTF128 $1, Y0, X1
	VADDPS  X1, X0, X0
	VHADDPS X0, X0, X0
	VHADDPS X0, X0, X0
	VMOVSS  X0, ret+24(FP)
	VZEROUPPER
	RET

// func adamAVX2(w, m, v, grad *float32, n int, p *adam)
TEXT ·adamAVX2(SB), NOSPLIT, $0-48
	MOVQ w+0(FP), DI
	MOVQ m+8(FP), R8
	MOVQ v+16(FP), R9
	MOVQ grad+24(FP), R10
	MOVQ n+32(FP), CX
	MOVQ p+40(FP), R11
	VBROADCASTSS 0(R11), Y8
	VBROADCASTSS 4(R11), Y9
	VBROADCASTSS 8(R11), Y10
	VBROADCASTSS 12(R11), Y11
	VBROADCASTSS 16(R11), Y12
	VBROADCASTSS 20(R11), Y13
	VBROADCASTSS 24(R11), Y14
	VXORPS Y15, Y15, Y15
	SHRQ $3, CX
	JZ   adamDone
adamLoop:
	VMOVUPS (R10), Y0
	VMOVUPS (R8), Y1
	VMULPS  Y8, Y1, Y1
	VMULPS  Y9, Y0, Y2
	VADDPS  Y2, Y1, Y1
	VMOVUPS Y1, (R8)
	VMULPS  Y0, Y0, Y3
	VMULPS  Y11, Y3, Y3
	VMULPS  (R9), Y10, Y4
	VADDPS  Y3, Y4, Y4
	VMOVUPS Y4, (R9)
	VMULPS  Y12, Y4, Y4
	VSQRTPS Y4, Y4
	VADDPS  Y14, Y4, Y4
	VMULPS  Y13, Y1, Y1
	VDIVPS  Y4, Y1, Y1
	VMOVUPS (DI), Y5
	VSUBPS  Y1, Y5, Y5
	VMOVUPS Y5, (DI)
	VMOVUPS Y15, (R10)
	ADDQ $32, DI
	ADDQ $32, R8
	ADDQ $32, R9
	ADDQ $32, R10
	DECQ CX
	JNZ  adamLoop
adamDone:
	VZEROUPPER
	RET

// func dotsOfRowsAVX2(out *int32, x *int16, columns int, matrix *byte, rows *int32, n int)
TEXT ·dotsOfRowsAVX2(SB), NOSPLIT, $0-48
	MOVQ out+0(FP), R13
	MOVQ x+8(FP), R10
	MOVQ columns+16(FP), R8
	MOVQ matrix+24(FP), R12
	MOVQ rows+32(FP), R9
	MOVQ n+40(FP), R11
dotsRow:
	MOVLQSX (R9), SI
	IMULQ R8, SI
	ADDQ R12, SI
	MOVQ R10, DI
	MOVQ R8, CX
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	MOVQ CX, DX
	SHRQ $5, DX
	JZ   dotsRest
dotsWhole:
	VPMOVSXBW (SI), Y2
	VPMOVSXBW 16(SI), Y3
	VPMADDWD (DI), Y2, Y2
	VPMADDWD 32(DI), Y3, Y3
	VPADDD Y2, Y0, Y0
	VPADDD Y3, Y1, Y1
	ADDQ $32, SI
	ADDQ $64, DI
	DECQ DX
	JNZ  dotsWhole
dotsRest:
	ANDQ $31, CX
	SHRQ $3, CX
	JZ   dotsSum
dotsEight:
	VPMOVSXBW (SI), X2
	VPMADDWD (DI), X2, X2
	VPADDD Y2, Y0, Y0
	ADDQ $8, SI
	ADDQ $16, DI
	DECQ CX
	JNZ  dotsEight
dotsSum:
	VPADDD Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD X1, X0, X0
	VPHADDD X0, X0, X0
	VPHADDD X0, X0, X0
	VMOVD X0, (R13)
	ADDQ $4, R13
	ADDQ $4, R9
	DECQ R11
	JNZ  dotsRow
	VZEROUPPER
	RET

// func prefetchRowsAVX2(columns int, matrix *byte, rows *int32, n int)
TEXT ·prefetchRowsAVX2(SB), NOSPLIT, $0-32
	MOVQ columns+0(FP), R8
	MOVQ matrix+8(FP), R12
	MOVQ rows+16(FP), R9
	MOVQ n+24(FP), R11
prefetchRow:
	MOVLQSX (R9), SI
	IMULQ R8, SI
	ADDQ R12, SI
	LEAQ -1(SI)(R8*1), DI
prefetchLine:
	PREFETCHT0 (SI)
	ADDQ $64, SI
	CMPQ SI, DI
	JLT  prefetchLine
	PREFETCHT0 (DI)
	ADDQ $4, R9
	DECQ R11
	JNZ  prefetchRow
	RET

// func prefetchBytesAVX2(data *byte, at *uint32, n int)
TEXT ·prefetchBytesAVX2(SB), NOSPLIT, $0-24
	MOVQ data+0(FP), SI
	MOVQ at+8(FP), DI
	MOVQ n+16(FP), CX
prefetchByte:
	MOVL (DI), AX
	PREFETCHT0 (SI)(AX*1)
	ADDQ $4, DI
	DECQ CX
	JNZ  prefetchByte
	RET

// func prefetchFloatsAVX2(stride, columns int, matrix *float32, rows *int32, n int)
TEXT ·prefetchFloatsAVX2(SB), NOSPLIT, $0-40
	MOVQ stride+0(FP), R8
	MOVQ columns+8(FP), R10
	MOVQ matrix+16(FP), R12
	MOVQ rows+24(FP), R9
	MOVQ n+32(FP), R11
prefetchFloats:
	MOVLQSX (R9), SI
	IMULQ R8, SI
	LEAQ (R12)(SI*4), SI
	LEAQ (SI)(R10*4), DI
prefetchFloatsLine:
	PREFETCHT0 (SI)
	ADDQ $64, SI
	CMPQ SI, DI
	JLT  prefetchFloatsLine
	ADDQ $4, R9
	DECQ R11
	JNZ  prefetchFloats
	RET

// func backUnitsAVX2(units *int32, active *float32, n int, dz, out, grad *float32, width int, dh *float32, up float32)
//
// The sum of a unit is made as dotAVX2 makes it.
TEXT ·backUnitsAVX2(SB), NOSPLIT, $0-68
	MOVQ units+0(FP), R9
	MOVQ active+8(FP), R10
	MOVQ n+16(FP), R11
	MOVQ dz+24(FP), R12
	MOVQ out+32(FP), R13
	MOVQ grad+40(FP), BX
	MOVQ width+48(FP), R8
	MOVQ dh+56(FP), DX
	VMOVSS up+64(FP), X5
	SHLQ $2, R8 // bytes of a row
backUnit:
	MOVLQSX (R9), AX
	VBROADCASTSS (R10), Y4
	VXORPS Y0, Y0, Y0
	MOVQ AX, SI
	IMULQ R8, SI
	LEAQ (BX)(SI*1), DI
	ADDQ R13, SI
	XORQ CX, CX
backEight:
	VMOVUPS (R12)(CX*1), Y1
	VMULPS  (SI)(CX*1), Y1, Y2
	VADDPS  Y2, Y0, Y0
	VMULPS  Y4, Y1, Y3
	VADDPS  (DI)(CX*1), Y3, Y3
	VMOVUPS Y3, (DI)(CX*1)
	ADDQ $32, CX
	CMPQ CX, R8
	JLT  backEight
	VEXTRACTF128 $1, Y0, X1
	VADDPS  X1, X0, X0
	VHADDPS X0, X0, X0
	VHADDPS X0, X0, X0
	VMULSS  X5, X0, X0
	VMOVSS  X0, (DX)(AX*4)
	ADDQ $4, R9
	ADDQ $4, R10
	DECQ R11
	JNZ  backUnit
	VZEROUPPER
	RET

// ADAM moves eight weights of a row at (DI), with their moments at (R8) and (R9), by
// the gradient in g.
#define ADAM(off, g) \
	VMULPS  off(R8), Y8, Y4 \
	VMULPS  Y9, g, Y5 \
	VADDPS  Y5, Y4, Y4 \
	VMOVUPS Y4, off(R8) \
	VMULPS  g, g, Y5 \
	VMULPS  Y11, Y5, Y5 \
	VMULPS  off(R9), Y10, Y6 \
	VADDPS  Y5, Y6, Y6 \
	VMOVUPS Y6, off(R9) \
	VMULPS  Y12, Y6, Y6 \
	VSQRTPS Y6, Y6 \
	VADDPS  Y14, Y6, Y6 \
	VMULPS  Y13, Y4, Y4 \
	VDIVPS  Y6, Y4, Y4 \
	VMOVUPS off(DI), Y7 \
	VSUBPS  Y4, Y7, Y7 \
	VMOVUPS Y7, off(DI)

// func stepRowAVX2(row *float32, columns int, dh *float32, texts *int32, by *float32, n int, p *adam, next *float32)
//
// The gradient of 32 columns is summed over the texts in registers and used at
// once; it is never in memory. Meanwhile the next row is on its way.
TEXT ·stepRowAVX2(SB), NOSPLIT, $0-64
	MOVQ row+0(FP), DI
	MOVQ columns+8(FP), R12
	MOVQ dh+16(FP), SI
	MOVQ texts+24(FP), R10
	MOVQ by+32(FP), R13
	MOVQ p+48(FP), R11
	MOVQ next+56(FP), BX
	VBROADCASTSS 0(R11), Y8
	VBROADCASTSS 4(R11), Y9
	VBROADCASTSS 8(R11), Y10
	VBROADCASTSS 12(R11), Y11
	VBROADCASTSS 16(R11), Y12
	VBROADCASTSS 20(R11), Y13
	VBROADCASTSS 24(R11), Y14
	MOVQ n+40(FP), R11
	SHLQ $2, R12 // bytes of a third of a row
	LEAQ (DI)(R12*1), R8
	LEAQ (R8)(R12*1), R9
	MOVQ R12, DX // bytes left
step32:
	CMPQ DX, $128
	JLT  step8
	PREFETCHT0 (BX)
	PREFETCHT0 64(BX)
	PREFETCHT0 (BX)(R12*1)
	PREFETCHT0 64(BX)(R12*1)
	PREFETCHT0 (BX)(R12*2)
	PREFETCHT0 64(BX)(R12*2)
	ADDQ $128, BX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	XORQ CX, CX
step32Text:
	MOVLQSX (R10)(CX*4), AX
	IMULQ R12, AX
	VBROADCASTSS (R13)(CX*4), Y15
	VMULPS (SI)(AX*1), Y15, Y4
	VMULPS 32(SI)(AX*1), Y15, Y5
	VMULPS 64(SI)(AX*1), Y15, Y6
	VMULPS 96(SI)(AX*1), Y15, Y7
	VADDPS Y4, Y0, Y0
	VADDPS Y5, Y1, Y1
	VADDPS Y6, Y2, Y2
	VADDPS Y7, Y3, Y3
	INCQ CX
	CMPQ CX, R11
	JLT  step32Text
	ADAM(0, Y0)
	ADAM(32, Y1)
	ADAM(64, Y2)
	ADAM(96, Y3)
	ADDQ $128, DI
	ADDQ $128, R8
	ADDQ $128, R9
	ADDQ $128, SI
	SUBQ $128, DX
	JMP  step32
step8:
	CMPQ DX, $32
	JLT  stepDone
	VXORPS Y0, Y0, Y0
	XORQ CX, CX
step8Text:
	MOVLQSX (R10)(CX*4), AX
	IMULQ R12, AX
	VBROADCASTSS (R13)(CX*4), Y15
	VMULPS (SI)(AX*1), Y15, Y4
	VADDPS Y4, Y0, Y0
	INCQ CX
	CMPQ CX, R11
	JLT  step8Text
	ADAM(0, Y0)
	ADDQ $32, DI
	ADDQ $32, R8
	ADDQ $32, R9
	ADDQ $32, SI
	SUBQ $32, DX
	JMP  step8
stepDone:
	VZEROUPPER
	RET

// LANES takes the gradient of eight labels from their margins: m becomes their
// step.
#define LANES(off, m) \
	VADDPS  off(R12), m, m \
	VMOVUPS (256+off)(R12), Y4 \
	VMULPS  Y4, m, m \
	VMOVUPS off(R8), Y5 \
	VMULPS  Y14, Y5, Y6 \
	VSUBPS  Y13, m, m \
	VADDPS  Y6, m, m \
	VCMPPS  $0, Y12, Y5, Y7 \
	VMINPS  Y12, m, Y8 \
	VBLENDVPS Y7, Y8, m, Y8 \
	VMAXPS  (64+off)(R12), Y8, Y9 \
	VMOVUPS Y9, (64+off)(R12) \
	VMINPS  (128+off)(R12), Y8, Y9 \
	VMOVUPS Y9, (128+off)(R12) \
	VMOVUPS (192+off)(R12), Y9 \
	VCMPPS  $30, Y9, m, Y9 \
	VANDPS  Y7, Y9, Y9 \
	VMULPS  Y15, m, m \
	VSUBPS  m, Y5, m \
	VMAXPS  Y12, m, m \
	VMOVUPS m, off(R8) \
	VSUBPS  Y5, m, m \
	VMULPS  Y4, m, m

// func svmStepAVX2(w *float32, rows *int32, values *float32, n int, alpha *float32, b *svmBlock)
TEXT ·svmStepAVX2(SB), NOSPLIT, $0-48
	MOVQ w+0(FP), SI
	MOVQ rows+8(FP), R9
	MOVQ values+16(FP), R10
	MOVQ n+24(FP), R11
	MOVQ alpha+32(FP), R8
	MOVQ b+40(FP), R12
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y12, Y12, Y12
	MOVL $0x3f800000, AX // 1
	VMOVD AX, X13
	VBROADCASTSS X13, Y13
	VBROADCASTSS 320(R12), Y14
	VBROADCASTSS 324(R12), Y15
	XORQ CX, CX
	MOVQ R11, DX
	ANDQ $-2, DX
	JZ   svmOdd
svmPair:
	MOVLQSX (R9)(CX*4), AX
	SHLQ $6, AX
	VBROADCASTSS (R10)(CX*4), Y8
	VMULPS (SI)(AX*1), Y8, Y9
	VADDPS Y9, Y0, Y0
	VMULPS 32(SI)(AX*1), Y8, Y9
	VADDPS Y9, Y1, Y1
	MOVLQSX 4(R9)(CX*4), AX
	SHLQ $6, AX
	VBROADCASTSS 4(R10)(CX*4), Y10
	VMULPS (SI)(AX*1), Y10, Y11
	VADDPS Y11, Y2, Y2
	VMULPS 32(SI)(AX*1), Y10, Y11
	VADDPS Y11, Y3, Y3
	ADDQ $2, CX
	CMPQ CX, DX
	JLT  svmPair
svmOdd:
	CMPQ CX, R11
	JGE  svmSum
	MOVLQSX (R9)(CX*4), AX
	SHLQ $6, AX
	VBROADCASTSS (R10)(CX*4), Y8
	VMULPS (SI)(AX*1), Y8, Y9
	VADDPS Y9, Y0, Y0
	VMULPS 32(SI)(AX*1), Y8, Y9
	VADDPS Y9, Y1, Y1
svmSum:
	VADDPS Y2, Y0, Y0
	VADDPS Y3, Y1, Y1
	LANES(0, Y0)
	VMOVMSKPS Y9, AX
	LANES(32, Y1)
	VMOVMSKPS Y9, BX
	SHLL $8, BX
	ORL  BX, AX
	XORL $0xffff, AX
	MOVL AX, 328(R12)
	VORPS Y0, Y1, Y2
	VCMPPS $4, Y12, Y2, Y2
	VMOVMSKPS Y2, AX
	TESTL AX, AX
	JZ   svmDone
	VADDPS 0(R12), Y0, Y2
	VMOVUPS Y2, 0(R12)
	VADDPS 32(R12), Y1, Y2
	VMOVUPS Y2, 32(R12)
	XORQ CX, CX
svmMove:
	MOVLQSX (R9)(CX*4), AX
	SHLQ $6, AX
	VBROADCASTSS (R10)(CX*4), Y8
	VMULPS Y8, Y0, Y9
	VADDPS (SI)(AX*1), Y9, Y9
	VMOVUPS Y9, (SI)(AX*1)
	VMULPS Y8, Y1, Y9
	VADDPS 32(SI)(AX*1), Y9, Y9
	VMOVUPS Y9, 32(SI)(AX*1)
	INCQ CX
	CMPQ CX, R11
	JLT  svmMove
svmDone:
	VZEROUPPER
	RET
