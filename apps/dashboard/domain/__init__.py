"""Pure rules of the pages: what a status looks like, how a matrix is shaded, forms from schemas."""
