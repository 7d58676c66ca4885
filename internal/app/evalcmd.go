package app

// evalCmd measures quality on labelled files. Each command prints a table, or
// with --json one object (docs/eval.md).
type evalCmd struct {
	Intents     evalIntentsCmd  `cmd:"" help:"Train and measure the reading of intents."`
	OOS         evalOOSCmd      `cmd:"" name:"oos" help:"Measure how texts of unknown intents are told from known ones."`
	Identity    evalIdentityCmd `cmd:"" help:"Find records of one person without examples."`
	Journeys    evalJourneysCmd `cmd:"" help:"Put contacts together to journeys."`
	evalReading `embed:""`
}
