# Rapport. `make run` starts the demo, `make test` passes all tests; both set up
# what they need. `make` lists the rest.

GO    ?= go
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: ## start the demo firm; it prints a link that signs you in
	$(GO) run ./cmd/rapport demo

build: ## build the program into ./rapport
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w" -o rapport ./cmd/rapport

test: tools web-test dist-check ## all tests: Go on SQLite and PostgreSQL, race detector, console, browser
	CGO_ENABLED=0 $(GO) vet ./...
	CGO_ENABLED=0 scripts/with-postgres $(GO) test -vet=off -timeout 20m $$($(GO) list ./... | grep -vE '/(e2e|internal/($(RACED)))(/|$$)')
	CGO_ENABLED=0 scripts/with-postgres $(GO) test -vet=off -timeout 20m ./e2e/... # alone: browsers need the processors
	scripts/with-postgres $(GO) test -vet=off -timeout 15m -race $(UNTRACED) $(foreach p,$(subst |, ,$(RACED)),./internal/$(p)/...)

# Where goroutines meet: these run under the race detector, all others without. The
# longest first.
RACED = api|identify|access|flow|store|live

# The C code of SQLite, translated to Go, stays without the detector's marks: it
# is serialised by mutexes of its own, and marked it is several times slower.
UNTRACED = -gcflags='modernc.org/sqlite/lib=-race=false' -gcflags='modernc.org/libc=-race=false'

race: tools ## every Go test under the race detector (slow)
	scripts/with-postgres $(GO) test -timeout 60m -race $(UNTRACED) ./...

tools:
	@scripts/need '/usr/lib/postgresql/*/bin/initdb' postgresql
	@scripts/need chromium-headless-shell chromium-headless-shell fonts-noto-core fonts-noto-color-emoji fonts-noto-cjk
	@scripts/need node nodejs npm
	@scripts/need dovecot dovecot-imapd dovecot-lmtpd
	@scripts/need smtpd opensmtpd

web/node_modules: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch web/node_modules

web: web/node_modules ## build the console into web/dist
	cd web && npm run build

web-test: tools web/node_modules ## unit tests and lint of the console
	cd web && npm run lint && npm test

dist-check: web/node_modules
	cd web && npm run build
	git diff --exit-code --stat -- web/dist || { echo "web/dist is not what the sources build: run make web and commit it" >&2; exit 1; }

e2e: tools ## the program as a whole: browser, kill -9, SDKs
	scripts/with-postgres $(GO) test -timeout 15m -count=1 ./e2e/...

fuzz: ## run every fuzz target for FUZZTIME (default 20s)
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p 2>/dev/null | grep '^Fuzz' || true); do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $${FUZZTIME:-20s} $$p; done; done

bench: build ## the figures of docs/performance.md
	./rapport bench capture --engine sqlite
	@scripts/need '/usr/lib/postgresql/*/bin/initdb' postgresql
	scripts/with-postgres bash -c './rapport bench capture --engine postgres --db "$$RAPPORT_TEST_POSTGRES"'

bench-read: build ## reads with 1,000,000 contacts stored, on both engines (half an hour)
	./rapport bench read --engine sqlite
	@scripts/need '/usr/lib/postgresql/*/bin/initdb' postgresql
	scripts/with-postgres bash -c './rapport bench read --engine postgres --db "$$RAPPORT_TEST_POSTGRES"'

languages: ## build the table of languages again, from lingua-go and the npm package eld
	@dir=$$(mktemp -d) && cd $$dir && npm pack --silent eld@2.1.0 >/dev/null && tar xzf eld-2.1.0.tgz && cd $(CURDIR)/internal/understand/models/langgen \
	  && $(GO) mod download && $(GO) run . -eld $$dir/package; rm -rf $$dir

DATA ?= ../shared/data
eval: build ## the figures of docs/quality.md, from the public sets in DATA (default ../shared/data)
	@test -d $(DATA) || { echo "No public sets in $(DATA): docs/eval.md names them. Set DATA to where they are." >&2; exit 1; }
	./rapport eval intents --train $(DATA)/banking77/train.csv --test $(DATA)/banking77/test.csv --seeds 3
	./rapport eval intents --train $(DATA)/banking77/train.csv --test $(DATA)/banking77/test.csv --per-class 10 --seeds 3
	./rapport eval oos --train $(DATA)/banking77/train.csv --test $(DATA)/banking77/test.csv --hold-out 4 --seeds 3
	./rapport eval emotions --dev $(DATA)/goemotions/dev.tsv
	./rapport eval emotions --train $(DATA)/goemotions/train.tsv.gz --dev $(DATA)/goemotions/dev.tsv --seeds 3
	./rapport eval resolution $(DATA)/star/dialogues.jsonl.gz --seeds 3
	./rapport eval nextaction $(DATA)/star/dialogues.jsonl.gz --seeds 3
	./rapport eval nextaction $(DATA)/star/dialogues.jsonl.gz --seeds 3 --whole-only
	for n in 1 2 3; do ./rapport eval identity $(DATA)/febrl/dataset$$n.csv; done
	./rapport eval identity
	./rapport eval journeys
	./rapport eval speed

models: ## make the embedded models anew, the same bytes where the data is beside the repository
	$(GO) run ./internal/understand/models/gen $$(test -d ../shared/data && echo -data ../shared/data)

lint: ## golangci-lint with the rules of .golangci.yaml
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

sqlc: ## compile the queries again (commit the result)
	$(GO) run github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1 generate

shots: tools web/node_modules ## the screenshots of README and docs, from the demo
	scripts/with-demo npm --prefix web run shots

latency: tools web/node_modules ## how long a new contact takes to stand on an open page
	scripts/with-demo node web/e2e/latency.mjs

latency-inbox: tools web/node_modules ## how long lists and conversations take in Chromium, 100,000 stored (minutes)
	scripts/with-demo node web/e2e/inbox-latency.mjs

.PHONY: help languages run build test race tools web web-test dist-check e2e fuzz bench bench-read eval lint sqlc shots latency latency-inbox
