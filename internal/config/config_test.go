package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// env makes a lookup over pairs.
func env(pairs ...string) func(string) (string, bool) {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return func(k string) (string, bool) { v, ok := m[k]; return v, ok }
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "rapport.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	name := file(t, "listen = '127.0.0.1:1'\ndata = 'from-file'\nregion = 'NL'\nown = ['a.example', 'b@c.example']\nqueue_items = 7\n")
	l, err := Load(Sources{
		File:  name,
		Env:   env("RAPPORT_LISTEN", "127.0.0.1:2", "RAPPORT_DATA", "from-env", "RAPPORT_PROXIES", "10.0.0.0/8, 192.0.2.1"),
		Flags: map[string]string{"listen": "127.0.0.1:3"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][2]string{
		"listen":      {"127.0.0.1:3", "flag --listen"},
		"data":        {"from-env", "environment RAPPORT_DATA"},
		"region":      {"NL", "file " + name},
		"own":         {"a.example,b@c.example", "file " + name},
		"queue_items": {"7", "file " + name},
		"proxies":     {"10.0.0.0/8,192.0.2.1", "environment RAPPORT_PROXIES"},
		"log_level":   {"info", "default"},
	}
	seen := 0
	for _, v := range l.Values() {
		if w, ok := want[v.Key]; ok {
			seen++
			if v.Value != w[0] || v.Origin != w[1] {
				t.Errorf("%s = %q from %q, want %q from %q", v.Key, v.Value, v.Origin, w[0], w[1])
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d keys were listed", seen, len(want))
	}
	if nets, _ := l.ProxyNets(); len(nets) != 2 || nets[1].String() != "192.0.2.1/32" {
		t.Errorf("proxies: %v", nets)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		toml, want string
		env        []string
	}{
		"unknown key":     {toml: "data = 'x'\nlissten = ':1'\n", want: `line 2: unknown key "lissten"; did you mean listen?`},
		"dashed key":      {toml: "base-url = 'http://x'\n", want: "did you mean base_url?"},
		"far key":         {toml: "colour = 1\n", want: "known keys: listen, base_url"},
		"unknown table":   {toml: "[server]\nport = 1\n", want: `unknown key "server`},
		"wrong type":      {toml: "queue_items = 'many'\n", want: "line 1"},
		"broken file":     {toml: "listen = \n", want: "line 1"},
		"bad number":      {env: []string{"RAPPORT_QUEUE_ITEMS", "many"}, want: "RAPPORT_QUEUE_ITEMS: queue_items: \"many\" is not a whole number"},
		"bad durability":  {toml: "durability = 'fast'\n", want: `durability: "fast" is not one of full, relaxed (from file`},
		"bad level":       {env: []string{"RAPPORT_LOG_LEVEL", "loud"}, want: "(from environment RAPPORT_LOG_LEVEL)"},
		"bad address":     {env: []string{"RAPPORT_LISTEN", "8080"}, want: "listen:"},
		"base URL path":   {env: []string{"RAPPORT_BASE_URL", "https://x.example/crm"}, want: "base_url:"},
		"base URL scheme": {env: []string{"RAPPORT_BASE_URL", "javascript:alert(1)"}, want: "base_url:"},
		"region":          {env: []string{"RAPPORT_REGION", "nl"}, want: "region:"},
		"proxies":         {env: []string{"RAPPORT_PROXIES", "everyone"}, want: "proxies:"},
		"both":            {env: []string{"RAPPORT_DB", "sqlite:x", "RAPPORT_DB_FILE", "/nowhere"}, want: "both set"},
		"secret missing":  {env: []string{"RAPPORT_DB_FILE", "/nowhere/at/all"}, want: "RAPPORT_DB_FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(Sources{File: file(t, c.toml), Env: env(c.env...)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestNamedFileMustExist(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "none.toml")
	if _, err := Load(Sources{File: missing, Env: env()}); err == nil {
		t.Error("a named file that is missing was accepted")
	}
	if _, err := Load(Sources{Env: env("RAPPORT_CONFIG", missing)}); err == nil {
		t.Error("a file named by RAPPORT_CONFIG that is missing was accepted")
	}
}

func TestSecretsDontPrint(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "db")
	if err := os.WriteFile(secret, []byte("postgres://rapport:hunter2@db.example/rapport?sslmode=require\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Load(Sources{Env: env("RAPPORT_DB_FILE", secret, "RAPPORT_OWNER_PASSWORD", "hunter2")})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(l.DB, "hunter2") || strings.HasSuffix(l.DB, "\n") {
		t.Errorf("the URL itself is %q", l.DB)
	}
	for _, v := range l.Values() {
		if strings.Contains(v.Value, "hunter2") {
			t.Errorf("%s shows its secret: %s", v.Key, v.Value)
		}
		if v.Key == "db" && (v.Value != "postgres://rapport:[redacted]@db.example/rapport?sslmode=require" || v.Origin != "environment RAPPORT_DB_FILE") {
			t.Errorf("db = %s from %s", v.Value, v.Origin)
		}
	}
}

func TestRedactURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"sqlite:rapport.db":                "sqlite:rapport.db",
		"postgres://u@h/d":                 "postgres://u@h/d",
		"postgres://h/d?user=u&password=p": "postgres://h/d?password=[redacted]&user=u",
		"host=h password=p":                Redacted,
		"postgres://u:p%zz@h/d":            Redacted,
	} {
		if got := RedactURL(in); got != want {
			t.Errorf("RedactURL(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestEveryFieldEndsWithItsDefault keeps the manual in the struct honest.
func TestEveryFieldEndsWithItsDefault(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("config.go")
	if err != nil {
		t.Fatal(err)
	}
	body, _, _ := strings.Cut(string(text), "\n}\n")
	if got := strings.Count(body, "Default: "); got < len(fields)-1 { // the two owner fields share one
		t.Errorf("%d comments name a default, for %d fields", got, len(fields))
	}
}

func FuzzFile(f *testing.F) {
	f.Add("listen = ':1'\nown = ['x']\n")
	f.Add("[a]\nb = 1\n")
	f.Add("queue_items = 1e9\n= =\n")
	f.Fuzz(func(t *testing.T, text string) {
		name := filepath.Join(t.TempDir(), "c.toml")
		if os.WriteFile(name, []byte(text), 0o600) != nil {
			t.Skip()
		}
		l, err := Load(Sources{File: name, Env: env()})
		if err == nil && l.check() != nil {
			t.Error("Load accepted what check refuses")
		}
	})
}
