package segment

import "strings"

// calls are the routes by their names and short forms.
var calls = map[string]string{
	"identify": "identify", "i": "identify",
	"track": "track", "t": "track",
	"page": "page", "p": "page",
	"screen": "screen", "s": "screen",
	"group": "group", "g": "group",
	"alias": "alias", "a": "alias",
	"batch": "batch", "b": "batch",
	"import": "batch", "m": "batch",
}

// Route tells whether a path belongs to the tracking API, and gives its clean
// form: libraries are configured with hosts that end in a slash, and join them
// carelessly.
func Route(path string) (clean string, ok bool) {
	if len(path) > 300 || !strings.Contains(path, "v1") {
		return "", false
	}
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	switch {
	case len(parts) == 2 && parts[0] == "v1" && calls[parts[1]] != "":
		return "/v1/" + parts[1], true
	case len(parts) == 4 && parts[0] == "v1" && parts[1] == "projects" && parts[3] == "settings":
		return "/v1/projects/" + parts[2] + "/settings", true
	}
	return "", false
}
