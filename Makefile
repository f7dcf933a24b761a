# Bare `make` lists what there is. Everything works on a fresh clone with Go
# alone; tools that aren't Go's own are built into build/bin when first needed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

LINT_VERSION := v2.15.0
LINTER := build/bin/golangci-lint-$(LINT_VERSION)
VULN_VERSION := v1.9.0

# Without C, Pebble's memory is Go's too: one limit holds all of it, and the
# program runs in an empty container.
export CGO_ENABLED ?= 0

# What the longer runs may be given, for instance: make sim LAW_SETS=1000000 LAW_SEED=7
LAW_SETS ?= 100000
LAW_DELIVERIES ?= 20
LAW_SEED ?= 0
HISTORIES ?= 5000
CHAOS_SEED ?= 1
CHAOS_CYCLES ?= 1000
CHAOS_CUTS ?= 200
CHAOS_HANDOVERS ?= 100
ARGS ?= --cycles 60 --brokers 1
SOAK ?= --soak 75 --overload 10 --brokers 1
ON_KAFKA := ./connectors/kafka ./cmd/driftless ./cmd/driftless/broker ./cmd/driftless/demo ./cmd/driftless/engine ./cmd/driftless/ingest
RECOVERY ?= --recoveries 20 --brokers 1
BUGS ?= all
BUGS_BROKERS ?= 0
MUTANTS ?= all
POISON_EVENTS ?= 2000000
SPOILED ?= 10000000
FUZZTIME ?= $(if $(FUZZEXECS),$(FUZZEXECS)x,1m)
BENCHTIME ?= 1s
RUNS ?= 5
EVENTS ?= 1000000
SKUS ?= 100000
SECONDS ?= 30
RESTART_SKUS ?= 1000000
PARTS ?= cost,latency,restart
STREAMS := cmd/driftless/bench/streams

.PHONY: help build test race sim chaos mutants fuzz bench bench-kafka bench-parts poison foreign foreign-tools test-kafka test-kafka-short kafka kafka3 kafka-stop kafka-jars lint lint-tool vet vuln demo ci chaos-bugs chaos-embedded soak recovery

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## compile the program to build/driftless
	go build -o build/driftless ./cmd/driftless

test: ## all tests: the law over 1,000 sets, crashes, brokers, commands
	go test -timeout 15m ./...
	@echo "left out: what needs Java (make test-kafka), Python (make foreign) or hours (make sim)"

race: ## all tests with the race detector, the law over fewer sets
	CGO_ENABLED=1 LAW_SETS=50 go test -race -timeout 30m ./...

sim: chaos-embedded ## the long search: chaos on the embedded broker, the law over LAW_SETS sets, the store over HISTORIES histories
	LAW_SETS=$(LAW_SETS) LAW_DELIVERIES=$(LAW_DELIVERIES) LAW_SEED=$(LAW_SEED) \
		go test -v -count=1 -timeout 0 -run '^TestLaw$$' ./processor/rules
	LAW_SETS=$$(( $(LAW_SETS) / 5 )) LAW_SEED=$(LAW_SEED) go test -v -count=1 -timeout 0 -run '^TestLawDocuments$$' ./processor/rules
	DRIFTLESS_HISTORIES=$(HISTORIES) go test -count=1 -timeout 0 -run '^TestRandomHistories$$' ./state

chaos: ## faults drawn from a seed, on a real Kafka: make chaos ARGS="--minutes 10 --seed 7 --brokers 3"
	go test -v -count=1 -timeout 0 -run '^TestCampaign$$' ./cmd/driftless/chaos -args $(ARGS)

soak: ## longer than a producer's epoch takes to wrap, on a real Kafka, then ten times too much (85 minutes)
	go test -v -count=1 -timeout 0 -run '^TestSoak$$' ./cmd/driftless/chaos -args $(SOAK)

recovery: ## how long the shards of a killed instance aren't served, on a real Kafka (25 minutes)
	go test -v -count=1 -timeout 0 -parallel 4 -run '^TestRecovery$$' ./cmd/driftless/chaos -args $(RECOVERY)

chaos-bugs: ## known mistakes built in one at a time: does the campaign notice? (BUGS=part of a name, BUGS_BROKERS=1)
	BUGS='$(BUGS)' BUGS_BROKERS=$(BUGS_BROKERS) go test -v -count=1 -timeout 0 -run '^TestBugs$$' ./processor/rules/mutants

chaos-embedded: ## 1,000 kills, 200 power cuts, 100 hand-overs, zombies, a bad line, a pausing broker (20 minutes)
	CHAOS_SEED=$(CHAOS_SEED) CHAOS_CYCLES=$(CHAOS_CYCLES) CHAOS_CUTS=$(CHAOS_CUTS) CHAOS_HANDOVERS=$(CHAOS_HANDOVERS) \
		CHAOS_ZOMBIES=5 CHAOS_WEATHER=60 CHAOS_BROKERS=20 go test -v -count=1 -timeout 0 ./cmd/driftless/chaos

