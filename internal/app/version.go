package app

import (
	"context"
	"fmt"
	goruntime "runtime"
	"runtime/debug"
)

// Version is the release.
const Version = "0.1.0"

type versionCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the version.
func (c *versionCmd) Run(_ context.Context, r *runtime) error {
	commit := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				commit = s.Value
			}
		}
	}
	platform := goruntime.GOOS + "/" + goruntime.GOARCH
	if c.JSON {
		return r.json(map[string]string{"version": Version, "commit": commit, "go": goruntime.Version(), "platform": platform})
	}
	if len(commit) > 12 {
		commit = commit[:12]
	}
	_, err := fmt.Fprintln(r.Stdout, "rapport", Version, commit, goruntime.Version(), platform)
	return err
}
