@echo off
rem The same commands on Windows: make run, make test, make bench, make peers, make lint, make clean.
where py >nul 2>nul && (py -3 "%~dp0make.py" %* & exit /b)
where python >nul 2>nul && (python "%~dp0make.py" %* & exit /b)
echo Kinoscope needs Python 3.11 or later: install it from python.org
exit /b 1
