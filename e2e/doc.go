// Package e2e tests the program as a whole: it builds rapport once, boots it on
// port 0 and uses it as people and other programs do, by its command line, over
// HTTP and in a browser.
//
// In: the source tree, PostgreSQL by RAPPORT_TEST_POSTGRES, Chromium and Node
// where they are there, the mail beside the repository. RAPPORT_TEST_PROGRAM
// names a program to test instead of the one that is built here. Out: failing
// tests, with what the program logged. It has no code of its own.
//
// Promises: each test has its own data folder and database, and ends the
// programs that it started, by their process. It looks into a database only to
// ask whether what the program left is whole. It asserts on time only where a
// hang would be the fault, with bounds that a busy machine keeps. What a test
// needs and the machine lacks is a skip with one clear line; with CI set, it is
// a failure, so that nothing is left out silently.
package e2e
