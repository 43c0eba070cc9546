"""Reading source: from Python text to the optimizer constructions in it. Nothing is executed."""
