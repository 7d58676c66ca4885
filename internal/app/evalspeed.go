package app

import (
	goruntime "runtime"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/understand"
)

type evalSpeedCmd struct {
	File   string `arg:"" optional:"" type:"existingfile" help:"Texts to read, with any label. Default: built-in messages of sixty words."`
	Rounds int    `default:"50" help:"How often all of them are read. Default: 50." placeholder:"N"`
	JSON   bool   `name:"json" help:"Print one JSON object."`
}

// Run measures whole Readings, with all heads, on one core.
func (c *evalSpeedCmd) Run(r *runtime) error {
	texts := understand.SpeedTexts(200)
	report := &eval.Report{Title: "Time of one Reading with all heads, one core, microseconds"}
	if c.File != "" {
		list, err := eval.ReadTexts(c.File)
		if err != nil {
			return err
		}
		source, err := eval.NewSource(c.File, len(list))
		if err != nil {
			return err
		}
		report.Data, texts = []eval.Source{source}, nil
		for _, t := range list {
			texts = append(texts, t.Text)
		}
	}
	reader, err := understand.Default()
	if err != nil {
		return err
	}
	defer goruntime.GOMAXPROCS(goruntime.GOMAXPROCS(1))
	f := reader.MeasureSpeed(texts, max(c.Rounds, 4))
	figure := func(name string, v float64) eval.Figure { return eval.Figure{Name: name, Value: v, N: f.Texts} }
	report.Figure = figure("p50_us", float64(f.P50.Nanoseconds())/1000)
	report.Figures = []eval.Figure{figure("p99_us", float64(f.P99.Nanoseconds())/1000), figure("loop_p50_us", float64(f.Loop50.Nanoseconds())/1000),
		figure("loop_p99_us", float64(f.Loop99.Nanoseconds())/1000), figure("words", f.Words),
		figure("allocations", f.Allocs), figure("bytes", f.Bytes), figure("growth", f.Growth)}
	return report.Write(r.Stdout, c.JSON)
}
