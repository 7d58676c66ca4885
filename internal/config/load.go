package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// File is the name that is read from the working folder when no other is named.
const File = "rapport.toml"

// Sources is where values are taken from.
type Sources struct {
	// File is the TOML file. Empty means RAPPORT_CONFIG, else rapport.toml in
	// the working folder if it is there. A named file must exist.
	File string
	// Flags are the values of flags that were given, by flag name.
	Flags map[string]string
	// Env looks a variable up. Default: os.LookupEnv.
	Env func(string) (string, bool)
}

// Value is one setting as it can be shown, and where it came from.
type Value struct {
	Key    string `json:"key"`
	Value  string `json:"value"`  // secrets are [redacted]
	Origin string `json:"origin"` // "default", "file rapport.toml", "environment RAPPORT_X", "flag --x"
}

// Loaded is a Config with its origins.
type Loaded struct {
	Config
	origin map[string]string
}

// Values are all settings in the order of Config.
func (l *Loaded) Values() []Value {
	out := make([]Value, len(fields))
	for i, f := range fields {
		out[i] = Value{Key: f.key, Value: f.text(&l.Config), Origin: l.Origin(f.key)}
	}
	return out
}

// Origin says where the value of a key came from.
func (l *Loaded) Origin(key string) string {
	if o, ok := l.origin[key]; ok {
		return o
	}
	return "default"
}

// Load reads all sources, the strongest last.
func Load(s Sources) (*Loaded, error) {
	if s.Env == nil {
		s.Env = os.LookupEnv
	}
	l := &Loaded{Config: Default(), origin: map[string]string{}}
	if err := l.fromFile(s); err != nil {
		return nil, err
	}
	if err := l.fromEnv(s.Env); err != nil {
		return nil, err
	}
	for _, f := range fields {
		if v, ok := s.Flags[f.flag()]; ok {
			if err := f.set(&l.Config, v); err != nil {
				return nil, fmt.Errorf("flag --%s: %w", f.flag(), err)
			}
			l.origin[f.key] = "flag --" + f.flag()
		}
	}
	if err := l.check(); err != nil {
		key, _, _ := strings.Cut(err.Error(), ":")
		return nil, fmt.Errorf("%w (from %s)", err, l.Origin(key))
	}
	return l, nil
}

func (l *Loaded) fromFile(s Sources) error {
	name, named := s.File, s.File != ""
	if !named {
		name, named = s.Env("RAPPORT_CONFIG")
		named = named && name != ""
	}
	if !named {
		name = File
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	// Decoding twice tells which keys the file holds, which the struct can't:
	// a key may be set to its default on purpose.
	dec := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	if err := dec.Decode(&l.Config); err != nil {
		return fileError(name, err)
	}
	var keys map[string]any
	if err := toml.Unmarshal(text, &keys); err != nil {
		return fileError(name, err)
	}
	for k := range keys {
		l.origin[k] = "file " + name
	}
	return nil
}

// fileError names the line, and for an unknown key the one that was meant.
func fileError(name string, err error) error {
	var missing *toml.StrictMissingError
	if errors.As(err, &missing) && len(missing.Errors) > 0 {
		e := missing.Errors[0]
		line, _ := e.Position()
		key := strings.Join(e.Key(), ".")
		return fmt.Errorf("%s, line %d: unknown key %q%s", name, line, key, didYouMean(key, keys()))
	}
	var e *toml.DecodeError
	if errors.As(err, &e) {
		line, column := e.Position()
		return fmt.Errorf("%s, line %d, column %d: %s", name, line, column, strings.TrimPrefix(e.Error(), "toml: "))
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (l *Loaded) fromEnv(env func(string) (string, bool)) error {
	for _, f := range fields {
		v, ok := env(f.env())
		origin := f.env()
		if f.secret != "" {
			if path, has := env(f.env() + "_FILE"); has && path != "" {
				if ok {
					return fmt.Errorf("%s and %s_FILE are both set: keep one", f.env(), f.env())
				}
				text, err := os.ReadFile(path)
				if err != nil {
					return fmt.Errorf("%s_FILE: %w", f.env(), err)
				}
				// Editors and echo end a file with a newline, which no secret means.
				v, ok, origin = strings.TrimRight(string(text), "\r\n"), true, f.env()+"_FILE"
			}
		}
		if !ok {
			continue
		}
		if err := f.set(&l.Config, v); err != nil {
			return fmt.Errorf("%s: %w", origin, err)
		}
		l.origin[f.key] = "environment " + origin
	}
	return nil
}

func keys() []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.key
	}
	return out
}
