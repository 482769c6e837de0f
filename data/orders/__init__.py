"""Who asks for loads: `orders` and `outcomes` are what the command line asks for, `handover` brings it to the server that owns the store,
and `running` has one load after the other."""
