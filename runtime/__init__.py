"""How a program is built and run: the driver, the session, the simulator, the report."""
