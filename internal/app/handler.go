package app

import (
	"net/http"

	"github.com/rapport-crm/rapport/internal/config"
	"github.com/rapport-crm/rapport/web"
)

// handler is everything that this program answers.
func (r *runtime) handler(k *core, c *config.Config, demo bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.Handle("/", web.Handler())
	return k.access.Middleware(mux)
}
