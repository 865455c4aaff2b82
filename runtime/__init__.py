"""How a program is built and run: driver, session, simulator, report."""
