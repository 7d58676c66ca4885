package webchat

import (
	"context"
	"slices"
	"time"

	"github.com/rapport-crm/rapport/internal/inboxes"
)

// installedFor is how long a sign of a site stands before the next one is noted.
const installedFor = 10 * time.Minute

// installed notes that a site of the inbox shows the widget, so that whoever set it
// up sees that it is there. Only sites that the inbox names count: no other page
// can show it.
func (s *Server) installed(ctx context.Context, inbox *inboxes.Inbox, site string) error {
	if !slices.Contains(inbox.Settings.Chat.Origins, site) {
		return nil
	}
	key, now := inbox.ID.String()+" "+site, s.Clock()
	s.mu.Lock()
	if s.sites == nil {
		s.sites = map[string]time.Time{}
	}
	known := now.Sub(s.sites[key]) < installedFor
	if !known {
		s.sites[key] = now
	}
	s.mu.Unlock()
	if known {
		return nil
	}
	return s.Inboxes.Succeeded(ctx, inbox.ID, "widget", time.Time{}, site)
}
