"""Content files: deserializes untrusted JSON into frozen dataclasses, and serializes it exactly.

A shape is a frozen dataclass whose annotations are the schema of a file: `str`, `int` (with
`within`), `bool`, `Literal`, `tuple`, `Mapping`, another shape, or one of several shapes;
`Annotated` adds checks. A field with a default is optional in a file, and `X | None` may be null;
where None is the default, the key is left out instead. A key that is a Python keyword gets an
underscore (`in_`, `from_`).

An optional `absent` field stores the keys that the file left out, so that explicit defaults are
written back too.
"""