mutants: ## change a line at a time: does a test notice? (MUTANTS=part of a name)
	MUTANTS='$(MUTANTS)' go test -v -count=1 -timeout 0 -run '^(TestProtections|TestMutants)$$' ./processor/rules/mutants

fuzz: ## SPOILED damaged records of each kind, then every fuzz target for FUZZTIME or FUZZEXECS executions
	SPOILED=$(SPOILED) go test -v -count=1 -timeout 0 -run '^TestSpoiled' ./schema ./state ./processor ./processor/rules
	@for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

bench: build ## the whole engine on the embedded broker: cost, latency, a hot SKU, memory
	build/driftless bench --runs $(RUNS)
	build/driftless bench --skus 10000,1000000 --zipf 0
	build/driftless bench latency --skus 1000000
	build/driftless bench hot
	build/driftless bench memory

bench-kafka: build build/streams/streams.jar ## beside Kafka Streams on a real Kafka (Java 17, Maven; RUNS EVENTS SKUS SECONDS RESTART_SKUS PARTS)
	go build -o build/versus ./cmd/driftless/bench/versus
	build/versus --parts $(PARTS) --runs $(RUNS) --events $(EVENTS) --skus $(SKUS) --for $(SECONDS)s --restart-skus $(RESTART_SKUS)

build/streams/streams.jar: $(STREAMS)/pom.xml $(shell find $(STREAMS)/src -type f) $(wildcard schema/avro/*.avsc)
	@command -v java >/dev/null && command -v mvn >/dev/null || { echo "the Kafka Streams program needs Java 17 and Maven: install them so that java and mvn are on the path"; exit 1; }
	@echo "building the Kafka Streams program"
	@cd $(STREAMS) && mvn -q -B package
	@touch $@

bench-parts: ## decoding, judging and committing apart, in Go's benchmarks
	go test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./schema ./processor/... ./state

poison: ## POISON_EVENTS good events and bad records of every kind among them, through the running engine
	POISON_EVENTS=$(POISON_EVENTS) go test -v -count=1 -timeout 0 -run '^TestPoison$$' ./cmd/driftless

foreign: foreign-tools ## a retail day sent by a Python producer that has only the schemas, in both encodings
	FOREIGN_PYTHON=$(CURDIR)/build/foreign/bin/python go test -v -count=1 -run '^TestAForeignProducer$$' ./cmd/driftless

foreign-tools: build/foreign/installed

build/foreign/installed: cmd/driftless/foreign/requirements.txt
	@command -v python3 >/dev/null || { echo "the foreign producer needs python3, which isn't installed here"; exit 1; }
	@mkdir -p build
	@python3 -m venv build/foreign || { echo "python3 can't make a virtual environment here: install its venv module"; exit 1; }
	@build/foreign/bin/pip install --quiet --disable-pip-version-check -r $< || \
		{ echo "the packages of $< couldn't be installed: they come from a Python package index"; exit 1; }
	@touch $@

test-kafka: ## every test that has a broker on a real Apache Kafka, started here or TEST_KAFKA=host:9092
	@[ -n "$${TEST_KAFKA:-}" ] || $(MAKE) --no-print-directory kafka-jars
	TEST_KAFKA=$${TEST_KAFKA:-start} go test -count=1 -p 1 -timeout 30m $(ON_KAFKA) ./connectors/kafka/apache

test-kafka-short: kafka-jars ## the same on one broker without TLS, in less than three minutes
	TEST_KAFKA=start go test -short -count=1 -p 1 -timeout 5m ./connectors/kafka ./cmd/driftless/engine ./cmd/driftless/demo

kafka: ## start a real Apache Kafka on 127.0.0.1:9092 (Java 17, and Maven the first time)
	@go run ./cmd/kafka up

kafka3: ## start three brokers, on 9092, 9093 and 9094
	@go run ./cmd/kafka up --brokers 3

kafka-stop: ## stop what make kafka or make kafka3 started
	@go run ./cmd/kafka down

kafka-jars:
	@go run ./cmd/kafka fetch

lint: lint-tool ## golangci-lint over everything (.golangci.yml)
	$(LINTER) run ./...

lint-tool: $(LINTER)

# The one that is installed is taken if it is this very version: compiling it takes minutes.
$(LINTER):
	@mkdir -p build/bin
	@have=$$(command -v golangci-lint || echo "$$(go env GOPATH)/bin/golangci-lint"); \
	if [ -x "$$have" ] && [ "v$$("$$have" version --short)" = "$(LINT_VERSION)" ]; then \
		ln -sf "$$have" $@; \
	else \
		GOBIN="$(CURDIR)/build/bin" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION); \
		mv build/bin/golangci-lint $@; \
	fi

vet: ## go vet alone
	go vet ./...

vuln: ## known vulnerabilities in what is called (needs the internet)
	go run golang.org/x/vuln/cmd/govulncheck@$(VULN_VERSION) ./...

demo: ## a real retail day with every fault, broker included, in under a minute
	go run ./cmd/driftless demo

ci: ## what has to pass before a change is taken
	.ci/run
