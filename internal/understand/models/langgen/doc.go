// Command langgen makes languages.bin, the n-gram table of the language
// recogniser, from the language models of lingua-go and the large table of the
// npm package eld (both Apache-2.0). It is a module of its own, so that the
// library never enters the program: nothing is imported, only data files are
// read. `make languages` fetches both and runs it.
//
// For every language and order 1 to 5 it keeps the most probable n-grams, takes
// the union over the languages and stores for each language the joint
// log-probability as int8. Behind them come ELD's pieces of words with their
// scores in the languages that have them.
package main
