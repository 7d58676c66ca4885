// Command langgen makes languages.bin, the n-gram table of the language
// recogniser, from the language models of lingua-go (Apache-2.0). It is a
// module of its own, so that this library never enters the program: nothing is
// imported, only its data files are read.
//
//	cd internal/understand/models/langgen && go mod download && go run . -out ../languages.bin
//
// For every language and order 1 to 5 it keeps the most probable n-grams, takes
// the union over the languages and stores for each language the joint
// log-probability as int8.
package main
