"""How reals become integers: the choice of scales, and the numbers that follow."""
