"""See the data that a model learns from and is measured on."""

from functools import partial

from pages.components import page, parts
from pages.components.explore import augmenting, browse, choose, labels, map, overview, preprocessing, shapes  # noqa: A004

active = page.begin("Explore the data")
data = choose.show()
if data:
    parts.show(
        {
            "Overview": partial(overview.show, data),
            "Browse": partial(browse.show, data, model=active),
            "Shapes": partial(shapes.show, data),
            "Preprocessing": partial(preprocessing.show, data, model=active),
            "Augmentation": partial(augmenting.show, data),
            "Map": partial(map.show, data, model=active),
            "Labels": partial(labels.show, data, model=active),
        },
        "explore-part",
        in_address=True,
    )
