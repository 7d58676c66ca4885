package app

// CLI is the command line. A command is a struct with a Run method in a file of
// its own.
type CLI struct {
	Globals

	Serve    serveCmd    `cmd:"" help:"Run the server."`
	Demo     demoCmd     `cmd:"" help:"Open a demo firm with ninety days of relationships, on this machine only."`
	Import   importCmd   `cmd:"" help:"Take contacts in from files."`
	Train    trainCmd    `cmd:"" help:"Train models on the firm's own examples."`
	Search   searchCmd   `cmd:"" help:"Make the index of messages anew."`
	Bench    benchCmd    `cmd:"" help:"Measure this machine."`
	Eval     evalCmd     `cmd:"" help:"Measure quality on labelled files."`
	Keys     keysCmd     `cmd:"" help:"Make, list and revoke API keys."`
	User     userCmd     `cmd:"" help:"Make, invite, list and change people."`
	Team     teamCmd     `cmd:"" help:"Make, list and change teams."`
	SetupURL setupURLCmd `cmd:"" name:"setup-url" help:"Print a new link that makes the owner."`
	Doctor   doctorCmd   `cmd:"" help:"Check this installation and propose what to do."`
	Config   configCmd   `cmd:"" name:"config" help:"Print the configuration."`
	OpenAPI  openAPICmd  `cmd:"" name:"openapi" help:"Print the OpenAPI 3.1 document of the API."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// Globals are the flags of every command.
type Globals struct {
	Config   string `help:"TOML file with settings. Default: rapport.toml, if it is there." placeholder:"FILE"`
	Settings `embed:""`
}

// Settings are the settings of every command. A pointer tells a flag that was
// given from one that was not; config knows the defaults.
type Settings struct {
	Data      *string `name:"data" help:"Data folder. Default: rapport-data." placeholder:"DIR"`
	DB        *string `name:"db" help:"Database: postgres://… or sqlite:FILE. Default: rapport.db in the data folder." placeholder:"URL"`
	LogLevel  *string `name:"log-level" help:"debug, info, warn or error. Default: info." placeholder:"LEVEL"`
	LogFormat *string `name:"log-format" help:"text, json or auto. Default: auto." placeholder:"FORMAT"`
}

// reading are the settings of commands that take contacts in.
type reading struct {
	Region     *string `name:"region" help:"Country of telephone numbers without a country code. Default: US." placeholder:"CC"`
	Own        *string `name:"own" help:"The firm's mail domains and addresses, with commas between." placeholder:"LIST"`
	Durability *string `name:"durability" help:"full or relaxed. Default: full." placeholder:"MODE"`
	QueueItems *string `name:"queue-items" help:"Contacts that may wait before senders are told to try later." placeholder:"N"`
}

// serving are the settings of servers.
type serving struct {
	Listen  *string `name:"listen" help:"Address to listen on; port 0 takes a free one. Default: 127.0.0.1:8080." placeholder:"ADDR"`
	BaseURL *string `name:"base-url" help:"Address that people open, such as https://rapport.example.com." placeholder:"URL"`
	Proxies *string `name:"proxies" help:"Reverse proxies whose X-Forwarded-For is believed." placeholder:"LIST"`
	Firm    *string `name:"firm" help:"Name of the firm." placeholder:"NAME"`
	Mail    *string `name:"mail-listen" help:"Address of the built-in SMTP server, such as :25. Default: it is off." placeholder:"ADDR"`
	LMTP    *string `name:"lmtp-listen" help:"The same for LMTP, such as 127.0.0.1:24." placeholder:"ADDR"`
}
