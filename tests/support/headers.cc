// Nothing: a target that compiles headers has to have a source.
