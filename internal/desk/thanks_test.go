package desk

import "testing"

func TestOnlyThanks(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"oh nice, thanks a lot",
		"thank you!", "Thanks a lot 🙏", "Thank you very much for your quick help.\n\nWendy Dunmore", "jetzt geht es, vielen Dank", "hat geklappt, danke, schönen Tag noch",
		"Vielen Dank für die schnelle Antwort!\nMit freundlichen Grüßen\nBernd Böhm", "¡Muchas gracias!", "Muito obrigada pela ajuda", "Merci beaucoup",
		"Grazie mille", "Heel erg bedankt voor de snelle reactie", "Dziękuję bardzo",
	} {
		if !onlyThanks(text) {
			t.Errorf("not taken as thanks: %q", text)
		}
	}
	for _, text := range []string{
		"", "Perfect", "Yes, thank you", "ok thanks", "No thanks", "Thanks, but it does not work", "Thank you. My order number is HM-20481.",
		"Thanks, I sent it back yesterday", "Thanks! When will it come?", "Danke, aber es geht nicht", "Thanks\nBox arrived broken", "Wendy\nThank you",
		"Thanks\nWendy\nBroken", "Thanks 2", "Thank you for nothing", "Gracias, pero no funciona",
	} {
		if onlyThanks(text) {
			t.Errorf("taken as thanks: %q", text)
		}
	}
}
