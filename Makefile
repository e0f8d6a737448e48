# `make demo` and `make test` set everything up. Without make: `python3 tools/dev.py demo`. All tasks: `python3 tools/dev.py`.
.PHONY: demo test lint format docs bench soak fuzz lock
demo test lint format docs bench soak fuzz lock:
	@python3 tools/dev.py $@ $(ARGS)
