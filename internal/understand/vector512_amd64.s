#include "textflag.h"

// AVX-512 versions of the loops that read a text. Sums of whole numbers are exact;
// the others are rounded as in vector.go and have the order that they have there.

// How many rows ahead the memory is asked for: the rows lie all over some
// megabytes.
#define AHEAD 24

// func addRowsAVX512(y *int32, columns int, matrix *byte, rows *int32, by *int16, n int)
//
// Four rows at a time: four weights of a column are one dword, which the dot
// products of VNNI multiply by the low bytes of four of by, and by the high bytes.
// Up to 128 columns stay in registers while all rows pass; masks cut off what is
// beyond the last column.
TEXT ·addRowsAVX512(SB), NOSPLIT, $0-48
	MOVQ y+0(FP), DI
	MOVQ columns+8(FP), R8
	MOVQ matrix+16(FP), SI
	MOVQ rows+24(FP), R9
	MOVQ by+32(FP), R10
	MOVQ n+40(FP), R11
	LEAQ -4(R11), R13 // the last four rows
	MOVQ R8, R12      // columns left
	MOVL $0x06040200, AX // low bytes of four words
	VPBROADCASTD AX, Z30
	MOVL $0x07050301, AX
	VPBROADCASTD AX, Z31

// ONES sets the first n bits of AX, n from 1 to 64.
#define ONES(n) \
	MOVQ $64, CX   \
	SUBQ n, CX     \
	MOVQ $-1, AX   \
	SHRQ CX, AX

// QUAD adds 64 columns of four rows: sixteen columns to each of four registers,
// four out of each sixteen, for the low bytes and for the high ones.
#define QUAD(at, mask, l0, l1, l2, l3, h0, h1, h2, h3) \
	VMOVDQU32.Z at(SI)(AX*1), mask, Z16  \
	VMOVDQU32.Z at(SI)(BX*1), mask, Z17  \
	VMOVDQU32.Z at(SI)(DX*1), mask, Z18  \
	VMOVDQU32.Z at(SI)(R14*1), mask, Z19 \
	VPUNPCKLBW Z17, Z16, Z20             \
	VPUNPCKHBW Z17, Z16, Z21             \
	VPUNPCKLBW Z19, Z18, Z22             \
	VPUNPCKHBW Z19, Z18, Z23             \
	VPUNPCKLWD Z22, Z20, Z16             \
	VPUNPCKHWD Z22, Z20, Z17             \
	VPUNPCKLWD Z23, Z21, Z18             \
	VPUNPCKHWD Z23, Z21, Z19             \
	VPDPBUSD   Z16, Z28, l0              \
	VPDPBUSD   Z17, Z28, l1              \
	VPDPBUSD   Z18, Z28, l2              \
	VPDPBUSD   Z19, Z28, l3              \
	VPDPBUSD   Z16, Z29, h0              \
	VPDPBUSD   Z17, Z29, h1              \
	VPDPBUSD   Z18, Z29, h2              \
	VPDPBUSD   Z19, Z29, h3

// SOON asks for what a row has in these columns, R15 being the last of them.
#define SOON(n, middle) \
	MOVLQSX (4*n)(R9)(DX*4), AX \
	IMULQ R8, AX                \
	PREFETCHT0 (SI)(AX*1)       \
	PREFETCHT0 middle(SI)(AX*1) \
	PREFETCHT0 (R15)(AX*1)

#define ROWS(middle) \
	LEAQ AHEAD(CX), DX          \
	CMPQ DX, R13                \
	CMOVQGT R13, DX             \
	SOON(0, middle)             \
	SOON(1, middle)             \
	SOON(2, middle)             \
	SOON(3, middle)             \
	MOVLQSX (R9)(CX*4), AX      \
	MOVLQSX 4(R9)(CX*4), BX     \
	MOVLQSX 8(R9)(CX*4), DX     \
	MOVLQSX 12(R9)(CX*4), R14   \
	IMULQ R8, AX                \
	IMULQ R8, BX                \
	IMULQ R8, DX                \
	IMULQ R8, R14               \
	VPBROADCASTQ (R10)(CX*2), Z29 \
	VPSHUFB Z30, Z29, Z28       \
	VPSHUFB Z31, Z29, Z29

// STORE adds sixteen columns to y under the first bits of AX.
#define STORE(at, z) \
	KMOVW AX, K3                   \
	SHRQ $16, AX                   \
	VMOVDQU32.Z at(DI), K3, Z16    \
	VPADDD Z16, z, z               \
	VMOVDQU32 z, K3, at(DI)

