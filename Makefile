# Every target is one command of tools/run.py, which also works without make: `python3 tools/run.py book`.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup book test pdf offline serve audit notebooks lab bench lint clean chapter

help:       ; @$(PYTHON) tools/run.py help
setup:      ; @$(PYTHON) tools/run.py setup
book:       ; @$(PYTHON) tools/run.py book
test:       ; @$(PYTHON) tools/run.py test
pdf:        ; @$(PYTHON) tools/run.py pdf
offline:    ; @$(PYTHON) tools/run.py offline
serve:      ; @$(PYTHON) tools/run.py serve
audit:      ; @$(PYTHON) tools/run.py audit
notebooks:  ; @$(PYTHON) tools/run.py notebooks
lab:        ; @$(PYTHON) tools/run.py lab
bench:      ; @$(PYTHON) tools/run.py bench
lint:       ; @$(PYTHON) tools/run.py lint
clean:      ; @$(PYTHON) tools/run.py clean
chapter:    ; @$(PYTHON) tools/run.py chapter $(CHAPTER)
