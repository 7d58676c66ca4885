// Package config gathers the bootstrap settings of the program into one struct.
//
// In: flags that were given, the environment (RAPPORT_*, and RAPPORT_*_FILE for
// secrets), one strict TOML file. Out: a Config and, for every value, where it
// came from. It reads files and the environment only through its Sources, and
// writes no table.
//
// Promises: a flag wins over the environment, the environment over the file,
// the file over the default; an unknown key, a wrong type or an impossible
// value is an error that names the place and, where one is near, the key that
// was meant; a secret prints as [redacted]. The file holds only what is needed
// before the database is open; everything else is set in the console.
package config
