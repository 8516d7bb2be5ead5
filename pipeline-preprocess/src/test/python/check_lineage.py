"""Reads lineage events with the classes of OpenLineage's own client, which are made from its schemas.

    python check_lineage.py EVENTS.jsonl

Each object must have the fields that its class requires and no other, and each facet must name the schema of a class of the client. Prints
how many events of each type there are. Needs openlineage-python of requirements-lineage.txt.
"""

import importlib
import json
import pkgutil
import sys
import typing
from collections import Counter

import attr
from openlineage.client import generated
from openlineage.client.generated import base

# Facets by the address of their schema.
FACETS = {base.DatasetFacet._get_schema(): base.DatasetFacet}
for module in pkgutil.iter_modules(generated.__path__):
    for kind in vars(importlib.import_module(f"{generated.__name__}.{module.name}")).values():
        if isinstance(kind, type) and issubclass(kind, base.BaseFacet) and kind is not base.BaseFacet:
            FACETS.setdefault(kind._get_schema(), kind)
# Facets of others may hold what they like.
OPEN = {base.DatasetFacet}


def read(kind, value, place):
    """Makes an object of a class of the client; raises where the JSON does not fit it."""
    fields = {field.name: field.type for field in attr.fields(attr.resolve_types(kind)) if field.init}
    given = {name: item for name, item in value.items() if name not in ("_schemaURL", "_producer", "schemaURL", "producer")}
    if kind in OPEN:
        given = {}
    unknown = set(given) - set(fields)
    if unknown:
        raise ValueError(f"{place}: {kind.__name__} has no {sorted(unknown)}")
    return kind(**{name: convert(fields[name], item, f"{place}.{name}") for name, item in given.items()})


def convert(kind, value, place):
    choices = [choice for choice in typing.get_args(kind) if choice is not type(None)]
    if typing.get_origin(kind) is list:
        return [convert(choices[0], item, f"{place}[{i}]") for i, item in enumerate(value)]
    if typing.get_origin(kind) is dict:
        return {name: convert(choices[1], item, f"{place}.{name}") for name, item in value.items()}
    if choices:
        return convert(choices[0], value, place)
    if isinstance(kind, type) and issubclass(kind, base.BaseFacet):
        facet = FACETS.get(value["_schemaURL"])
        if facet is None or not issubclass(facet, kind):
            raise ValueError(f"{place}: no {kind.__name__} has the schema {value['_schemaURL']}")
        return read(facet, value, place)
    if attr.has(kind):
        return read(kind, value, place)
    # Also members of enumerations; a value of another type raises.
    made = kind(value)
    if isinstance(value, bool) or (made != value and getattr(made, "value", None) != value):
        raise ValueError(f"{place}: {type(value).__name__} in place of {kind.__name__}")
    return made


counts = Counter()
for number, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
    event = json.loads(line)
    if event["schemaURL"] != base.RunEvent._get_schema():
        raise ValueError(f"event {number}: schema {event['schemaURL']}")
    read(base.RunEvent, event, f"event {number}")
    counts[event["eventType"]] += 1
print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
