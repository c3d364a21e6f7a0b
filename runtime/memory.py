from __future__ import annotations

import gc

# The interpreter's 700 is reached by a few requests at once, although they leave no cycles behind.
NEW_OBJECTS_BEFORE_A_LOOK = 20_000


def spare_the_collector() -> None:
    """To be called when the application is made: to look through what stays anyway, its routes and models, stops all
    requests for a tenth of a second again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_BEFORE_A_LOOK, 10, 10)
