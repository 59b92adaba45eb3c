# Everything is done by make.py, which needs nothing but Python; this only finds one.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c '' >/dev/null 2>&1 && { echo $$p; break; }; done)
COMMANDS := run test bench peers lint clean

.PHONY: help $(COMMANDS)

help:
	@$(PYTHON) make.py help

$(COMMANDS):
	@$(if $(PYTHON),,echo "Kinoscope needs Python 3.11 or later: apt-get install python3 python3-venv" >&2; exit 1;) \
	$(PYTHON) make.py $@ $(NAME) $(ARGS)
