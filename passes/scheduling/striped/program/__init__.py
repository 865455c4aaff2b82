"""What groups in stripes do, action by action, before there is any IR."""