// PLACE adds both halves, puts 64 columns into their order and stores them.
#define PLACE(at, l0, l1, l2, l3, h0, h1, h2, h3) \
	VPSLLD $8, h0, h0              \
	VPSLLD $8, h1, h1              \
	VPSLLD $8, h2, h2              \
	VPSLLD $8, h3, h3              \
	VPADDD h0, l0, l0              \
	VPADDD h1, l1, l1              \
	VPADDD h2, l2, l2              \
	VPADDD h3, l3, l3              \
	VSHUFI32X4 $0x44, l1, l0, Z16  \
	VSHUFI32X4 $0x44, l3, l2, Z17  \
	VSHUFI32X4 $0xee, l1, l0, Z18  \
	VSHUFI32X4 $0xee, l3, l2, Z19  \
	VSHUFI32X4 $0x88, Z17, Z16, l0 \
	VSHUFI32X4 $0xdd, Z17, Z16, l1 \
	VSHUFI32X4 $0x88, Z19, Z18, l2 \
	VSHUFI32X4 $0xdd, Z19, Z18, l3 \
	STORE(at, l0)                  \
	STORE(at+64, l1)               \
	STORE(at+128, l2)              \
	STORE(at+192, l3)
add128:
	CMPQ R12, $64
	JLE  add64
	LEAQ -64(R12), DX
	MOVQ $64, AX
	CMPQ DX, AX
	CMOVQGT AX, DX   // columns in the second half
	LEAQ 63(SI)(DX*1), R15
	SHRQ $2, DX
	ONES(DX)
	KMOVW AX, K2
	KXNORW K1, K1, K1
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	VPXORQ Z8, Z8, Z8
	VPXORQ Z9, Z9, Z9
	VPXORQ Z10, Z10, Z10
	VPXORQ Z11, Z11, Z11
	VPXORQ Z12, Z12, Z12
	VPXORQ Z13, Z13, Z13
	VPXORQ Z14, Z14, Z14
	VPXORQ Z15, Z15, Z15
	XORQ CX, CX
