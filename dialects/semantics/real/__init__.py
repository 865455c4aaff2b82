"""What the operators mean on reals: `FUNCTIONS` maps an operator to its numpy function.

A function takes the operator and the arrays of its operands, and returns the array of
its result; it computes in the precision of its arguments.
"""
