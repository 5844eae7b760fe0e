# Understudy. `make demo` and `make test` are all that a newcomer needs; both install what they need (Debian 12, root
# or sudo).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
DESTDIR ?=
CONFIGURATION ?= release
RELEASE_FLAGS := -c release --static-swift-stdlib
BUILD_PACKAGES := libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libswresample-dev libsqlite3-dev \
	libseccomp-dev libturbojpeg0-dev pkg-config
DEMO_PACKAGES := ffmpeg
# Peers of the benchmark, a compiler for its one C file, and pip for a newer ffmpeg and for natural clips.
BENCH_PACKAGES := ffmpeg handbrake-cli gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good \
	gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav gcc libc6-dev python3-pip
TEST_PACKAGES := ffmpeg sqlite3 python3-jsonschema strace xfsprogs e2fsprogs util-linux mount procps systemd man-db \
	binutils
DEB_PACKAGES := dpkg-dev binutils
NSPAWN_PACKAGES := $(DEB_PACKAGES) mmdebstrap systemd-container ffmpeg
# Clients of the upload tests, and the libraries of the servers that scripts/unpack-upload-servers unpacks.
UPLOAD_PACKAGES := rsync curl lftp openssl openssh-client smbclient samba-libs libwrap0 libmemcached11 libmemcachedutil2 \
	libhiredis0.14 libpcre2-posix3

.PHONY: help
help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# For scripts/trixie-test.
.PHONY: print-packages
print-packages:
	@echo $($(LIST))

.PHONY: build-deps
build-deps:
	@scripts/install-packages $(BUILD_PACKAGES)

.PHONY: build
build: build-deps  ## Build the release programs (Swift's runtime linked statically)
	swift build $(RELEASE_FLAGS) --product understudy-worker
	swift build $(RELEASE_FLAGS) --product understudy

.PHONY: demo
demo: build  ## Build, drop real clips into a sample tree and watch proxies appear [CLIPS=DIR]
	@scripts/install-packages $(DEMO_PACKAGES)
	scripts/demo "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" "$(CLIPS)"

.PHONY: test
test: build-deps  ## Install what the tests need and run all of them
	@scripts/install-packages $(TEST_PACKAGES) $(UPLOAD_PACKAGES)
	@scripts/unpack-upload-servers .build/upload-servers
	swift build --build-tests --explicit-target-dependency-import-check error
	swift test --skip-build --no-parallel

.PHONY: torture
torture: build  ## Kill the daemon at random moments of real work [KILLS=1000 CLIPS=DIR]
	@scripts/install-packages $(TEST_PACKAGES)
	scripts/reliability/torture "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" $(or $(KILLS),1000) \
		$(if $(CLIPS),--clips "$(CLIPS)")

.PHONY: powercut
powercut: build  ## Simulate power cuts; root, loop devices [CUTS=200]
	@scripts/install-packages $(TEST_PACKAGES)
	scripts/reliability/powercut "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" $(or $(CUTS),200)

.PHONY: soak
soak: build  ## Watch memory and descriptors while clips come and go [SOAK_SECONDS=3600]
	@scripts/install-packages $(TEST_PACKAGES)
	scripts/reliability/soak "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" $(or $(SOAK_SECONDS),3600)

.PHONY: faults
faults: build-deps  ## Strike each system call of one publication with each fault (an hour)
	@scripts/install-packages $(TEST_PACKAGES)
	swift build --build-tests
	UNDERSTUDY_FULL=1 swift test --skip-build --no-parallel --filter CallFaultTests

.PHONY: tsan
tsan: build-deps  ## Run all tests under the thread sanitizer
	@scripts/install-packages $(TEST_PACKAGES)
	scripts/reliability/tsan

.PHONY: simulate
simulate: build-deps  ## Simulate the daemon's services, crashes and faults [SEEDS=10000]
	swift build $(RELEASE_FLAGS) --product Simulator
	scripts/simulate "$$(swift build $(RELEASE_FLAGS) --show-bin-path)/Simulator" $(or $(SEEDS),10000)