add128Rows:
	ROWS(64)
	QUAD(0, K1, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	QUAD(64, K2, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)
	ADDQ $4, CX
	CMPQ CX, R11
	JLT  add128Rows
	MOVQ $-1, AX
	PLACE(0, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	LEAQ -64(R12), DX
	MOVQ $64, AX
	CMPQ DX, AX
	CMOVQGT AX, DX
	ONES(DX)
	PLACE(256, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)
	ADDQ $512, DI
	ADDQ $128, SI
	SUBQ $128, R12
	JG   add128
	JMP  addDone
add64:
	LEAQ -1(SI)(R12*1), R15
	MOVQ R12, DX
	SHRQ $2, DX
	ONES(DX)
	KMOVW AX, K1
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	XORQ CX, CX
add64Rows:
	ROWS(0)
	QUAD(0, K1, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	ADDQ $4, CX
	CMPQ CX, R11
	JLT  add64Rows
	ONES(R12)
	PLACE(0, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
addDone:
	VZEROUPPER
	RET

// func dotsOfRowsAVX512(out *int32, x *int16, columns int, matrix *byte, rows *int32, n int)
//
// Four rows at a time, whose last sums are made at once.
TEXT ·dotsOfRowsAVX512(SB), NOSPLIT, $0-48
	MOVQ out+0(FP), R13
	MOVQ x+8(FP), R10
	MOVQ columns+16(FP), R8
	MOVQ matrix+24(FP), SI
	MOVQ rows+32(FP), R9
	MOVQ n+40(FP), R11
	MOVQ R8, CX
	ANDQ $31, CX
	MOVQ $1, AX
	SHLQ CX, AX
	DECQ AX
	KMOVD AX, K1     // the columns after the last 32
	MOVQ R8, R12
	ANDQ $-32, R12   // the others
dotsRows:
	MOVLQSX (R9), AX
	MOVLQSX 4(R9), BX
	MOVLQSX 8(R9), DX
	MOVLQSX 12(R9), R14
	IMULQ R8, AX
	IMULQ R8, BX
	IMULQ R8, DX
	IMULQ R8, R14
	ADDQ SI, AX
	ADDQ SI, BX
	ADDQ SI, DX
	ADDQ SI, R14
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	XORQ CX, CX
	CMPQ CX, R12
	JGE  dotsRest
dotsWhole:
	VMOVDQU64 (R10)(CX*2), Z8
	VPMOVSXBW (AX)(CX*1), Z4
	VPMOVSXBW (BX)(CX*1), Z5
	VPMOVSXBW (DX)(CX*1), Z6
	VPMOVSXBW (R14)(CX*1), Z7
	VPDPWSSD Z8, Z4, Z0
	VPDPWSSD Z8, Z5, Z1
	VPDPWSSD Z8, Z6, Z2
	VPDPWSSD Z8, Z7, Z3
	ADDQ $32, CX
	CMPQ CX, R12
	JLT  dotsWhole
dotsRest:
	CMPQ CX, R8
	JGE  dotsSum
	VMOVDQU16.Z (R10)(CX*2), K1, Z8
	VPMOVSXBW.Z (AX)(CX*1), K1, Z4
	VPMOVSXBW.Z (BX)(CX*1), K1, Z5
	VPMOVSXBW.Z (DX)(CX*1), K1, Z6
	VPMOVSXBW.Z (R14)(CX*1), K1, Z7
	VPDPWSSD Z8, Z4, Z0
	VPDPWSSD Z8, Z5, Z1
	VPDPWSSD Z8, Z6, Z2
	VPDPWSSD Z8, Z7, Z3
dotsSum:
	VPUNPCKLDQ Z1, Z0, Z4
	VPUNPCKHDQ Z1, Z0, Z5
	VPUNPCKLDQ Z3, Z2, Z6
	VPUNPCKHDQ Z3, Z2, Z7
	VPADDD Z5, Z4, Z4
	VPADDD Z7, Z6, Z6
	VPUNPCKLQDQ Z6, Z4, Z5
	VPUNPCKHQDQ Z6, Z4, Z7
	VPADDD Z7, Z5, Z0
	VEXTRACTI64X4 $1, Z0, Y1
	VPADDD Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD X1, X0, X0
	VMOVDQU X0, (R13)
	ADDQ $16, R13
	ADDQ $16, R9
	SUBQ $4, R11
	JNZ  dotsRows
	VZEROUPPER
	RET

// func addUnitsAVX512(y *float32, columns int, matrix *float32, stride int, rows *int32, by *float32, n int)
//
// addUnitsAVX2 for columns by 96, 64, 32 or 8.
TEXT ·addUnitsAVX512(SB), NOSPLIT, $0-56
	MOVQ y+0(FP), DI
	MOVQ columns+8(FP), R12 // columns left
	MOVQ matrix+16(FP), SI
	MOVQ stride+24(FP), R8
	MOVQ rows+32(FP), R9
	MOVQ by+40(FP), R10
	MOVQ n+48(FP), R11
	SHLQ $2, R8
units96:
	CMPQ R12, $96
	JLT  units32
	VMOVUPS 0(DI), Z0
	VMOVUPS 64(DI), Z1
	VMOVUPS 128(DI), Z2
	VMOVUPS 192(DI), Z3
	VMOVUPS 256(DI), Z4
	VMOVUPS 320(DI), Z5
	XORQ CX, CX
units96Row:
	MOVLQSX (R9)(CX*4), AX
	IMULQ R8, AX
	VBROADCASTSS (R10)(CX*4), Z15
	VMULPS 0(SI)(AX*1), Z15, Z6
	VMULPS 64(SI)(AX*1), Z15, Z7
	VMULPS 128(SI)(AX*1), Z15, Z8
	VMULPS 192(SI)(AX*1), Z15, Z9
	VMULPS 256(SI)(AX*1), Z15, Z10
	VMULPS 320(SI)(AX*1), Z15, Z11
	VADDPS Z6, Z0, Z0
	VADDPS Z7, Z1, Z1
	VADDPS Z8, Z2, Z2
	VADDPS Z9, Z3, Z3
	VADDPS Z10, Z4, Z4
	VADDPS Z11, Z5, Z5
	INCQ CX
	CMPQ CX, R11
	JLT  units96Row
	VMOVUPS Z0, 0(DI)
	VMOVUPS Z1, 64(DI)
	VMOVUPS Z2, 128(DI)
	VMOVUPS Z3, 192(DI)
	VMOVUPS Z4, 256(DI)
	VMOVUPS Z5, 320(DI)
	ADDQ $384, DI
	ADDQ $384, SI
	SUBQ $96, R12
	JMP  units96
units32:
	CMPQ R12, $32
	JLT  units8
	VMOVUPS 0(DI), Z0
	VMOVUPS 64(DI), Z1
	XORQ CX, CX
units32Row:
	MOVLQSX (R9)(CX*4), AX
	IMULQ R8, AX
	VBROADCASTSS (R10)(CX*4), Z15
	VMULPS 0(SI)(AX*1), Z15, Z6
	VMULPS 64(SI)(AX*1), Z15, Z7
	VADDPS Z6, Z0, Z0
	VADDPS Z7, Z1, Z1
	INCQ CX
	CMPQ CX, R11
	JLT  units32Row
	VMOVUPS Z0, 0(DI)
	VMOVUPS Z1, 64(DI)
	ADDQ $128, DI
	ADDQ $128, SI
	SUBQ $32, R12
	JMP  units32
units8:
	CMPQ R12, $8
	JLT  unitsDone
	VMOVUPS (DI), Y0
	XORQ CX, CX
units8Row:
	MOVLQSX (R9)(CX*4), AX
	IMULQ R8, AX
	VBROADCASTSS (R10)(CX*4), Y15
	VMULPS (SI)(AX*1), Y15, Y6
	VADDPS Y6, Y0, Y0
	INCQ CX
	CMPQ CX, R11
	JLT  units8Row
	VMOVUPS Y0, (DI)
	ADDQ $32, DI
	ADDQ $32, SI
	SUBQ $8, R12
	JMP  units8
unitsDone:
	VZEROUPPER
	RET

// SLOTS reads the slots at R9 of eight spread hashes, Z4, and leaves the positions
// in Y8, the lanes whose first bits are the same in K3 and those that may stand in a
// later slot in K6.
#define SLOTS \
	VPSRLQ $57, Z4, Z7          \
	VPMOVQD Z7, Y7              \
	VPANDQ Z26, Z4, Z4          \
	KXNORB K1, K1, K1           \
	VPGATHERQD (R9)(Z4*4), K1, Y5 \
	VPTESTMD Y5, Y5, K6         \
	VPSRLD $25, Y5, Y6          \
	VPCMPEQD Y6, Y7, K6, K3     \
	VPTESTMD Y27, Y5, K6        \
	VPANDD Y25, Y5, Y8          \
	VPADDD Y24, Y8, Y8          \
	KMOVB  K3, K1

// AGAIN notes the lanes, from Y28, that are looked for again: those of K6 that are
// not in K4.
#define AGAIN(to) \
	KANDNB K6, K4, K5           \
	VPCOMPRESSD Y28, K5, Y11    \
	VMOVDQU Y11, (to)(R14*4)    \
	KMOVB K5, AX                \
	POPCNTL AX, AX              \
	ADDQ AX, R14                \
	VPADDD Y29, Y28, Y28

#define CONSTANTS \
	MOVL $0xffffff, AX          \
	VPBROADCASTD AX, Y25        \
	MOVL $0x1000000, AX         \
	VPBROADCASTD AX, Y27        \
	VPTERNLOGD $0xff, Z24, Z24, Z24 \
	MOVQ $0x0706050403020100, AX \
	VMOVQ AX, X0                \
	VPMOVZXBD X0, Y28           \
	MOVL $8, AX                 \
	VPBROADCASTD AX, Y29        \
	XORQ R13, R13               \
	XORQ R14, R14

// func lookUpAVX512(list *feature, n int, table *uint32, mask uint64, hashes *uint64, rows, again *int32) (retry int)
TEXT ·lookUpAVX512(SB), NOSPLIT, $0-64
	MOVQ list+0(FP), R8
	MOVQ n+8(FP), R12
	MOVQ table+16(FP), R9
	VPBROADCASTQ mask+24(FP), Z26
	MOVQ hashes+32(FP), R10
	MOVQ rows+40(FP), DI
	MOVQ again+48(FP), SI
	CONSTANTS
	// A feature is three words: hash, spread, and count with block. These are the
	// places of hashes and of spreads in the first two of three registers; the last
	// two and the last three of eight are in the third.
	MOVQ $0x05020f0c09060300, AX
	VMOVQ AX, X0
	VPMOVZXBQ X0, Z30
	MOVQ $0x0603000d0a070401, AX
	VMOVQ AX, X0
	VPMOVZXBQ X0, Z31
	MOVL $0xc0, AX
	KMOVB AX, K2
	MOVL $0xe0, AX
	KMOVB AX, K7
look8:
	VMOVDQU64 (R8), Z3
	VMOVDQU64 64(R8), Z1
	VMOVDQU64 128(R8), Z2
	VMOVDQA64 Z3, Z4
	VPERMT2Q Z1, Z30, Z3
	VPERMQ Z2, Z30, K2, Z3 // hashes
	VPERMT2Q Z1, Z31, Z4
	VPERMQ Z2, Z31, K7, Z4 // spreads
	SLOTS
	VPGATHERDQ (R10)(Y8*8), K1, Z9
	VPCMPEQQ Z9, Z3, K3, K4
	VMOVDQA64 Z24, Z10
	VMOVDQA32 Y8, K4, Y10 // -1 where it is another
	VMOVDQU Y10, (DI)
	AGAIN(SI)
	ADDQ $32, DI
	ADDQ $192, R8
	SUBQ $8, R12
	JNZ  look8
	MOVQ R14, retry+56(FP)
	VZEROUPPER
	RET

// func keepAVX512(rows, index *int32, n int) (known int)
//
// Moves the rows that are not below zero to the front, with their places in index.
TEXT ·keepAVX512(SB), NOSPLIT, $0-32
	MOVQ rows+0(FP), DI
	MOVQ index+8(FP), SI
	MOVQ n+16(FP), R12
	CONSTANTS
	XORQ CX, CX
keep8:
	VMOVDQU (DI)(CX*4), Y0
	VPCMPD $6, Y24, Y0, K1 // above -1
	VPCOMPRESSD Y0, K1, Y0
	VPCOMPRESSD Y28, K1, Y1
	VMOVDQU Y0, (DI)(R13*4)
	VMOVDQU Y1, (SI)(R13*4)
	KMOVB K1, AX
	POPCNTL AX, AX
	ADDQ AX, R13
	VPADDD Y29, Y28, Y28
	ADDQ $8, CX
	CMPQ CX, R12
	JLT  keep8
	MOVQ R13, known+24(FP)
	VZEROUPPER
	RET

// func findAVX512(keys *uint32, n int, table *uint32, mask uint64, hashes *uint32, found, again *int32) (known, retry int)
TEXT ·findAVX512(SB), NOSPLIT, $0-72
	MOVQ keys+0(FP), R8
	MOVQ n+8(FP), R12
	MOVQ table+16(FP), R9
	VPBROADCASTQ mask+24(FP), Z26
	MOVQ hashes+32(FP), R10
	MOVQ found+40(FP), DI
	MOVQ again+48(FP), SI
	CONSTANTS
	MOVQ $0xd6e8feb86659fd93, AX // as in finalise
	VPBROADCASTQ AX, Z31
find8:
	VMOVDQU (R8), Y3
	VPMOVZXDQ Y3, Z4
	VPMULLQ Z31, Z4, Z4
	VPSRLQ $32, Z4, Z0
	VPXORQ Z0, Z4, Z4
	SLOTS
	VPGATHERDD (R10)(Y8*4), K1, Y9
	VPCMPEQD Y9, Y3, K3, K4
	VPCOMPRESSD Y8, K4, Y10
	VMOVDQU Y10, (DI)(R13*4)
	KMOVB K4, AX
	POPCNTL AX, AX
	ADDQ AX, R13
	AGAIN(SI)
	ADDQ $32, R8
	SUBQ $8, R12
	JNZ  find8
	MOVQ R13, known+56(FP)
	MOVQ R14, retry+64(FP)
	VZEROUPPER
	RET

// LANES16 sets K1 for the sixteen lanes of a loop or, at its end, for the n left.
#define LANES16(n) \
	MOVL $0xffff, AX         \
	MOVQ $16, CX             \
	SUBQ n, CX               \
	JLE  2(PC)               \
	SHRL CX, AX              \
	KMOVW AX, K1

// LANES8 does so for eight.
#define LANES8(n) \
	MOVL $0xff, AX           \
	MOVQ $8, CX              \
	SUBQ n, CX               \
	JLE  2(PC)               \
	SHRL CX, AX              \
	KMOVB AX, K1

// LARGEST leaves the largest of sixteen unsigned lanes of Z0 in AX.
#define LARGEST \
	VEXTRACTI64X4 $1, Z0, Y1 \
	VPMAXUD Y1, Y0, Y0       \
	VEXTRACTI128 $1, Y0, X1  \
	VPMAXUD X1, X0, X0       \
	VPSHUFD $0x4e, X0, X1    \
	VPMAXUD X1, X0, X0       \
	VPSHUFD $0xb1, X0, X1    \
	VPMAXUD X1, X0, X0       \
	VMOVD X0, AX

// func topRowAVX512(rows *int32, n int) uint32
TEXT ·topRowAVX512(SB), NOSPLIT, $0-20
	MOVQ rows+0(FP), SI
	MOVQ n+8(FP), R12
	VPXORQ Z0, Z0, Z0
topRow16:
	LANES16(R12)
	VMOVDQU32.Z (SI), K1, Z1
	VPMAXUD Z1, Z0, Z0
	ADDQ $64, SI
	SUBQ $16, R12
	JG   topRow16
	LARGEST
	MOVL AX, ret+16(FP)
	VZEROUPPER
	RET

// func largestAVX512(x *float32, n int) uint32
TEXT ·largestAVX512(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), R12
	VPXORQ Z0, Z0, Z0
	MOVL $0x7fffffff, AX
	VPBROADCASTD AX, Z2
largest16:
	LANES16(R12)
	VMOVDQU32.Z (SI), K1, Z1
	VPANDD Z2, Z1, Z1
	VPMAXUD Z1, Z0, Z0
	ADDQ $64, SI
	SUBQ $16, R12
	JG   largest16
	LARGEST
	MOVL AX, ret+16(FP)
	VZEROUPPER
	RET

// func scaleRowsAVX512(out, values, scale *float32, rows *int32, n int)
TEXT ·scaleRowsAVX512(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ values+8(FP), SI
	MOVQ scale+16(FP), R8
	MOVQ rows+24(FP), R9
	MOVQ n+32(FP), R12
scale16:
	LANES16(R12)
	KMOVW K1, K2
	VMOVDQU32.Z (R9), K1, Z0
	VGATHERDPS (R8)(Z0*4), K2, Z1
	VMULPS.Z (SI), Z1, K1, Z1
	VMOVUPS Z1, K1, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	ADDQ $64, R9
	SUBQ $16, R12
	JG   scale16
	VZEROUPPER
	RET

// func activateAVX512(h *float32, n int, units *int32, active, bias *float32, sums *int32, unit float32) (above int)
TEXT ·activateAVX512(SB), NOSPLIT, $0-64
	MOVQ h+0(FP), DI
	MOVQ n+8(FP), R12
	MOVQ units+16(FP), R9
	MOVQ active+24(FP), R10
	MOVQ bias+32(FP), SI
	MOVQ sums+40(FP), R11
	VBROADCASTSS unit+48(FP), Z2
	VPXORQ Z3, Z3, Z3
	MOVQ $0x0706050403020100, AX
	MOVQ $0x0f0e0d0c0b0a0908, BX
	VMOVQ AX, X4
	VPINSRQ $1, BX, X4, X4
	VPMOVZXBD X4, Z4 // the places
	MOVL $16, AX
	VPBROADCASTD AX, Z5
	XORQ R14, R14
activate16:
	LANES16(R12)
	VMOVDQU32.Z (R11), K1, Z0
	VCVTDQ2PS Z0, Z0
	VMULPS Z2, Z0, Z0
	VADDPS.Z (SI), Z0, K1, Z0
	VMOVUPS Z0, K1, (DI)
	VCMPPS $14, Z3, Z0, K1, K2 // above
	VCOMPRESSPS Z0, K2, Z1
	VMOVUPS Z1, (R10)(R14*4)
	VPCOMPRESSD Z4, K2, Z1
	VMOVDQU32 Z1, (R9)(R14*4)
	KMOVW K2, AX
	POPCNTL AX, AX
	ADDQ AX, R14
	VPADDD Z5, Z4, Z4
	ADDQ $64, R11
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $16, R12
	JG   activate16
	MOVQ R14, above+56(FP)
	VZEROUPPER
	RET

// func wholesAVX512(out *int16, x *float32, n int, by float32)
TEXT ·wholesAVX512(SB), NOSPLIT, $0-28
	MOVQ out+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), R12
	VBROADCASTSS by+24(FP), Z2
	MOVL $0x47000080, AX // 32768.5
	VPBROADCASTD AX, Z3
	MOVL $32768, AX
	VPBROADCASTD AX, Z4
wholes16:
	LANES16(R12)
	VMULPS.Z (SI), Z2, K1, Z0
	VADDPS Z3, Z0, Z0
	VCVTTPS2DQ Z0, Z0
	VPSUBD Z4, Z0, Z0
	VPMOVDW Z0, K1, (DI)
	ADDQ $64, SI
	ADDQ $32, DI
	SUBQ $16, R12
	JG   wholes16
	VZEROUPPER
	RET

// func sumRowsAVX512(y *int32, columns int, matrix *byte, rows *int32, n int)
//
// Adds at most 256 rows of at most 32 numbers, in words, to 32 numbers.
TEXT ·sumRowsAVX512(SB), NOSPLIT, $0-40
	MOVQ y+0(FP), DI
	MOVQ columns+8(FP), R8
	MOVQ matrix+16(FP), SI
	MOVQ rows+24(FP), R9
	MOVQ n+32(FP), R11
	MOVQ R8, CX
	MOVQ $1, AX
	SHLQ CX, AX
	DECQ AX
	KMOVD AX, K1
	VPXORQ Z0, Z0, Z0
	XORQ CX, CX
sumRow:
	MOVLQSX (R9)(CX*4), AX
	IMULQ R8, AX
	VPMOVSXBW.Z (SI)(AX*1), K1, Z1
	VPADDW Z1, Z0, Z0
	INCQ CX
	CMPQ CX, R11
	JLT  sumRow
	VPMOVSXWD Y0, Z1
	VEXTRACTI64X4 $1, Z0, Y0
	VPMOVSXWD Y0, Z2
	VPADDD (DI), Z1, Z1
	VPADDD 64(DI), Z2, Z2
	VMOVDQU32 Z1, (DI)
	VMOVDQU32 Z2, 64(DI)
	VZEROUPPER
	RET

// func expsAVX512(out, z *float32, n int, a, top float32)
//
// exp32 of eight a·(z-top) at a time, none of which is above 0.
TEXT ·expsAVX512(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ z+8(FP), SI
	MOVQ n+16(FP), R12
	VBROADCASTSS a+24(FP), Y16
	VBROADCASTSS top+28(FP), Y17
	LEAQ ·exponential(SB), R8
	LEAQ ·power(SB), R9
	MOVL $0xc2d00000, AX // -104, below which nothing is left in 32 bits
	VPBROADCASTD AX, Y18
	VBROADCASTSD 0(R8), Z19
	VBROADCASTSD 8(R8), Z20
	VBROADCASTSD 16(R8), Z21
	VBROADCASTSD 24(R8), Z22
	VBROADCASTSD 32(R8), Z23
	VBROADCASTSD 40(R8), Z24
	VBROADCASTSD 48(R8), Z25
	VBROADCASTSD 56(R8), Z26
	VBROADCASTSD 64(R8), Z27
	MOVQ $63, AX
	VPBROADCASTQ AX, Z28
	MOVQ $1023, AX
	VPBROADCASTQ AX, Z29
exps8:
	LANES8(R12)
	VMOVUPS.Z (SI), K1, Y0
	VSUBPS Y17, Y0, Y0
	VMULPS Y16, Y0, Y0
	VCMPPS $13, Y18, Y0, K1, K2 // at least
	VCVTPS2PD Y0, Z0
	VMULPD Z19, Z0, Z1
	VADDPD Z20, Z1, Z1
	VSUBPD Z20, Z1, Z2 // whole
	VPSLLQ $12, Z1, Z1
	VPSRAQ $12, Z1, Z1
	VMULPD Z21, Z2, Z3
	VSUBPD Z3, Z0, Z0
	VMULPD Z22, Z2, Z3
	VSUBPD Z3, Z0, Z0
	VMULPD Z23, Z0, Z3
	VADDPD Z24, Z3, Z3
	VMULPD Z0, Z3, Z3
	VADDPD Z25, Z3, Z3
	VMULPD Z0, Z3, Z3
	VADDPD Z26, Z3, Z3
	VMULPD Z0, Z3, Z3
	VADDPD Z27, Z3, Z3
	VMULPD Z0, Z3, Z3
	VADDPD Z27, Z3, Z3
	VPANDQ Z28, Z1, Z2
	KXNORB K3, K3, K3
	VGATHERQPD (R9)(Z2*8), K3, Z4
	VMULPD Z4, Z3, Z3
	VPSRAQ $6, Z1, Z1
	VPADDQ Z29, Z1, Z1
	VPSLLQ $52, Z1, Z1
	VMULPD Z1, Z3, Z3
	VCVTPD2PS.Z Z3, K2, Y3
	VMOVUPS Y3, K1, (DI)
	ADDQ $32, SI
	ADDQ $32, DI
	SUBQ $8, R12
	JG   exps8
	VZEROUPPER
	RET

// func pLogsAVX512(out *float64, p *float32, n int)
//
// p·log32(p) of eight numbers at a time.
TEXT ·pLogsAVX512(SB), NOSPLIT, $0-24
	MOVQ out+0(FP), DI
	MOVQ p+8(FP), SI
	MOVQ n+16(FP), R12
	LEAQ ·logarithm(SB), R8
	LEAQ ·logTable(SB), R9
	VBROADCASTSD 0(R8), Z19
	VBROADCASTSD 8(R8), Z20
	VBROADCASTSD 16(R8), Z21
	VBROADCASTSD 24(R8), Z22
	VBROADCASTSD 32(R8), Z23
	VBROADCASTSD 40(R8), Z24
	VBROADCASTSD 48(R8), Z25
	MOVL $0x3089705f, AX // 1e-9
	VPBROADCASTD AX, Y26
	MOVL $0x7fffff, AX
	VPBROADCASTD AX, Y27
	MOVL $127, AX
	VPBROADCASTD AX, Y28
	VPSLLD $23, Y28, Y29
pLogs8:
	LANES8(R12)
	VMOVUPS.Z (SI), K1, Y0
	VCMPPS $14, Y26, Y0, K1, K2 // more
	VPSRLD $23, Y0, Y1
	VPSUBD Y28, Y1, Y1
	VCVTDQ2PD Y1, Z1 // exponent
	VPANDD Y27, Y0, Y2
	VPORD Y29, Y2, Y2
	VCVTPS2PD Y2, Z2 // mantissa
	VPSRLD $16, Y0, Y3
	VPANDD Y28, Y3, Y3
	VPSLLD $1, Y3, Y3 // two numbers each
	KXNORB K3, K3, K3
	VGATHERDPD (R9)(Y3*8), K3, Z4
	KXNORB K3, K3, K3
	VGATHERDPD 8(R9)(Y3*8), K3, Z5
	VMULPD Z4, Z2, Z2
	VSUBPD Z24, Z2, Z2
	VMULPD Z19, Z2, Z3
	VSUBPD Z3, Z20, Z3
	VMULPD Z2, Z3, Z3
	VSUBPD Z3, Z21, Z3
	VMULPD Z2, Z3, Z3
	VSUBPD Z3, Z22, Z3
	VMULPD Z2, Z3, Z3
	VSUBPD Z3, Z23, Z3
	VMULPD Z2, Z3, Z3
	VSUBPD Z3, Z24, Z3
	VMULPD Z2, Z3, Z3
	VMULPD Z25, Z1, Z1
	VADDPD Z5, Z1, Z1
	VADDPD Z3, Z1, Z1
	VCVTPS2PD Y0, Z0
	VMULPD.Z Z1, Z0, K2, Z0
	VMOVUPD Z0, K1, (DI)
	ADDQ $32, SI
	ADDQ $64, DI
	SUBQ $8, R12
	JG   pLogs8
	VZEROUPPER
	RET

// func highestAVX512(x *float32, n int) float32
TEXT ·highestAVX512(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), R12
	VBROADCASTSS (SI), Z0
highest16:
	LANES16(R12)
	VMOVAPS Z0, Z1
	VMOVUPS (SI), K1, Z1
	VMAXPS Z1, Z0, Z0
	ADDQ $64, SI
	SUBQ $16, R12
	JG   highest16
	VEXTRACTF64X4 $1, Z0, Y1
	VMAXPS Y1, Y0, Y0
	VEXTRACTF128 $1, Y0, X1
	VMAXPS X1, X0, X0
	VPERMILPS $0x4e, X0, X1
	VMAXPS X1, X0, X0
	VPERMILPS $0xb1, X0, X1
	VMAXPS X1, X0, X0
	VMOVSS X0, ret+16(FP)
	VZEROUPPER
	RET

// func divideAVX512(x *float32, n int, by float32)
TEXT ·divideAVX512(SB), NOSPLIT, $0-20
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), R12
	VBROADCASTSS by+16(FP), Z2
divide16:
	LANES16(R12)
	VMOVUPS.Z (SI), K1, Z0
	VDIVPS Z2, Z0, Z0
	VMOVUPS Z0, K1, (SI)
	ADDQ $64, SI
	SUBQ $16, R12
	JG   divide16
	VZEROUPPER
	RET

// func apportionAVX512(out *float32, counts *uint32, places *int32, values, pulls *float32, n int)
//
// A feature is as long as three numbers of 64 bits.
TEXT ·apportionAVX512(SB), NOSPLIT, $0-48
	MOVQ out+0(FP), DI
	MOVQ counts+8(FP), R8
	MOVQ places+16(FP), R9
	MOVQ values+24(FP), SI
	MOVQ pulls+32(FP), R10
	MOVQ n+40(FP), R12
apportion16:
	LANES16(R12)
	VMOVDQU32.Z (R9), K1, Z0
	VPADDD Z0, Z0, Z1
	VPADDD Z0, Z1, Z1
	KMOVW K1, K2
	VPXORD Z2, Z2, Z2
	VPGATHERDD (R8)(Z1*8), K2, Z2
	VCVTUDQ2PS Z2, Z2
	VMOVUPS.Z (SI), K1, Z3
	VMULPS.Z (R10), Z3, K1, Z3
	VDIVPS Z2, Z3, Z3
	KMOVW K1, K2
	VSCATTERDPS Z3, K2, (DI)(Z0*4)
	ADDQ $64, R9
	ADDQ $64, SI
	ADDQ $64, R10
	SUBQ $16, R12
	JG   apportion16
	VZEROUPPER
	RET

// func pullsAVX512(out *float32, rows *int32, n int, p *pullsOf)
//
// Sixteen rows at a time. A weight is taken from the four bytes around it, for
// rows are as long as a multiple of four.
TEXT ·pullsAVX512(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ rows+8(FP), SI
	MOVQ n+16(FP), R12
	MOVQ p+24(FP), R8
	MOVQ 0(R8), R9  // weights
	MOVQ 8(R8), R10 // their scales
	MOVQ 16(R8), R11 // dot products
	MOVQ 24(R8), R13 // their scales
	MOVL 32(R8), AX
	SHRL $2, AX
	VPBROADCASTD AX, Z16 // dwords of a row

// PLACEOF leaves the dword of a label in z and in x how far its byte is from the top.
#define PLACEOF(at, z, x) \
	MOVL at(R8), AX     \
	MOVL AX, CX         \
	SHRL $2, AX         \
	VPBROADCASTD AX, z  \
	NOTL CX             \
	ANDL $3, CX         \
	SHLL $3, CX         \
	VMOVD CX, x
	PLACEOF(36, Z17, X18)
	PLACEOF(40, Z19, X20)
	VBROADCASTSS 44(R8), Z21 // unit
	VBROADCASTSS 48(R8), Z22 // hidden
	VBROADCASTSS 52(R8), Z23 // linear
pulls16:
	LANES16(R12)
	VMOVDQU32.Z (SI), K1, Z0
	VPMULLD Z16, Z0, Z1
	VPADDD Z17, Z1, Z2
	VPADDD Z19, Z1, Z3
	KMOVW K1, K2
	VPGATHERDD (R9)(Z2*4), K2, Z4
	KMOVW K1, K2
	VPGATHERDD (R9)(Z3*4), K2, Z5
	VPSLLD X18, Z4, Z4
	VPSLLD X20, Z5, Z5
	VPSRAD $24, Z4, Z4
	VPSRAD $24, Z5, Z5
	VPSUBD Z5, Z4, Z4
	VCVTDQ2PS Z4, Z4
	KMOVW K1, K2
	VGATHERDPS (R10)(Z0*4), K2, Z6
	VMULPS Z4, Z6, Z4
	VMULPS Z23, Z4, Z4
	VMOVDQU32.Z (R11), K1, Z5
	VCVTDQ2PS Z5, Z5
	VMULPS Z21, Z5, Z5
	KMOVW K1, K2
	VGATHERDPS (R13)(Z0*4), K2, Z7
	VMULPS Z7, Z5, Z5
	VMULPS Z22, Z5, Z5
	VADDPS Z4, Z5, Z4
	VMOVUPS Z4, K1, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	ADDQ $64, R11
	SUBQ $16, R12
	JG   pulls16
	VZEROUPPER
	RET
