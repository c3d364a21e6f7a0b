"""Pages that are written from the code when the documentation is built. Nothing at run time needs them."""
