package app

import (
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/rapport-crm/rapport/internal/eval"
	"github.com/rapport-crm/rapport/internal/understand"
)

type evalLanguageCmd struct {
	File string `arg:"" type:"existingfile" help:"Texts with the code of their language (docs/eval.md)."`
	JSON bool   `name:"json" help:"Print one JSON object."`
}

// Run measures the recogniser on whole texts and on their first four words.
func (c *evalLanguageCmd) Run(r *runtime) error {
	texts, err := eval.ReadTexts(c.File)
	if err != nil {
		return err
	}
	source, err := eval.NewSource(c.File, len(texts))
	if err != nil {
		return err
	}
	names := languageNames()
	examples := make([]understand.Example, len(texts))
	for i, t := range texts {
		code, ok := languageCode(t.Label, names)
		if !ok {
			return fmt.Errorf("%s: text %d: %q is no language; it takes a code such as en or deu, or an English name", c.File, i+1, t.Label)
		}
		examples[i] = understand.Example{Text: t.Text, Intent: code}
	}
	f, err := understand.EvaluateLanguages(examples)
	if err != nil {
		return err
	}
	report := &eval.Report{Title: "Language of texts, and of their first four words", Data: []eval.Source{source}}
	figure := func(name string, v float64) eval.Figure { return eval.Figure{Name: name, Value: v, N: f.N} }
	share := func(name string, right []bool) eval.Figure {
		n := 0
		for _, b := range right {
			if b {
				n++
			}
		}
		out := figure(name, float64(n)/float64(max(len(right), 1)))
		out.Low, out.High = eval.ShareInterval(right, 1)
		return out
	}
	report.Figure = share("accuracy", f.Right)
	report.Figures = []eval.Figure{share("accuracy_four_words", f.RightFour), figure("macro_f1", f.MacroF1), figure("ece", f.ECE),
		figure("answered", f.Answered), figure("answered_right", f.AnsweredRight)}
	report.Details = map[string]any{"languages": f.Languages, "confusions": f.Confusions}
	if err := report.Write(r.Stdout, c.JSON); err != nil || c.JSON {
		return err
	}
	for _, p := range f.Confusions {
		fmt.Fprintf(r.Stdout, "  %d × %s taken for %s\n", p.Count, p.Truth, p.Said)
	}
	return nil
}

// languageNames maps English names to codes.
func languageNames() map[string]string {
	out := map[string]string{}
	for _, tag := range display.Supported.Tags() {
		base, _ := tag.Base()
		out[strings.ToLower(display.English.Languages().Name(base))] = base.String()
	}
	return out
}

// languageCode is the ISO 639-1 code of a code or name; Norwegian is Bokmål.
func languageCode(label string, names map[string]string) (string, bool) {
	l := strings.ToLower(strings.TrimSpace(label))
	code, ok := names[l]
	if !ok {
		tag, err := language.Parse(strings.ReplaceAll(l, "_", "-"))
		if err != nil {
			return "", false
		}
		base, _ := tag.Base()
		code = base.String()
	}
	if code == "no" {
		code = "nb"
	}
	return code, code != "und"
}