.PHONY: fuzz
fuzz:  ## Fuzz the structural checks [SECONDS_TO_FUZZ=60]
	scripts/fuzz $(or $(SECONDS_TO_FUZZ),60)

.PHONY: fuzz-worker
fuzz-worker: build-deps  ## Fuzz the whole worker but its seal [FUZZ_SECONDS=1800 CLIPS=DIR]
	@scripts/install-packages ffmpeg
	scripts/fuzz-worker $(or $(FUZZ_SECONDS),1800) "$(CLIPS)"

.PHONY: mutants
mutants: build  ## Damage real files at random and let the daemon work on them [MUTANTS=2000 CLIPS=DIR]
	@scripts/install-packages $(TEST_PACKAGES)
	scripts/mutants "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" $(or $(MUTANTS),2000) \
		$(if $(CLIPS),--clips "$(CLIPS)")

.PHONY: lint
lint:  ## Check the formatting
	swift format lint --strict --recursive Package.swift Sources Tests

.PHONY: format
format:  ## Format the code
	swift format --in-place --recursive Package.swift Sources Tests

.PHONY: layering
layering:  ## Check which target imports what, and that the daemon links no libav
	scripts/check-layering

.PHONY: bench
bench: build  ## Measure beside ffmpeg, HandBrake and GStreamer [ROUNDS=3 ONLY=REGEX PEERS=REGEX CLIPS=DIR BACKLOG=300 LONG=1]
	@scripts/install-packages $(BENCH_PACKAGES)
	ROUNDS="$(ROUNDS)" ONLY="$(ONLY)" PEERS="$(PEERS)" CLIPS="$(CLIPS)" BACKLOG="$(BACKLOG)" LONG="$(LONG)" \
		Benchmarks/run "$$(swift build $(RELEASE_FLAGS) --show-bin-path)"

.PHONY: bench-instructions
bench-instructions: build  ## Count a worker's instructions and compare with the committed figures [RECORD=1]
	@scripts/install-packages ffmpeg valgrind
	Benchmarks/instructions "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" $(if $(RECORD),--record)

.PHONY: bench-seal
bench-seal: build  ## Measure what the workers' seal costs [CLIP=FILE ROUNDS=5]
	@scripts/install-packages ffmpeg
	swift build $(RELEASE_FLAGS) --product seal-benchmark
	Benchmarks/seal "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" "$(CLIP)" $(or $(ROUNDS),5)

.PHONY: bench-watching
bench-watching: build  ## Measure latency and scans beside inotifywait, watchdog and find
	Benchmarks/latency "$$(swift build $(RELEASE_FLAGS) --show-bin-path)"
	Benchmarks/scan "$$(swift build $(RELEASE_FLAGS) --show-bin-path)"

.PHONY: bench-catalog
bench-catalog: build-deps  ## Time the database's transactions beside bare SQL
	swift build $(RELEASE_FLAGS) --product catalog-benchmark
	Benchmarks/catalog "$$(swift build $(RELEASE_FLAGS) --show-bin-path)"

.PHONY: docs
docs: build-deps  ## Make example configuration, manual pages and completions from the program
	swift build --product understudy
	scripts/generate-docs "$$(swift build --show-bin-path)"

.PHONY: deb
deb: build  ## Pack understudy_VERSION_ARCHITECTURE.deb in .build/packages
	@scripts/install-packages $(DEB_PACKAGES)
	scripts/make-deb "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" .build/packages

.PHONY: nspawn
nspawn: build  ## Try the package on a bare Debian with a real systemd; root [SUITE=bookworm]
	@scripts/install-packages $(NSPAWN_PACKAGES)
	scripts/nspawn-test "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" $(or $(SUITE),bookworm)

.PHONY: trixie
trixie:  ## Build and test on a bare Debian 13; root [FILTER=REGEX]
	@scripts/install-packages mmdebstrap
	scripts/trixie-test $(FILTER)

.PHONY: install
install: build  ## Install below PREFIX (default /usr/local)
	scripts/install "$$(swift build $(RELEASE_FLAGS) --show-bin-path)" "$(DESTDIR)" "$(PREFIX)"

.PHONY: clean
clean:  ## Remove what the build and the demo made
	rm -rf .build sample
